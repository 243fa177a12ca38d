# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volcengine: live 2023-01-01 (ListPullRecordTask, ListPullToPushTaskV2, ListPullToPushTask), sts 2018-01-01."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote

from . import samples, times
from .state import RECORD, RELAY, Account, Key, Record, TaskList, World
from .web import Answer, Call, RefusalError, Request, json_answer, text_answer

NAME = "volcengine"
ACTIONS: dict[str, tuple[str, str, tuple[str, ...], float]] = {  # service, version, methods, requests per second
    "ListPullRecordTask": ("live", "2023-01-01", ("POST",), 50),
    "ListPullToPushTaskV2": ("live", "2023-01-01", ("POST",), 15),
    # Documented as GET. The official Java SDK posts it, so the gateway takes both.
    "ListPullToPushTask": ("live", "2023-01-01", ("GET", "POST"), 15),
    "AssumeRole": ("sts", "2018-01-01", ("GET", "POST"), 20),  # Guess: rate
    "AssumeRoleWithOIDC": ("sts", "2018-01-01", ("GET", "POST"), 20),  # Guess: rate
}
ID_KEY = "TaskId"
UPDATED_KEY = None
STOPPED, NOT_STARTED, RUNNING, OVER = "停用", "未开始", "生效中", "已结束"
FIELDS: dict[str, dict[str, str]] = {
    RECORD: {
        "TaskId": "text",
        "StartTime": "text",
        "EndTime": "text",
        "Vhost": "text",
        "Domain": "text",
        "App": "text",
        "Stream": "text",
        "Status": "text",
        "stopped": "bool",
    },
    RELAY: {
        "TaskId": "text",
        "Title": "text",
        "GroupName": "text",
        "StartTime": "text",
        "EndTime": "text",
        "CallbackURL": "text",
        "Type": "int",
        "SrcAddr": "text",
        "SrcAddrS": "texts",
        "VodSrcAddrs": "list",
        "OffsetS": "list",
        "CycleMode": "int",
        "PlayTimes": "int",
        "DstAddr": "text",
        "DstAddrType": "int",
        "ContinueStrategy": "int",
        "PreDownload": "int",
        "Watermark": "object",
        "Status": "text",
        "TaskStatus": "int",
        "stopped": "bool",
    },
}
_CODES = {
    "MissingParameter": (400, 100002),
    "MissingAuthenticationToken": (401, 100003),
    "MissingRequestInfo": (400, 100004),
    "MissingSignature": (401, 100005),
    "InvalidTimestamp": (403, 100006),
    "InvalidActionOrVersion": (404, 100008),
    "InvalidAccessKey": (401, 100009),
    "SignatureDoesNotMatch": (401, 100010),
    "AccessDenied": (403, 100013),
    "InvalidAuthorization": (400, 100024),
    "InvalidCredential": (400, 100025),
    "InvalidSecretToken": (401, 100026),
    "AccountFlowLimitExceeded": (429, 100027),
}
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/request,\s*"
    r"SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})\Z"
)
_SKEW_SECONDS = 900
_REGIONS = {"live": ("cn-north-1",), "sts": ("cn-north-1", "cn-beijing")}


def complete(kind: str, raw: dict[str, Any], index: int, now: float) -> dict[str, Any]:
    """The record with believable values for what the scenario leaves out. `Status` is worked out when it is asked."""
    given = samples.sample(index)
    record = {"stopped": given.is_paused and "Status" not in raw}
    record.update(_recording(given, index, now) if kind == RECORD else _relaying(raw, given, index, now))
    record.update(raw)
    return record


def _recording(given: samples.Sample, index: int, now: float) -> dict[str, Any]:
    return {
        "App": "live",
        "Domain": "push.example.com",
        "EndTime": times.china(now + given.end),
        "StartTime": times.china(now + given.start),
        "Stream": given.stream,
        "TaskId": task_id(RECORD, "", index),
        "Vhost": "live.example.com",
    }


def _relaying(raw: dict[str, Any], given: samples.Sample, index: int, now: float) -> dict[str, Any]:
    kind = raw.get("Type", 1 if given.is_vod else 0)
    record: dict[str, Any] = {
        "Title": given.title,
        "TaskId": task_id(RELAY, "", index),
        "GroupName": "default",
        "StartTime": times.utc(now + given.start),
        "EndTime": times.utc(now + given.end),
        "CallbackURL": "",
        "Type": kind,
        "CycleMode": -1,
        "PlayTimes": 0,
        "DstAddr": f"rtmp://push.example.com/live/{given.stream}?volcSecret={samples.digest('push', index)}",
        "DstAddrType": 1,
        "ContinueStrategy": 0,
        "PreDownload": 0,
    }
    if kind == 1:
        record["SrcAddrS"] = [f"https://vod.example.org/{given.stream}/{part}.mp4" for part in (1, 2)]
        record["OffsetS"] = [0, 0]
    else:
        record["SrcAddr"] = f"rtmp://origin.example.org/live/{given.stream}?token={samples.digest('source', index)}"
    return record


def task_id(kind: str, account: str, index: int) -> str:
    return samples.digest("volcengine", kind, account, index)


class Volcengine:
    name = NAME

    def identify(self, world: World, request: Request) -> tuple[str, str | None]:
        action = dict(parse_qsl(request.query)).get("Action", "")
        match = _AUTHORIZATION.match(request.headers.get("authorization", ""))
        key = world.key(NAME, match.group(1)) if match else None
        return (action if action in ACTIONS else "unknown"), (key.account.name if key else None)

    def throttled(self) -> RefusalError:
        return _gateway("AccountFlowLimitExceeded", "The flow limit of the account is exceeded.")

    def refuse(self, request: Request, call: Call, refusal: RefusalError) -> Answer:
        status, number = _CODES.get(refusal.code, (400, None))
        error: dict[str, Any] = {"CodeN": number} if number else {}
        error.update({"Code": refusal.code, "Message": refusal.message})
        metadata = _metadata(request, call)
        metadata["Error"] = error
        return json_answer(refusal.status or status, {"ResponseMetadata": metadata}, [("X-Tt-Logid", call.request_id)])

    def answer(self, world: World, request: Request, call: Call) -> Answer:
        call.request_id = times.basic(call.now)[:8] + samples.digest(call.request_id)[:24].upper()
        if request.path not in ("/", ""):
            return text_answer(404, "404 page not found\n")
        query = parse_qsl(request.query, keep_blank_values=True)
        parameters = dict(query)
        action = parameters.get("Action", "")
        if not action or not parameters.get("Version"):
            raise _gateway("MissingParameter", "Action and Version are needed in the query.")
        if action not in ACTIONS or ACTIONS[action][1] != parameters["Version"]:
            raise _gateway("InvalidActionOrVersion", "Could not find operation for this action and version.")
        service, _version, methods, rate = ACTIONS[action]
        if request.method not in methods:
            raise RefusalError(405, "MethodNotAllowed", "This action is not called by this method.")
        if action == "AssumeRoleWithOIDC":
            return self._assume_by_oidc(world, request, parameters, call)
        key = _verify(world, request, query, call, service)
        account = key.account
        call.account = account.name
        if not world.admits(key.access_key, account, action, rate, call.arrived):
            raise self.throttled()
        served = world.served.get((account.name, action))
        if served is not None:
            return json_answer(200, served)
        if action == "AssumeRole":
            return self._assume(world, account, parameters, request, call)
        if action == "ListPullRecordTask":
            return self._list_record(world, account, request, call)
        return self._list_relay(world, account, action, parameters, request, call)

    def _list_record(self, world: World, account: Account, request: Request, call: Call) -> Answer:
        body = _json_body(request)
        # Guess: both are marked as mandatory and as having a default; here the default is used.
        number, size = _paging(body, "PageNum", "PageSize", call)
        # Guess: newer SDKs know these filters, the page does not.
        wanted = {name: body[name] for name in ("App", "Domain", "Stream", "Vhost") if body.get(name)}

        def matches(record: Record) -> bool:
            return all(record.raw.get(name) == value for name, value in wanted.items())

        return self._page(world, account, RECORD, call.action, matches, number, size, request, call)

    def _list_relay(
        self, world: World, account: Account, action: str, parameters: dict[str, str], request: Request, call: Call
    ) -> Answer:
        if action == "ListPullToPushTaskV2":
            body = _json_body(request)
            groups = body.get("GroupNames") or []
            if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
                raise _bind_error()
        else:
            body = dict(parameters)
            if request.method == "POST":
                body.update(_json_body(request))
            groups = [body["GroupName"]] if body.get("GroupName") else []
        title = body.get("Title") or ""
        if not isinstance(title, str):
            raise _bind_error()
        number, size = _paging(body, "Page", "Size", call)
        title = title.lower()

        def matches(record: Record) -> bool:
            return (not title or title in str(record.raw.get("Title") or "").lower()) and (
                not groups or record.raw.get("GroupName") in groups
            )

        return self._page(world, account, RELAY, action, matches, number, size, request, call)

    def _page(
        self,
        world: World,
        account: Account,
        kind: str,
        action: str,
        matches: Any,
        number: int,
        size: int,
        request: Request,
        call: Call,
    ) -> Answer:
        tasks = account.lists[kind]
        with world.lock:
            rows = [record for record in tasks.records if matches(record)]
            start = (number - 1) * size
            page, total = world.read_page(account, tasks, rows, number == 1, start, size, call.now, _create)
            texts = [_render(record, action, call.now) for record in page]
        pagination = {"PageCur": number, "PageSize": size, "PageTotal": -(-total // size), "TotalCount": total}
        text = (
            '{"ResponseMetadata":'
            + json.dumps(_metadata(request, call))
            + ',"Result":{"List":['
            + ",".join(texts)
            + '],"Pagination":'
            + json.dumps(pagination)
            + "}}"
        )
        return Answer(200, text.encode("utf-8"), headers=[("X-Tt-Logid", call.request_id)])

    @staticmethod
    def _assume(world: World, account: Account, parameters: dict[str, str], request: Request, call: Call) -> Answer:
        given = {**parameters, **dict(parse_qsl(request.body.decode("latin-1")))}
        for name in ("RoleTrn", "RoleSessionName"):
            if not given.get(name):
                raise _gateway("MissingParameter", f"{name} is needed.")
        if not _is_role(account, given["RoleTrn"]):
            raise _gateway("AccessDenied", "The role cannot be assumed.")
        return _credentials(world, account, given, request, call)

    @staticmethod
    def _assume_by_oidc(world: World, request: Request, parameters: dict[str, str], call: Call) -> Answer:
        given = {**parameters, **dict(parse_qsl(request.body.decode("latin-1")))}
        for name in ("RoleTrn", "RoleSessionName", "OIDCToken"):
            if not given.get(name):
                raise _gateway("MissingParameter", f"{name} is needed.")
        for account in world.accounts.values():
            if account.cloud == NAME and _is_role(account, given["RoleTrn"]):
                break
        else:
            raise _gateway("AccessDenied", "The role cannot be assumed.")
        call.account = account.name
        wanted = account.spec.get("web_identity_token")
        if wanted and given["OIDCToken"] != wanted:
            raise _gateway("AccessDenied", "The OIDC token is not valid.")  # Guess: code
        return _credentials(world, account, given, request, call)


def _verify(world: World, request: Request, query: list[tuple[str, str]], call: Call, service: str) -> Key:
    headers = request.headers
    authorization = headers.get("authorization", "")
    if not authorization:
        raise _gateway("MissingAuthenticationToken", "The request is not signed.", "not signed")
    match = _AUTHORIZATION.match(authorization)
    if match is None:
        raise _gateway("InvalidAuthorization", "The Authorization header is malformed.", "malformed")
    access_key, date, region, scope, signed, signature = match.groups()
    stamp = headers.get("x-date", "")
    signed_at = times.parse_basic(stamp)
    if signed_at is None:
        raise _gateway("MissingRequestInfo", "X-Date is missing or malformed.", "x-date")
    if abs(call.now - signed_at) > _SKEW_SECONDS:
        raise _gateway("InvalidTimestamp", "The X-Date of the request is too far from the server's clock.", "clock")
    names = signed.split(";")
    if not {"host", "x-date"} <= set(names) or any(name not in headers for name in names):
        raise _bad_signature("host and x-date must be signed, and every signed header must be there")
    key = world.key(NAME, access_key)
    if key is None:
        raise _gateway("InvalidAccessKey", "The access key does not exist.", "unknown key")
    if date != stamp[:8] or scope != service or region not in _regions(key.account, service):
        raise _gateway("InvalidCredential", "The credential scope is not valid.", "scope")
    digest = hashlib.sha256(request.body).hexdigest()
    if headers.get("x-content-sha256", digest) != digest:
        raise _bad_signature("X-Content-Sha256 is not the hash of the body")
    canonical_query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(query, key=lambda pair: pair[0])
    )
    lines = "".join(f"{name}:{_signed_value(name, headers[name])}\n" for name in names)
    canonical = f"{request.method}\n/\n{canonical_query}\n{lines}\n{signed}\n{digest}"
    hashed = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"HMAC-SHA256\n{stamp}\n{date}/{region}/{service}/request\n{hashed}"
    expected = hmac.new(_signing_key(key, date, region, service), text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise _bad_signature("the signature is another one")
    _check_token(key, headers.get("x-security-token", ""), names, call)
    return key


def _check_token(key: Key, token: str, names: list[str], call: Call) -> None:
    message = "The security token is not valid."
    if key.token is None:
        if token:
            raise _gateway("InvalidSecretToken", message, "a token with a permanent key")
        return
    if not hmac.compare_digest(key.token.encode(), token.encode("latin-1")):
        raise _gateway("InvalidSecretToken", message, "another token, or none")
    if "x-security-token" not in names:
        raise _gateway("InvalidSecretToken", message, "the token is not signed")
    if key.expired(call.now):
        raise _gateway("InvalidSecretToken", "The security token has expired.", "expired token")


def _regions(account: Account, service: str) -> tuple[str, ...]:
    region = account.spec.get("region")
    return (region,) if region and service == "live" else _REGIONS[service]


def _signed_value(name: str, value: str) -> str:
    if name == "host":
        # Both official signers leave the default ports out of what they sign.
        return re.sub(r":(?:80|443)\Z", "", value)
    return value.strip()


def _signing_key(key: Key, date: str, region: str, service: str) -> bytes:
    derived = key.derived.get((date, region, service))
    if derived is None:
        derived = key.secret_key.encode()
        for part in (date, region, service, "request"):
            derived = hmac.new(derived, part.encode(), "sha256").digest()
        key.derived[(date, region, service)] = derived
    return derived


def _gateway(code: str, message: str, why: str | None = None) -> RefusalError:
    return RefusalError(_CODES[code][0], code, message, why)


def _bad_signature(why: str) -> RefusalError:
    message = "The request signature we calculated does not match the signature you provided."
    return _gateway("SignatureDoesNotMatch", message, why)


def _bind_error() -> RefusalError:
    return RefusalError(400, "InvalidParam.BindError", "Request parameter error, please check input data")


def _metadata(request: Request, call: Call) -> dict[str, Any]:
    action = call.action if call.action in ACTIONS else ""
    service, version = ACTIONS[action][:2] if action else ("", "")
    return {
        "RequestId": call.request_id,
        "Action": action,
        "Version": version,
        "Service": service,
        "Region": "cn-north-1" if "authorization" in request.headers else "",
    }


def _json_body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _bind_error()
    return body


def _paging(body: dict[str, Any], page_key: str, size_key: str, call: Call) -> tuple[int, int]:
    number, size = _whole(body, page_key, 1), _whole(body, size_key, 20)
    call.page = {page_key: number, size_key: size}
    if number < 1:
        raise RefusalError(400, "InvalidParam", f"{page_key} must be at least 1.")
    if not 1 <= size <= 500:
        raise RefusalError(400, "InvalidParam", f"{size_key} must be from 1 to 500.")
    return number, size


def _whole(body: dict[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, str) and re.match(r"-?\d{1,10}\Z", value) and name in ("Page", "Size"):
        return int(value)  # from a query, where all is text
    if not isinstance(value, int) or isinstance(value, bool):
        raise _bind_error()
    return value


def _status(record: Record, now: float) -> str:
    if record.raw.get("Status") is not None:
        return str(record.raw["Status"])
    if record.raw.get("stopped"):
        return STOPPED
    start, end = times.parse(record.raw.get("StartTime")), times.parse(record.raw.get("EndTime"))
    if start is not None and now < start:
        return NOT_STARTED
    return OVER if end is not None and now >= end else RUNNING


def _render(record: Record, action: str, now: float) -> str:
    status = _status(record, now)

    def render() -> str:
        shown = {name: value for name, value in record.raw.items() if name != "stopped"}
        shown["Status"] = status
        if action == "ListPullToPushTask":
            shown.pop("GroupName", None)  # only the second version of the listing has it
        return json.dumps(shown, ensure_ascii=False)

    return record.text((action, status), render)


def _create(tasks: TaskList, now: float) -> Record:
    tasks.created += 1
    raw = {"TaskId": samples.digest("created", tasks.owner, tasks.kind, tasks.created)}
    return Record(complete(tasks.kind, raw, 10 * tasks.created, now))


def _is_role(account: Account, trn: str) -> bool:
    match = re.match(r"trn:iam::(\d+):role/(.+)\Z", trn)
    if match is None:
        return False
    owner = account.spec.get("account_id")
    return (not owner or owner == match.group(1)) and account.may_be_assumed(match.group(2))


def _credentials(world: World, account: Account, given: dict[str, str], request: Request, call: Call) -> Answer:
    text = given.get("DurationSeconds", "3600")
    if not re.match(r"\d{1,6}\Z", text) or not 900 <= int(text) <= 43200:
        raise RefusalError(400, "InvalidParam", "DurationSeconds must be from 900 to 43200.")  # Guess: limits and code
    key = world.issue(account, "AKTPEMULATOR", call.now, int(text))
    expires = times.china(key.expires or 0)
    return json_answer(
        200,
        {
            "ResponseMetadata": _metadata(request, call),
            "Result": {
                "Credentials": {
                    "CurrentTime": times.china(call.now),
                    "ExpiredTime": expires,
                    "Expiration": expires,
                    "AccessKeyId": key.access_key,
                    "SecretAccessKey": key.secret_key,
                    "SessionToken": key.token,
                },
                "AssumedRoleUser": {"Trn": given["RoleTrn"], "AssumedRoleId": given["RoleSessionName"]},
            },
        },
    )
