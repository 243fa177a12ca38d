# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list is read whole, whatever it does meanwhile, or is said to be incomplete; no server makes the reader busy."""

from __future__ import annotations

import math
import threading
import time
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Page, Query
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.api import HuaweiClient
from ansible_collections.livestream.relay.plugins.module_utils._listing import (
    REREADS,
    Listing,
    incomplete,
    read_list,
)

Serve = t.Callable[[int, int], Page]


class FakeClient(Client):
    """Counts the pages that are asked for, and has ``serve`` answer them."""

    max_page_size = 1000

    def __init__(self, serve: Serve, page_size: int = 10) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query(page_size=page_size))
        self._serve = serve
        self._lock = threading.Lock()
        self.asked: list[int] = []

    def page(self, position: int, size: int) -> Page:
        with self._lock:
            self.asked.append(position)
            return self._serve(position, size)

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


class HuaweiLike(FakeClient):
    first = 0
    readings = HuaweiClient.readings


def rows(ids: t.Iterable[str]) -> list[dict[str, t.Any]]:
    return [{"id": each} for each in ids]


def ids_of(listing: Listing) -> list[str]:
    return [record["id"] for record in listing.records]


def numbered(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def sliced(ids: list[str], start: int, size: int) -> Page:
    return Page(rows(ids[start : start + size]), len(ids))


def pages_from_one(ids: list[str]) -> Serve:
    return lambda position, size: sliced(ids, (position - 1) * size, size)


def read(client: FakeClient, concurrency: int = 4, **more: t.Any) -> Listing:
    return read_list(client, Query(concurrency=concurrency), Deadline(30), **more)


@pytest.mark.parametrize("concurrency", [1, 16])
@pytest.mark.parametrize("page_size", [1, 7, 20, 1000])
@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 57, 200, 233])
def test_a_list_that_keeps_still(count: int, page_size: int, concurrency: int) -> None:
    client = FakeClient(pages_from_one(numbered(count)), page_size)
    listing = read(client, concurrency)
    assert listing.complete
    assert listing.flaw == ""
    assert listing.total == count
    assert ids_of(listing) == numbered(count)
    assert sorted(client.asked) == list(range(1, max(1, math.ceil(count / page_size)) + 1))


OFFSETS: dict[str, t.Callable[[int, int], int]] = {
    "records": lambda offset, dummy_size: offset,
    "pages from zero": lambda offset, size: offset * size,
    "pages from one": lambda offset, size: max(0, offset - 1) * size,
}


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("page_size", [1, 10, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 20, 99, 100, 101, 200, 233, 1203])
def test_an_offset_may_mean_whatever_the_cloud_likes(count: int, page_size: int, offset: str) -> None:
    ids = numbered(count)
    client = HuaweiLike(lambda position, size: sliced(ids, OFFSETS[offset](position, size), size), page_size)
    listing = read(client)
    assert listing.complete
    assert ids_of(listing) == ids
    # The first reading may ask for as much as a fruitless page allows, the right one for the rest.
    assert len(client.asked) <= 2 * math.ceil(count / page_size) + 10


@pytest.mark.parametrize("count", [1, 10, 25])
def test_pages_may_be_counted_from_one_with_no_page_zero(count: int) -> None:
    ids = numbered(count)

    def serve(position: int, size: int) -> Page:
        return sliced(ids, (position - 1) * size, size) if position else Page([], count)

    listing = read(HuaweiLike(serve))
    assert listing.complete
    assert sorted(ids_of(listing), key=int) == ids


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize("most", [1, 3, 9])
def test_a_server_may_give_smaller_pages_than_it_is_asked_for(most: int, says: bool) -> None:
    ids = numbered(25)

    def serve(position: int, size: int) -> Page:
        size = min(size, most)
        page = sliced(ids, (position - 1) * size, size)
        return Page(page.records, page.total, size=size if says else None)

    listing = read(FakeClient(serve))
    assert listing.complete
    assert ids_of(listing) == ids


def test_a_server_may_give_larger_pages_than_it_is_asked_for() -> None:
    ids = numbered(57)
    listing = read(FakeClient(lambda position, dummy_size: sliced(ids, (position - 1) * 20, 20)))
    assert listing.complete
    assert ids_of(listing) == ids


class Moving:
    """A list ordered by its last update. ``changes`` says what happens before the n-th page is given."""

    def __init__(self, count: int, changes: t.Mapping[int, t.Sequence[tuple[str, int]]]) -> None:
        self.ids = numbered(count)
        self._changes = changes
        self._served = 0
        self._created = 0
        self.moments = [tuple(self.ids)]

    def __call__(self, position: int, size: int) -> Page:
        for kind, place in self._changes.get(self._served, ()):
            self.change(kind, place)
        self._served += 1
        return sliced(self.ids, (position - 1) * size, size)

    def change(self, kind: str, place: int) -> None:
        if kind == "create":
            self.ids.insert(0, f"new{self._created}")
            self._created += 1
        elif self.ids:
            moved = self.ids.pop(place % len(self.ids))
            if kind == "update":
                self.ids.insert(0, moved)
        self.moments.append(tuple(self.ids))


@pytest.mark.parametrize("page_size", [1, 5, 10])
@pytest.mark.parametrize("before", [1, 2, 4])
@pytest.mark.parametrize("place", [0, 4, 12, 24])
@pytest.mark.parametrize("kind", ["create", "update", "delete"])
def test_a_change_while_the_list_is_read_is_no_trouble(kind: str, place: int, before: int, page_size: int) -> None:
    moving = Moving(25, {before: [(kind, place)]})
    listing = read(FakeClient(moving, page_size))
    assert listing.complete
    assert tuple(ids_of(listing)) in moving.moments


def test_a_task_that_comes_while_another_goes_is_noticed() -> None:
    moving = Moving(30, {1: [("delete", 15), ("create", 0)]})
    client = FakeClient(moving)
    listing = read(client)
    assert listing.complete
    assert tuple(ids_of(listing)) == moving.moments[-1]
    assert len(client.asked) > 3


def test_endless_change_ends_with_a_flaw() -> None:
    moving = Moving(30, dict.fromkeys(range(1, 1000), (("update", 29),)))
    client = FakeClient(moving)
    listing = read(client)
    assert not listing.complete
    assert "repeated a task" in listing.flaw
    assert len(client.asked) <= (1 + REREADS) * 3
    assert len(set(ids_of(listing))) == len(listing.records)


def test_a_total_that_grows_with_every_page_ends_with_a_flaw() -> None:
    asked: list[int] = []

    def serve(position: int, size: int) -> Page:
        asked.append(position)
        return Page(rows(f"{position}-{row}" for row in range(size)), 30 + len(asked))

    listing = read(FakeClient(serve))
    assert not listing.complete
    assert listing.flaw.startswith("the cloud gave its total as ")
    assert len(asked) <= (1 + REREADS) * 10


@pytest.mark.parametrize("kind", [FakeClient, HuaweiLike])
@pytest.mark.parametrize("total", [11, 300, 10**30])
def test_a_server_that_ignores_the_position_is_found_out(kind: type[FakeClient], total: int) -> None:
    client = kind(lambda dummy_position, size: Page(rows(numbered(size)), total))
    listing = read(client)
    assert not listing.complete
    assert ids_of(listing) == numbered(10)
    assert len(client.asked) <= (1 + REREADS) * (1 + 3 * 5)


def test_a_page_that_is_given_twice_is_found_out_and_read_again() -> None:
    ids = numbered(40)
    asked: list[int] = []

    def serve(position: int, size: int) -> Page:
        asked.append(position)
        return sliced(ids, 0 if asked.count(3) == 1 and position == 3 else (position - 1) * size, size)

    listing = read(FakeClient(serve))
    assert listing.complete
    assert ids_of(listing) == ids


@pytest.mark.parametrize("total", [0, 3, 9])
def test_more_tasks_than_the_total_are_a_flaw(total: int) -> None:
    client = FakeClient(lambda dummy_position, size: Page(rows(numbered(size)), total))
    listing = read(client)
    assert not listing.complete
    assert listing.flaw == f"10 tasks came, and the cloud says that {total} exist"
    assert len(client.asked) == 1 + REREADS


@pytest.mark.parametrize("kind", [FakeClient, HuaweiLike])
def test_a_list_that_is_empty_whatever_its_total_is_a_flaw(kind: type[FakeClient]) -> None:
    listing = read(kind(lambda dummy_position, dummy_size: Page([], 12)))
    assert not listing.complete
    assert listing.records == []
    assert listing.flaw == "0 tasks came, and the cloud says that 12 exist"


def test_one_list_that_repeats_a_task_for_ever_says_how_often() -> None:
    client = FakeClient(lambda position, size: Page(rows(numbered(20)[9 * (position - 1) :][:size]), 20))
    listing = read(client)
    assert not listing.complete
    assert listing.flaw == "of 20 rows, 1 repeated a task"


def test_the_pages_before_an_empty_one_are_kept_though_it_was_answered_first() -> None:
    empty_answered = threading.Event()

    class Boasting(FakeClient):
        def page(self, position: int, size: int) -> Page:
            if position > 3:
                empty_answered.set()
                return Page([], 50)
            if position > 1:
                empty_answered.wait(5)
                time.sleep(0.05)
            return Page(rows(f"{position}-{row}" for row in range(size)), 50)

    listing = read(Boasting(lambda dummy_position, dummy_size: Page([], 0)), concurrency=16)
    assert not listing.complete
    assert len(listing.records) == 30
    assert listing.flaw == "30 tasks came, and the cloud says that 50 exist"


@pytest.mark.parametrize("concurrency", [1, 16])
@pytest.mark.parametrize("wanted", [1, 10, 11, 25, 80, 100, 200])
def test_only_as_much_is_read_as_is_enough(wanted: int, concurrency: int) -> None:
    client = FakeClient(pages_from_one(numbered(100)))
    listing = read(client, concurrency, enough=lambda records: len(records) >= wanted)
    assert len(listing.records) >= min(wanted, 100)
    assert listing.complete == (len(listing.records) == 100)
    assert listing.flaw == ""
    assert ids_of(listing) == numbered(len(listing.records))
    assert len(client.asked) <= 2 * math.ceil(wanted / 10) + 1


def test_enough_holds_under_every_meaning_of_an_offset() -> None:
    for meaning in OFFSETS.values():
        serve = t.cast(Serve, lambda position, size, m=meaning: sliced(numbered(100), m(position, size), size))
        listing = read(HuaweiLike(serve), enough=lambda records: len(records) >= 35)
        assert ids_of(listing) == numbered(len(listing.records))
        assert 35 <= len(listing.records) <= 100
        assert listing.flaw == ""


def test_never_more_pages_at_once_than_allowed() -> None:
    lock = threading.Lock()
    under_way: list[int] = []
    most = 0

    class Watched(FakeClient):
        def page(self, position: int, size: int) -> Page:
            nonlocal most
            with lock:
                under_way.append(position)
                most = max(most, len(under_way))
            time.sleep(0.003)
            with lock:
                under_way.remove(position)
            return super().page(position, size)

    assert read(Watched(pages_from_one(numbered(300))), concurrency=5).complete
    assert 2 <= most <= 5


@pytest.mark.parametrize("bad", [1, 2, 7])
def test_a_page_that_fails_fails_the_list(bad: int) -> None:
    problem = RelayError("service", "broken")

    def serve(position: int, size: int) -> Page:
        if position == bad:
            raise problem
        return sliced(numbered(100), (position - 1) * size, size)

    with pytest.raises(RelayError) as caught:
        read(FakeClient(serve))
    assert caught.value is problem


def test_a_slow_server_is_left_at_the_deadline() -> None:
    class Slow(FakeClient):
        def page(self, position: int, size: int) -> Page:
            time.sleep(0 if position == 1 else 5)
            return super().page(position, size)

    started = time.monotonic()
    with pytest.raises(RelayError) as caught:
        read_list(Slow(pages_from_one(numbered(30))), Query(), Deadline(0.2))
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < 4


def test_ids_of_requests_and_the_quota_are_kept() -> None:
    def serve(position: int, size: int) -> Page:
        page = sliced(numbered(25), (position - 1) * size, size)
        return Page(page.records, page.total, quota=200, request_id=f"r{position}" if position != 2 else None)

    listing = read(FakeClient(serve))
    assert (listing.quota, listing.request_ids) == (200, ["r1", "r3"])
    error = incomplete(Listing([], 3, False, None, ["r1", "r3"], flaw="they differ"))
    assert (error.kind, error.request_id, error.retry) == ("incomplete", "r3", False)
    assert "read 4 times: they differ" in str(error)


changes = st.tuples(st.sampled_from(["create", "update", "delete"]), st.integers(0, 60))


class Shuffled(FakeClient):
    """Answers pages in an order that ``delays`` brings about, each from the list as it is at that moment."""

    def __init__(self, serve: Serve, page_size: int, delays: list[int]) -> None:
        super().__init__(serve, page_size)
        self._delays = delays

    def page(self, position: int, size: int) -> Page:
        if self._delays:
            time.sleep(self._delays[position % len(self._delays)] * 0.0005)
        return super().page(position, size)


@given(
    count=st.integers(0, 40),
    page_size=st.integers(3, 7),
    concurrency=st.integers(1, 6),
    delays=st.lists(st.integers(0, 3), max_size=7),
    by_page=st.dictionaries(st.integers(0, 30), st.lists(changes, max_size=2), max_size=8),
)
@settings(max_examples=150)
def test_a_complete_list_was_the_list_at_some_moment(
    count: int,
    page_size: int,
    concurrency: int,
    delays: list[int],
    by_page: dict[int, list[tuple[str, int]]],
) -> None:
    moving = Moving(count, {})
    served = 0
    moved = 0

    def serve(position: int, size: int) -> Page:
        # While the list is read once, fewer tasks come to its front than a page holds: what is promised holds then.
        nonlocal served, moved
        if position == 1:
            moved = 0
        for kind, place in by_page.get(served, ()):
            if kind == "delete" or moved + 1 < page_size:
                moved += kind != "delete"
                moving.change(kind, place)
        served += 1
        return sliced(moving.ids, (position - 1) * size, size)

    listing = read(Shuffled(serve, page_size, delays), concurrency)
    assert len(set(ids_of(listing))) == len(listing.records)
    assert listing.complete == (not listing.flaw)
    if listing.complete:
        assert sorted(ids_of(listing)) in [sorted(moment) for moment in moving.moments]
        assert listing.total == len(listing.records)


@given(
    count=st.integers(0, 20),
    page_size=st.integers(1, 4),
    concurrency=st.integers(1, 6),
    delays=st.lists(st.integers(0, 2), max_size=5),
    by_page=st.dictionaries(st.integers(0, 40), st.lists(changes, max_size=6), max_size=20),
)
@settings(max_examples=100)
def test_whatever_a_list_does_no_id_comes_twice_and_reading_ends(
    count: int,
    page_size: int,
    concurrency: int,
    delays: list[int],
    by_page: dict[int, list[tuple[str, int]]],
) -> None:
    moving = Moving(count, by_page)
    client = Shuffled(moving, page_size, delays)
    listing = read(client, concurrency)
    known = {each for moment in moving.moments for each in moment}
    assert len(set(ids_of(listing))) == len(listing.records)
    assert set(ids_of(listing)) <= known
    most_pages = math.ceil(max(map(len, moving.moments)) / page_size) + 1
    assert len(client.asked) <= (1 + REREADS) * most_pages


@given(
    answers=st.lists(
        st.tuples(st.lists(st.integers(0, 12), max_size=6), st.integers(0, 40), st.none() | st.integers(0, 9)),
        min_size=1,
        max_size=6,
    ),
    kind=st.sampled_from([FakeClient, HuaweiLike]),
    wanted=st.none() | st.integers(1, 9),
)
@settings(max_examples=200)
def test_a_server_that_lies_at_random_is_survived(
    answers: list[tuple[list[int], int, int | None]], kind: type[FakeClient], wanted: int | None
) -> None:
    """Rows, total and page size of each answer are whatever they are."""

    def serve(position: int, dummy_size: int) -> Page:
        numbers, total, size = answers[position % len(answers)]
        return Page(rows(map(str, numbers)), total, size=size)

    client = kind(serve, 3)
    enough = None if wanted is None else lambda records: len(records) >= wanted
    listing = read(client, 3, enough=enough)
    assert len(set(ids_of(listing))) == len(listing.records)
    assert len(client.asked) <= (1 + REREADS) * (1 + 3 * 40)
    if listing.complete:
        assert len(listing.records) == listing.total
    elif wanted is None:
        assert listing.flaw
