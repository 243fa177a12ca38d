# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work done by several threads: all of it, no more at once than allowed, and never longer than the deadline."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._parallel import as_done


@given(st.lists(st.integers(), max_size=30), st.integers(1, 8))
@settings(max_examples=40)
def test_each_job_is_done_once(jobs: list[int], workers: int) -> None:
    done = list(as_done(lambda job: job * 2, jobs, workers, Deadline(20)))
    assert sorted(done) == sorted((job, job * 2) for job in jobs)


def test_results_come_as_they_are_done_and_not_in_the_order_of_the_jobs() -> None:
    second_done = threading.Event()

    def work(job: int) -> int:
        if job == 1:
            assert second_done.wait(10)
        return job

    order = []
    for job, dummy_result in as_done(work, [1, 2], 2, Deadline(20)):
        order.append(job)
        second_done.set()
    assert order == [2, 1]


def test_no_more_jobs_than_workers_are_under_way() -> None:
    lock = threading.Lock()
    under_way = 0
    most = 0

    def work(dummy_job: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.005)
        with lock:
            under_way -= 1

    assert len(list(as_done(work, range(30), 4, Deadline(20)))) == 30
    assert 2 <= most <= 4


@pytest.mark.parametrize("problem", [RelayError("auth", "refused"), ValueError("a defect"), KeyboardInterrupt()])
def test_the_first_failure_is_raised_and_no_job_is_begun_after_it(problem: BaseException) -> None:
    begun: list[int] = []

    def work(job: int) -> int:
        begun.append(job)
        if job == 2:
            raise problem
        return job

    done = []

    def read_slowly() -> None:
        for job, dummy_result in as_done(work, range(1000), 1, Deadline(20)):
            done.append(job)
            time.sleep(0.001)

    with pytest.raises(type(problem)) as caught:
        read_slowly()
    assert caught.value is problem
    assert done == [0, 1]
    assert begun == [0, 1, 2]


def test_other_workers_stop_too_though_the_caller_is_busy() -> None:
    begun: list[int] = []

    def work(job: int) -> int:
        begun.append(job)
        if job == 1:
            time.sleep(0.02)
            raise RelayError("auth", "refused")
        time.sleep(0.002 if job else 0)
        return job

    def read_slowly() -> None:
        for job, dummy_result in as_done(work, range(1000), 2, Deadline(20)):
            time.sleep(0 if job else 0.2)

    with pytest.raises(RelayError, match="refused"):
        read_slowly()
    assert len(begun) < 30


def test_who_stops_reading_stops_the_work() -> None:
    begun: list[int] = []

    def work(job: int) -> int:
        begun.append(job)
        time.sleep(0.002)
        return job

    for dummy_job, dummy_result in as_done(work, range(1000), 2, Deadline(20)):
        break
    time.sleep(0.05)
    count = len(begun)
    assert count < 100
    time.sleep(0.05)
    assert len(begun) == count


def test_a_job_that_hangs_does_not_hold_the_caller() -> None:
    release = threading.Event()
    try:
        started = time.monotonic()
        with pytest.raises(RelayError, match=r"not done after 0\.1 s"):
            list(as_done(lambda dummy_job: release.wait(60), [1], 1, Deadline(0.1), grace=0.05))
        assert time.monotonic() - started < 10
    finally:
        release.set()


def test_what_a_job_says_about_its_own_end_is_heard_within_the_grace() -> None:
    deadline = Deadline(0.1)

    def work(dummy_job: int) -> t.NoReturn:
        time.sleep(0.15)
        raise RelayError("timeout", "waited for a slow server")

    with pytest.raises(RelayError, match="waited for a slow server"):
        list(as_done(work, [1], 1, deadline, grace=10))


def test_jobs_may_be_made_while_others_are_done() -> None:
    seen: set[int] = set()

    def jobs() -> t.Iterator[int]:
        for job in range(50):
            if len(seen) > 5:
                return
            yield job

    for job, dummy_result in as_done(lambda job: time.sleep(0.001), jobs(), 2, Deadline(20)):
        seen.add(job)
    assert 6 <= len(seen) < 50


def test_a_failure_of_what_makes_the_jobs_is_raised() -> None:
    def jobs() -> t.Iterator[int]:
        yield 1
        raise ValueError("a defect in the jobs")

    with pytest.raises(ValueError, match="a defect in the jobs"):
        list(as_done(lambda job: job, jobs(), 2, Deadline(2)))


def test_no_jobs_are_no_trouble() -> None:
    assert list(as_done(lambda job: job, [], 3, Deadline(5))) == []
