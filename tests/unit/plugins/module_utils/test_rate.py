# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Never more requests in a second than allowed, and one refusal for all that share a key."""

from __future__ import annotations

import heapq
import threading
import time
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._rate import FirstAnswer, RateLimit


class FakeClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(rate: float, durations: list[float]) -> list[tuple[float, float]]:
    """When each of many requests was sent and answered, by a clock that jumps to the next event."""
    clock = FakeClock()
    limit = RateLimit(rate, clock)
    deadline = Deadline(1e9, clock)
    under_way: list[tuple[float, int, float, t.Any]] = []
    spans = []
    for number, duration in enumerate(durations):
        while True:
            wait = limit.wait_at(clock.now)
            if wait <= 0:
                break
            # What happens next: an answer, or the time that the limit named.
            clock.now = min([clock.now + wait, *([under_way[0][0]] if under_way else [])])
            while under_way and under_way[0][0] <= clock.now:
                dummy_at, dummy_number, begun, place = heapq.heappop(under_way)
                place.__exit__(None, None, None)
                spans.append((begun, clock.now))
        place = limit.one(deadline)
        place.__enter__()
        heapq.heappush(under_way, (clock.now + duration, number, clock.now, place))
    while under_way:
        at, dummy_number, begun, place = heapq.heappop(under_way)
        clock.now = max(clock.now, at)
        place.__exit__(None, None, None)
        spans.append((begun, clock.now))
    return spans


@given(st.integers(1, 6), st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_however_requests_travel_no_second_sees_more_than_allowed(rate: int, durations: list[float]) -> None:
    spans = run(rate, durations)
    assert len(spans) == len(durations)
    # The worst case: each request arrives at the moment of its way that makes this second the fullest.
    for dummy_begun, second in spans:
        able = [begun for begun, answered in spans if answered >= second and begun < second + 0.999]
        assert len(able) <= rate


@given(st.integers(1, 6), st.integers(1, 40))
def test_the_limit_is_used_fully(rate: int, count: int) -> None:
    spans = run(rate, [0.0] * count)
    assert max(answered for dummy_begun, answered in spans) <= (count - 1) // rate + 0.1


def test_a_rate_below_one_is_one_request_in_a_longer_time() -> None:
    spans = sorted(run(0.25, [0.0] * 3))
    assert [round(begun) for begun, dummy_answered in spans] == [0, 4, 8]


def test_half_a_request_is_none() -> None:
    spans = sorted(run(2.9, [0.0] * 4))
    assert [round(begun) for begun, dummy_answered in spans] == [0, 0, 1, 1]


def test_a_place_is_given_back_by_a_request_that_fails() -> None:
    clock = FakeClock()
    limit = RateLimit(1, clock)
    with pytest.raises(ValueError, match="failed"), limit.one(Deadline(10, clock)):
        raise ValueError("failed")
    assert limit.wait_at(clock.now) == 1
    assert limit.wait_at(clock.now + 1) == 0


def test_waiting_ends_with_the_deadline() -> None:
    limit = RateLimit(0.001)
    with limit.one(Deadline(5)):
        pass
    started = time.monotonic()
    with pytest.raises(RelayError) as caught, limit.one(Deadline(0.1)):
        raise AssertionError("there was no place")
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < 5


def test_waiting_ends_when_the_call_is_given_up() -> None:
    limit = RateLimit(0.001)
    deadline = Deadline(60)
    with limit.one(deadline):
        pass
    threading.Timer(0.05, deadline.cancel).start()
    with pytest.raises(RelayError, match="given up"), limit.one(deadline):
        raise AssertionError("there was no place")


def test_threads_keep_the_limit_together() -> None:
    limit = RateLimit(10)
    deadline = Deadline(30)
    sent: list[float] = []

    def ask() -> None:
        for dummy in range(3):
            with limit.one(deadline):
                sent.append(time.monotonic())

    threads = [threading.Thread(target=ask) for dummy in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(sent) == 21
    sent.sort()
    assert all(later - earlier >= 1 for earlier, later in zip(sent, sent[10:]))


REFUSED = RelayError("auth", "no such key", http_status=401)


def ask_at_once(first: FirstAnswer, threads: int, answers: list[RelayError | None]) -> tuple[int, list[str]]:
    """Ask from many threads at once: how many requests there were, and what came of them."""
    sent: list[int] = []
    outcomes: list[str] = []
    deadline = Deadline(20)
    together = threading.Barrier(threads)

    def one() -> None:
        together.wait(10)
        try:
            with first.one(deadline):
                sent.append(1)
                answer = answers[min(len(sent), len(answers)) - 1]
                time.sleep(0.01)
                if answer is not None:
                    raise answer
            outcomes.append("ok")
        except RelayError as error:
            outcomes.append(error.kind)

    all_threads = [threading.Thread(target=one) for dummy in range(threads)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join(20)
    return len(sent), outcomes


def test_one_refusal_is_enough_for_all_that_ask_at_once() -> None:
    assert ask_at_once(FirstAnswer(), 12, [REFUSED]) == (1, ["auth"] * 12)


def test_a_key_that_is_good_lets_all_go() -> None:
    sent, outcomes = ask_at_once(FirstAnswer(), 12, [None])
    assert (sent, outcomes) == (12, ["ok"] * 12)


@pytest.mark.parametrize("kind", ["permission", "account", "invalid_request"])
def test_an_answer_about_something_else_than_the_key_lets_all_go(kind: str) -> None:
    sent, outcomes = ask_at_once(FirstAnswer(), 6, [RelayError(kind, "no", http_status=403), None])
    assert sent == 6
    assert sorted(outcomes) == sorted([kind, *["ok"] * 5])


@pytest.mark.parametrize(
    "trouble",
    [
        RelayError("network", "broke"),
        RelayError("timeout", "slow"),
        RelayError("service", "busy", http_status=503),
        RelayError("throttled", "slower", http_status=429),
        RelayError("auth", "clock", http_status=401, clock_skew=True),
        RelayError("auth", "token", http_status=401, stale_token=True),
        RelayError("auth", "not from the cloud"),
    ],
    ids=lambda error: f"{error.kind} {error.http_status}",
)
def test_trouble_says_nothing_about_the_key(trouble: RelayError) -> None:
    sent, outcomes = ask_at_once(FirstAnswer(), 6, [trouble, REFUSED])
    assert sent == 2
    assert sorted(outcomes) == sorted([trouble.kind, *["auth"] * 5])


def test_what_is_refused_later_is_refused_for_all_from_then_on() -> None:
    first = FirstAnswer()
    deadline = Deadline(5)
    with first.one(deadline):
        pass
    with pytest.raises(RelayError), first.one(deadline):
        raise REFUSED
    with pytest.raises(RelayError, match="no such key") as caught, first.one(deadline):
        raise AssertionError("nothing may be sent")
    assert caught.value is not REFUSED


def test_who_waits_for_the_first_answer_waits_no_longer_than_the_deadline() -> None:
    first = FirstAnswer()
    with first.one(Deadline(30)), pytest.raises(RelayError) as caught, first.one(Deadline(0.1)):
        raise AssertionError("the first answer is not there")
    assert caught.value.kind == "timeout"
