# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone
from typing import Any

_RELATIVE = re.compile(r"@now(?:([+-])((?:\d+(?:\.\d+)?[smhd])+))?\Z")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CHINA = timezone(timedelta(hours=8))


def relative_seconds(text: str) -> float | None:
    """Seconds from now that "@now", "@now-2h" or "@now+1h30m" mean; None when it is no such text."""
    match = _RELATIVE.match(text)
    if match is None:
        return None
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(match.group(2) or ""))
    return -seconds if match.group(1) == "-" else seconds


def utc(seconds: float) -> str:
    """2026-01-02T03:04:05Z"""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(seconds)))


def utc_milliseconds(seconds: float) -> str:
    """2026-01-02T03:04:05.678Z"""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


def china(seconds: float) -> str:
    """2026-01-02T11:04:05+08:00"""
    return datetime.fromtimestamp(int(seconds), _CHINA).isoformat()


def basic(seconds: float) -> str:
    """20260102T030405Z, the form in which two of the clouds sign it"""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(int(seconds)))


def parse(text: Any) -> float | None:
    """Seconds since the epoch of a time with a zone, or None."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None


def parse_basic(text: str) -> float | None:
    """Seconds since the epoch of 20260102T030405Z, or None."""
    try:
        moment = datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError:
        return None
    return moment.timestamp()
