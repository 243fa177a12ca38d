# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of listings in one process, with faults at random: memory, threads and sockets do not grow."""

from __future__ import annotations

import collections
import gc
import os
import random
import threading
import time
import typing as t
from pathlib import Path

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Query

from . import ours
from .ours import TARGETS, Target
from .rows import Row
from .servers import Pieces, Request, answer, serving

PART = "Soak"
# Python's own pools and caches settle in this part of the run, and move by so much afterwards.
SETTLED = 0.3
MOST_GROWTH_MIB = 12.0


def rows(dummy_folder: Path, short: bool) -> t.Iterator[Row]:
    yield _soak(600 if short else 10_000)


def _soak(times: int) -> Row:
    row = Row(PART, f"{times:,} listings in one process, a fault in every third answer")
    chance = random.Random(20261201)
    ends: collections.Counter[str] = collections.Counter()
    with serving(_faulty(chance)) as server:
        before = _Counted.now()
        for number in range(times):
            if number == int(times * SETTLED):
                before = _Counted.now()
            target = TARGETS[number % len(TARGETS)]
            path = target.account(server.url, access_key=f"AKID{TARGETS.index(target)}")
            query = Query(rate_limit=ours.FAST, concurrency=4)
            outcome = ours.listed([path], query=query, timeout=5.0, retries=0, request_timeout=2.0)
            ends[outcome.end] += 1
            row.check(outcome.end not in ("crash", "config"), f"{number}: {outcome.text[-200:]}")
            row.check(not outcome.leaks(), f"{number}: a secret is shown")
            server.requests.clear()
        after = _Counted.settled(before)
    grown = after.memory - before.memory
    row.check(grown <= MOST_GROWTH_MIB, f"memory grew by {grown:.1f} MiB")
    row.check(after.threads <= before.threads, f"threads grew from {before.threads} to {after.threads}")
    row.check(after.files <= before.files, f"open files and sockets grew from {before.files} to {after.files}")
    ways = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    row.note = f"memory {grown:+.1f} MiB, threads {after.threads - before.threads:+d}, "
    row.note += f"open files {after.files - before.files:+d}; {ways}"
    return row


def _faulty(chance: random.Random) -> t.Callable[[Request], Pieces]:
    def respond(request: Request) -> Pieces:
        target = _target_of(request)
        if chance.random() > 1 / 3:
            return answer(target.good())
        return chance.choice(
            (
                [],
                [b"HTTP/1.1 200 OK\r\nContent-Le"],
                answer(b"<html>"),
                answer(b"", 302, Location="http://127.0.0.1:9/"),
                answer(b"no", 503),
                answer(target.error("InternalError", "trouble"), 500),
                answer(target.page([target.record], 50)),
                answer(target.page(None, 3)),
                answer(target.good(), length=10_000),
            )
        )

    return respond


def _target_of(request: Request) -> Target:
    """Which of the four asked, as its request tells."""
    if request.line.startswith("GET"):
        return TARGETS[1]
    if "ListPullRecordTask" in request.line:
        return TARGETS[2]
    return TARGETS[3] if "ListPullToPushTaskV2" in request.line else TARGETS[0]


class _Counted(t.NamedTuple):
    """What this process holds. Memory in MiB."""

    memory: float
    threads: int
    files: int

    @classmethod
    def now(cls) -> _Counted:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        files = len(os.listdir("/proc/self/fd"))
        return cls(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, threading.active_count(), files)

    @classmethod
    def settled(cls, before: _Counted) -> _Counted:
        """Counted when what was under way has ended: the servers' own threads need a moment."""
        for dummy in range(50):
            counted = cls.now()
            if counted.threads <= before.threads and counted.files <= before.files:
                return counted
            time.sleep(0.1)
        return cls.now()
