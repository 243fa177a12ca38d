# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table as a page of the docs."""

from __future__ import annotations

import importlib.metadata
import platform
import typing as t
from pathlib import Path

from .rows import Row

_PACKAGES = (
    "ansible-core",
    "requests",
    "urllib3",
    "tencentcloud-sdk-python-live",
    "huaweicloudsdklive",
    "volcengine",
)
_TEMPLATE = Path(__file__).with_name("page.rst.in")


def write_page(path: Path, rows: t.Sequence[Row], seconds: float) -> None:
    template = _TEMPLATE.read_text(encoding="utf-8")
    path.write_text(template.replace("@table@", _table(rows)).replace("@ran@", _ran(rows, seconds)), encoding="utf-8")


def _ran(rows: t.Sequence[Row], seconds: float) -> str:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES if _is_there(name)]
    held = sum(row.held for row in rows)
    return (
        f"{len(rows)} rows, {sum(row.times for row in rows):,} checks; {held} rows held. It took "
        f"{seconds:.0f} seconds with Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{', '.join(versions)}."
    )


def _is_there(name: str) -> bool:
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False


def _table(rows: t.Sequence[Row]) -> str:
    lines = [".. list-table::", "  :header-rows: 1", "  :widths: 12 44 10 34", ""]
    for cells in (("Part", "What was tried", "Checks", "What held"), *(_cells(row) for row in rows)):
        lines += [f"  {'* -' if index == 0 else '  -'} {cell}" for index, cell in enumerate(cells)]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.part, _plain(row.tried), f"{row.times:,}", _plain(row.words)


def _plain(words: str) -> str:
    """A text without what reStructuredText would take for markup."""
    return "".join(f"\\{char}" if char in "\\*`|_" else char for char in " ".join(words.split()))
