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

from .._credentials import KeyPair
from .._http import AuthBase, host_header

if t.TYPE_CHECKING:
    import requests

ALGORITHM = "TC3-HMAC-SHA256"
SIGNED_HEADERS = "content-type;host"


class TC3Auth(AuthBase):
    """Signs a JSON POST with TC3-HMAC-SHA256, for one time in seconds since the epoch.

    Only Content-Type and Host are signed, besides the body and the time: what the official SDK signs, and all that
    is mandatory. Source: https://cloud.tencent.com/document/api/270/35296
    """

    def __init__(self, keys: KeyPair, service: str, moment: float) -> None:
        self._keys = keys
        self._service = service
        self._timestamp = int(moment)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        host = host_header(request.url or "")
        body = request.body or b""
        date = datetime.datetime.fromtimestamp(self._timestamp, datetime.timezone.utc).strftime("%Y-%m-%d")
        scope = f"{date}/{self._service}/tc3_request"
        canonical = "\n".join(
            (
                request.method or "",
                "/",
                "",
                f"content-type:{request.headers['Content-Type']}",
                f"host:{host}",
                "",
                SIGNED_HEADERS,
                hashlib.sha256(body if isinstance(body, bytes) else str(body).encode()).hexdigest(),
            )
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"{ALGORITHM}\n{self._timestamp}\n{scope}\n{digest}"
        key = f"TC3{self._keys.secret_key}".encode()
        for part in (date, self._service, "tc3_request"):
            key = _hmac(key, part)
        signature = _hmac(key, to_sign).hex()
        request.headers["Host"] = host
        request.headers["X-TC-Timestamp"] = str(self._timestamp)
        if self._keys.session_token:
            request.headers["X-TC-Token"] = self._keys.session_token
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self._keys.access_key}/{scope}, "
            f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
        )
        return request


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()
