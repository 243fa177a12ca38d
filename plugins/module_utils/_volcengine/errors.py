# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t

from .._errors import RelayError, refused
from .._http import LATER, RETRIED_STATUSES, SLOWER, Answer

_KEYS = "check access_key, secret_key and session_token"
_POLICY = "allow this key's user to list Live tasks in IAM"
_ACCOUNT = "activate Live for the account, or recharge it"
_REQUEST = "check the options against the API's page"
_PLACE = "check endpoint: it may not serve Live"
# Codes: https://www.volcengine.com/docs/6369/68677 and the page of the API. The first prefix that fits decides: kind,
# whether to try again, what to do. CommonErr comes with status 200 and the advice to try again.
ERRORS: tuple[tuple[str, str, bool, str], ...] = (
    ("CommonErr", "service", True, LATER),
    ("RequestForbidden.BillingStatus", "account", False, _ACCOUNT),
    ("RequestForbidden", "permission", False, _POLICY),
    ("AccountFlowLimitExceeded", "throttled", True, SLOWER),
    ("FlowLimitExceeded", "throttled", True, SLOWER),
    ("InternalError", "service", True, LATER),
    ("InternalServiceError", "service", True, LATER),
    ("InternalServiceTimeout", "service", True, LATER),
    ("ServiceUnavailable", "service", True, LATER),
    ("FailToConnect", "service", True, LATER),
    ("UndefinedError", "service", True, LATER),
    ("InvalidTimestamp", "auth", False, "set this machine's clock right"),
    ("InvalidAccessKey", "auth", False, _KEYS),
    ("InvalidClientTokenId", "auth", False, _KEYS),
    ("SignatureDoesNotMatch", "auth", False, _KEYS),
    ("InvalidAuthorization", "auth", False, _KEYS),
    ("InvalidCredential", "auth", False, "check region, then access_key, secret_key and session_token"),
    ("InvalidSecretToken", "auth", False, "check session_token, which may have expired"),
    ("MissingAuthenticationToken", "auth", False, _KEYS),
    ("MissingSignature", "auth", False, _KEYS),
    ("LackPolicy", "permission", False, _POLICY),
    ("LackProjectPolicy", "permission", False, _POLICY),
    ("AccessDenied", "permission", False, _POLICY),
    ("ServiceNotFound", "not_found", False, _PLACE),
    ("InvalidActionOrVersion", "invalid_request", False, _PLACE),
    ("MethodNotAllowed", "invalid_request", False, _PLACE),
    ("ResourceNotFound", "not_found", False, "check groups"),
    ("Invalid", "invalid_request", False, _REQUEST),
    ("Missing", "invalid_request", False, _REQUEST),
)


def result_of(answer: Answer) -> tuple[dict[str, t.Any], str | None]:
    """The ``Result`` of an answer and its request id. Raises RelayError for an error in it, whatever the status."""
    document = answer.document
    metadata = document.get("ResponseMetadata") if isinstance(document, dict) else None
    if not isinstance(metadata, dict):
        raise answer.not_the_api()
    request_id = metadata.get("RequestId")
    request_id = request_id if isinstance(request_id, str) and request_id else answer.request_id
    if metadata.get("Error") is not None:
        raise error_from(metadata["Error"], answer, request_id)
    result = document.get("Result")
    if answer.status != 200 or not isinstance(result, dict):
        raise answer.not_the_api()
    return result, request_id


def error_from(error: t.Any, answer: Answer, request_id: str | None) -> RelayError:
    """The cloud's own error as one of ours: by its code first, since throttling was seen with status 200 and 400."""
    if not isinstance(error, dict) or not isinstance(error.get("Code"), str):
        return answer.not_the_api("the answer holds an error without a code")
    code = error["Code"]
    message = error.get("Message") if isinstance(error.get("Message"), str) else None
    kind, retry, advice = _by_status(answer.status)
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
        clock_skew=code.startswith("InvalidTimestamp"),
    )


def _by_status(status: int) -> tuple[str, bool, str]:
    if status in RETRIED_STATUSES:
        return ("throttled", True, SLOWER) if status == 429 else ("service", True, LATER)
    kinds = {401: ("auth", _KEYS), 403: ("permission", _POLICY), 404: ("not_found", _PLACE)}
    kind, advice = kinds.get(status, ("invalid_request", _REQUEST) if 400 <= status < 500 else ("service", LATER))
    return kind, False, advice
