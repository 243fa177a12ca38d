# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads JSON and remembers on which line each value stands, so that a wrong scenario can be pointed at."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Any

Path = tuple[Any, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_DEPTH = 100
_DECODER = json.JSONDecoder()


class ScenarioError(Exception):
    """A scenario that cannot be used. Its text is `FILE:LINE: REASON`."""

    def __init__(self, label: str, line: int, reason: str) -> None:
        super().__init__(f"{label}:{line}: {reason}")


class Document:
    """A parsed JSON text: its value, and the line of each value by its path from the top."""

    def __init__(self, text: str, label: str) -> None:
        self.label = label
        self.lines: dict[Path, int] = {}
        self._text = text
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        value, end = self._value((), self._skip(0))
        end = self._skip(end)
        if end < len(text):
            self._fail(end, "something follows the end of the scenario")
        self.value = value

    def error(self, path: Path, reason: str) -> ScenarioError:
        while path and path not in self.lines:
            path = path[:-1]
        return ScenarioError(self.label, self.lines.get(path, 1), reason)

    def _line(self, position: int) -> int:
        return bisect_left(self._line_ends, position) + 1

    def _fail(self, position: int, reason: str) -> None:
        raise ScenarioError(self.label, self._line(position), reason)

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position

    def _value(self, path: Path, position: int) -> tuple[Any, int]:
        self.lines[path] = self._line(position)
        if len(path) > _DEPTH:
            self._fail(position, "values are nested too deeply")
        first = self._text[position : position + 1]
        if first == "{":
            return self._object(path, position)
        if first == "[":
            return self._array(path, position)
        if first == '"':
            return self._string(position)
        for word, value in _WORDS.items():
            if self._text.startswith(word, position):
                return value, position + len(word)
        number = _NUMBER.match(self._text, position)
        if number:
            return json.loads(number.group()), number.end()
        found = self._text[position : position + 12].split("\n")[0]
        reason = f"a JSON value is expected here, not {found!r}" if found else "the JSON text ends too early"
        self._fail(position, reason)
        raise AssertionError  # _fail always raises

    def _string(self, position: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self._text, position)
        except json.JSONDecodeError as error:
            self._fail(position, f"this text is not valid JSON: {error.msg}")
            raise AssertionError from error  # _fail always raises
        return str(text), end

    def _object(self, path: Path, position: int) -> tuple[dict[str, Any], int]:
        result: dict[str, Any] = {}
        position = self._skip(position + 1)
        if self._text[position : position + 1] == "}":
            return result, position + 1
        while True:
            if self._text[position : position + 1] != '"':
                self._fail(position, "a key in double quotes is expected here")
            key_position = position
            key, position = self._string(position)
            if key in result:
                self._fail(key_position, f"the key {key!r} is given twice")
            position = self._skip(position)
            if self._text[position : position + 1] != ":":
                self._fail(position, f"a colon is expected after {key!r}")
            value_position = self._skip(position + 1)
            key_path = (*path, key)
            result[key], position = self._value(key_path, value_position)
            # An error about this key should point at the key, also where its value starts further down.
            self.lines[key_path] = self._line(key_position)
            position = self._skip(position)
            mark = self._text[position : position + 1]
            if mark == "}":
                return result, position + 1
            if mark != ",":
                self._fail(position, f"a comma or a closing brace is expected after the value of {key!r}")
            position = self._skip(position + 1)

    def _array(self, path: Path, position: int) -> tuple[list[Any], int]:
        result: list[Any] = []
        position = self._skip(position + 1)
        if self._text[position : position + 1] == "]":
            return result, position + 1
        while True:
            item, position = self._value((*path, len(result)), position)
            result.append(item)
            position = self._skip(position)
            mark = self._text[position : position + 1]
            if mark == "]":
                return result, position + 1
            if mark != ",":
                self._fail(position, "a comma or a closing bracket is expected here")
            position = self._skip(position + 1)
