# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that change while they are read, over real sockets and with the concurrency that is really used."""

from __future__ import annotations

import json
import re
import threading
import typing as t
import urllib.parse
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Query

from . import ours
from .ours import TARGETS, Target
from .rows import Row
from .servers import Pieces, Request, answer, serving

PART = "Shifting lists"
PAGE_SIZE = 5

# What happens to the list after a page was served, and to which of its tasks.
Change = tuple[str, int]
CHANGES = ("nothing", "create", "update", "delete", "reorder", "lie")
_changes = st.tuples(st.sampled_from(CHANGES), st.integers(0, 99))
# So many tasks are created or updated within one reading at most: fewer than a page holds.
PROMISED = PAGE_SIZE - 1


class ChangingList:
    """A list ordered by the last change, the newest first, which is changed after each page that it serves.

    ``most`` bounds how many tasks are created, updated or moved in one reading.
    ``snapshots`` are all lists that ever were.
    """

    def __init__(self, target: Target, length: int, changes: t.Sequence[Change], most: int, offset: str) -> None:
        self._target = target
        self._changes = list(changes)
        self._most = self._left = most
        self._offset = offset
        self._lock = threading.Lock()
        self._next_id = length + 1
        self._lie = 0
        self.ids = [str(number) for number in range(1, length + 1)]
        self.snapshots = {frozenset(self.ids)}

    def respond(self, request: Request) -> Pieces:
        with self._lock:
            start, size = self._place(request)
            if self._is_first(request):
                self._left = self._most
            records = [{**self._target.record, self._target.id_key: each} for each in self.ids[start : start + size]]
            page = self._target.page(records, max(0, len(self.ids) + self._lie), size)
            self._lie = 0
            if self._changes:
                self._change(*self._changes.pop(0))
                self.snapshots.add(frozenset(self.ids))
            return answer(page)

    def _is_first(self, request: Request) -> bool:
        """Whether a new reading begins: nobody asks for the first position twice in one."""
        if self._target.cloud == "huaweicloud":
            return "offset=0 " in request.line or "offset=0&" in request.line
        body = json.loads(request.body)
        return bool(body.get("PageNum", body.get("Page")) == 1)

    def _place(self, request: Request) -> tuple[int, int]:
        if self._target.cloud != "huaweicloud":
            body = json.loads(request.body)
            number, size = body.get("PageNum", body.get("Page")), body.get("PageSize", body.get("Size"))
            return (number - 1) * size, size
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.line.split(" ")[1]).query))
        offset, size = int(query["offset"]), int(query["limit"])
        return {"records": offset, "pages": offset * size, "pages from one": max(0, offset - 1) * size}[
            self._offset
        ], size

    def _change(self, what: str, which: int) -> None:
        at = which % max(1, len(self.ids))
        if what == "lie":
            self._lie = which % 7 - 3
        elif what == "delete" and self.ids:
            del self.ids[at]
        elif self._left > 0 and what == "create":
            self.ids.insert(0, str(self._next_id))
            self._next_id += 1
        elif self._left > 0 and what in ("update", "reorder") and self.ids:
            self.ids.insert(0, self.ids.pop(at))
        else:
            return
        self._left -= what in ("create", "update", "reorder")


def rows(dummy_folder: Path, short: bool) -> t.Iterator[Row]:
    examples = 40 if short else 400
    for target in TARGETS:
        offsets = ("records", "pages", "pages from one") if target.cloud == "huaweicloud" else ("",)
        for offset in offsets:
            yield _promised(target, offset, examples)
    yield _beyond(examples)


def _promised(target: Target, offset: str, examples: int) -> Row:
    counted = f", offset counts {offset}" if offset else ""
    row = Row(PART, f"{target.module}{counted}: creates, updates, deletes, moves and false totals between pages")
    ends: dict[str, int] = {"complete": 0, "incomplete": 0}

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(
        length=st.one_of(st.integers(0, 12), st.integers(20, 40)),
        changes=st.one_of(st.lists(_changes, max_size=10), st.lists(_changes, min_size=40, max_size=80)),
        concurrency=st.sampled_from((1, 3, 16)),
    )
    def try_one(length: int, changes: list[Change], concurrency: int) -> None:
        flaw, end = _tried(target, ChangingList(target, length, changes, PROMISED, offset), concurrency)
        ends[end] = ends.get(end, 0) + 1
        row.times += 1
        assert not flaw, (
            f"{flaw}: {length} tasks, {concurrency} at once, {[each for each in changes if each[0] != 'nothing']}"
        )

    try:
        try_one()
    except AssertionError as problem:
        row.broken.append(str(problem).splitlines()[0])
    row.note = f"{ends['complete']} were a true list of some moment, {ends['incomplete']} were said to be incomplete"
    return row


def _tried(target: Target, changing: ChangingList, concurrency: int) -> tuple[str, str]:
    """What is wrong with the result, or an empty text; and how the listing ended."""
    query = Query(page_size=PAGE_SIZE, concurrency=concurrency, rate_limit=ours.FAST)
    with serving(changing.respond) as server:
        outcome = ours.listed([target.account(server.url)], query=query)
    if outcome.end == "incomplete":
        return "", outcome.end
    if outcome.end != "complete":
        return f"ended as {outcome.end}: {outcome.text[-300:]}", outcome.end
    if re.search(r'"complete": true', outcome.text) is None:
        return "is not said to be complete", outcome.end
    ids = [task["task_id"] for task in outcome.tasks]
    if len(ids) != len(set(ids)):
        return "a task came twice", outcome.end
    return ("" if frozenset(ids) in changing.snapshots else "is no list that ever was"), outcome.end


def _beyond(examples: int) -> Row:
    """What is not promised: a list without an order in which tasks take the places of others."""
    target = TARGETS[0]
    row = Row(PART, "a list without order, in which tasks are swapped for others in their places between two pages")
    unseen = 0
    for number in range(examples):
        changing = ChangingList(target, 10, [], 0, "")
        first = True

        def respond(request: Request, changing: ChangingList = changing, number: int = number) -> Pieces:
            nonlocal first
            pieces = changing.respond(request)
            if first:
                first = False
                # One of the second page goes; another takes its place on the first one, in one moment.
                gone = changing.ids.pop(number % PAGE_SIZE)
                changing.ids.insert(number % PAGE_SIZE, f"new-{gone}")
                changing.snapshots.add(frozenset(changing.ids))
                changing.ids[PAGE_SIZE + number % PAGE_SIZE] = f"late-{gone}"
                changing.snapshots.add(frozenset(changing.ids))
            return pieces

        query = Query(page_size=PAGE_SIZE, rate_limit=ours.FAST)
        with serving(respond) as server:
            outcome = ours.listed([target.account(server.url)], query=query)
        row.times += 1
        unseen += frozenset(task["task_id"] for task in outcome.tasks) not in changing.snapshots
    row.cannot = (
        f"does not hold: {unseen} of {row.times} were no list of any moment, and no client can see it. Pages without "
        "an order in which one task takes the place of another add up. The promise excludes it"
    )
    return row
