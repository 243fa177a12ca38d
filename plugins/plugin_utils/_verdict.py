# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins.

from __future__ import annotations

import dataclasses
import math
import typing as t

from ._look import STATES, Key, Look, Seen, any_of, listed

PASSED = "passed"
FAILED = "failed"
TIMEOUT = "timeout"
ERROR = "error"
# Not a verdict yet: look again.
WAITING = "waiting"

WANTS = ("all", "any", "none", "at_least")
FAIL_STATES = ("failed", "finished")

# Kinds of errors that may pass by themselves: they use up time.
TRANSIENT = frozenset(("throttled", "timeout", "network", "service"))
# These may be a bad moment (a gateway's page, a list that changes), and are trouble when they stay. All others
# (refused keys, permissions, options, accounts, certificates) are not cured by looking again.
DUBIOUS = frozenset(("protocol", "incomplete"))
# After so many dubious looks in a row the gate gives up.
DUBIOUS_LOOKS = 3


class RulesError(ValueError):
    """Rules that contradict themselves; a sentence that says what to change."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """What the gate wants, checked. Times in seconds. See the options of the gate for each."""

    want: str = "all"
    at_least: int = 1
    states: frozenset[str] = frozenset(("running",))
    fail_states: frozenset[str] = frozenset(FAIL_STATES)
    only_states: frozenset[str] = frozenset()  # the filter `state`; empty: any
    min_matched: int = 1
    missing: str = "fail"
    stable_for: float = 0.0
    degraded_for: float = 0.0
    timeout: float = 300.0
    interval: float = 5.0

    @property
    def needed(self) -> int:
        """How many tasks it takes before the set of tasks is complete enough to be pinned."""
        return max(1, self.min_matched, self.at_least if self.want == "at_least" else 1)


def rules_from(params: t.Mapping[str, t.Any]) -> Rules:
    """The checked rules of the gate's parameters; None and an absent value are the default. Raises RulesError."""
    given = {name: value for name, value in params.items() if value is not None}
    want = given.get("want", "all")
    states = frozenset(given.get("states", ("running",)))
    # With none, a task that is over is what was wanted.
    lost = () if want == "none" else [state for state in FAIL_STATES if state not in states]
    timeout = float(given.get("timeout", 300.0))
    rules = Rules(
        want=want,
        at_least=given.get("at_least", 1),
        states=states,
        fail_states=frozenset(given.get("fail_states", lost)),
        only_states=frozenset(given.get("state", ())),
        min_matched=given.get("min_matched", 1),
        missing=given.get("missing", "fail"),
        stable_for=float(given.get("stable_for", 0.0)),
        degraded_for=float(given.get("degraded_for", 0.0)),
        timeout=timeout,
        # Somebody who only says timeout: 3 wants a short gate.
        interval=float(given.get("interval", min(5.0, timeout))),
    )
    _check_sets(rules, given)
    _check_times(rules, given)
    return rules


def _check_sets(rules: Rules, given: t.Mapping[str, t.Any]) -> None:
    if rules.want == "at_least" and "at_least" not in given:
        raise RulesError("want is at_least, and nothing says how many: give at_least a number")
    if rules.want != "at_least" and "at_least" in given:
        raise RulesError(f"at_least is given, and want is {rules.want}: give want as at_least, or leave at_least out")
    if rules.at_least < 1:
        raise RulesError(f"at_least is {rules.at_least}: give 1 or more")
    if rules.min_matched < 0:
        raise RulesError(f"min_matched is {rules.min_matched}: give 0 or more")
    if not rules.states:
        raise RulesError("states is an empty list: name at least one state, or leave states out")
    for name in ("state", "task_id"):
        if name in given and not given[name]:
            raise RulesError(f"{name} is an empty list: leave {name} out, or give it something")
    for name in ("state", "states", "fail_states"):
        strange = [state for state in given.get(name, ()) if state not in STATES]
        if strange:
            raise RulesError(f"{name} holds {strange[0]!r}: the states are {', '.join(STATES)}")
    both = rules.states & rules.fail_states
    if both:
        advice = "with want: none, states are to be left" if rules.want == "none" else "take it out of one of them"
        raise RulesError(f"{any_of(both)} is in states and in fail_states: {advice}")


def _check_times(rules: Rules, given: t.Mapping[str, t.Any]) -> None:
    for name in ("timeout", "interval"):
        if not (getattr(rules, name) > 0 and math.isfinite(getattr(rules, name))):
            raise RulesError(f"{name} is {getattr(rules, name):g}: give a number of seconds above 0")
    for name in ("stable_for", "degraded_for"):
        if not (getattr(rules, name) >= 0 and math.isfinite(getattr(rules, name))):
            raise RulesError(f"{name} is {getattr(rules, name):g}: give a number of seconds, 0 or more")
    if rules.interval > rules.timeout:
        raise RulesError(
            f"interval is {rules.interval:g} s and timeout {rules.timeout:g} s: the gate would look once; "
            "make interval smaller or timeout longer"
        )
    if rules.stable_for >= rules.timeout:
        raise RulesError(
            f"stable_for is {rules.stable_for:g} s and timeout {rules.timeout:g} s: this could never pass; "
            "make stable_for smaller or timeout longer"
        )
    if rules.degraded_for and not given.get("runtime_status"):
        raise RulesError(
            "degraded_for is given without runtime_status, and nobody would know which tasks are degraded: "
            "add runtime_status: true"
        )


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What is known after a look. ``offenders`` are the tasks that stand in the way, the worst first."""

    name: str
    reason: str
    offenders: tuple[Seen, ...] = ()

    @property
    def final(self) -> bool:
        return self.name != WAITING


@dataclasses.dataclass(frozen=True)
class Memory:
    """What earlier looks saw. Moments are seconds since the gate began.

    ``pinned`` are the tasks of the first look that matched, as they were last seen; None before that.
    ``matched`` are the tasks that the last look that could be trusted was judged by.
    """

    pinned: t.Mapping[Key, Seen] | None = None
    matched: tuple[Seen, ...] = ()
    appeared: t.Mapping[Key, Seen] = dataclasses.field(default_factory=dict)
    vanished: tuple[Seen, ...] = ()
    missing: tuple[str, ...] = ()
    since: t.Mapping[Key, tuple[str, float]] = dataclasses.field(default_factory=dict)  # its state, and from when on
    held_since: float | None = None
    dubious_looks: int = 0  # in a row
    trouble: str = ""  # why the last look could not be trusted
    last: Verdict | None = None  # of the last look that could be trusted


def judge(look: Look, rules: Rules, memory: Memory, elapsed: float) -> tuple[Verdict, Memory]:
    """Decide by a look, the rules, what earlier looks saw and how long it has been (seconds)."""
    memory = dataclasses.replace(memory, since=_since(look, memory))
    verdict, memory = _judge_trusted(look, rules, memory) if look.trusted else _judge_partial(look, rules, memory)
    if not verdict.final and elapsed >= rules.timeout:
        verdict = run_out(rules, memory, elapsed)
    return verdict, memory


def run_out(rules: Rules, memory: Memory, elapsed: float) -> Verdict:
    """The verdict when time has run out: ``timeout``, or ``error`` when there was no look that could be trusted."""
    if elapsed < rules.timeout:
        raise ValueError("there is time left")
    return _given_up(memory, f"after {rules.timeout:g} s")


def one_look_only(verdict: Verdict, memory: Memory) -> Verdict:
    """The verdict where nobody waits, as in check mode: what would need another look is a ``timeout``."""
    return verdict if verdict.final else _given_up(memory, "without waiting")


def _given_up(memory: Memory, when: str) -> Verdict:
    if memory.last is None:
        return Verdict(ERROR, f"{when}, no look could be trusted; the last time, {memory.trouble or 'none was over'}")
    reason = f"{when}, {memory.last.reason}"
    if memory.trouble:
        reason += f"; that was the last look that could be trusted, since {memory.trouble}"
    return Verdict(TIMEOUT, reason, memory.last.offenders)


def _since(look: Look, memory: Memory) -> dict[Key, tuple[str, float]]:
    """Since when each task is seen in the state that it is in. What a look did not show is kept."""
    since = dict(memory.since)
    for task in look.tasks:
        if since.get(task.key, ("", 0.0))[0] != task.state:
            since[task.key] = (task.state, look.ended)
    return since


# --- a look that does not show everything


def _judge_partial(look: Look, rules: Rules, memory: Memory) -> tuple[Verdict, Memory]:
    """It never passes. It fails for what cannot be cured, whether in the clouds' answers or in the tasks."""
    trouble = _trouble(look)
    dubious = not look.errors or any(error.get("kind") in DUBIOUS for error in look.errors)
    memory = dataclasses.replace(
        memory, held_since=None, trouble=trouble, dubious_looks=memory.dubious_looks + 1 if dubious else 0
    )
    if any(error.get("kind") not in TRANSIENT | DUBIOUS for error in look.errors):
        return Verdict(ERROR, trouble), memory
    if rules.want == "all":
        known = [task for task in look.tasks if memory.pinned is None or task.key in memory.pinned]
        lost = _lost(_chosen(known, rules, memory), look, rules, memory)
        if lost:
            return _lost_verdict(lost, (), len(known), rules), memory
    if memory.dubious_looks >= DUBIOUS_LOOKS:
        return Verdict(ERROR, f"{DUBIOUS_LOOKS} looks in a row could not be trusted: {trouble}"), memory
    return Verdict(WAITING, trouble, memory.last.offenders if memory.last else ()), memory


def _trouble(look: Look) -> str:
    """Why a look cannot be trusted, the incurable first."""
    cured = [error for error in look.errors if error.get("kind") in TRANSIENT | DUBIOUS]
    errors = [error for error in look.errors if error not in cured] + cured
    if errors:
        more = f", and {len(errors) - 1} more accounts failed" if len(errors) > 1 else ""
        return f"{str(errors[0].get('msg')).rstrip('.')}{more}"
    accounts = f" of {listed(look.incomplete)}" if look.incomplete else ""
    return f"the list{accounts} is not complete: its pages do not add up"


# --- a look that shows everything


def _judge_trusted(look: Look, rules: Rules, memory: Memory) -> tuple[Verdict, Memory]:
    memory = _pin(look, rules, memory)
    verdict = _cannot(look, rules, memory) or _not_yet(rules, memory)
    if verdict is None:
        held_since = look.ended if memory.held_since is None else memory.held_since
        verdict = _held(look.started - held_since, rules, memory)
    else:
        held_since = None
    return verdict, dataclasses.replace(memory, held_since=held_since, dubious_looks=0, trouble="", last=verdict)


def _pin(look: Look, rules: Rules, memory: Memory) -> Memory:
    """Keep the tasks of the first look that matched, and say how later looks differ from it."""
    now = {task.key: task for task in look.tasks}
    chosen = _chosen(look.tasks, rules, memory)
    pinned = memory.pinned
    awaited = look.missing and rules.missing == "wait"
    if pinned is None and len(chosen) >= rules.needed and not awaited:
        pinned = {task.key: task for task in chosen}
    if pinned is None:
        return dataclasses.replace(memory, matched=tuple(chosen), missing=look.missing)
    new = {task.key: task for task in _chosen(look.tasks, rules, None) if task.key not in pinned}
    matched = [task for task in look.tasks if task.key in pinned]
    if rules.want == "none":
        # One that came later may be the very one that should not be there.
        matched += [now[key] for key in {**memory.appeared, **new} if key in now]
    return dataclasses.replace(
        memory,
        pinned={key: now.get(key, task) for key, task in pinned.items()},
        matched=tuple(matched),
        appeared={**memory.appeared, **new},
        vanished=tuple(task for key, task in pinned.items() if key not in now),
        missing=look.missing,
    )


def _chosen(tasks: t.Sequence[Seen], rules: Rules, memory: Memory | None) -> list[Seen]:
    """The tasks that the filter ``state`` chooses. It chooses once: tasks that are pinned stay what they become."""
    if not rules.only_states or (memory and memory.pinned is not None):
        return list(tasks)
    return [task for task in tasks if task.state in rules.only_states]


def _lost(tasks: t.Iterable[Seen], look: Look, rules: Rules, memory: Memory) -> list[Seen]:
    """The tasks that can no longer satisfy the gate."""
    return [
        task
        for task in tasks
        if task.state in rules.fail_states or _degraded_too_long(task, look.started, rules, memory)
    ]


def _degraded_too_long(task: Seen, moment: float, rules: Rules, memory: Memory) -> bool:
    if not rules.degraded_for or task.state != "degraded" or "degraded" in rules.states:
        return False
    return moment - memory.since[task.key][1] >= rules.degraded_for


def _cannot(look: Look, rules: Rules, memory: Memory) -> Verdict | None:
    """The verdict when the rules can no longer hold."""
    if memory.missing and rules.missing == "fail":
        ids = listed([f"task {task_id}" for task_id in memory.missing])
        return Verdict(FAILED, f"{ids} {_do(memory.missing, 'does', 'do')} not exist in any account that was asked")
    lost = _lost(memory.matched, look, rules, memory)
    if rules.want == "none":
        return Verdict(FAILED, f"{_say(lost)}, which fail_states names", tuple(lost)) if lost else None
    gone = list(memory.vanished) if rules.missing == "fail" else []
    if not lost and not gone:
        return None
    number = len(memory.matched) + len(memory.vanished)
    if rules.want == "all":
        return _lost_verdict(lost, gone, number, rules)
    if memory.pinned is not None and number - len(lost) - len(gone) < rules.at_least:
        return _lost_verdict(lost, gone, number, rules)
    return None


def _lost_verdict(lost: t.Sequence[Seen], gone: t.Sequence[Seen], number: int, rules: Rules) -> Verdict:
    wanted = any_of(rules.states)
    vanished = f"{listed([str(task) for task in gone])} vanished from the list" if gone else ""
    says = " and ".join(words for words in (_say(lost), vanished) if words)
    if rules.want == "all":
        reason = f"{says}: not all tasks can become {wanted} any more"
    else:
        left = number - len(lost) - len(gone)
        reason = f"only {left} of {number} tasks can still become {wanted}, and {_needed(rules)}: {says}"
    return Verdict(FAILED, reason, (*lost, *gone))


def _not_yet(rules: Rules, memory: Memory) -> Verdict | None:
    """The verdict when the rules do not hold now."""
    if memory.missing and rules.missing == "wait":
        ids = listed([f"task {task_id}" for task_id in memory.missing])
        return Verdict(WAITING, f"{ids} {_do(memory.missing, 'does', 'do')} not exist yet", _bad(rules, memory))
    if memory.vanished and rules.want == "all" and rules.missing == "wait":
        gone = listed([str(task) for task in memory.vanished])
        return Verdict(WAITING, f"{gone} {_do(memory.vanished, 'is', 'are')} gone", memory.vanished)
    if matched_number(rules, memory) < rules.min_matched:
        number = matched_number(rules, memory) or "no"
        noun = "task matches" if number == 1 else "tasks match"
        wanted = f"at least {rules.min_matched} must" if rules.min_matched > 1 else "at least one must"
        return Verdict(WAITING, f"{number} {noun} the filters, and {wanted}", _bad(rules, memory))
    if _satisfied(rules, memory):
        return None
    return Verdict(WAITING, _why_not(rules, memory), _bad(rules, memory))


def matched_number(rules: Rules, memory: Memory) -> int:
    """How many tasks match. With ``none``, a task that was there and is gone did match, and is as good as stopped."""
    gone = len(memory.vanished) if rules.want == "none" else 0
    return len(memory.matched) + gone


def good_number(rules: Rules, memory: Memory) -> int:
    """How many of them are as they are wanted."""
    return matched_number(rules, memory) - len(_bad(rules, memory))


def _satisfied(rules: Rules, memory: Memory) -> bool:
    if rules.want in ("all", "none"):
        return not _bad(rules, memory)
    return good_number(rules, memory) >= rules.at_least


def _bad(rules: Rules, memory: Memory) -> tuple[Seen, ...]:
    """The tasks that are not as they are wanted. With ``none``, one in an unknown state may be in a wrong one."""
    if rules.want == "none":
        return tuple(task for task in memory.matched if task.state in rules.states or task.state == "unknown")
    return tuple(task for task in memory.matched if task.state not in rules.states)


def _why_not(rules: Rules, memory: Memory) -> str:
    bad = _bad(rules, memory)
    number = len(memory.matched)
    wanted = any_of(rules.states)
    if rules.want == "all":
        return f"{len(bad)} of {number} {_do(memory.matched, 'task is', 'tasks are')} not {wanted}: {_say(bad)}"
    if rules.want == "none":
        return f"{len(bad)} of {number} {_do(memory.matched, 'task stands', 'tasks stand')} in the way: {_say(bad)}"
    says = f": {_say(bad)}" if bad else ""
    good = number - len(bad)
    return f"{good} of {number} {_do(memory.matched, 'task is', 'tasks are')} {wanted}, and {_needed(rules)}{says}"


def _held(seconds: float, rules: Rules, memory: Memory) -> Verdict:
    number, good = matched_number(rules, memory), good_number(rules, memory)
    word = f"not {any_of(rules.states)}" if rules.want == "none" else any_of(rules.states)
    reason = f"{good} of {number} {_do(memory.matched, 'task is', 'tasks are')} {word}" if number else "nothing matches"
    if rules.stable_for and seconds < rules.stable_for:
        return Verdict(WAITING, f"{reason}, and not yet for {rules.stable_for:g} s")
    return Verdict(PASSED, reason + (f", for {seconds:.0f} s" if rules.stable_for else ""))


def _say(tasks: t.Sequence[Seen]) -> str:
    """Some tasks and their states in words."""
    return listed([task.says() for task in tasks])


def _needed(rules: Rules) -> str:
    return f"at least {rules.at_least} must" if rules.want == "at_least" else "one must"


def _do(things: t.Sequence[t.Any], one: str, many: str) -> str:
    return one if len(things) == 1 else many
