# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of the emulator says to each other: a request, an answer, a refusal."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """A request as it came. Header names are lower-case; values are the bytes of the wire read as latin-1."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    arrived: float  # on the monotonic clock


@dataclass
class Answer:
    """An answer, and how it is sent: `drop` (in_headers, in_body, before), `slow` (seconds for the body)."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)
    drop: str | None = None
    slow: float = 0.0
    delay: float = 0.0
    date: float | None = None


@dataclass
class Call:
    """One request on its way through a cloud: what the cloud's clock says and what will be logged."""

    now: float
    arrived: float
    action: str = "unknown"
    account: str | None = None
    page: dict[str, int] = field(default_factory=dict)
    one_task: bool = False
    code: str | None = None
    refused: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class RefusalError(Exception):
    """A cloud says no: the HTTP status and the cloud's code and message; `why` goes to the log only."""

    def __init__(self, status: int, code: str, message: str, why: str | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.why = why


def json_answer(status: int, value: Any, headers: list[tuple[str, str]] | None = None) -> Answer:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode("utf-8"), headers=headers or [])


def text_answer(status: int, text: str, content_type: str = "text/plain") -> Answer:
    return Answer(status, text.encode("utf-8"), content_type)
