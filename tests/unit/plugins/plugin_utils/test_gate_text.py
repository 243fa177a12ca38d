# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gate says, and how tables are drawn."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.livestream.relay.plugins.plugin_utils._gate_text import (
    MOST_OFFENDERS,
    failure,
    offenders,
    progress,
)
from ansible_collections.livestream.relay.plugins.plugin_utils._look import any_of, listed, look_from
from ansible_collections.livestream.relay.plugins.plugin_utils._table import printable, text_table, width
from ansible_collections.livestream.relay.plugins.plugin_utils._verdict import Memory, judge, rules_from

NOW = datetime.datetime(2026, 12, 1, 20, 0, 0, tzinfo=datetime.timezone.utc)


def task(task_id: str, state: str, **more: Any) -> dict[str, Any]:
    return {"task_id": task_id, "state": state, "cloud": "tencentcloud", "account": "sports", **more}


def told(*tasks: dict[str, Any], **options: Any) -> tuple[str, list[dict[str, Any]], list[str]]:
    """The line while it waits, the offenders and the lines of a failure, one second after the gate began."""
    rules = rules_from(options)
    verdict, memory = judge(look_from({"complete": True, "tasks": list(tasks)}, 0, 1), rules, Memory(), 1)
    rows = offenders(verdict.offenders, memory, NOW)
    return progress(verdict, rules, memory, 1, NOW), rows, failure(verdict, rules, rows, {"stream": "finals-*"})


def test_a_task_that_waits_for_its_start() -> None:
    line, rows, dummy_lines = told(
        task("1001", "running", stream="finals-1"),
        task("1002", "scheduled", stream="finals-2", status="enable", start_time="2026-12-01T20:00:40Z"),
    )
    assert line == "1 of 2 running; waiting for finals-2 (scheduled, starts in 40 s); 299 s left"
    assert rows == [
        {
            "id": "1002",
            "cloud": "tencentcloud",
            "account": "sports",
            "region": None,
            "title": None,
            "stream": "finals-2",
            "state": "scheduled",
            "status": "enable",
            "since": "2026-12-01T20:00:01Z",
            "window": {"start_time": "2026-12-01T20:00:40Z", "end_time": None},
        }
    ]


def test_a_failure_says_what_was_wanted_who_and_what_to_look_at() -> None:
    dummy_line, dummy_rows, lines = told(
        task("1002", "finished", title="决赛", status="enable", end_time="2026-12-01T19:59:00Z"),
        stable_for=30,
        timeout=600,
    )
    assert lines == [
        "gate: failed: 决赛 (task 1002 of sports) is finished: not all tasks can become running any more.",
        "  wanted: all tasks running, for 30 s, within 600 s",
        "  looked for: stream finals-*",
        "  ID    NAME  CLOUD         ACCOUNT  STATE     STATUS  SINCE                 ENDS",
        "  1002  决赛  tencentcloud  sports   finished  enable  2026-12-01T20:00:01Z  2026-12-01T19:59:00Z",
        "  finished: its window is over. Give it a later end, or make a new task.",
    ]


def test_many_offenders_are_cut() -> None:
    dummy_line, rows, lines = told(*(task(str(number), "finished") for number in range(50)))
    assert len(rows) == MOST_OFFENDERS
    assert "  and 30 more" in lines


def test_no_name_of_a_task_breaks_a_line() -> None:
    line, dummy_rows, lines = told(task("7", "paused", stream="a\nb\x1b[2J\u202e{{ 7*7 }}"))
    for each in (line, *lines):
        assert "\n" not in each
        assert "\x1b" not in each
        assert "\u202e" not in each
    assert "{{ 7*7 }}" in line


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_listed(words: list[str], expected: str) -> None:
    assert listed(words) == expected
    assert listed([*words, *"uvwxyz"], 2).endswith("more")


def test_any_of() -> None:
    assert any_of({"degraded", "running", "scheduled"}) == "scheduled, running or degraded"


def test_tables() -> None:
    assert text_table(("A", "B", "C"), [["x", None, "1"], ["决赛", "", "22"]]) == ["A     C", "x     1", "决赛  22"]
    assert text_table(("A",), []) == [""]
    assert width("决赛e\u0301") == 5
    assert printable("tab\tnul\x00決") == "tab\\tnul\\x00決"
