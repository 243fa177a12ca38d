# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import collections
import contextlib
import math
import threading
import time
import typing as t

from ._deadline import Deadline
from ._errors import RelayError


class RateLimit:
    """At most ``rate`` requests to one account in any one second, measured where they arrive.

    When exactly a request arrives is not known here: somewhere between sending it and its answer. So a request
    counts from the moment it is sent until a second after its answer. A burst is as good as a trickle.
    A rate below one means one request in ``1 / rate`` seconds. Shared by the threads of an account.
    """

    def __init__(self, rate: float, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, math.floor(rate))
        self._window = 1.0 if rate >= 1 else 1.0 / rate
        self._clock = clock
        self._changed = threading.Condition()
        self._under_way = 0
        self._answered: collections.deque[float] = collections.deque()

    @contextlib.contextmanager
    def one(self, deadline: Deadline) -> t.Iterator[None]:
        """Hold a place for one request; waits for it. Raises RelayError (timeout) when the deadline passes."""
        self._take(deadline)
        try:
            yield
        finally:
            self._give_back()

    def _take(self, deadline: Deadline) -> None:
        with self._changed:
            while True:
                deadline.check()
                wait = self.wait_at(self._clock())
                if wait <= 0:
                    self._under_way += 1
                    return
                # At most a second at a time: a deadline that is cancelled is then seen soon.
                self._changed.wait(min(wait, 1.0, deadline.remaining()))

    def _give_back(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._answered.append(self._clock())
            self._changed.notify()

    def wait_at(self, now: float) -> float:
        """Seconds until a place may be free, seen at ``now``; 0 when one is free."""
        while self._answered and now - self._answered[0] >= self._window:
            self._answered.popleft()
        if self._under_way + len(self._answered) < self._most:
            return 0.0
        if not self._answered:
            return self._window
        return max(self._window - (now - self._answered[0]), 0.001)


class FirstAnswer:
    """Lets one request with a key go first, and the others only when the key was not refused.

    A cloud may lock a key after a few refusals, so one refusal must be all that a call brings about,
    however many of its accounts use the key. Shared by all accounts with the same key.

    ``signing_offset`` (seconds) is by how much this machine's clock was found wrong: what one account was told, the
    others need not be refused for.
    """

    # What a cloud answers with once it has looked at the key. A gateway in trouble has not.
    _ABOUT_THE_KEY = frozenset({"auth", "permission", "account", "invalid_request"})

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.signing_offset = 0.0
        self._known = False
        self._refusal: RelayError | None = None

    @contextlib.contextmanager
    def one(self, deadline: Deadline) -> t.Iterator[None]:
        """Hold this around one attempt; raises RelayError when the key was refused before."""
        first = self._enter(deadline)
        try:
            yield
        except RelayError as error:
            judged = error.http_status is not None and error.kind in self._ABOUT_THE_KEY
            judged = judged and not (error.clock_skew or error.stale_token)
            if judged and error.kind == "auth":
                self._refusal = error
            self._known = self._known or judged
            raise
        else:
            self._known = True
        finally:
            if first:
                self._lock.release()

    def _enter(self, deadline: Deadline) -> bool:
        """True when this attempt is the first: the lock is then held until its answer is there."""
        if not self._is_known():
            while not self._lock.acquire(timeout=0.5):
                deadline.check()
            if not self._is_known():
                return True
            self._lock.release()
        if self._refusal:
            raise self._refusal.again()
        return False

    def _is_known(self) -> bool:
        return self._known
