# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold of the gate's decision whatever the clouds answer and in whatever order."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.plugin_utils._look import STATES, look_from
from ansible_collections.livestream.relay.plugins.plugin_utils._verdict import (
    FAILED,
    PASSED,
    TIMEOUT,
    WANTS,
    Memory,
    Rules,
    RulesError,
    Verdict,
    judge,
    rules_from,
)

KINDS = ["throttled", "timeout", "network", "service", "auth", "config", "protocol", "incomplete", None]
state_sets = st.lists(st.sampled_from(STATES), min_size=1, max_size=3, unique=True)


@st.composite
def rule_options(draw: st.DrawFn) -> dict[str, Any]:
    options: dict[str, Any] = {
        "want": draw(st.sampled_from(WANTS)),
        "states": draw(state_sets),
        "min_matched": draw(st.integers(0, 3)),
        "missing": draw(st.sampled_from(["fail", "wait", "ignore"])),
        "stable_for": draw(st.sampled_from([0, 3, 12])),
        "timeout": draw(st.sampled_from([20, 60])),
        "runtime_status": True,
        "degraded_for": draw(st.sampled_from([0, 6])),
    }
    if options["want"] == "at_least":
        options["at_least"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        options["fail_states"] = draw(st.lists(st.sampled_from(STATES), max_size=2))
    if draw(st.booleans()):
        options["state"] = draw(state_sets)
    return options


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(st.sampled_from("123456"), max_size=5, unique=True))
    tasks = [
        {"task_id": each, "state": draw(st.sampled_from(STATES)), "cloud": "c", "kind": "relay", "account": "a"}
        for each in ids
    ]
    answer: dict[str, Any] = {"tasks": tasks, "complete": True, "missing": [], "errors": [], "accounts": []}
    trouble = draw(st.sampled_from(["", "", "", "missing", "incomplete", "error"]))
    if trouble == "missing":
        answer["missing"] = ["9"]
    elif trouble:
        answer["complete"] = False
        answer["accounts"] = [{"name": "a", "complete": False}]
        if trouble == "error":
            answer["errors"] = [{"kind": draw(st.sampled_from(KINDS)), "account": "a", "msg": "a: trouble."}]
    return answer


Story = list[tuple[dict[str, Any], float, Verdict, Memory]]


def rules_of(options: dict[str, Any]) -> Rules:
    try:
        return rules_from(options)
    except RulesError:
        assume(False)
        raise


def told(rules: Rules, looks: list[dict[str, Any]]) -> Story:
    """Each answer, when its look ended, the verdict after it and what was remembered, until the verdict is final."""
    story: Story = []
    memory = Memory()
    for number, answer in enumerate(looks):
        started = number * 5.0
        verdict, memory = judge(look_from(answer, started, started + 1), rules, memory, started + 1)
        story.append((answer, started + 1, verdict, memory))
        if verdict.final:
            break
    return story


@settings(max_examples=400, deadline=None)
@given(rule_options(), st.lists(answers(), min_size=1, max_size=6))
def test_never_a_pass_by_mistake(options: dict[str, Any], looks: list[dict[str, Any]]) -> None:
    rules = rules_of(options)
    answer, dummy_moment, verdict, memory = told(rules, looks)[-1]
    if verdict.name != PASSED:
        return
    assert answer["complete"]
    assert not answer["errors"]
    assert not answer["missing"] or rules.missing == "ignore"
    states = [task.state for task in memory.matched]
    gone = len(memory.vanished) if rules.want == "none" else 0
    assert len(states) + gone >= rules.min_matched
    if rules.want == "all":
        assert all(state in rules.states for state in states)
        assert not memory.vanished or rules.missing == "ignore"
    elif rules.want == "none":
        assert not any(state in rules.states or state == "unknown" for state in states)
    else:
        assert sum(state in rules.states for state in states) >= rules.at_least


@settings(max_examples=200, deadline=None)
@given(rule_options(), st.lists(answers(), min_size=1, max_size=6))
def test_a_pass_held_for_as_long_as_it_had_to(options: dict[str, Any], looks: list[dict[str, Any]]) -> None:
    rules = rules_of(options)
    story = told(rules, looks)
    if story[-1][2].name != PASSED or not rules.stable_for:
        return
    last_start = story[-1][1] - 1
    held = [moment for dummy_answer, moment, dummy_verdict, memory in story if memory.held_since is not None]
    begun = story[-1][3].held_since
    assert begun is not None
    assert begun in held
    assert last_start - begun >= rules.stable_for


@settings(max_examples=200, deadline=None)
@given(rule_options(), st.lists(answers(), min_size=1, max_size=14))
def test_a_timeout_never_comes_before_its_time(options: dict[str, Any], looks: list[dict[str, Any]]) -> None:
    rules = rules_of(options)
    for dummy_answer, moment, verdict, dummy_memory in told(rules, looks):
        assert verdict.name != TIMEOUT or moment >= rules.timeout
        assert verdict.final or moment < rules.timeout


@settings(max_examples=200, deadline=None)
@given(rule_options(), st.lists(answers(), min_size=1, max_size=4), st.sampled_from(STATES))
def test_one_more_bad_task_turns_no_fail_into_a_pass(
    options: dict[str, Any], looks: list[dict[str, Any]], state: str
) -> None:
    rules = rules_of({**options, "min_matched": 1})
    bad = state in rules.states if rules.want == "none" else state not in rules.states
    assume(bad)
    # One task more may become good, so a gate that is lost may be one that waits. It never is one that passes.
    before = told(rules, looks)[-1][2]
    extra = {"task_id": "77", "state": state, "cloud": "c", "kind": "relay", "account": "a"}
    after = told(rules, [{**answer, "tasks": [*answer["tasks"], extra]} for answer in looks])[-1][2]
    if before.name == FAILED:
        assert after.name != PASSED


@settings(max_examples=200, deadline=None)
@given(rule_options(), st.lists(answers(), min_size=1, max_size=6))
def test_a_verdict_says_why_and_names_tasks(options: dict[str, Any], looks: list[dict[str, Any]]) -> None:
    for dummy_answer, dummy_moment, verdict, dummy_memory in told(rules_of(options), looks):
        assert verdict.reason
        assert "\n" not in verdict.reason
        if verdict.name == FAILED:
            assert all(task.task_id in verdict.reason for task in verdict.offenders[:4])
