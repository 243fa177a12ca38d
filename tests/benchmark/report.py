# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results for people: a table in reStructuredText and a plot as SVG, both without any package."""

from __future__ import annotations

import typing as t

from ansible_collections.livestream.relay.tests.benchmark.rows import Growth, Row

_HEAD = ("Work", "Beside", "Must reach", "Came out", "Reached")
_ANSWERS = {True: "yes", False: "no", None: ""}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 360, 60, 45, 40, 70
_BLUE, _ORANGE, _GREY = "#1f5f99", "#b3541e", "#888"


def table(rows: t.Sequence[Row]) -> str:
    """The rows as a list-table."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 26 24 20 22 8", ""]
    for row in (_HEAD, *((row.work, row.beside, row.must, row.figure, _ANSWERS[row.reached]) for row in rows)):
        lines += [f"   {'* -' if index == 0 else '  -'} {cell}".rstrip() for index, cell in enumerate(row)]
    return "\n".join(lines) + "\n"


def plot(points: t.Sequence[Growth]) -> str:
    """Seconds (left) and MiB (right) over the number of tasks, both from zero."""
    most_tasks = max(point.tasks for point in points)
    most_seconds = _round_up(max(point.seconds for point in points))
    most_mib = _round_up(max(point.peak_mib for point in points))
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    base = _HEIGHT - _BOTTOM

    def spot(tasks: float, value: float, most: float) -> tuple[float, float]:
        return round(_LEFT + wide * tasks / most_tasks, 1), round(base - high * value / most, 1)

    parts = [
        "<!--",
        "Copyright (c) 2026, livestream.relay contributors",
        "GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)",
        # In two pieces: in one it would be read as this file's own.
        f"{'SPDX-License'}-Identifier: GPL-3.0-or-later",
        "-->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<path d="M{_LEFT} {_TOP}V{base}H{_LEFT + wide}V{_TOP}" fill="none" stroke="{_GREY}"/>',
    ]
    for part in range(5):
        y = base - high * part / 4
        parts.append(_text(_LEFT - 6, y + 4, f"{most_seconds * part / 4:g} s", _BLUE, "end"))
        parts.append(_text(_LEFT + wide + 6, y + 4, f"{most_mib * part / 4:g} MiB", _ORANGE, "start"))
        parts.append(_text(_LEFT + wide * part / 4, base + 18, f"{most_tasks * part // 4:,}", _GREY, "middle"))
    parts.append(_text(_LEFT + wide / 2, _HEIGHT - 8, "tasks", _GREY, "middle"))
    for label, x, colour, most, values in (
        ("processor time of the module's process", _LEFT, _BLUE, most_seconds, [point.seconds for point in points]),
        ("its peak memory", _LEFT + wide / 2, _ORANGE, most_mib, [point.peak_mib for point in points]),
    ):
        spots = [spot(point.tasks, value, most) for point, value in zip(points, values)]
        line = " ".join(f"{x},{y}" for x, y in spots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in spots]
        parts.append(_text(x, 22, label, colour, "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def _round_up(value: float) -> float:
    """The next number that divides into four parts a reader likes."""
    step = 0.01
    while True:
        for nice in (1, 2, 4, 6, 8):
            if value <= nice * step:
                return nice * step
        step *= 10
