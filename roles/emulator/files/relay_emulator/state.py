# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the clouds hold: accounts, keys, tasks, and how they change while they are read."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Callable

from . import times
from .faults import Faults

RELAY = "relay"
RECORD = "record"
ABSENT = "@absent"


class Record:
    """One task: the cloud's own keys, and its JSON text, made when it is first asked for."""

    __slots__ = ("raw", "texts")

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.texts: dict[Any, str] = {}

    def text(self, variant: Any, render: Callable[[], str]) -> str:
        text = self.texts.get(variant)
        if text is None:
            text = self.texts[variant] = render()
        return text


class TaskList:
    """The tasks of one listing in the cloud's order, and how far the present reading of them has come."""

    def __init__(self, owner: str, kind: str, id_key: str, updated_key: str | None) -> None:
        self.owner = owner
        self.kind = kind
        self.id_key = id_key
        self.updated_key = updated_key
        self.records: list[Record] = []
        self.by_id: dict[str, Record] = {}
        self.reads = 0
        self.served: set[str] = set()
        self.last_rows: list[Record] = []
        self.created = 0

    def id_of(self, record: Record) -> str:
        return str(record.raw[self.id_key])

    def fill(self, records: list[Record]) -> None:
        self.records = records
        self.by_id = {self.id_of(record): record for record in records}
        self.sort()

    def sort(self) -> None:
        key = self.updated_key
        if key:
            # The order by which Tencent lists: last changed first. Ties stay as they are.
            self.records.sort(key=lambda record: str(record.raw.get(key) or ""), reverse=True)

    def touch(self, record: Record, now: float) -> None:
        record.texts.clear()
        if self.updated_key:
            record.raw[self.updated_key] = times.utc(now)
        self.to_front(record)

    def to_front(self, record: Record) -> None:
        self.records.remove(record)
        self.records.insert(0, record)
        self.sort()

    def add(self, record: Record) -> None:
        self.records.insert(0, record)
        self.by_id[self.id_of(record)] = record
        self.sort()

    def delete(self, task_id: str) -> None:
        record = self.by_id.pop(task_id, None)
        if record is not None:
            self.records.remove(record)


@dataclass
class Shift:
    """A list that moves while it is read, after so many list requests since the one of the first page."""

    do: str
    after_page: int
    left: float  # how often still; infinite for "always"
    kind: str | None = None
    by: int = 1
    grown: int = 0

    def concerns(self, tasks: TaskList) -> bool:
        return self.left > 0 and self.kind in (None, tasks.kind)


@dataclass
class Account:
    name: str
    cloud: str
    spec: dict[str, Any]
    access_key: str
    secret_key: str
    session_token: str | None = None
    quota: int = 200
    lists: dict[str, TaskList] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)  # Huawei: project id -> name
    runtime: dict[str, dict[str, Any]] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)

    def limit(self, action: str, default: float) -> float:
        """Requests per second that the account may send for this action; 0 is no limit."""
        limit = self.spec.get("rate_limit")
        if isinstance(limit, dict):
            limit = limit.get(action)
        return default if limit is None else float(limit)

    def may_be_assumed(self, role: str) -> bool:
        return role in self.spec.get("role", ())

    def find(self, task_id: str) -> tuple[TaskList, Record] | None:
        for tasks in self.lists.values():
            record = tasks.by_id.get(task_id)
            if record is not None:
                return tasks, record
        return None


@dataclass
class Key:
    access_key: str
    secret_key: str
    token: str | None
    expires: float | None
    account: Account
    derived: dict[Any, bytes] = field(default_factory=dict)

    def expired(self, now: float) -> bool:
        return self.expires is not None and now >= self.expires


@dataclass
class UserToken:
    """Huawei: what X-Auth-Token carries. A token of the whole domain has no project."""

    account: Account
    project_id: str | None
    expires: float | None


@dataclass
class Event:
    """One step of the timeline, ready to be applied."""

    at: float
    apply: Callable[[float], None]


class World:
    """Everything that a scenario describes, alive. Callers hold `lock` while they look into task lists."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.started = time.monotonic()
        self.started_wall = time.time()
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, dict[str, Key]] = {}
        self.user_tokens: dict[str, UserToken] = {}
        self.metadata_tokens: dict[str, float] = {}
        self.refusals: dict[str, tuple[int, float]] = {}
        self.served: dict[tuple[str, str], dict[str, Any]] = {}
        self.faults = Faults([])
        self.events: deque[Event] = deque()
        self._arrivals: dict[tuple[str, str, str], deque[float]] = {}

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def add_key(self, key: Key) -> None:
        self.keys.setdefault(key.account.cloud, {})[key.access_key] = key

    def key(self, cloud: str, access_key: str) -> Key | None:
        return self.keys.get(cloud, {}).get(access_key)

    def issue(self, account: Account, prefix: str, now: float, seconds: float) -> Key:
        """A temporary key pair of the account. It works here until it expires."""
        key = Key(
            access_key=prefix + secrets.token_hex(12),
            secret_key=secrets.token_hex(20),
            token=secrets.token_urlsafe(60),
            expires=now + seconds,
            account=account,
        )
        with self.lock:
            self.add_key(key)
        return key

    def advance(self) -> None:
        """Apply every step of the timeline whose time has come."""
        elapsed = self.elapsed()
        while self.events and self.events[0].at <= elapsed:
            event = self.events.popleft()
            event.apply(self.started_wall + event.at)

    def admits(self, key: str, account: Account, action: str, default: float, arrived: float) -> bool:
        """Whether one more request fits into the second before it. Guess: refused ones do not count."""
        limit = account.limit(action, default)
        if not limit:
            return True
        with self.lock:
            arrivals = self._arrivals.setdefault((account.cloud, key, action), deque())
            while arrivals and arrivals[0] <= arrived - 1.0:
                arrivals.popleft()
            if len(arrivals) >= limit:
                return False
            arrivals.append(arrived)
            return True

    def read_page(
        self,
        account: Account,
        tasks: TaskList,
        rows: list[Record],
        first: bool,
        start: int,
        size: int,
        now: float,
        create: Callable[[TaskList, float], Record],
    ) -> tuple[list[Record], int]:
        """Rows `start` to `start + size` of a listing and its total, with the scenario's shifts at work.

        `first` says that the request asks for the first page: there a new reading of the list begins.
        """
        if first:
            tasks.reads = 0
            tasks.served = set()
        tasks.reads += 1
        total = len(rows)
        page: list[Record] | None = None
        for shift in account.shifts:
            if not shift.concerns(tasks) or tasks.reads <= shift.after_page:
                continue
            if shift.do == "grow_total":
                shift.grown += shift.by
                total += shift.grown
            elif shift.do == "ignore_page":
                start = 0
            elif shift.do == "repeat_page":
                page = tasks.last_rows
            else:
                continue
            shift.left -= 1
        if page is None:
            page = rows[start : start + size]
        tasks.last_rows = page
        tasks.served.update(tasks.id_of(record) for record in page)
        for shift in account.shifts:
            due = shift.concerns(tasks) and tasks.reads == shift.after_page
            if due and self._move(shift.do, tasks, now, create):
                shift.left -= 1
        return page, total

    @staticmethod
    def _move(do: str, tasks: TaskList, now: float, create: Callable[[TaskList, float], Record]) -> bool:
        if do == "create":
            tasks.add(create(tasks, now))
            return True
        if do == "update":
            unread = [record for record in tasks.records if tasks.id_of(record) not in tasks.served]
            if not unread:
                return False
            tasks.touch(unread[-1], now)
            return True
        if do == "delete":
            read = [record for record in tasks.records if tasks.id_of(record) in tasks.served]
            if not read:
                return False
            tasks.delete(tasks.id_of(read[0]))
            return True
        return False
