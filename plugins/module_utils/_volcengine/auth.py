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

ALGORITHM = "HMAC-SHA256"


class VolcAuth(AuthBase):
    """Signs a request with Volcengine's HMAC-SHA256, for one time in seconds since the epoch.

    Signed are Host, X-Date, X-Content-Sha256, and of Content-Type and X-Security-Token those that are sent.
    Source: https://www.volcengine.com/docs/6369/67269 and the signers of the official SDKs.
    """

    def __init__(self, keys: KeyPair, region: str, service: str, moment: float) -> None:
        self._keys = keys
        self._region = region
        self._service = service
        self._date = datetime.datetime.fromtimestamp(int(moment), datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        digest = hashlib.sha256(body if isinstance(body, bytes) else str(body).encode()).hexdigest()
        request.headers["Host"] = host_header(request.url or "")
        request.headers["X-Date"] = self._date
        request.headers["X-Content-Sha256"] = digest
        if self._keys.session_token:
            request.headers["X-Security-Token"] = self._keys.session_token
        names = ("content-type", "host", "x-content-sha256", "x-date", "x-security-token")
        signed = [name for name in names if name in request.headers]
        parts = urllib.parse.urlsplit(request.url or "")
        canonical = "\n".join(
            (
                request.method or "",
                parts.path or "/",
                canonical_query(parts.query),
                *(f"{name}:{_signed_value(name, str(request.headers[name]).strip())}" for name in signed),
                "",
                ";".join(signed),
                digest,
            )
        )
        date = self._date[:8]
        scope = f"{date}/{self._region}/{self._service}/request"
        to_sign = f"{ALGORITHM}\n{self._date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = self._keys.secret_key.encode()
        for part in (date, self._region, self._service, "request"):
            key = _hmac(key, part)
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self._keys.access_key}/{scope}, "
            f"SignedHeaders={';'.join(signed)}, Signature={_hmac(key, to_sign).hex()}"
        )
        return request


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def _signed_value(name: str, value: str) -> str:
    """A header's value as it is signed: the official signers leave 80 and 443 out of the host, whatever the scheme."""
    host, dummy_colon, port = value.partition(":")
    return host if name == "host" and port in ("80", "443") else value


def canonical_query(query: str) -> str:
    """The query's pairs encoded anew and sorted by name; values of one name stay in their order."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in sorted(pairs, key=lambda pair: pair[0]))


def _encode(value: str) -> str:
    return urllib.parse.quote(value, safe="-_.~")
