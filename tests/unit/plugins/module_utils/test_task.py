# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times, windows and the states that follow from them."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._task import (
    REPORTED,
    SCHEDULE,
    STATES,
    Window,
    enabled_state,
    format_time,
    parse_time,
    paused_state,
    text,
    texts,
)

UTC = datetime.timezone.utc
SECOND = datetime.timedelta(seconds=1)
START = datetime.datetime(2026, 6, 1, 18, tzinfo=UTC)
END = datetime.datetime(2026, 6, 1, 21, tzinfo=UTC)

# Seconds since the epoch, from the year 2 to 9999 with a day to spare for any zone.
moments = st.integers(-62_100_000_000, 253_402_200_000).map(
    lambda seconds: datetime.datetime(1970, 1, 1, tzinfo=UTC) + seconds * SECOND
)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2020-04-20T00:30:00Z", "2020-04-20T00:30:00Z"),
        ("2020-04-20t00:30:00z", "2020-04-20T00:30:00Z"),
        (" 2020-04-20T00:30:00Z\n", "2020-04-20T00:30:00Z"),
        ("2020-04-20T00:30:00.999Z", "2020-04-20T00:30:00Z"),
        ("2023-07-07T16:19:24+08:00", "2023-07-07T08:19:24Z"),
        ("2023-07-07T16:19:24+0800", "2023-07-07T08:19:24Z"),
        ("2023-07-07 16:19:24-03:30", "2023-07-07T19:49:24Z"),
        ("2024-02-29T00:00:00+00:00", "2024-02-29T00:00:00Z"),
        ("2023-01-01T03:00:00+08:00", "2022-12-31T19:00:00Z"),
    ],
)
def test_a_time_becomes_utc(written: str, utc: str) -> None:
    assert format_time(parse_time(written)) == utc


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        0,
        1700000000,
        True,
        [],
        {},
        "soon",
        "2020-04-20",
        "2020-04-20T00:30:00",  # no zone: one of the clouds means Beijing by that
        "2020-04-20 00:30:00",
        "2023-02-29T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "2020-04-20T24:00:00Z",
        "2020-04-20T23:59:60Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "20200420T003000Z",
        "2020-04-20T00:30:00Z and more",
        "٢٠٢٠-04-20T00:30:00Z",
        "2020-04-20T00:30:00+8",
        "2020-04-20T00:30:00Z\x00",
    ],
)
def test_what_is_no_time_is_none(value: t.Any) -> None:
    assert parse_time(value) is None


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_in_every_zone(moment: datetime.datetime, minutes: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    assert parse_time(moment.astimezone(zone).isoformat()) == moment


@given(moments)
def test_a_time_that_was_written_reads_back(moment: datetime.datetime) -> None:
    assert parse_time(format_time(moment)) == moment


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.lists(st.text()))
def test_no_value_makes_the_reader_fail(value: t.Any) -> None:
    moment = parse_time(value)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end", "unreadable"),
    [
        (None, None, ()),
        ("", "", ()),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", ()),
        ("2020-04-20T00:30:00Z", "tomorrow", ("end",)),
        ("2020-04-20 00:30:00", None, ("start",)),
        (17, ["x"], ("start", "end")),
        (False, 0, ("start", "end")),
    ],
)
def test_a_window_names_the_times_that_it_cannot_read(start: t.Any, end: t.Any, unreadable: tuple[str, ...]) -> None:
    assert Window.of(start, end).unreadable == unreadable


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (Window(), START, ("running", REPORTED)),
        (Window(START, END), START - SECOND, ("scheduled", SCHEDULE)),
        (Window(START, END), START, ("running", SCHEDULE)),
        (Window(START, END), END - SECOND, ("running", SCHEDULE)),
        (Window(START, END), END, ("finished", SCHEDULE)),
        (Window(start=START), START - SECOND, ("scheduled", SCHEDULE)),
        (Window(start=START), END, ("running", SCHEDULE)),
        (Window(end=END), START, ("running", SCHEDULE)),
        (Window(end=END), END + SECOND, ("finished", SCHEDULE)),
        (Window(END, START), END - SECOND, ("finished", SCHEDULE)),  # it ends before it starts
        (Window(start=START, unreadable=("end",)), START, ("unknown", SCHEDULE)),
        (Window(unreadable=("start",)), START, ("unknown", SCHEDULE)),
    ],
)
def test_a_task_that_is_switched_on(window: Window, now: datetime.datetime, expected: tuple[str, str]) -> None:
    assert enabled_state(window, now) == expected


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (Window(), START, ("paused", REPORTED)),
        (Window(start=START), START - SECOND, ("paused", REPORTED)),
        (Window(START, END), START - SECOND, ("paused", SCHEDULE)),
        (Window(START, END), END - SECOND, ("paused", SCHEDULE)),
        (Window(START, END), END, ("finished", SCHEDULE)),
        (Window(unreadable=("start",)), START, ("paused", REPORTED)),
        (Window(unreadable=("end",)), START, ("unknown", SCHEDULE)),
    ],
)
def test_a_task_that_was_paused(window: Window, now: datetime.datetime, expected: tuple[str, str]) -> None:
    assert paused_state(window, now) == expected


@given(moments, moments, moments)
def test_a_task_goes_through_its_states_in_one_direction(
    start: datetime.datetime, end: datetime.datetime, now: datetime.datetime
) -> None:
    order = ("scheduled", "running", "finished")
    window = Window(start, end)
    before, dummy_source = enabled_state(window, now)
    after, dummy_source = enabled_state(window, now + SECOND)
    assert order.index(before) <= order.index(after)
    assert {before, after, paused_state(window, now)[0]} <= set(STATES)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), ("", None), (None, None), (0, "0"), (-1, "-1"), (1.5, "1.5"), (True, None), ([], None), ({}, None)],
)
def test_a_value_as_text(value: t.Any, expected: str | None) -> None:
    assert text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ("", []),
        ("rtmp://a", ["rtmp://a"]),
        (["a", "", None, "b", 3, {}, ["c"], True], ["a", "b", "3"]),
        ({"a": 1}, []),
    ],
)
def test_a_value_as_texts(value: t.Any, expected: list[str]) -> None:
    assert texts(value) == expected
