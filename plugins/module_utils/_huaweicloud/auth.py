# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import hashlib
import hmac
import typing as t
import urllib.parse

from .._credentials import KeyPair
from .._http import AuthBase, host_header

if t.TYPE_CHECKING:
    import requests

ALGORITHM = "SDK-HMAC-SHA256"


class SdkHmacAuth(AuthBase):
    """Signs a request with SDK-HMAC-SHA256, for one time in seconds since the epoch.

    Signed are Host, X-Sdk-Date, and of Content-Type, X-Project-Id and X-Security-Token those that are sent.
    Source: https://support.huaweicloud.com/devg-apisign/ and the signer of the official SDK.
    """

    def __init__(self, keys: KeyPair, moment: float) -> None:
        self._keys = keys
        self._date = datetime.datetime.fromtimestamp(int(moment), datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Host"] = host_header(request.url or "")
        request.headers["X-Sdk-Date"] = self._date
        if self._keys.session_token:
            request.headers["X-Security-Token"] = self._keys.session_token
        names = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")
        signed = [name for name in names if name in request.headers]
        parts = urllib.parse.urlsplit(request.url or "")
        body = request.body or b""
        canonical = "\n".join(
            (
                request.method or "",
                canonical_path(parts.path),
                canonical_query(parts.query),
                *(f"{name}:{str(request.headers[name]).strip()}" for name in signed),
                "",
                ";".join(signed),
                hashlib.sha256(body if isinstance(body, bytes) else str(body).encode()).hexdigest(),
            )
        )
        to_sign = f"{ALGORITHM}\n{self._date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._keys.secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Access={self._keys.access_key}, SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return request


class TokenAuth(AuthBase):
    """Sends a token of IAM instead of a signature."""

    def __init__(self, token: str, dummy_moment: float) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Auth-Token"] = self._token
        return request


class NoAuth(AuthBase):
    """For the one request that carries a name and password in its body instead."""

    def __init__(self, dummy_moment: float) -> None:
        pass

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def canonical_path(path: str) -> str:
    """The path with each segment encoded anew, and a slash at its end (in the signature only)."""
    segments = urllib.parse.unquote(path or "/").split("/")
    encoded = "/".join(urllib.parse.quote(segment, safe="~") for segment in segments)
    return encoded if encoded.endswith("/") else f"{encoded}/"


def canonical_query(query: str) -> str:
    """The query's pairs encoded anew and sorted by name, then value."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


def encode(value: str) -> str:
    return urllib.parse.quote(value, safe="~")
