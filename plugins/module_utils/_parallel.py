# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import queue
import threading
import typing as t

from ._deadline import Deadline

Job = t.TypeVar("Job")
Result = t.TypeVar("Result")


def as_done(
    work: t.Callable[[Job], Result], jobs: t.Iterable[Job], workers: int, deadline: Deadline, grace: float = 0.2
) -> t.Iterator[tuple[Job, Result]]:
    """Do the work for each job, at most ``workers`` at once; give each job and its result as it is done.

    The first exception of a job is raised here, and no further job is begun; the same when the caller stops
    reading. Raises RelayError (timeout) when the deadline passes, to the moment: the threads are daemons, and
    what one of them still waits for (a name, a slow server) is not waited for here. ``grace`` is how long (seconds)
    they may still take to say in their own words what they were waiting for.
    """
    waiting = iter(jobs)
    lock = threading.Lock()
    stopped = threading.Event()
    done: queue.SimpleQueue[tuple[Job, Result | None, BaseException | None] | None] = queue.SimpleQueue()

    def next_job() -> tuple[bool, t.Any]:
        with lock:
            if stopped.is_set():
                return False, None
            for job in waiting:
                return True, job
        return False, None

    def labour() -> None:
        job: t.Any = None
        try:
            while True:
                found, job = next_job()
                if not found:
                    break
                done.put((job, work(job), None))
        except BaseException as problem:  # pylint: disable=broad-exception-caught
            # Not only once it is raised: the caller may be busy with what came before.
            stopped.set()
            done.put((job, None, problem))
        done.put(None)

    threads = [threading.Thread(target=labour, daemon=True) for dummy in range(workers)]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            try:
                item = done.get(timeout=deadline.remaining() + grace)
            except queue.Empty:
                deadline.check()
                continue
            if item is None:
                left -= 1
                continue
            job, result, problem = item
            if problem is not None:
                raise problem
            yield job, t.cast(Result, result)
    finally:
        stopped.set()
