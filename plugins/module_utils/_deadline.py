# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import threading
import time
import typing as t

from ._errors import RelayError


class Deadline:
    """When a call must be over, and whether it was called off before.

    One for the whole call, shared by all of its threads. ``clock`` is monotonic and in seconds.
    """

    def __init__(self, seconds: float, clock: t.Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds
        self._cancelled = threading.Event()

    def remaining(self) -> float:
        """Seconds that are left, never below zero."""
        return max(0.0, self._end - self._clock())

    def cancel(self) -> None:
        """Call it off: what waits stops waiting, and nothing more is sent."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise RelayError (timeout) when it is over or called off."""
        if self._cancelled.is_set():
            raise RelayError("timeout", "the call was given up, since another part of it had failed")
        if self.remaining() <= 0:
            raise self.passed()

    def pause(self, seconds: float) -> None:
        """Wait so long; raise RelayError (timeout) as soon as it is over or called off."""
        self._cancelled.wait(min(seconds, self.remaining()))
        self.check()

    def passed(self) -> RelayError:
        """The error for a call that ran out of time."""
        return RelayError(
            "timeout",
            f"not done after {self.seconds:g} s",
            advice="raise timeout, or ask for less with the filters or limit",
        )
