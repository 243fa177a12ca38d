# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was asked and how it was answered, in memory and in a file: never a key, a token, a signature or a URL."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from typing import IO, Any

from . import times
from .web import Call

_KEPT = 100_000


class _Tally:
    """Requests of one cloud, account and action."""

    def __init__(self) -> None:
        self.requests = 0
        self.most = 0
        self.recent: deque[float] = deque()
        self.statuses: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def count(self, arrived: float, status: int | None, code: str | None) -> None:
        self.requests += 1
        self.statuses["dropped" if status is None else str(status)] += 1
        if code:
            self.codes[code] += 1
        self.recent.append(arrived)
        while self.recent[0] <= arrived - 1.0:
            self.recent.popleft()
        self.most = max(self.most, len(self.recent))


class Log:
    def __init__(self, path: str | None = None) -> None:
        self._lock = threading.Lock()
        self._file: IO[str] | None = (
            open(path, "a", encoding="utf-8", buffering=1) if path else None  # noqa: SIM115 (open as long as we run)
        )
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._number = 0
            self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)
            self._tallies: dict[tuple[str, str | None, str], _Tally] = {}

    def add(self, cloud: str, call: Call, status: int | None, faults: list[str]) -> None:
        """One request. `status` is None when no answer was sent."""
        entry: dict[str, Any] = {
            "time": times.utc_milliseconds(time.time()),
            "cloud": cloud,
            "account": call.account,
            "action": call.action,
            "status": status,
            "request_id": call.request_id,
        }
        if call.page:
            entry["page"] = call.page
        if call.one_task:
            entry["one_task"] = True
        if call.code:
            entry["code"] = call.code
        if call.refused:
            entry["refused"] = call.refused
        if faults:
            entry["faults"] = faults
        with self._lock:
            self._number += 1
            entry["number"] = self._number
            self._entries.append(entry)
            tally = self._tallies.setdefault((cloud, call.account, call.action), _Tally())
            tally.count(call.arrived, status, call.code)
            if self._file:
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def stats(self) -> list[dict[str, Any]]:
        with self._lock:
            return [
                {
                    "cloud": cloud,
                    "account": account,
                    "action": action,
                    "requests": tally.requests,
                    "most_in_one_second": tally.most,
                    "statuses": dict(tally.statuses),
                    "codes": dict(tally.codes),
                }
                for (cloud, account, action), tally in self._tallies.items()
            ]
