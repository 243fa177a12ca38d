# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a call is over, and what that does to those who wait."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_remains_shrinks_to_zero_and_not_below() -> None:
    clock = FakeClock()
    deadline = Deadline(5, clock)
    assert deadline.remaining() == 5
    clock.now += 4.5
    assert deadline.remaining() == 0.5
    deadline.check()
    clock.now += 100
    assert deadline.remaining() == 0


def test_the_moment_itself_is_too_late() -> None:
    clock = FakeClock()
    deadline = Deadline(5, clock)
    clock.now += 5
    with pytest.raises(RelayError, match="not done after 5 s; raise timeout") as caught:
        deadline.check()
    assert caught.value.kind == "timeout"
    assert not caught.value.retry


def test_what_was_called_off_says_so() -> None:
    deadline = Deadline(60)
    deadline.check()
    deadline.cancel()
    with pytest.raises(RelayError, match="given up") as caught:
        deadline.check()
    assert caught.value.kind == "timeout"


def test_a_pause_is_no_longer_than_what_remains() -> None:
    deadline = Deadline(0.1)
    started = time.monotonic()
    with pytest.raises(RelayError, match=r"not done after 0\.1 s"):
        deadline.pause(3600)
    assert time.monotonic() - started < 5


def test_a_pause_that_is_short_enough_just_ends() -> None:
    Deadline(60).pause(0.01)


def test_calling_off_wakes_everybody_who_pauses() -> None:
    deadline = Deadline(3600)
    woken: list[str] = []

    def pause() -> None:
        try:
            deadline.pause(3600)
        except RelayError as error:
            woken.append(error.kind)

    threads = [threading.Thread(target=pause, daemon=True) for dummy in range(5)]
    for thread in threads:
        thread.start()
    deadline.cancel()
    for thread in threads:
        thread.join(10)
    assert woken == ["timeout"] * 5
