# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ._deadline import Deadline
from ._errors import config_error
from ._http import Answer, Http
from ._rate import FirstAnswer, RateLimit
from ._redact import Secrets
from ._task import RelayTask


@dataclasses.dataclass(frozen=True)
class Account:
    """One account to ask: its cloud, its connection options, and its name, which only ``relay_task_info`` gives.

    Where that name was not chosen (``named`` false), it is the cloud and the region that is really called.
    """

    cloud: str
    kind: str
    options: t.Mapping[str, t.Any]
    name: str | None = None
    named: bool = True


@dataclasses.dataclass(frozen=True)
class Query:
    """What is asked of every account: filters, limits and policies, checked. Times in seconds."""

    task_ids: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()  # empty: any
    domain: str | None = None
    app: str | None = None
    stream: str | None = None
    task_region: str | None = None
    limit: int | None = None
    page_size: int | None = None
    concurrency: int = 16
    rate_limit: float | None = None
    on_incomplete: str = "fail"
    runtime_status: bool = False

    @property
    def only_task_id(self) -> str | None:
        """The one id that a cloud can be asked for; several are looked for in the whole list."""
        return self.task_ids[0] if len(self.task_ids) == 1 else None


@dataclasses.dataclass(frozen=True)
class Page:
    """One page as the cloud gave it: ``total`` of the whole list, ``size`` the page size that it says it used."""

    records: list[dict[str, t.Any]]
    total: int
    quota: int | None = None
    request_id: str | None = None
    size: int | None = None


def checked_page(
    answer: Answer,
    *,
    records: tuple[str, t.Any],
    total: tuple[str, t.Any],
    id_key: str,
    request_id: str | None,
    quota: t.Any = None,
    size: t.Any = None,
) -> Page:
    """A page from an answer's (name, value) of its list and its total, if they are what the API promises.

    Raises RelayError (protocol): an answer of another shape is never an empty list. An absent or null list is empty
    only where the total says so.
    """
    list_name, rows = records
    total_name, number = total
    if not is_count(number):
        raise answer.not_the_api(f"the answer has no number {total_name}")
    if rows is None and number == 0:
        rows = []
    if not isinstance(rows, list):
        raise answer.not_the_api(f"the answer has no list {list_name}")
    for row in rows:
        if not isinstance(row, dict) or not _is_id(row.get(id_key)):
            raise answer.not_the_api(f"the answer holds a task without a {id_key}")
    return Page(rows, number, quota if is_count(quota) else None, request_id, size if is_count(size) else None)


def is_count(value: t.Any) -> bool:
    """Whether a value of a JSON document is a whole number, zero or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_id(value: t.Any) -> bool:
    return bool(value) if isinstance(value, str) else is_count(value) and value > 0


@dataclasses.dataclass
class Tools:
    """What an account's client works with: its HTTP session, the secrets of the call, its rate limits by action.

    ``first_answer`` gives what all accounts share that use the key of this identity, to obtain others with it.
    """

    http: Http
    secrets: Secrets
    deadline: Deadline
    rate_limit: t.Callable[[str, float], RateLimit]  # action and the cloud's default rate -> the account's limit
    first_answer: t.Callable[[str], FirstAnswer] = lambda dummy_identity: FirstAnswer()


class Client:
    """What a cloud's ``api`` offers the listing. Making one checks the options and sends nothing.

    ``first`` is the position of the first page; ``readings`` give the position of page ``index`` (1 is the second)
    of ``size`` rows. Where a cloud's documents can be read in more than one way, there is more than one of them.
    ``action`` and ``endpoint`` say what the pages are asked of, for an error that is no single request's.
    """

    first = 1
    readings: tuple[t.Callable[[int, int], int], ...] = (lambda index, dummy_size: index + 1,)
    max_page_size: int
    action: str | None = None
    endpoint: str | None = None

    credentials_source: str
    region: str | None

    def __init__(self, account: Account, query: Query) -> None:
        self.account = account
        self.query = query
        self.page_size = query.page_size or self.max_page_size
        if not 1 <= self.page_size <= self.max_page_size:
            raise config_error(
                f"page_size is {self.page_size}, and this API gives pages of 1 to {self.max_page_size} tasks",
                "change page_size or leave it out",
            ).locate(cloud=account.cloud, account=account.name)

    @property
    def identity(self) -> str:
        """The same for all accounts of a call that use the same key; never shown."""
        raise NotImplementedError

    def open(self, tools: Tools) -> None:
        """Take what is needed to talk; called once, before the first page."""
        raise NotImplementedError

    def page(self, position: int, size: int) -> Page:
        """Ask for one page. Raises RelayError."""
        raise NotImplementedError

    def record_id(self, record: dict[str, t.Any]) -> str:
        """The task id of a record; raises RelayError (protocol) when it has none."""
        raise NotImplementedError

    def task(self, record: dict[str, t.Any], now: datetime.datetime) -> RelayTask:
        """The record in the collection's words, by the cloud's time."""
        raise NotImplementedError

    def asked_ids(self) -> list[str]:
        """The ids that the user asked this account for."""
        return list(self.query.task_ids)

    def refine(self, tasks: list[RelayTask]) -> None:
        """Ask more about these tasks where the cloud can tell and the user wants it; changes them in place."""

    def warnings(self) -> list[str]:
        """What the user should know besides."""
        return []


@dataclasses.dataclass(frozen=True)
class Cloud:
    """One cloud for ``_module`` and ``_fleet``: how to make a client, and the options that its accounts have."""

    name: str
    kinds: tuple[str, ...]
    options: t.Mapping[str, t.Mapping[str, t.Any]]
    client: t.Callable[[Account, Query, t.Mapping[str, str], Secrets], Client]  # with the environment
    # Options that only `relay_task_info` takes for each account, since they are filters of this cloud alone.
    account_options: t.Mapping[str, t.Mapping[str, t.Any]] = dataclasses.field(default_factory=dict)
