# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins.

from __future__ import annotations

import typing as t
import unicodedata


def printable(text: str) -> str:
    """A text with its control characters written out, so that no task's name can move the cursor or break a line."""
    return "".join(repr(character)[1:-1] if _is_control(character) else character for character in text)


def _is_control(character: str) -> bool:
    # Cc: control characters; Cf: invisible ones, among them those that turn the direction of writing; Zl, Zp: line ends
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def width(text: str) -> int:
    """How many columns a terminal takes for a text: Chinese characters take two, combining ones none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def text_table(header: t.Sequence[str], rows: t.Sequence[t.Sequence[t.Any]]) -> list[str]:
    """The lines of a table in plain text. None is an empty cell; a column that is empty in every row is left out."""
    cells = [["" if value is None else printable(str(value)) for value in row] for row in rows]
    columns = [index for index in range(len(header)) if any(row[index] for row in cells)]
    lines = [[header[index] for index in columns], *([row[index] for index in columns] for row in cells)]
    widths = [max(width(line[index]) for line in lines) for index in range(len(columns))]
    return ["  ".join(_padded(cell, wide) for cell, wide in zip(line, widths)).rstrip() for line in lines]


def _padded(cell: str, wide: int) -> str:
    return cell + " " * (wide - width(cell))
