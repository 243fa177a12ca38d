# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import re
import typing as t

from .._errors import RelayError, refused
from .._http import LATER, RETRIED_STATUSES, SLOWER, Answer

_KEYS = "check access_key, secret_key and session_token; five refusals in a row lock a key for five minutes"
_RENEW = "get a new token, for the project of this region"
_POLICY = "allow this user live:stream:listPullTask in IAM"
_ACCOUNT = "look at the account's state in the Live console"
_REQUEST = "check task_id, task_region and page_size"
_PLACE = "check region, endpoint and project_id; a token must be for a project, not for a domain"
# https://support.huaweicloud.com/intl/en-us/api-live/ErrorCode.html
_LIVE = {
    "LIVE.100011001": ("invalid_request", _REQUEST),
    "LIVE.100011003": ("permission", _POLICY),
    "LIVE.100011014": ("account", _ACCOUNT),
}
# The gateway's: one number under the prefixes APIG. and APIGW., at changing statuses.
_GATEWAY_CODE = re.compile(r"API(?:G|GW|C)\.(\d{4})")
_GATEWAY = {
    "0101": ("not_found", False, _PLACE),
    "0201": ("service", True, LATER),
    "0202": ("service", True, LATER),
    "0203": ("service", True, LATER),
    "0301": ("auth", False, _KEYS),
    "0302": ("permission", False, _POLICY),
    "0304": ("permission", False, _POLICY),
    "0306": ("permission", False, _POLICY),
    "0307": ("auth", False, _RENEW),
    "0308": ("throttled", True, SLOWER),
    "0402": ("permission", False, "allow this machine's address"),
    "0404": ("permission", False, "allow this machine's address"),
}
_BY_STATUS = {
    400: ("invalid_request", False, _REQUEST),
    401: ("auth", False, _KEYS),
    403: ("permission", False, _POLICY),
    404: ("not_found", False, _PLACE),
    429: ("throttled", True, SLOWER),
}
_SERVER_TIME = re.compile(r"server time: ?(\d{8}T\d{6}Z)")


def error_in(answer: Answer) -> RelayError | None:
    """The error that an answer is, whatever its HTTP status; None when it is none.

    The gateway, Live and IAM write errors in shapes of their own; the official SDK reads all of these.
    """
    document = answer.document
    if not isinstance(document, dict):
        return answer.not_the_api()
    code, message = _code_and_message(document)
    if code is None and answer.status < 300:
        return None
    if code is None and message is None:
        return answer.not_the_api()
    request_id = document.get("request_id")
    request_id = request_id if isinstance(request_id, str) and request_id else answer.request_id
    if request_id is None:
        request_id = answer.headers.get("X-IAM-Trace-Id")
    return _classified(code, message, answer.status, request_id)


def _code_and_message(document: dict[str, t.Any]) -> tuple[str | None, str | None]:
    for each in (document, document.get("error")):
        if not isinstance(each, dict):
            continue
        code = _first_text(each, "error_code", "errorCode", "code")
        message = _first_text(each, "error_msg", "errorMsg", "message", "title")
        if code is not None or (message is not None and each is not document):
            return code, message
    return None, _first_text(document, "error_msg", "errorMsg", "message")


def _first_text(document: dict[str, t.Any], *names: str) -> str | None:
    for name in names:
        value = document.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
            return str(value)
    return None


def _classified(code: str | None, message: str | None, status: int, request_id: str | None) -> RelayError:
    words = message or ""
    kind, retry, advice = _by_status(status)
    gateway = _GATEWAY_CODE.match(code or "")
    if code in _LIVE and status != 404:
        kind, advice = _LIVE[code]
        retry = False
    elif gateway and gateway.group(1) in _GATEWAY and not (status == 400 and gateway.group(1) == "0201"):
        kind, retry, advice = _GATEWAY[gateway.group(1)]
    if "reach the limit" in words and kind == "auth":
        advice = "wait five minutes: the key is locked after too many refusals; then check access_key and secret_key"
    if "projectId in token is nil" in words:
        advice = _RENEW
    expired = kind == "auth" and "signature expired" in words
    return refused(
        kind,
        code,
        message,
        http_status=status,
        request_id=request_id,
        advice="set this machine's clock right" if expired else advice,
        retry=retry,
        clock_skew=expired,
        server_time=_server_time(words) if expired else None,
        stale_token=bool(gateway) and code is not None and code.endswith(".0307"),
    )


def _by_status(status: int) -> tuple[str, bool, str]:
    if status in RETRIED_STATUSES:
        return ("throttled", True, SLOWER) if status == 429 else ("service", True, LATER)
    if 400 <= status < 500:
        return _BY_STATUS.get(status, ("invalid_request", False, _REQUEST))
    return "service", False, LATER


def _server_time(words: str) -> float | None:
    match = _SERVER_TIME.search(words)
    if not match:
        return None
    try:
        return datetime.datetime.strptime(match.group(1), "%Y%m%dT%H%M%S%z").timestamp()
    except ValueError:
        return None
