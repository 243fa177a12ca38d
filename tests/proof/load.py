# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred accounts at once; no account's rate limit is ever passed, measured where the requests arrive."""

from __future__ import annotations

import contextlib
import json
import typing as t
from pathlib import Path

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Query

from . import ours
from .ours import TARGETS, Target
from .rows import Row
from .servers import Pieces, Request, Server, answer, serving

PART = "Load"
ACCOUNTS = 100
PAGE_SIZE = 20
# What the API's pages allow in one second; Huawei publishes none, and this is our default for it.
ALLOWED = {
    "tencentcloud_relay_task_info": 30,
    "huaweicloud_relay_task_info": 5,
    "volcengine_record_task_info": 50,
    "volcengine_relay_task_info": 15,
}


def rows(dummy_folder: Path, short: bool) -> t.Iterator[Row]:
    yield _load(short)


def _load(short: bool) -> Row:
    pages = 8 if short else 40
    row = Row(PART, f"{ACCOUNTS} accounts of four modules at once, up to {pages} pages each, default rate limits")
    with contextlib.ExitStack() as stack:
        accounts, servers = [], []
        for number in range(ACCOUNTS):
            target = TARGETS[number % len(TARGETS)]
            # As long a list as its rate lets through in some seconds.
            total = PAGE_SIZE * min(pages, ALLOWED[target.module] * 2)
            server = stack.enter_context(serving(_pages(target, total)))
            servers.append((target, server))
            # Accounts with the same key share a limit: each has one of its own.
            accounts.append(target.account(server.url, access_key=f"AKIDaccount{number}"))
        outcome = ours.listed(
            accounts, timeout=120.0, query=Query(page_size=PAGE_SIZE), request_timeout=30.0, retries=4
        )
        row.check(outcome.end == "complete", f"ended as {outcome.end}: {outcome.text[-300:]}")
        sent = sum(len(server.requests) for dummy_target, server in servers)
        for target, server in servers:
            most = _most_in_a_second(server)
            row.check(most <= ALLOWED[target.module], f"{target.module}: {most} requests in one second")
        row.check(outcome.seconds < 120, f"it took {outcome.seconds:.0f} s")
        row.note = f"{len(outcome.tasks):,} tasks, {sent:,} requests, {outcome.seconds:.0f} s"
    return row


def _pages(target: Target, total: int) -> t.Callable[[Request], Pieces]:
    def respond(request: Request) -> Pieces:
        if target.cloud == "huaweicloud":
            start = int(request.line.partition("offset=")[2].split(" ")[0].split("&")[0])
        else:
            body = json.loads(request.body)
            start = (body.get("PageNum", body.get("Page")) - 1) * PAGE_SIZE
        ids = range(start + 1, min(total, start + PAGE_SIZE) + 1)
        return answer(target.page([{**target.record, target.id_key: str(each)} for each in ids], total))

    return respond


def _most_in_a_second(server: Server) -> int:
    """The most requests that arrived within any one second."""
    moments = sorted(request.at for request in server.requests)
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
