# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t

from .._errors import RelayError, refused
from .._http import LATER, SLOWER, Answer

# Errors: https://cloud.tencent.com/document/product/213/30435 and the page of the API. The first prefix that fits
# decides: kind, whether to try again, what to do.
_KEYS = "check access_key, secret_key and session_token"
_CLOCK = "set this machine's clock right"
_POLICY = "allow this key's user live:Describe* in CAM"
_ACCOUNT = "look at the account's state in the CSS console"
_REQUEST = "check the options against the API's page"
ERRORS: tuple[tuple[str, str, bool, str], ...] = (
    ("AuthFailure.UnauthorizedOperation", "permission", False, _POLICY),
    ("AuthFailure.SignatureExpire", "auth", False, _CLOCK),
    ("AuthFailure", "auth", False, _KEYS),
    ("UnauthorizedOperation", "permission", False, _POLICY),
    ("IpInBlacklist", "permission", False, "allow this machine's address for the account"),
    ("IpNotInWhitelist", "permission", False, "allow this machine's address for the account"),
    ("RequestLimitExceeded", "throttled", True, SLOWER),
    ("LimitExceeded.RateLimitExceeded", "throttled", True, SLOWER),
    ("LimitExceeded", "account", False, "raise the account's quota"),
    ("InternalError", "service", True, LATER),
    ("FailedOperation.CallOtherSvrFailed", "service", True, LATER),
    ("FailedOperation", "service", False, LATER),
    ("ServiceUnavailable", "service", True, LATER),
    ("ResourceUnavailable", "service", True, LATER),
    ("ResourceBusy", "service", True, LATER),
    ("ResourceInsufficient", "service", False, LATER),
    ("ResourceNotFound.ForbidService", "account", False, _ACCOUNT),
    ("ResourceNotFound.FreezeService", "account", False, _ACCOUNT),
    ("ResourceNotFound.StopService", "account", False, "top up the account, its service is stopped for arrears"),
    ("ResourceNotFound.UserDisableService", "account", False, _ACCOUNT),
    ("ResourceNotFound.UserNotExist", "account", False, "activate CSS for the account"),
    ("ResourceNotFound", "not_found", False, "check task_id"),
    ("InvalidParameter.TaskNotExist", "not_found", False, "check task_id"),
    ("UnsupportedRegion", "invalid_request", False, "check region"),
    ("InvalidAction", "invalid_request", False, "check endpoint: this site may not have the API"),
    ("NoSuch", "invalid_request", False, "check endpoint: this site may not have the API"),
    ("ActionOffline", "invalid_request", False, "this site has taken the API away"),
    ("Invalid", "invalid_request", False, _REQUEST),
    ("Missing", "invalid_request", False, _REQUEST),
    ("Unknown", "invalid_request", False, _REQUEST),
    ("Unsupported", "invalid_request", False, _REQUEST),
    ("RequestSizeLimitExceeded", "invalid_request", False, _REQUEST),
    ("ResponseSizeLimitExceeded", "invalid_request", False, "lower page_size"),
)


def response_of(answer: Answer) -> dict[str, t.Any]:
    """The ``Response`` of an answer. Raises RelayError for an error in it, whatever the HTTP status."""
    document = answer.document
    response = document.get("Response") if isinstance(document, dict) else None
    if not isinstance(response, dict):
        raise answer.not_the_api()
    error = response.get("Error")
    if error is not None:
        raise error_from(error, answer, request_id_of(response, answer))
    if answer.status != 200:
        raise answer.not_the_api()
    return response


def error_from(error: t.Any, answer: Answer, request_id: str | None) -> RelayError:
    """The cloud's own error as one of ours."""
    if not isinstance(error, dict) or not isinstance(error.get("Code"), str):
        return answer.not_the_api("the answer holds an error without a code")
    code = error["Code"]
    message = error.get("Message") if isinstance(error.get("Message"), str) else None
    kind, retry, advice = "service", answer.status in (429, 500, 502, 503, 504), LATER
    for prefix, its_kind, its_retry, its_advice in ERRORS:
        if code.startswith(prefix):
            kind, retry, advice = its_kind, its_retry, its_advice
            break
    return refused(
        kind,
        code,
        message,
        http_status=answer.status,
        request_id=request_id,
        advice=advice,
        retry=retry,
        clock_skew=code.startswith("AuthFailure.SignatureExpire"),
    )


def request_id_of(response: dict[str, t.Any], answer: Answer) -> str | None:
    request_id = response.get("RequestId")
    return request_id if isinstance(request_id, str) and request_id else answer.request_id
