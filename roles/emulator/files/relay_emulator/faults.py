# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trouble on order: which requests it befalls, and what happens to them."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from .web import Answer, RefusalError

# What each kind of trouble may be told besides. `scenario` refuses everything else.
SETTINGS: dict[str, dict[str, str]] = {
    "throttle": {"retry_after": "any"},
    "status": {"status": "int", "body": "any", "content_type": "text", "retry_after": "any"},
    "error": {"code": "text", "message": "text", "status": "int", "retry_after": "any"},
    "drop": {"when": "text"},
    "delay": {"seconds": "seconds"},
    "slow_body": {"seconds": "seconds"},
    "html": {"status": "int"},
    "empty": {"status": "int"},
    "truncate": {},
    "redirect": {"location": "text", "status": "int"},
    "body": {"body": "any", "content_type": "text", "status": "int"},
    "retry_after": {"value": "any"},
    "content_type": {"value": "text"},
    "clock": {"seconds": "number"},
}
DROP_WHEN = ("before", "in_headers", "in_body")

_HTML = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


@dataclass
class Fault:
    do: str
    settings: dict[str, Any]
    account: str | None = None
    cloud: str | None = None
    action: str | None = None
    requests: list[int] | None = None
    first: int | None = None
    every: int | None = None
    since: float = 0.0
    until: float = float("inf")
    seen: int = field(default=0)

    def concerns(self, cloud: str, account: str | None, action: str, elapsed: float) -> bool:
        return (
            self.cloud in (None, cloud)
            and self.account in (None, account)
            and self.action in (None, action)
            and self.since <= elapsed < self.until
        )

    def strikes(self) -> bool:
        """Count one more request that this is about, and say whether it is one that suffers."""
        self.seen += 1
        if self.requests is not None:
            return self.seen in self.requests
        if self.first is not None:
            return self.seen <= self.first
        if self.every is not None:
            return self.seen % self.every == 0
        return True


class Faults:
    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self._lock = threading.Lock()

    def for_request(self, cloud: str, account: str | None, action: str, elapsed: float) -> list[Fault]:
        if not self._faults:
            return []
        with self._lock:
            return [
                fault for fault in self._faults if fault.concerns(cloud, account, action, elapsed) and fault.strikes()
            ]


def clock_offset(faults: list[Fault]) -> float:
    return float(sum(fault.settings["seconds"] for fault in faults if fault.do == "clock"))


def instead(faults: list[Fault], throttled: RefusalError) -> Any:
    """What comes in place of the cloud's own answer: an Answer, a RefusalError for the cloud to word, or None."""
    for fault in faults:
        settings = fault.settings
        if fault.do in ("throttle", "retry_after"):
            return throttled
        if fault.do == "error":
            return RefusalError(settings.get("status", 0), settings["code"], settings.get("message", ""))
        if fault.do in ("status", "body"):
            return _literal(settings, default_status=503 if fault.do == "status" else 200)
        if fault.do == "html":
            return Answer(settings.get("status", 200), _HTML.format("Sign in").encode(), "text/html; charset=utf-8")
        if fault.do == "empty":
            return Answer(settings.get("status", 200), b"")
        if fault.do == "redirect":
            location = settings.get("location", "http://relay.example.org/")
            return Answer(settings.get("status", 302), b"", "text/html", [("Location", location)])
    return None


def _literal(settings: dict[str, Any], default_status: int) -> Answer:
    status = settings.get("status", default_status)
    if "body" not in settings:
        return Answer(status, _HTML.format(f"{status} from a gateway").encode(), "text/html")
    body = settings["body"]
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Answer(status, text.encode("utf-8"), settings.get("content_type", "application/json"))


def spoil(faults: list[Fault], answer: Answer) -> None:
    """Change how an answer is sent, whoever made it."""
    for fault in faults:
        settings = fault.settings
        if "retry_after" in settings:
            answer.headers.append(("Retry-After", str(settings["retry_after"])))
        if fault.do == "retry_after":
            answer.headers.append(("Retry-After", str(settings.get("value", 1))))
        elif fault.do == "drop":
            answer.drop = settings.get("when", "before")
        elif fault.do == "delay":
            answer.delay += settings.get("seconds", 1.0)
        elif fault.do == "slow_body":
            answer.slow = settings.get("seconds", 5.0)
        elif fault.do == "truncate":
            answer.body = answer.body[: len(answer.body) // 2]
        elif fault.do == "content_type":
            answer.content_type = settings["value"]
