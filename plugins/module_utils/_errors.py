# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t

# What may go wrong, in the words of the contract. Each has an entry in the troubleshooting guide.
KINDS = (
    "config",  # the options, the environment or this machine: nothing was sent
    "auth",  # the cloud refused the keys or the token
    "permission",  # the keys are good, but may not do this
    "account",  # the account is not activated, in arrears or frozen
    "not_found",
    "invalid_request",
    "throttled",
    "timeout",
    "network",
    "tls",
    "protocol",  # an answer that is not the API's
    "service",  # the cloud's own trouble
    "incomplete",  # the pages do not add up
)


class RelayError(Exception):
    """Why a listing failed: one sentence for people and the facts for programs.

    ``what`` says what went wrong, without the cloud and the call; ``advice`` what to do about it.
    ``retry`` says that the same request may succeed a little later, ``retry_after`` (seconds) when.
    ``clock_skew`` marks a signature refused for its time; ``server_time`` (seconds since the epoch) is then
    the cloud's clock, where its message gives it. ``stale_token`` marks a token that a new one may replace.
    """

    def __init__(
        self,
        kind: str,
        what: str,
        *,
        advice: str | None = None,
        code: str | None = None,
        message: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        retry: bool = False,
        retry_after: float | None = None,
        clock_skew: bool = False,
        server_time: float | None = None,
        stale_token: bool = False,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of error")
        super().__init__(what)
        self.kind = kind
        self.what = what
        self.advice = advice
        self.code = code
        self.message = message
        self.http_status = http_status
        self.request_id = request_id
        self.retry = retry
        self.retry_after = retry_after
        self.clock_skew = clock_skew
        self.server_time = server_time
        self.stale_token = stale_token
        self.cloud: str | None = None
        self.account: str | None = None
        self.action: str | None = None
        self.endpoint: str | None = None

    def locate(
        self,
        *,
        cloud: str | None = None,
        account: str | None = None,
        action: str | None = None,
        endpoint: str | None = None,
    ) -> RelayError:
        """Say where it happened, as far as that is not said yet; returns itself."""
        self.cloud = self.cloud or cloud
        self.account = self.account or account
        self.action = self.action or action
        self.endpoint = self.endpoint or endpoint
        return self

    def again(self) -> RelayError:
        """The same error for another account that shares the reason: where it happened is not said yet."""
        return RelayError(
            self.kind,
            self.what,
            advice=self.advice,
            code=self.code,
            message=self.message,
            http_status=self.http_status,
            request_id=self.request_id,
        )

    def __str__(self) -> str:
        where = self.cloud or ""
        if self.account:
            where = f"{where} account {self.account!r}".strip()
        parts = [part for part in (where, self.action, self.what) if part]
        sentence = ": ".join(parts)
        details = [f"HTTP status {self.http_status}"] if self.http_status else []
        if self.request_id:
            details.append(f"request id {self.request_id}")
        if details:
            sentence = f"{sentence} ({', '.join(details)})"
        return f"{sentence}; {self.advice}." if self.advice else f"{sentence}."

    def as_dict(self) -> dict[str, t.Any]:
        """The ``error`` of a failed module."""
        return {
            "kind": self.kind,
            "cloud": self.cloud,
            "account": self.account,
            "action": self.action,
            "endpoint": self.endpoint,
            "code": self.code,
            "message": self.message,
            "http_status": self.http_status,
            "request_id": self.request_id,
        }


def config_error(what: str, advice: str | None = None) -> RelayError:
    """Bad input, refused before the first request."""
    return RelayError("config", what, advice=advice)


def refused(
    kind: str,
    code: str | None,
    message: str | None,
    *,
    http_status: int | None,
    request_id: str | None,
    advice: str | None = None,
    retry: bool = False,
    **marks: t.Any,
) -> RelayError:
    """An error that the cloud's API itself reported, in its own words."""
    words = ": ".join(word for word in (code, message) if word) or "the cloud gave no reason"
    return RelayError(
        kind,
        words.rstrip(". "),
        advice=advice,
        code=code,
        message=message,
        http_status=http_status,
        request_id=request_id,
        retry=retry,
        **marks,
    )
