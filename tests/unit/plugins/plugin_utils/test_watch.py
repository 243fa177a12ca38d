# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the gate looks and what it says meanwhile, by a clock of the test's own."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

from ansible_collections.livestream.relay.plugins.plugin_utils._verdict import Verdict, rules_from
from ansible_collections.livestream.relay.plugins.plugin_utils._watch import Lines, Watch


class World:
    """A clock that only sleeping and looking move, and what was said and asked."""

    def __init__(self, states: Callable[[float], str], look_takes: float = 0.5) -> None:
        self.now = 1000.0
        self.said: list[tuple[float, str]] = []
        self.asked: list[tuple[float, float]] = []
        self._states = states
        self._look_takes = look_takes

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def say(self, line: str) -> None:
        self.said.append((self.now - 1000, line))

    def list_tasks(self, seconds: float) -> dict[str, Any]:
        started = self.now - 1000
        self.asked.append((started, seconds))
        self.now += min(self._look_takes, seconds)
        names = self._states(started).split()
        tasks = [
            {"task_id": str(number), "state": state, "cloud": "c", "account": "a", "start_time": None}
            for number, state in enumerate(names, 1)
        ]
        return {"complete": True, "tasks": tasks, "warnings": ["same"]}


def watched(world: World, **options: Any) -> tuple[Verdict, Watch]:
    watch = Watch(rules_from(options), world.list_tasks, world.say, lambda: world.now, world.sleep)
    return watch.wait(), watch


def test_looks_begin_at_the_interval() -> None:
    world = World(lambda moment: "running" if moment >= 12 else "paused")
    verdict, watch = watched(world, interval=4)
    assert verdict.name == "passed"
    assert [round(started) for started, dummy_seconds in world.asked] == [0, 4, 8, 12]
    assert watch.looks == 4
    assert watch.warnings == ["same"]


def test_a_look_that_takes_longer_than_the_interval_is_followed_at_once() -> None:
    world = World(lambda moment: "running" if moment > 8 else "paused", look_takes=3)
    watched(world, interval=1)
    assert [started for started, dummy_seconds in world.asked] == [0, 3, 6, 9]


def test_no_look_may_outlast_the_deadline() -> None:
    world = World(lambda moment: "paused")
    verdict, watch = watched(world, timeout=11, interval=5)
    assert verdict.name == "timeout"
    assert 11 <= watch.elapsed() < 11.1
    assert all(started + seconds <= 11 for started, seconds in world.asked)


def test_a_look_that_hangs_ends_with_the_deadline() -> None:
    world = World(lambda moment: "paused", look_takes=1e9)
    verdict, watch = watched(world, timeout=20)
    assert verdict.name == "timeout"
    assert watch.looks == 1
    assert 20 <= watch.elapsed() < 20.1


def test_a_deadline_shorter_than_a_look_still_gives_it_a_chance() -> None:
    world = World(lambda moment: "running", look_takes=0.4)
    verdict, dummy_watch = watched(world, timeout=1)
    assert verdict.name == "passed"
    assert world.asked == [(0, 0.5)]


def test_a_line_when_something_changed_and_every_thirty_seconds() -> None:
    states = {0: "scheduled scheduled", 20: "running scheduled", 110: "running running"}
    world = World(lambda moment: next(states[at] for at in sorted(states, reverse=True) if moment >= at))
    verdict, dummy_watch = watched(world, interval=5)
    assert verdict.name == "passed"
    moments = [round(moment) for moment, dummy_line in world.said]
    assert moments[0] == 0
    assert 20 in moments
    assert all(later - earlier <= 30 for earlier, later in zip([0, *moments], [*moments, 110]))
    assert len(moments) <= 6
    assert world.said[0][1] == "0 of 2 running; waiting for 1 (scheduled) and 2 (scheduled); 300 s left"
    assert "1 of 2 running; waiting for 2 (scheduled); 280 s left" in [line for dummy, line in world.said]


def test_the_same_trouble_is_said_once_though_its_request_id_is_another() -> None:
    world = World(lambda moment: "paused")
    kinds = ["throttled", "throttled", "service", "service", "service"]

    def list_tasks(seconds: float) -> dict[str, Any]:
        answer = world.list_tasks(seconds)
        number = len(world.asked) - 1
        if number >= len(kinds):
            return answer
        error = {"account": "a", "kind": kinds[number], "code": "Code", "msg": f"a: trouble (request id {number})."}
        return {**answer, "complete": False, "errors": [error]}

    Watch(rules_from({"timeout": 29}), list_tasks, world.say, lambda: world.now, world.sleep).wait()
    moments = [round(moment) for moment, dummy_line in world.said]
    assert moments == [0, 10, 26]  # a look takes half a second, and the clouds answer from the sixth on
    assert "request id 0" in world.said[0][1]
    assert "request id 2" in world.said[1][1]
    assert "waiting for 1 (paused)" in world.said[2][1]


def test_a_look_is_given_a_number_of_seconds_that_reads_well() -> None:
    world = World(lambda moment: "paused", look_takes=0.123456)
    watched(world, timeout=7, interval=2)
    assert all(seconds == round(seconds, 1) for dummy_started, seconds in world.asked)


def test_a_long_interval_is_not_silent() -> None:
    world = World(lambda moment: "running" if moment else "paused")
    watched(world, interval=100)
    moments = [0, *(moment for moment, dummy_line in world.said), 100]
    assert all(later - earlier <= 30.01 for earlier, later in zip(moments, moments[1:]))


def test_a_long_look_is_not_silent() -> None:
    said: list[str] = []
    lines = Lines(said.append, time.monotonic, most=0.05)
    heard = threading.Event()

    def line() -> str:
        if len(said) == 2:
            heard.set()
        return "still looking"

    with lines.never_silent(line):
        assert heard.wait(10)
    number = len(said)
    assert number >= 3
    time.sleep(0.2)
    assert len(said) == number


def test_stable_for_is_told() -> None:
    world = World(lambda moment: "running")
    verdict, watch = watched(world, stable_for=9)
    assert verdict.name == "passed"
    assert verdict.reason.startswith("1 of 1 task is running, for ")
    assert watch.elapsed() >= 9
    assert world.said[0][1] == "1 of 1 running; steady for 0 of 9 s; 300 s left"


def test_once() -> None:
    world = World(lambda moment: "paused")
    watch = Watch(rules_from({}), world.list_tasks, world.say, lambda: world.now, world.sleep)
    assert watch.once().name == "timeout"
    assert watch.looks == 1
    assert world.said == []
