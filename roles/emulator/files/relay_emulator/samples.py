# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Believable values for whatever a scenario leaves out. The same place in a list always gets the same values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_EVENTS = ("finals", "derby", "marathon", "newsroom", "keynote", "concert", "regatta", "morning-show", "press", "cup")
_PLACES = ("main", "left-wing", "pitch", "studio-2", "arena", "harbour", "backup", "roof")

HOUR = 3600
DAY = 86400


@dataclass(frozen=True)
class Sample:
    stream: str
    title: str
    is_vod: bool
    is_paused: bool
    start: float  # seconds from now
    end: float
    changed: float
    created: float


def digest(*parts: object) -> str:
    """32 hex digits, the same for the same parts."""
    return hashlib.md5("/".join(str(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def uuid_like(*parts: object) -> str:
    text = digest(*parts)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def sample(index: int) -> Sample:
    """Of ten tasks, seven run, one is still to come, one is paused, one is over."""
    event = _EVENTS[index % len(_EVENTS)]
    place = _PLACES[index // len(_EVENTS) % len(_PLACES)]
    turn = index % 10
    start, end = -2 * HOUR - index % 7 * 600, 8 * HOUR + index % 11 * 1800
    if turn == 6:
        start, end = 3 * HOUR, 9 * HOUR
    elif turn == 8:
        start, end = -2 * DAY, -DAY
    changed = -(HOUR + index * 41)
    return Sample(
        stream=f"{event}-{place}-{index + 1}",
        title=f"{event} {place}"[:20],
        is_vod=turn == 5,
        is_paused=turn == 7,
        start=start,
        end=end,
        changed=changed,
        created=changed - 3 * DAY,
    )
