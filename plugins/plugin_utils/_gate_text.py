# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins.

"""What the gate says: a line while it waits, the offenders as facts, and a failure as people read it at night."""

from __future__ import annotations

import datetime
import typing as t

from ._look import Seen, any_of, listed
from ._table import printable, text_table
from ._verdict import ERROR, Memory, Rules, Verdict, good_number, matched_number

MOST_OFFENDERS = 20
# How many tasks a line calls by name that is printed every few seconds.
NAMES_IN_A_LINE = 3

ADVICE = {
    "scheduled": "scheduled: it starts by itself. Is its start as planned, and timeout long enough?",
    "degraded": "degraded: it is switched on and does not relay. Look at its source and its destination.",
    "paused": "paused: somebody stopped it. Start it in the cloud's console.",
    "finished": "finished: its window is over. Give it a later end, or make a new task.",
    "failed": "failed: look in the cloud's console why.",
    "unknown": "unknown: the cloud's word or time is none that is documented. Look in its console.",
    "running": "running: it runs, and it was wanted otherwise. Stop it in the cloud's console.",
}


def offenders(tasks: t.Sequence[Seen], memory: Memory, began: datetime.datetime) -> list[dict[str, t.Any]]:
    """The first of the tasks that stand in the way, as facts. ``began`` is when the gate's seconds start, in UTC.

    ``since`` is when the gate first saw the task in its state.
    """
    return [_offender(task, memory, began) for task in tasks[:MOST_OFFENDERS]]


def _offender(task: Seen, memory: Memory, began: datetime.datetime) -> dict[str, t.Any]:
    gone = task in memory.vanished
    return {
        "id": task.task_id,
        "cloud": task.facts.get("cloud"),
        "account": task.facts.get("account"),
        "region": task.facts.get("region"),
        "title": task.facts.get("title"),
        "stream": task.facts.get("stream"),
        "state": None if gone else task.state,
        "status": None if gone else task.facts.get("status"),
        "since": None if gone else _utc(began + datetime.timedelta(seconds=memory.since[task.key][1])),
        "window": {"start_time": task.facts.get("start_time"), "end_time": task.facts.get("end_time")},
    }


def _utc(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def progress(verdict: Verdict, rules: Rules, memory: Memory, elapsed: float, now: datetime.datetime) -> str:
    """``3 of 5 running; waiting for finals-2 (scheduled, starts in 40 s); 215 s left``."""
    says = [_standing(rules, memory)] if memory.last else []
    waits = [_waits_for(task, now) for task in (memory.last.offenders if memory.last else ())]
    if memory.trouble:
        says.append(printable(memory.trouble))
    elif memory.held_since is not None:
        held = max(0.0, elapsed - memory.held_since)
        says.append(f"steady for {min(held, rules.stable_for):.0f} of {rules.stable_for:g} s")
    elif waits:
        says.append(f"waiting for {listed(waits, NAMES_IN_A_LINE)}")
    elif not verdict.final or not memory.last:
        says.append(verdict.reason)
    return "; ".join([*says, f"{max(0.0, rules.timeout - elapsed):.0f} s left"])


def looking(rules: Rules, elapsed: float) -> str:
    """What is said while a look takes long."""
    return f"still listing the tasks; {max(0.0, rules.timeout - elapsed):.0f} s left"


def _standing(rules: Rules, memory: Memory) -> str:
    states = any_of(rules.states)
    wanted = f"not {states}" if rules.want == "none" else states
    return f"{good_number(rules, memory)} of {matched_number(rules, memory)} {wanted}"


def _waits_for(task: Seen, now: datetime.datetime) -> str:
    start = task.facts.get("start_time") if task.state == "scheduled" else None
    seconds = _seconds_until(str(start), now) if start else None
    return f"{task.name} ({task.state}{'' if seconds is None else f', starts in {seconds} s'})"


def _seconds_until(moment: str, now: datetime.datetime) -> int | None:
    try:
        start = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    return max(0, round((start - now).total_seconds()))


def wanted(rules: Rules) -> str:
    """The rules as a sentence without a verb: ``all tasks running, for 30 s, within 300 s``."""
    states = any_of(rules.states)
    number = {"all": "all tasks", "any": "at least one task", "none": "no task"}.get(
        rules.want, f"at least {rules.at_least} tasks"
    )
    held = f", for {rules.stable_for:g} s" if rules.stable_for else ""
    return f"{number} {states}{held}, within {rules.timeout:g} s"


def failure(
    verdict: Verdict, rules: Rules, rows: t.Sequence[t.Mapping[str, t.Any]], filters: t.Mapping[str, t.Any]
) -> list[str]:
    """The lines that tell what was wanted, what stands in the way, since when, until when, and what to look at.

    ``rows`` are the offenders as facts, ``filters`` the options that chose the tasks.
    """
    lines = [f"gate: {verdict.name}: {printable(verdict.reason)}.", f"  wanted: {wanted(rules)}"]
    if filters:
        lines.append(f"  looked for: {', '.join(_filter(name, value) for name, value in filters.items())}")
    if rows:
        header = ("ID", "NAME", "CLOUD", "ACCOUNT", "REGION", "STATE", "STATUS", "SINCE", "STARTS", "ENDS")
        lines += [f"  {line}" for line in text_table(header, [_row(row) for row in rows])]
    if len(verdict.offenders) > len(rows):
        lines.append(f"  and {len(verdict.offenders) - len(rows)} more")
    states = dict.fromkeys(row["state"] or "vanished" for row in rows)
    lines += [f"  {ADVICE.get(state, 'vanished: somebody deleted it while the gate waited.')}" for state in states]
    if verdict.name == ERROR:
        lines.append("  Nothing is known that a deploy could rely on: the gate stays shut.")
    return lines


def _filter(name: str, value: t.Any) -> str:
    return f"{name} {printable(listed([str(each) for each in value] if isinstance(value, list) else [str(value)]))}"


def _row(row: t.Mapping[str, t.Any]) -> list[t.Any]:
    window = row["window"]
    return [
        row["id"],
        row["stream"] or row["title"],
        row["cloud"],
        row["account"],
        row["region"],
        row["state"] or "vanished",
        row["status"],
        row["since"],
        window["start_time"],
        window["end_time"],
    ]
