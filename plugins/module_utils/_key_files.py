# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import json
import os
import stat
import typing as t

from ._errors import config_error

# A file with keys is a few kilobytes.
MOST_BYTES = 1024 * 1024
_REPAIR = "repair it, or configure the tool that wrote it once more"


class KeyFiles:
    """Reads the files in which users keep keys. ``warnings`` says which of them others can read, too."""

    def __init__(self, environment: t.Mapping[str, str]) -> None:
        self.home = environment.get("HOME") or os.path.expanduser("~")
        self.warnings: list[str] = []

    def in_home(self, *parts: str) -> str:
        """The path of a file below the user's home."""
        return os.path.join(self.home, *parts)

    def expand(self, path: str) -> str:
        """A path that a variable gives, with ``~`` as the user's home."""
        return self.in_home(path[2:]) if path.startswith("~/") else path

    def exists(self, path: str) -> bool:
        """Whether there is something by this name. What this user cannot even see is not there."""
        return os.path.exists(path)

    def read(self, path: str, *, private: bool = True) -> str:
        """The text of a file, which must be there. Raises RelayError (config), which names it.

        ``private``: others should not be able to read it.
        """
        try:
            about = os.stat(path)
            if not stat.S_ISREG(about.st_mode):
                raise config_error(f"{path} is no file", "check the path")
            with open(path, encoding="utf-8-sig") as file:
                text = file.read(MOST_BYTES + 1)
        except UnicodeDecodeError:
            raise config_error(f"{path} is no UTF-8 text", "write it anew") from None
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or "this is no path"
            raise config_error(f"{path} cannot be read: {reason}", "make it readable for this user") from None
        if len(text) > MOST_BYTES:
            raise config_error(f"{path} is larger than 1 MiB, so it holds no keys", "check the path")
        if private and _is_open(about):
            self.warnings.append(f"{path} holds keys and can be read by others; chmod 600 closes it")
        return text

    def read_json(self, path: str) -> dict[str, t.Any]:
        """The JSON object in a file. Raises RelayError (config), which names the file and shows nothing of it."""
        try:
            document = json.loads(self.read(path))
        except json.JSONDecodeError as problem:
            raise config_error(
                f"{path} is no valid JSON (line {problem.lineno})",
                "repair it, or configure the tool that wrote it anew",
            ) from None
        except RecursionError:
            raise config_error(f"{path} is no valid JSON", _REPAIR) from None
        if not isinstance(document, dict):
            raise config_error(f"{path} holds no JSON object", _REPAIR)
        return document

    def read_ini(self, path: str, section: str, *, interpolation: bool) -> dict[str, str] | None:
        """The keys and values of a section, None where there is none. Raises RelayError (config) with the file's name.

        ``interpolation``: ``%`` is special and written ``%%``, as in the files that some SDKs read.
        """
        # Only who has such a file pays for it.
        import configparser

        text = self.read(path)
        parser = configparser.ConfigParser() if interpolation else configparser.RawConfigParser()
        try:
            parser.read_string(text)
            if not parser.has_section(section):
                return None
            return {name: _unquoted(value) for name, value in parser.items(section) if value}
        except configparser.InterpolationError as problem:
            raise config_error(
                f"{path}: {problem.option} in [{problem.section}] holds a lone %", "write each % as %%"
            ) from None
        except configparser.Error:
            raise config_error(f"{path} is no valid INI file", "repair it") from None


def _is_open(about: os.stat_result) -> bool:
    if about.st_mode & stat.S_IROTH:
        return True
    # A file that somebody else keeps may be meant for this user's group.
    return bool(about.st_mode & stat.S_IRGRP) and about.st_uid == os.geteuid()


def _unquoted(value: str) -> str:
    """The examples of some SDKs show quotes, which the SDKs then take for a part of the key."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return value


def text_in(document: t.Mapping[str, t.Any], key: str) -> tuple[str, str | None]:
    """The key and its text without spaces around, or None where there is none. Raises RelayError (config)."""
    value = document.get(key)
    if value is None:
        return key, None
    if not isinstance(value, str):
        raise config_error(f"{key} is no text", _REPAIR)
    return key, value.strip() or None


def seconds_in(document: t.Mapping[str, t.Any], key: str) -> float | None:
    """A time in seconds since the epoch, or None where there is none. Raises RelayError (config)."""
    value = document.get(key)
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise config_error(f"{key} is no time in seconds", "log in again with the tool that wrote the file")
    return float(value)


def object_in(document: t.Mapping[str, t.Any], key: str) -> dict[str, t.Any]:
    """The object under a key, empty where there is none. Raises RelayError (config)."""
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise config_error(f"{key} is no object", _REPAIR)
    return value


def token_file(files: KeyFiles, variable: str, path: str) -> str:
    """The token that a platform puts into a file for its workload. Raises RelayError (config)."""
    token = files.read(files.expand(path), private=False).strip()
    if not token:
        raise config_error(f"{path}, which {variable} names, is empty", "check what writes the token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise config_error(f"{path}, which {variable} names, holds no token", "check what writes the token")
    return token
