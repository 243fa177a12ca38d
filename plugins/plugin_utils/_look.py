# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins.

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ._table import printable

# The states of module_utils/_task.py: a plugin stands on plugin_utils alone, and a test compares the two.
STATES = ("scheduled", "running", "degraded", "paused", "finished", "failed", "unknown")

# What the gate needs of each task, so that a look at a thousand tasks stays small.
FIELDS = (
    "task_id",
    "cloud",
    "kind",
    "account",
    "region",
    "title",
    "state",
    "state_source",
    "status",
    "domain",
    "app",
    "stream",
    "destination_url",
    "start_time",
    "end_time",
)

# How many tasks are called by name in a sentence.
NAMES = 5

# The same for one task at every look: cloud, kind, account, id, and a number should two accounts share all of these.
Key = tuple[str, str, str, str, int]


@dataclasses.dataclass(frozen=True)
class Seen:
    """One task as a look saw it. ``facts`` are the task's as relay_task_info returned them."""

    key: Key
    state: str
    name: str
    facts: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def task_id(self) -> str:
        return self.key[3]

    @property
    def account(self) -> str:
        return self.key[2]

    def __str__(self) -> str:
        """Its name, and what to look for in the console: ``finals-2 (task 1002 of sports)``."""
        account = f" of {self.account}" if self.account else ""
        task = f"task {self.task_id}{account}"
        return task if self.name == self.task_id else f"{self.name} ({task})"

    def says(self) -> str:
        """Itself and its state in words: ``finals-2 (task 1002 of sports) is paused``."""
        if self.state != "unknown":
            return f"{self} is {self.state}"
        word = self.facts.get("status")
        return f"{self} is in a state that nobody knows" + (f" ({word!r})" if word else "")


@dataclasses.dataclass(frozen=True)
class Look:
    """What one look at the clouds gave. ``started`` and ``ended`` are seconds since the gate began.

    ``errors`` are those of relay_task_info, ``incomplete`` the accounts whose lists do not add up.
    """

    started: float
    ended: float
    tasks: tuple[Seen, ...] = ()
    missing: tuple[str, ...] = ()
    errors: tuple[t.Mapping[str, t.Any], ...] = ()
    incomplete: tuple[str, ...] = ()
    complete: bool = True

    @property
    def trusted(self) -> bool:
        """Whether it shows everything: each account answered, and each list adds up."""
        return self.complete and not self.errors and not self.incomplete


def look_from(result: t.Mapping[str, t.Any], started: float, ended: float) -> Look:
    """A look from what relay_task_info returned, a failure of the whole module included."""
    if result.get("failed") or "complete" not in result:
        return Look(started, ended, errors=(_failure(result),), complete=False)
    errors = tuple(result.get("errors") or ())
    failed = {error.get("account") for error in errors}
    accounts = result.get("accounts") or ()
    incomplete = [str(each["name"]) for each in accounts if not each["complete"] and each["name"] not in failed]
    return Look(
        started,
        ended,
        tasks=_tasks(result.get("tasks") or ()),
        missing=tuple(result.get("missing") or ()),
        errors=errors,
        incomplete=tuple(incomplete),
        complete=bool(result["complete"]),
    )


def _failure(result: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The error of a module that failed altogether. One that is no error of ours has no kind: it ends the gate."""
    message = str(result.get("msg") or "the module relay_task_info gave no result")
    error = result.get("error")
    return {**error, "msg": message} if isinstance(error, dict) else {"kind": None, "msg": message}


def _tasks(given: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[Seen, ...]:
    twins: collections.Counter[tuple[str, str, str, str]] = collections.Counter()
    seen = []
    for task in given:
        account = str(task.get("account") or "")
        key = (str(task.get("cloud") or ""), str(task.get("kind") or ""), account, str(task["task_id"]))
        twins[key] += 1
        state = task["state"] if task["state"] in STATES else "unknown"
        name = printable(str(task.get("stream") or task.get("title") or task["task_id"]))
        seen.append(Seen((*key, twins[key]), state, name, facts=task))
    return tuple(seen)


def counts(tasks: t.Iterable[Seen]) -> dict[str, int]:
    """How many tasks are in each state; states without any are left out."""
    return dict(collections.Counter(task.state for task in tasks))


def listed(words: t.Sequence[str], most: int = NAMES) -> str:
    """``a, b and c``; with more than ``most``, the first of them and how many more there are."""
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def any_of(states: t.Iterable[str]) -> str:
    """States as words: ``scheduled or running``, in the order in which people know them."""
    known = sorted(states, key=STATES.index)
    return " or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
