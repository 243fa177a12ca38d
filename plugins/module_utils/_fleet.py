# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import threading
import typing as t

from ._cloud import Account, Client, Cloud, Query, Tools
from ._deadline import Deadline
from ._errors import RelayError
from ._http import Http, Settings
from ._listing import Listing, incomplete, matches, matches_state, read_list
from ._parallel import as_done
from ._rate import FirstAnswer, RateLimit
from ._redact import Secrets
from ._task import RelayTask

# Each account has a thread of its own while it is asked.
MOST_ACCOUNTS_AT_ONCE = 128


@dataclasses.dataclass
class AccountResult:
    """What one account gave: its tasks that match, and how the listing went."""

    client: Client
    tasks: list[RelayTask] = dataclasses.field(default_factory=list)
    total: int | None = None
    complete: bool = False
    quota: int | None = None
    requests: int = 0
    request_ids: list[str] = dataclasses.field(default_factory=list)
    seen_ids: set[str] = dataclasses.field(default_factory=set)
    warnings: list[str] = dataclasses.field(default_factory=list)
    unknown_words: list[str] = dataclasses.field(default_factory=list)
    error: RelayError | None = None


@dataclasses.dataclass
class FleetResult:
    """All accounts together. ``errors`` is filled only where failures are reported instead of raised."""

    tasks: list[RelayTask]
    accounts: list[AccountResult]
    missing: list[str]
    warnings: list[str]

    @property
    def complete(self) -> bool:
        return all(account.complete for account in self.accounts)

    @property
    def errors(self) -> list[RelayError]:
        return [account.error for account in self.accounts if account.error]


def ask(
    accounts: t.Sequence[Account],
    clouds: t.Mapping[str, Cloud],
    query: Query,
    settings: Settings,
    deadline: Deadline,
    secrets: Secrets,
    environment: t.Mapping[str, str],
    *,
    report_errors: bool = False,
) -> FleetResult:
    """Ask all accounts at the same time and put their tasks together, in the order of the accounts.

    Raises RelayError: for bad input before anything is sent; otherwise for the first account that fails, unless
    ``report_errors``.
    """
    clients = [_client(account, clouds[account.cloud], query, environment, secrets) for account in accounts]
    shared = _Shared(query)
    results = [AccountResult(client) for client in clients]

    def one(result: AccountResult) -> None:
        cloud = result.client.account.cloud
        http = Http(cloud, settings, deadline, secrets, shared.first_answer(cloud, result.client.identity))
        try:
            _ask_one(result, http, query, secrets, deadline, shared)
        except RelayError as error:
            result.error = _located(error, result.client)
            if not report_errors:
                raise
        finally:
            result.requests = http.requests

    try:
        workers = min(len(results), MOST_ACCOUNTS_AT_ONCE)
        for dummy_result, dummy_none in as_done(one, results, workers, deadline, grace=0.4):
            pass
    except RelayError as error:
        if not report_errors or error.cloud:
            deadline.cancel()
            raise (_located(error, results[0].client) if len(results) == 1 else error) from None
        _mark_unanswered(results, error)
    return _together(results, query)


def _client(account: Account, cloud: Cloud, query: Query, environment: t.Mapping[str, str], secrets: Secrets) -> Client:
    try:
        client = cloud.client(account, query, environment, secrets)
    except RelayError as error:
        raise error.locate(cloud=account.cloud, account=account.name) from None
    if not account.named:
        client.account = dataclasses.replace(
            account, name=" ".join(word for word in (account.cloud, client.region) if word)
        )
    return client


def _located(error: RelayError, client: Client) -> RelayError:
    account = client.account
    if error.kind == "config":
        # Nothing was sent, so there is no call to name.
        return error.locate(cloud=account.cloud, account=account.name)
    return error.locate(cloud=account.cloud, account=account.name, action=client.action, endpoint=client.endpoint)


def _mark_unanswered(results: list[AccountResult], error: RelayError) -> None:
    """Time ran out while some accounts were still being asked: each of these says so."""
    for result in results:
        if result.total is None and result.error is None:
            result.error = _located(error.again(), result.client)


class _Shared:
    """What accounts with the same key share: its rate limits and the fate of its first request."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._lock = threading.Lock()
        self._limits: dict[tuple[str, str, str], RateLimit] = {}
        self._first_answers: dict[tuple[str, str], FirstAnswer] = collections.defaultdict(FirstAnswer)

    def first_answer(self, cloud: str, identity: str) -> FirstAnswer:
        with self._lock:
            return self._first_answers[cloud, identity]

    def rate_limit(self, client: Client, action: str, default: float) -> RateLimit:
        # The user's limit is one for all that is sent with the key, the clouds' own ones are one for each API.
        key = (client.account.cloud, client.identity, "" if self._query.rate_limit else action)
        with self._lock:
            if key not in self._limits:
                self._limits[key] = RateLimit(self._query.rate_limit or default)
            return self._limits[key]


def _ask_one(
    result: AccountResult, http: Http, query: Query, secrets: Secrets, deadline: Deadline, shared: _Shared
) -> None:
    client = result.client
    rate_limit = functools.partial(shared.rate_limit, client)
    first_answer = functools.partial(shared.first_answer, client.account.cloud)
    client.open(Tools(http, secrets, deadline, rate_limit, first_answer))

    def select(records: list[dict[str, t.Any]]) -> list[RelayTask]:
        now = datetime.datetime.fromtimestamp(http.clock.now(), datetime.timezone.utc)
        tasks = [client.task(record, now) for record in records]
        tasks = [task for task in tasks if matches(task, query)]
        if query.limit is not None and not query.states:
            tasks = tasks[: query.limit]
        client.refine(tasks)
        result.unknown_words = [task.unknown_word for task in tasks if task.unknown_word is not None]
        result.warnings = _time_warnings(tasks)
        return [task for task in tasks if matches_state(task, query)][: query.limit]

    def enough(records: list[dict[str, t.Any]]) -> bool:
        return len(select(records)) >= t.cast(int, query.limit)

    listing = read_list(client, query, deadline, enough if query.limit is not None else None)
    tasks = select(listing.records)
    _judge(listing, query, result)
    for task in tasks:
        task.account = client.account.name
    result.tasks = tasks
    result.complete = listing.complete
    result.quota = listing.quota
    result.request_ids = [secrets.scrub(each) for each in listing.request_ids]
    result.seen_ids = {client.record_id(record) for record in listing.records}
    result.warnings += client.warnings()
    result.total = listing.total


def _judge(listing: Listing, query: Query, result: AccountResult) -> None:
    if listing.complete or not listing.flaw:
        return
    error = incomplete(listing)
    if query.on_incomplete == "fail":
        raise error
    error.advice = "this is what there is"
    result.warnings.append(str(_located(error, result.client)))


def _time_warnings(tasks: list[RelayTask]) -> list[str]:
    unreadable = [task for task in tasks if task.unreadable_times]
    if not unreadable:
        return []
    ids = ", ".join(task.task_id for task in unreadable[:20])
    return [f"{unreadable[0].cloud}: start or end times of these tasks cannot be read: {ids}"]


def _together(results: list[AccountResult], query: Query) -> FleetResult:
    tasks: list[RelayTask] = []
    kept: set[tuple[str, str, str, str]] = set()
    for result in results:
        for task in result.tasks:
            # One key asked through two regions may show a task twice.
            key = (task.cloud, task.kind, result.client.identity, task.task_id)
            if key not in kept:
                kept.add(key)
                tasks.append(task)
    warnings = dict.fromkeys(warning for result in results for warning in result.warnings)
    return FleetResult(tasks[: query.limit], results, _missing(results), [*_words_warning(results), *warnings])


def _missing(results: list[AccountResult]) -> list[str]:
    """Ids asked for that no account has. Where a list was not read to its end, none can be said to be missing."""
    if not all(result.complete for result in results):
        return []
    asked = dict.fromkeys(task_id for result in results for task_id in result.client.asked_ids())
    seen = set().union(*(result.seen_ids for result in results)) if results else set()
    return [task_id for task_id in asked if task_id not in seen]


def _words_warning(results: list[AccountResult]) -> list[str]:
    words = sorted({(result.client.account.cloud, word) for result in results for word in result.unknown_words})
    if not words:
        return []
    listed = ", ".join(f"{cloud} {word[:60]!r}" for cloud, word in words[:20])
    return [f"the state of some tasks is given as unknown, since nobody here knows the cloud's word for it: {listed}"]
