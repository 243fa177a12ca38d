# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the benchmarks and the two forms in which they are shown. Nothing is timed here."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.livestream.relay.tests.benchmark.report import plot, table
from ansible_collections.livestream.relay.tests.benchmark.rows import Growth, Row
from ansible_collections.livestream.relay.tests.benchmark.timing import Times

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def times() -> Times:
    """The machine was slow in the third turn: what is compared within a turn does not show it."""
    return Times({"ping": [1.0, 1.0, 3.0], "ours": [1.5, 1.7, 3.6], "sdk": [2.0, 2.8, 6.0]})


def test_medians_are_of_the_turns(times: Times) -> None:
    assert times.median("ours") == 1.7
    assert times.above("ours", "ping") == pytest.approx(0.6)


def test_ratios_are_of_each_turn(times: Times) -> None:
    assert times.ratio("sdk", "ours") == pytest.approx(2.8 / 1.7)
    assert times.ratio("sdk", "ours", "ping") == pytest.approx(4.0)


def test_a_command_as_quick_as_its_base_is_no_division_by_zero() -> None:
    times = Times({"ping": [1.0], "ours": [1.0], "sdk": [2.0]})
    assert times.ratio("sdk", "ours", "ping") == pytest.approx(2000)


def test_table_has_a_line_for_each_row_and_says_what_was_reached() -> None:
    rows = [Row("work", "ping", "at most 1 s", "2 s", False), Row("other", "", "", "3 s")]
    lines = table(rows).splitlines()
    assert sum(line.startswith("   * - ") for line in lines) == 3
    assert lines[lines.index("   * - work") :][:5] == [
        "   * - work",
        "     - ping",
        "     - at most 1 s",
        "     - 2 s",
        "     - no",
    ]
    assert lines[-4:] == ["     -", "     -", "     - 3 s", "     -"]


def test_plot_places_points_by_tasks_seconds_and_memory() -> None:
    svg = ET.fromstring(plot([Growth(100, 0.1, 30.0), Growth(1_000, 1.0, 60.0)]))
    circles = [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in svg.iter(f"{SVG}circle")]
    assert len(circles) == 4
    first, last, first_memory, last_memory = circles
    # A second of one second is at the top, a tenth of it a tenth of the way up; 60 MiB of 60 too.
    assert (first[0], last[0]) == (first_memory[0], last_memory[0])
    assert last[1] == 40
    assert 315 - first[1] == pytest.approx((315 - last[1]) / 10, abs=0.2)
    assert 315 - first_memory[1] == pytest.approx((315 - last_memory[1]) / 2, abs=0.2)
    labels = [each.text for each in svg.iter(f"{SVG}text")]
    assert {"1 s", "60 MiB", "1,000"} <= set(labels)
