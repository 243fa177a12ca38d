# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate's decision, by table."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._task import STATES as MODULE_STATES
from ansible_collections.livestream.relay.plugins.plugin_utils._look import STATES, look_from
from ansible_collections.livestream.relay.plugins.plugin_utils._verdict import (
    Memory,
    RulesError,
    Verdict,
    judge,
    one_look_only,
    rules_from,
    run_out,
)


def task(task_id: str, state: str, account: str = "a") -> dict[str, Any]:
    return {"task_id": task_id, "state": state, "cloud": "tencentcloud", "kind": "relay", "account": account}


def seen(states: dict[str, str] | str, **more: Any) -> dict[str, Any]:
    """A whole and complete answer of relay_task_info; ``"running paused"`` are tasks 1 and 2."""
    if isinstance(states, str):
        states = {str(number): state for number, state in enumerate(states.split(), 1)}
    return {"tasks": [task(name, state) for name, state in states.items()], "complete": True, **more}


def failed(kind: str | None, states: str = "") -> dict[str, Any]:
    error = {"kind": kind, "account": "b", "msg": f"b: {kind}."}
    return {**seen(states), "complete": False, "errors": [error], "accounts": [{"name": "b", "complete": False}]}


INCOMPLETE = {**seen("running"), "complete": False, "accounts": [{"name": "a", "complete": False}]}


def judged(*answers: dict[str, Any], every: float = 5.0, **options: Any) -> tuple[Verdict, Memory]:
    """The verdict after some looks, each of which takes a second."""
    rules = rules_from(options)
    memory = Memory()
    verdict = Verdict("waiting", "")
    for number, answer in enumerate(answers):
        moment = number * every
        look = look_from(answer, moment, moment + 1)
        verdict, memory = judge(look, rules, memory, moment + 1)
        if verdict.final:
            assert number == len(answers) - 1, f"final after look {number + 1}: {verdict}"
    return verdict, memory


def test_the_states_are_those_of_the_modules() -> None:
    assert STATES == MODULE_STATES


@pytest.mark.parametrize(
    ("verdict", "options", "states"),
    [
        # all
        ("passed", {}, "running running"),
        ("waiting", {}, "running scheduled"),
        ("waiting", {}, "running paused"),
        ("waiting", {}, "running degraded"),
        ("waiting", {}, "running unknown"),
        ("failed", {}, "running finished"),
        ("failed", {}, "running failed"),
        ("waiting", {}, ""),
        ("passed", {"min_matched": 0}, ""),
        ("waiting", {"min_matched": 3}, "running running"),
        ("failed", {"min_matched": 3}, "running finished"),
        ("passed", {"states": ["running", "finished"]}, "running finished"),
        ("failed", {"states": ["running", "finished"]}, "running failed"),
        ("passed", {"states": ["unknown"]}, "unknown"),
        ("failed", {"fail_states": ["paused"]}, "running paused"),
        ("waiting", {"fail_states": ["paused"]}, "running finished"),
        ("waiting", {"fail_states": []}, "running finished"),
        # any
        ("passed", {"want": "any"}, "running finished"),
        ("waiting", {"want": "any"}, "scheduled finished"),
        ("failed", {"want": "any"}, "finished finished"),
        ("waiting", {"want": "any"}, "unknown finished"),
        ("waiting", {"want": "any"}, ""),
        # at_least
        ("passed", {"want": "at_least", "at_least": 2}, "running running finished"),
        ("waiting", {"want": "at_least", "at_least": 2}, "running scheduled finished"),
        ("failed", {"want": "at_least", "at_least": 2}, "running finished finished"),
        ("waiting", {"want": "at_least", "at_least": 4}, "running finished finished"),
        # none
        ("passed", {"want": "none"}, "paused finished"),
        ("waiting", {"want": "none"}, "paused running"),
        ("waiting", {"want": "none"}, "paused unknown"),
        ("waiting", {"want": "none"}, ""),
        ("passed", {"want": "none", "min_matched": 0}, ""),
        ("failed", {"want": "none", "fail_states": ["failed"]}, "paused failed"),
        # the filter `state` chooses at the first look
        ("waiting", {"state": ["scheduled"]}, "running finished"),
        ("waiting", {"state": ["scheduled"]}, "scheduled finished"),
        ("passed", {"state": ["running"]}, "running finished"),
    ],
)
def test_one_look(verdict: str, options: dict[str, Any], states: str) -> None:
    assert judged(seen(states), **options)[0].name == verdict


@pytest.mark.parametrize("kind", ["throttled", "timeout", "network", "service"])
def test_trouble_that_passes_uses_up_time(kind: str) -> None:
    assert judged(failed(kind, "running"))[0].name == "waiting"
    assert judged(failed(kind), failed(kind), failed(kind), failed(kind), seen("running"))[0].name == "passed"


@pytest.mark.parametrize(
    "kind", ["auth", "permission", "account", "config", "tls", "not_found", "invalid_request", None]
)
def test_trouble_that_stays_ends_it(kind: str | None) -> None:
    verdict, dummy_memory = judged(failed(kind, "running"))
    assert verdict.name == "error"
    assert f"b: {kind}" in verdict.reason


@pytest.mark.parametrize("answer", [failed("protocol", "running"), failed("incomplete"), INCOMPLETE])
def test_what_may_be_a_bad_moment_ends_it_after_three_looks_in_a_row(answer: dict[str, Any]) -> None:
    assert judged(answer, answer, answer)[0].name == "error"
    assert judged(answer, answer, seen("scheduled"), answer, answer)[0].name == "waiting"
    assert judged(answer, answer, seen("running"))[0].name == "passed"


def test_a_lost_task_is_seen_while_another_account_is_down() -> None:
    verdict, dummy_memory = judged(failed("network", "finished"))
    assert verdict.name == "failed"
    assert "task 1 of a is finished" in verdict.reason


def test_a_failure_of_the_module_itself() -> None:
    assert judged({"failed": True, "msg": "MODULE FAILURE"})[0].name == "error"
    assert judged({})[0].name == "error"
    assert judged({"failed": True, "msg": "x", "error": {"kind": "timeout"}})[0].name == "waiting"


def test_missing() -> None:
    lacking = seen("running", missing=["7"])
    assert judged(lacking)[0] == Verdict("failed", "task 7 does not exist in any account that was asked")
    assert judged(lacking, missing="wait")[0].name == "waiting"
    assert judged(lacking, seen("running running"), missing="wait")[0].name == "passed"
    assert judged(lacking, missing="ignore")[0].name == "passed"
    assert judged(seen("", missing=["7"]), missing="ignore")[0].name == "waiting"


def test_a_task_that_was_waited_for_counts_once_it_is_there() -> None:
    verdict, memory = judged(seen("running", missing=["2"]), seen("running scheduled"), missing="wait")
    assert verdict.name == "waiting"
    assert [each.task_id for each in verdict.offenders] == ["2"]
    assert memory.appeared == {}


@pytest.mark.parametrize(
    "flaw",
    [
        {"complete": False},
        {"accounts": [{"name": "a", "complete": False}]},
        {"errors": [{"kind": "network", "account": "b", "msg": "b: no route."}]},
    ],
)
def test_one_sign_of_a_look_that_does_not_show_everything_is_enough(flaw: dict[str, Any]) -> None:
    assert judged(seen("running"))[0].name == "passed"
    assert judged({**seen("running"), **flaw})[0].name == "waiting"


def test_a_task_that_vanishes_is_lost() -> None:
    before, after = seen("scheduled running"), seen({"2": "running"})
    verdict, memory = judged(before, after)
    assert verdict.name == "failed"
    assert "task 1 of a vanished" in verdict.reason
    assert [each.task_id for each in memory.vanished] == ["1"]
    assert judged(before, after, missing="wait")[0].name == "waiting"
    assert judged(before, after, seen("running running"), missing="wait")[0].name == "passed"
    assert judged(before, after, missing="ignore")[0].name == "passed"
    assert judged(before, seen(""), missing="ignore")[0].name == "waiting"
    assert judged(seen("scheduled scheduled"), after, want="any")[0].name == "passed"
    assert judged(seen("scheduled scheduled"), seen(""), want="any")[0].name == "failed"


def test_a_task_that_vanishes_is_as_good_as_stopped_where_none_may_run() -> None:
    assert judged(seen("running paused"), seen({"2": "paused"}), want="none")[0].name == "passed"
    assert judged(seen("running"), seen(""), want="none")[0].name == "passed"


def test_a_task_that_appears_is_reported_and_does_not_count() -> None:
    verdict, memory = judged(seen("scheduled"), seen("running paused"))
    assert verdict.name == "passed"
    assert [each.task_id for each in memory.appeared.values()] == ["2"]


def test_a_task_that_appears_counts_where_none_may_run() -> None:
    assert judged(seen("running"), seen("paused running"), want="none")[0].name == "waiting"


def test_the_same_id_in_two_accounts_is_two_tasks() -> None:
    answer = {"tasks": [task("1", "running", "a"), task("1", "paused", "b")], "complete": True}
    assert judged(answer)[0].name == "waiting"
    twins = {"tasks": [task("1", "paused", "a"), task("1", "running", "a")], "complete": True}
    assert judged(twins)[0].name == "waiting"


def test_the_filter_state_chooses_once() -> None:
    assert judged(seen("scheduled paused"), seen("running paused"), state=["scheduled"])[0].name == "passed"


def test_stable_for_is_measured_from_the_end_of_a_look_to_the_start_of_another() -> None:
    good, bad = seen("running"), seen("paused")
    assert judged(good, good, stable_for=4)[0].name == "passed"
    assert judged(good, good, stable_for=4.1)[0].name == "waiting"
    assert judged(good, bad, good, stable_for=4)[0].name == "waiting"
    assert judged(good, bad, good, good, stable_for=4)[0].name == "passed"
    # Nobody knows what happened while a look showed nothing.
    assert judged(good, failed("throttled"), good, stable_for=4)[0].name == "waiting"


def test_degraded_for() -> None:
    late = {"runtime_status": True, "degraded_for": 9}
    answer = seen("running degraded")
    assert judged(answer, answer, **late)[0].name == "waiting"
    assert judged(answer, answer, answer, **late)[0].name == "failed"
    assert judged(answer, seen("running running"), **late)[0].name == "passed"
    # It was well again in between.
    assert judged(answer, seen("paused running"), answer, answer, **late)[0].name == "waiting"
    assert judged(answer, answer, answer, runtime_status=True)[0].name == "waiting"


def test_time_runs_out() -> None:
    rules = rules_from({"timeout": 10, "interval": 5})
    dummy_verdict, memory = judged(seen("running paused"), timeout=10)
    with pytest.raises(ValueError, match="time left"):
        run_out(rules, memory, 9.9)
    verdict = run_out(rules, memory, 10)
    assert verdict.name == "timeout"
    assert verdict.reason == "after 10 s, 1 of 2 tasks are not running: task 2 of a is paused"
    assert [each.task_id for each in verdict.offenders] == ["2"]


def test_time_runs_out_in_a_look() -> None:
    rules = rules_from({"timeout": 3})
    assert judge(look_from(seen("paused"), 0, 3), rules, Memory(), 3)[0].name == "timeout"
    assert judge(look_from(seen("running"), 0, 3.2), rules, Memory(), 3.2)[0].name == "passed"


def test_time_runs_out_without_a_look_that_could_be_trusted() -> None:
    rules = rules_from({"timeout": 10})
    dummy_verdict, memory = judged(failed("network"), failed("network"), timeout=10)
    verdict = run_out(rules, memory, 10)
    assert verdict.name == "error"
    assert "b: network" in verdict.reason


def test_the_last_trusted_look_and_the_trouble_since_are_both_told() -> None:
    dummy_verdict, memory = judged(seen("paused"), failed("service"), timeout=10)
    verdict = run_out(rules_from({"timeout": 10}), memory, 11)
    assert verdict.name == "timeout"
    assert "task 1 of a is paused" in verdict.reason
    assert "b: service" in verdict.reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(seen("running"), "passed"), (seen("paused"), "timeout"), (failed("network"), "error"), (INCOMPLETE, "error")],
)
def test_one_look_only(answer: dict[str, Any], expected: str) -> None:
    assert one_look_only(*judged(answer)).name == expected


def test_one_look_is_not_stable() -> None:
    assert one_look_only(*judged(seen("running"), stable_for=1)).name == "timeout"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"want": "at_least"}, "nothing says how many"),
        ({"at_least": 2}, "give want as at_least"),
        ({"want": "at_least", "at_least": 0}, "at_least is 0"),
        ({"min_matched": -1}, "min_matched is -1"),
        ({"states": []}, "states is an empty list"),
        ({"task_id": []}, "task_id is an empty list"),
        ({"state": []}, "state is an empty list"),
        ({"states": ["running"], "fail_states": ["running"]}, "in states and in fail_states"),
        ({"want": "none", "fail_states": ["running"]}, "in states and in fail_states"),
        ({"states": ["run"]}, "states holds 'run'"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": float("inf")}, "timeout is inf"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"interval": -1}, "interval is -1"),
        ({"interval": 10, "timeout": 5}, "the gate would look once"),
        ({"stable_for": -1}, "stable_for is -1"),
        ({"stable_for": 300}, "this could never pass"),
        ({"degraded_for": 5}, "add runtime_status: true"),
    ],
)
def test_rules_that_are_wrong(options: dict[str, Any], says: str) -> None:
    with pytest.raises(RulesError, match=says):
        rules_from(options)


def test_defaults() -> None:
    rules = rules_from({})
    assert (rules.want, rules.timeout, rules.interval, rules.min_matched) == ("all", 300, 5, 1)
    assert rules.fail_states == {"failed", "finished"}
    assert rules_from({"states": ["finished"]}).fail_states == {"failed"}
    assert rules_from({"timeout": 3}).interval == 3
