# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import fnmatch
import threading
import typing as t

from ._cloud import Client, Page, Query
from ._deadline import Deadline
from ._errors import RelayError
from ._parallel import as_done
from ._redact import url_host
from ._task import RelayTask

# How often a list that shifted while it was read is read again.
REREADS = 3

Record = dict[str, t.Any]
Enough = t.Callable[[list[Record]], bool]


@dataclasses.dataclass(frozen=True)
class Listing:
    """A list as it was read: unique records in the cloud's order.

    ``complete``: every page was read and they add up. ``flaw`` says what does not, when reading was not simply
    stopped because there was enough.
    """

    records: list[Record]
    total: int
    complete: bool
    quota: int | None
    request_ids: list[str]
    flaw: str = ""


def read_list(client: Client, query: Query, deadline: Deadline, enough: Enough | None = None) -> Listing:
    """Read the whole list; with ``enough``, only as many pages as it takes to have enough.

    A list that shifted meanwhile (an id came twice, the total changed, fewer or more ids than the total) is read
    again, at most three times. No server can make this endless: each reading asks for no more pages than the first
    page's total needs, and stops at a page that brings nothing new.

    What a complete listing promises: for a list ordered like Tencent's (the last updated first), it is the list as
    it was at one moment during the call, as long as fewer tasks than a page holds were created or updated while it
    was read once. Where a cloud does not document its order, a task that is deleted and another that is created
    between two pages can balance each other out unseen.
    """
    readings = list(client.readings)
    listing = _read_once(client, readings, query, deadline, enough)
    for dummy_try in range(REREADS):
        if listing.complete or not listing.flaw:
            break
        listing = _read_once(client, readings, query, deadline, enough)
    return listing


def incomplete(listing: Listing) -> RelayError:
    """The error for a listing that does not add up."""
    return RelayError(
        "incomplete",
        f"the pages do not add up, read {1 + REREADS} times: {listing.flaw}",
        advice="ask again, or take what there is with on_incomplete: warn",
        request_id=listing.request_ids[-1] if listing.request_ids else None,
    )


class _Pages:
    """The pages of one go through the list, by position, and what they say together. Adding one is thread-safe."""

    def __init__(self, client: Client, first: Page) -> None:
        self._client = client
        self._lock = threading.Lock()
        self.by_position = {client.first: first}
        self.ids = {client.record_id(record) for record in first.records}

    def add(self, position: int, page: Page) -> bool:
        """Keep a page; False when it brought no task that was not there already."""
        with self._lock:
            self.by_position[position] = page
            before = len(self.ids)
            self.ids.update(map(self._client.record_id, page.records))
            return len(self.ids) > before

    def repeated(self, positions: t.Iterable[int]) -> bool:
        """Whether one of these pages brings nothing that the ones before it did not bring already."""
        seen: set[str] = set()
        for position in positions:
            ids = {self._client.record_id(record) for record in self.by_position[position].records}
            if ids and ids <= seen:
                return True
            seen |= ids
        return False

    def listing(self, positions: t.Iterable[int]) -> tuple[Listing, bool]:
        """What these positions (as far as they were read) are together, and whether an id came twice."""
        pages = [self.by_position[position] for position in positions if position in self.by_position]
        unique: dict[str, Record] = {}
        rows = 0
        for page in pages:
            rows += len(page.records)
            for record in page.records:
                unique.setdefault(self._client.record_id(record), record)
        first = pages[0]
        totals = sorted({page.total for page in pages})
        flaw = ""
        if len(totals) > 1:
            flaw = f"the cloud gave its total as {totals[0]} and as {totals[-1]}"
        elif rows > len(unique):
            flaw = f"of {rows} rows, {rows - len(unique)} repeated a task"
        elif len(unique) != first.total:
            flaw = f"{len(unique)} tasks came, and the cloud says that {first.total} exist"
        listing = Listing(
            records=list(unique.values()),
            total=pages[-1].total,
            complete=not flaw,
            quota=first.quota,
            request_ids=[page.request_id for page in pages if page.request_id],
            flaw=flaw,
        )
        shifted = len(totals) > 1 or rows > len(unique)
        return listing, shifted


def _read_once(
    client: Client,
    readings: list[t.Callable[[int, int], int]],
    query: Query,
    deadline: Deadline,
    enough: Enough | None,
) -> Listing:
    """Go through the list once. The reading of positions that proves right is moved to the front of ``readings``."""
    (dummy_position, first), *dummy_rest = as_done(
        lambda position: client.page(position, client.page_size), [client.first], 1, deadline
    )
    pages = _Pages(client, first)
    listing, shifted = pages.listing([client.first])
    if listing.complete or shifted or first.total < len(first.records):
        return listing
    if enough and enough(listing.records):
        return dataclasses.replace(listing, flaw="")
    size = _size_in_use(first, client.page_size)
    last_index = -(-(first.total - len(first.records)) // size)
    for reading in list(readings):
        outcome = _follow(client, pages, reading, last_index, size, query, deadline, enough)
        if outcome is not None:
            readings.remove(reading)
            readings.insert(0, reading)
            return outcome
    # No reading alone adds up. All that was seen may: a server that counts pages from one and has no page zero.
    return pages.listing(sorted(pages.by_position))[0]


def _follow(
    client: Client,
    pages: _Pages,
    reading: t.Callable[[int, int], int],
    last_index: int,
    size: int,
    query: Query,
    deadline: Deadline,
    enough: Enough | None,
) -> Listing | None:
    """Read the pages behind the first by one reading of positions.

    None when the reading seems to be the wrong one: a page brought nothing new, or too little came in all.
    """

    size_asked = client.page_size
    fruitless = False

    def get(position: int) -> None:
        nonlocal fruitless
        # Judged here, where the next page is asked for, and not by the caller, who may be slower than the server.
        # No page is asked for after a fruitless one. Those under way are kept: they may be the ones before it.
        if not pages.add(position, client.page(position, size_asked)):
            fruitless = True

    def unread(indexes: range) -> t.Iterator[int]:
        for index in indexes:
            if fruitless:  # not only passed over: a total may be a lie of any size
                return
            position = reading(index, size)
            if position not in pages.by_position:
                yield position

    next_index = 1
    wave = 1 if enough else last_index  # with enough: ever more pages at once
    positions = [client.first]
    while next_index <= last_index:
        indexes = range(next_index, min(last_index, next_index + wave - 1) + 1)
        workers = min(query.concurrency, indexes.stop - indexes.start)
        for dummy_position, dummy_none in as_done(get, unread(indexes), workers, deadline):
            pass
        if fruitless:
            return None
        positions += [reading(i, size) for i in indexes]
        # A wrong reading may have read all of these: its pages were not fruitless to the one that asked for them.
        if pages.repeated(positions):
            return None
        next_index += wave
        wave *= 2
        listing, shifted = pages.listing(positions)
        if next_index > last_index:
            return listing if listing.complete or shifted else None
        if enough and enough(listing.records):
            return dataclasses.replace(listing, complete=False, flaw="")
    return None


def _size_in_use(first: Page, asked: int) -> int:
    """The page size that the server really uses: it may give less than it was asked for."""
    if first.size and 0 < first.size < asked:
        return first.size
    if 0 < len(first.records) < min(asked, first.total):
        return len(first.records)
    return asked


def matches(task: RelayTask, query: Query) -> bool:
    """Whether a task passes the filters, save for the state.

    Where a cloud gives only the URL that a task pushes to, its parts are compared.
    """
    if query.task_ids and task.task_id not in query.task_ids:
        return False
    if query.task_region is not None and task.region != query.task_region:
        return False
    domain, app, stream = _target(task)
    wanted = ((query.domain, domain), (query.app, app), (query.stream, stream))
    return all(pattern is None or fnmatch.fnmatchcase(value or "", pattern) for pattern, value in wanted)


def _target(task: RelayTask) -> tuple[str | None, str | None, str | None]:
    if task.domain or task.app or task.stream or not task.destination_url:
        return task.domain, task.app, task.stream
    path = task.destination_url.partition("://")[2].partition("?")[0].partition("/")[2]
    app, dummy_slash, stream = path.rpartition("/")
    # In a third party's URL the last segment is a key: nothing to look for.
    return url_host(task.destination_url), app, stream if task.own_destination else None


def matches_state(task: RelayTask, query: Query) -> bool:
    """Whether a task is in one of the wanted states."""
    return not query.states or task.state in query.states
