# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many accounts as one: in their order, each task once, and failures as the user wants them."""

from __future__ import annotations

import datetime
import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import (
    Account,
    Client,
    Cloud,
    Page,
    Query,
    Tools,
)
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError, config_error
from ansible_collections.livestream.relay.plugins.module_utils._fleet import FleetResult, ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._rate import RateLimit
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets
from ansible_collections.livestream.relay.plugins.module_utils._task import RelayTask

Records = list[dict[str, t.Any]]
ACTION = "ListThem"


class FakeClient(Client):
    """An account whose options say what it holds and how it fails."""

    max_page_size = 10
    action = ACTION
    endpoint = "https://nowhere.example.org"
    credentials_source = "options"

    def __init__(
        self, account: Account, query: Query, environment: t.Mapping[str, str], dummy_secrets: Secrets
    ) -> None:
        super().__init__(account, query)
        self.region = account.options.get("region", "here")
        self.limits: list[RateLimit] = []
        if "bad_option" in account.options:
            raise config_error("bad_option is bad", "take it out")

    @property
    def identity(self) -> str:
        return str(self.account.options.get("key", "one-key"))

    def open(self, tools: Tools) -> None:
        time.sleep(self.account.options.get("seconds_to_open", 0))
        self.limits = [tools.rate_limit("list", 29), tools.rate_limit("status", 19)]

    def page(self, position: int, size: int) -> Page:
        options = self.account.options
        time.sleep(options.get("seconds", 0))
        if "problem" in options:
            raise options["problem"]
        records: Records = options.get("records", [])
        start = (position - 1) * size
        total = options.get("total", len(records))
        return Page(records[start : start + size], total, options.get("quota"), f"r-{self.region}-{position}")

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])

    def task(self, record: dict[str, t.Any], now: datetime.datetime) -> RelayTask:
        facts = {"state": "running", **{name: value for name, value in record.items() if name != "id"}}
        return RelayTask(
            task_id=str(record["id"]),
            cloud="fake",
            kind=self.account.kind,
            status=None,
            state_source="reported",
            **facts,
        )

    def warnings(self) -> list[str]:
        return list(self.account.options.get("warnings", ()))


CLOUD = Cloud("fake", ("relay", "record"), {}, FakeClient)


def records(*ids: str, **facts: t.Any) -> Records:
    return [{"id": each, **facts} for each in ids]


def account(name: str | None = None, kind: str = "relay", **options: t.Any) -> Account:
    return Account("fake", kind, options, name, named=name is not None)


def asked(*accounts: Account, timeout: float = 20, report_errors: bool = False, **query: t.Any) -> FleetResult:
    clouds = {"fake": CLOUD}
    deadline = Deadline(timeout)
    return ask(accounts, clouds, Query(**query), Settings(), deadline, Secrets(), {}, report_errors=report_errors)


def ids_of(result: FleetResult) -> list[str]:
    return [task.task_id for task in result.tasks]


def test_tasks_come_in_the_order_of_the_accounts_whoever_answers_first() -> None:
    result = asked(
        account("slow", key="a", records=records("1", "2"), seconds=0.1), account("fast", key="b", records=records("3"))
    )
    assert ids_of(result) == ["1", "2", "3"]
    assert [task.account for task in result.tasks] == ["slow", "slow", "fast"]
    assert result.complete
    assert result.errors == []
    assert [each.request_ids for each in result.accounts] == [["r-here-1"], ["r-here-1"]]


def test_accounts_are_asked_at_the_same_time() -> None:
    together = threading.Barrier(5)

    class Waiting(FakeClient):
        def page(self, position: int, size: int) -> Page:
            together.wait(10)
            return super().page(position, size)

    cloud = Cloud("fake", ("relay",), {}, Waiting)
    accounts = [account(f"a{number}", records=records(str(number))) for number in range(5)]
    result = ask(accounts, {"fake": cloud}, Query(), Settings(), Deadline(20), Secrets(), {})
    assert len(result.tasks) == 5


def test_one_key_through_two_regions_shows_a_task_once() -> None:
    result = asked(
        account("first", key="k", region="r1", records=records("1", "2")),
        account("second", key="k", region="r2", records=records("2", "3")),
    )
    assert ids_of(result) == ["1", "2", "3"]
    assert [task.account for task in result.tasks] == ["first", "first", "second"]
    assert [each.total for each in result.accounts] == [2, 2]


@pytest.mark.parametrize("other", [{"key": "another"}, {"kind": "record"}])
def test_another_key_or_kind_may_have_a_task_of_the_same_id(other: dict[str, t.Any]) -> None:
    result = asked(
        account("first", key="k", records=records("1")),
        account("second", **{"key": "k", **other}, records=records("1")),
    )
    assert ids_of(result) == ["1", "1"]


def test_an_account_without_a_name_is_named_after_the_region_that_is_called() -> None:
    result = asked(account(region="r7", records=records("1")))
    assert result.tasks[0].account == "fake r7"


def test_missing_is_what_no_account_has() -> None:
    result = asked(
        account("first", key="a", records=records("1", "2")),
        account("second", key="b", records=records("3")),
        task_ids=("3", "9", "1", "8"),
    )
    assert ids_of(result) == ["1", "3"]
    assert result.missing == ["9", "8"]


def test_a_task_that_a_filter_hides_is_not_missing() -> None:
    result = asked(account("a", records=records("1", state="paused")), task_ids=("1",), states=frozenset({"running"}))
    assert (ids_of(result), result.missing) == ([], [])


def test_nothing_is_missing_from_a_list_that_was_not_read_whole() -> None:
    lists: dict[str, t.Any] = {"records": records(*map(str, range(30)))}
    assert asked(account("a", **lists), task_ids=("29", "99"), limit=1).missing == ["99"]
    assert asked(account("a", **lists), limit=1).complete is False
    problem = RelayError("service", "down")
    result = asked(account("a", key="a", problem=problem), account("b", key="b"), task_ids=("99",), report_errors=True)
    assert result.missing == []


def test_a_failure_is_raised_and_says_of_whom() -> None:
    problem = RelayError("permission", "not allowed", advice="ask")
    with pytest.raises(RelayError) as caught:
        asked(account("good", key="a", records=records("1")), account("bad", key="b", problem=problem))
    assert str(caught.value) == "fake account 'bad': ListThem: not allowed; ask."
    assert caught.value.endpoint == "https://nowhere.example.org"


def test_failures_are_reported_beside_what_the_others_gave() -> None:
    result = asked(
        account("bad", key="a", problem=RelayError("permission", "not allowed")),
        account("good", key="b", records=records("1")),
        account("worse", key="c", problem=RelayError("service", "down")),
        report_errors=True,
    )
    assert ids_of(result) == ["1"]
    assert not result.complete
    assert [(error.account, error.kind) for error in result.errors] == [("bad", "permission"), ("worse", "service")]
    assert [each.total for each in result.accounts] == [None, 1, None]
    assert [each.complete for each in result.accounts] == [False, True, False]


def test_bad_input_is_raised_even_where_failures_are_reported() -> None:
    with pytest.raises(RelayError) as caught:
        asked(account("good", records=records("1")), account("bad", bad_option=1), report_errors=True)
    assert str(caught.value) == "fake account 'bad': bad_option is bad; take it out."


@pytest.mark.parametrize("slow", ["seconds", "seconds_to_open"])
def test_who_is_slow_is_reported_and_the_others_are_kept(slow: str) -> None:
    how: dict[str, t.Any] = {slow: 30}
    result = asked(
        account("slow", key="a", **how),
        account("good", key="b", records=records("1")),
        timeout=0.5,
        report_errors=True,
    )
    assert ids_of(result) == ["1"]
    assert [(error.account, error.kind, error.action) for error in result.errors] == [("slow", "timeout", ACTION)]


def test_time_that_is_up_is_raised_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(RelayError) as caught:
        asked(account("slow", seconds=30), timeout=0.2)
    assert caught.value.kind == "timeout"
    assert "account 'slow'" in str(caught.value)
    assert time.monotonic() - started < 5


BOASTING: dict[str, t.Any] = {"records": records("1"), "total": 5}


def test_pages_that_do_not_add_up_fail() -> None:
    with pytest.raises(RelayError) as caught:
        asked(account("a", **BOASTING))
    assert caught.value.kind == "incomplete"
    assert (caught.value.request_id or "").startswith("r-here-")


def test_pages_that_do_not_add_up_are_warned_of() -> None:
    result = asked(account("a", **BOASTING), on_incomplete="warn")
    assert ids_of(result) == ["1"]
    assert not result.complete
    assert result.missing == []
    assert len(result.warnings) == 1
    assert "account 'a'" in result.warnings[0]
    assert "the pages do not add up" in result.warnings[0]
    assert result.warnings[0].endswith("; this is what there is.")


def test_words_that_nobody_knows_are_one_warning() -> None:
    strange = [
        *records("1", "2", state="unknown", unknown_word="brand-new"),
        *records("3", state="unknown", unknown_word=""),
        *records("4", state="unknown", unknown_word="x" * 1000),
    ]
    result = asked(account("a", key="a", records=strange), account("b", key="b", records=strange[:1]))
    assert len(result.warnings) == 1
    assert "fake 'brand-new'" in result.warnings[0]
    assert "fake ''" in result.warnings[0]
    assert len(result.warnings[0]) < 400


def test_words_of_tasks_that_are_not_shown_are_no_warning() -> None:
    strange = [*records("1"), *records("2", state="unknown", unknown_word="brand-new")]
    assert asked(account("a", records=strange), task_ids=("1",)).warnings == []


def test_times_that_cannot_be_read_are_a_warning_with_the_ids() -> None:
    odd = records(*map(str, range(100, 130)), state="unknown", unreadable_times=("start",))
    (warning,) = asked(account("a", records=odd)).warnings
    assert "100, 101" in warning
    assert "129" not in warning


def test_the_same_warning_of_two_accounts_is_one() -> None:
    result = asked(account("a", key="a", warnings=["w", "v"]), account("b", key="b", warnings=["v"]))
    assert result.warnings == ["w", "v"]


def test_a_limit_holds_for_all_accounts_together() -> None:
    accounts = [account(f"a{key}", key=key, records=records(*(f"{key}{n}" for n in range(5)))) for key in "xyz"]
    assert ids_of(asked(*accounts, limit=7)) == ["x0", "x1", "x2", "x3", "x4", "y0", "y1"]
    assert ids_of(asked(*accounts, limit=2)) == ["x0", "x1"]


def test_a_limit_counts_what_matches() -> None:
    mixed = [{"id": str(n), "state": "paused" if n % 10 else "running"} for n in range(60)]
    result = asked(account("a", records=mixed), states=frozenset({"running"}), limit=3)
    assert ids_of(result) == ["0", "10", "20"]


FILTERED = [
    {"id": "1", "domain": "a.example.org", "app": "live", "stream": "finals-1", "region": "r1"},
    {"id": "2", "domain": "b.example.org", "app": "Live", "stream": "finals-2", "region": "r2"},
    {"id": "3", "destination_url": "rtmp://c.example.org/app/finals-3", "own_destination": True},
    {"id": "4", "destination_url": "rtmp://D.example.org/app/secret-key?x=/y", "own_destination": False},
    {"id": "5"},
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["1", "2", "3", "4", "5"]),
        ({"domain": "*.example.org"}, ["1", "2", "3", "4"]),
        ({"domain": "?.example.org", "app": "live"}, ["1"]),
        ({"app": "[Ll]ive"}, ["1", "2"]),
        ({"app": "app"}, ["3", "4"]),
        ({"stream": "finals-*"}, ["1", "2", "3"]),
        ({"stream": "finals-3"}, ["3"]),
        ({"stream": "secret*"}, []),
        ({"domain": "d.example.org"}, ["4"]),
        ({"domain": "A.example.org"}, []),
        ({"task_region": "r2"}, ["2"]),
        ({"task_ids": ("5", "1")}, ["1", "5"]),
        ({"stream": "*"}, ["1", "2", "3", "4", "5"]),
    ],
)
def test_filters(query: dict[str, t.Any], expected: list[str]) -> None:
    result = asked(account("a", records=FILTERED), **query)
    assert ids_of(result) == expected
    assert result.accounts[0].total == 5
    assert result.complete


def limits_of(result: FleetResult) -> list[list[RateLimit]]:
    return [t.cast(FakeClient, each.client).limits for each in result.accounts]


def test_one_key_has_one_limit_for_each_api() -> None:
    first, second, third = limits_of(asked(account("a", key="k"), account("b", key="k"), account("c", key="l")))
    assert first[0] is second[0]
    assert first[1] is second[1]
    assert len({id(each) for each in (*first, *third)}) == 4


def test_one_key_has_one_limit_for_all_apis_where_the_user_gives_it() -> None:
    first, second, third = limits_of(
        asked(account("a", key="k"), account("b", key="k"), account("c", key="l"), rate_limit=3)
    )
    assert len({id(each) for each in (*first, *second)}) == 1
    assert first[0] is not third[0]


def test_no_accounts_are_no_tasks() -> None:
    result = asked()
    assert (result.tasks, result.missing, result.complete) == ([], [], True)


def test_hundreds_of_accounts_are_asked() -> None:
    result = asked(*(account(f"a{n}", key=str(n), records=records(str(n))) for n in range(300)))
    assert ids_of(result) == [str(n) for n in range(300)]
