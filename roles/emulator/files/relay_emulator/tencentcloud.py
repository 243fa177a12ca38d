# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tencent Cloud CSS: live 2018-08-01 (DescribeLivePullStreamTasks and ...TaskStatus), sts 2018-08-13."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from . import samples, times
from .state import RELAY, Account, Key, Record, TaskList, World
from .web import Answer, Call, RefusalError, Request, json_answer, text_answer

NAME = "tencentcloud"
ACTIONS: dict[str, tuple[str, str, float]] = {  # service, version, requests per second
    "DescribeLivePullStreamTasks": ("live", "2018-08-01", 30),
    "DescribeLivePullStreamTaskStatus": ("live", "2018-08-01", 20),
    "AssumeRole": ("sts", "2018-08-13", 20),  # Guess: the rate of STS is not in the pages used here.
    "AssumeRoleWithWebIdentity": ("sts", "2018-08-13", 20),
}
REGIONS: frozenset[str] = frozenset(
    (
        "ap-bangkok",
        "ap-beijing",
        "ap-guangzhou",
        "ap-hongkong",
        "ap-mumbai",
        "ap-seoul",
        "ap-shanghai",
        "ap-singapore",
        "ap-tokyo",
        "eu-frankfurt",
        "na-ashburn",
        "na-siliconvalley",
    )
)
ID_KEY = "TaskId"
UPDATED_KEY = "UpdateTime"
FIELDS: dict[str, dict[str, str]] = {
    RELAY: {
        "TaskId": "text",
        "SourceType": "text",
        "SourceUrls": "texts",
        "DomainName": "text",
        "AppName": "text",
        "StreamName": "text",
        "PushArgs": "text",
        "StartTime": "text",
        "EndTime": "text",
        "Region": "text",
        "VodLoopTimes": "int",
        "VodRefreshType": "text",
        "CreateTime": "text",
        "UpdateTime": "text",
        "CreateBy": "text",
        "UpdateBy": "text",
        "CallbackUrl": "text",
        "CallbackEvents": "texts",
        "CallbackInfo": "text",
        "ErrorInfo": "text",
        "Status": "text",
        "RecentPullInfo": "object",
        "Comment": "text",
        "BackupSourceType": "text",
        "BackupSourceUrl": "text",
        "WatermarkList": "list",
        "VodLocalMode": "int",
        "RecordTemplateId": "text",
        "BackupToUrl": "text",
        "TranscodeTemplateName": "text",
        "SpecifyTaskId": "text",
        "ToUrl": "text",
    }
}
RUNTIME_FIELDS: dict[str, str] = {
    "RunStatus": "text",
    "FileUrl": "text",
    "LoopedTimes": "int",
    "OffsetTime": "int",
    "ReportTime": "text",
    "FileDuration": "int",
    "NextFileUrl": "text",
}
# Given when a task is made, but in no listing.
_HIDDEN = ("SpecifyTaskId", "ToUrl")
_LIST_PARAMETERS = {"TaskId": str, "PageNum": int, "PageSize": int, "SpecifyTaskId": str}
_STATUS_PARAMETERS = {"TaskId": str}
_ROLE_PARAMETERS = {
    "RoleArn": str,
    "RoleSessionName": str,
    "DurationSeconds": int,
    "Policy": str,
    "ExternalId": str,
    "Tags": list,
    "SourceIdentity": str,
    "SerialNumber": str,
    "TokenCode": str,
}
_WEB_ROLE_PARAMETERS = {
    "ProviderId": str,
    "WebIdentityToken": str,
    "RoleArn": str,
    "RoleSessionName": str,
    "DurationSeconds": int,
    "Policy": str,
}
_SKEW_SECONDS = 300
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,\s]+)/(\d{4}-\d\d-\d\d)/([a-z0-9]+)/tc3_request,\s*"
    r"SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})\Z"
)
_UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
# Chinese unless the request asks for English, as the cloud does it.
_CHINESE = {
    "AuthFailure.InvalidAuthorization": "请求头部的 Authorization 不符合腾讯云标准。",
    "AuthFailure.SecretIdNotFound": "密钥不存在,请检查密钥是否已被删除或者禁用。",
    "AuthFailure.SignatureExpire": "签名过期,请检查本机时间。",
    "AuthFailure.SignatureFailure": "签名错误,签名计算错误,请对照调用方式中的签名方法文档检查签名计算过程。",
    "AuthFailure.TokenFailure": "token 错误。",
    "InvalidAction": "接口不存在。",
    "InvalidParameter": "参数错误。",
    "InvalidParameterValue": "参数取值错误。",
    "MissingParameter": "缺少参数错误。",
    "NoSuchVersion": "接口版本不存在。",
    "RequestLimitExceeded": "请求的次数超过了频率限制。",
    "UnknownParameter": "未知参数错误。",
    "UnsupportedRegion": "接口不支持所传地域。",
}


def complete(_kind: str, raw: dict[str, Any], index: int, now: float) -> dict[str, Any]:
    """The record with believable values for what the scenario leaves out."""
    given = samples.sample(index)
    external = bool(raw.get("ToUrl"))
    vod = raw.get("SourceType", "PullVodPushLive" if given.is_vod else "PullLivePushLive") == "PullVodPushLive"
    source = (
        [f"https://vod.example.org/{given.stream}/{part}.mp4" for part in (1, 2)]
        if vod
        else [f"rtmp://origin.example.org/live/{given.stream}?token={samples.digest('source', index)}"]
    )
    created = raw.get("CreateTime") or times.utc(now + given.created)
    record = {
        "TaskId": task_id(RELAY, "", index),
        "SourceType": "PullVodPushLive" if vod else "PullLivePushLive",
        "SourceUrls": source,
        "DomainName": "" if external else "push.example.com",
        "AppName": "" if external else "live",
        "StreamName": "" if external else given.stream,
        "PushArgs": "" if external else f"txSecret={samples.digest('push', index)}&txTime=6A0B1C2D",
        "StartTime": times.utc(now + given.start),
        "EndTime": times.utc(now + given.end),
        "Region": "ap-guangzhou",
        "VodLoopTimes": -1,
        "VodRefreshType": "ImmediateNewSource",
        "CreateTime": created,
        "UpdateTime": raw.get("CreateTime") or times.utc(now + given.changed),
        "CreateBy": "relay-operator",
        "UpdateBy": "",
        "CallbackUrl": "",
        "CallbackEvents": ["TaskStart", "TaskExit"],
        "CallbackInfo": "",
        "ErrorInfo": "",
        "Status": "pause" if given.is_paused else "enable",
        "Comment": given.title,
        "BackupSourceType": "",
        "BackupSourceUrl": "",
        "WatermarkList": [],
        "VodLocalMode": 0,
        "RecordTemplateId": "",
        "BackupToUrl": "",
        "TranscodeTemplateName": "",
    }
    record.update(raw)
    return record


def task_id(_kind: str, account: str, index: int) -> str:
    """Numeric text, as the cloud has it, and another one in each account."""
    return f"{10000 + int(samples.digest(account)[:8], 16) % 90000}{index + 1:05d}"


class Tencentcloud:
    name = NAME

    def identify(self, world: World, request: Request) -> tuple[str, str | None]:
        action = request.headers.get("x-tc-action", "")
        match = _AUTHORIZATION.match(request.headers.get("authorization", ""))
        key = world.key(NAME, match.group(1)) if match else None
        return (action if action in ACTIONS else "unknown"), (key.account.name if key else None)

    def throttled(self) -> RefusalError:
        return RefusalError(200, "RequestLimitExceeded", "The number of requests exceeds the frequency limit.")

    def refuse(self, request: Request, call: Call, refusal: RefusalError) -> Answer:
        """Every error that the API itself finds is answered with HTTP 200."""
        message = refusal.message
        if request.headers.get("x-tc-language", "zh-CN") != "en-US":
            message = _CHINESE.get(refusal.code, message)
        error = {"Code": refusal.code, "Message": message}
        return json_answer(refusal.status or 200, {"Response": {"Error": error, "RequestId": call.request_id}})

    def answer(self, world: World, request: Request, call: Call) -> Answer:
        if request.path not in ("/", ""):
            return text_answer(404, "404 page not found\n")
        if request.method != "POST":
            raise RefusalError(200, "UnsupportedProtocol", "Only POST is served here.")
        action, service = self._action(request)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise RefusalError(200, "UnsupportedProtocol", "The Content-Type must be application/json.")
        if action == "AssumeRoleWithWebIdentity":
            return self._assume_by_web_identity(world, request, call)
        key = _verify(world, request, call, service)
        account = key.account
        call.account = account.name
        if service == "live":
            self._check_region(request)
        if action == "DescribeLivePullStreamTaskStatus" and not account.spec.get("status_api", True):
            raise RefusalError(200, "InvalidAction", f"The requested action `{action}` does not exist.")
        if not world.admits(key.access_key, account, action, ACTIONS[action][2], call.arrived):
            raise self.throttled()
        served = world.served.get((account.name, action))
        if served is not None:
            return json_answer(200, served)
        if action == "DescribeLivePullStreamTasks":
            return self._list(world, account, request, call)
        if action == "DescribeLivePullStreamTaskStatus":
            return self._status(world, account, request, call)
        return self._assume(world, account, request, call)

    @staticmethod
    def _action(request: Request) -> tuple[str, str]:
        action = request.headers.get("x-tc-action", "")
        if not action:
            raise _missing("X-TC-Action")
        if action not in ACTIONS:
            raise RefusalError(200, "InvalidAction", "The requested action does not exist.")
        service, version, _rate = ACTIONS[action]
        asked = request.headers.get("x-tc-version", "")
        if not asked:
            raise _missing("X-TC-Version")
        if asked != version:
            raise RefusalError(200, "NoSuchVersion", "The requested API version does not exist.")
        return action, service

    @staticmethod
    def _check_region(request: Request) -> None:
        region = request.headers.get("x-tc-region", "")
        if not region:
            raise _missing("X-TC-Region")
        if region not in REGIONS:
            raise RefusalError(200, "UnsupportedRegion", "The requested region is not supported.")

    def _list(self, world: World, account: Account, request: Request, call: Call) -> Answer:
        body = _parameters(request, _LIST_PARAMETERS)
        number = body.get("PageNum", 1)
        size = body.get("PageSize", 10)
        call.page = {"PageNum": number, "PageSize": size}
        # Guess: the pages say "any integer between 1 and 20", but not with which code another one is refused.
        if not 1 <= size <= 20:
            raise RefusalError(200, "InvalidParameterValue", "The parameter `PageSize` must be from 1 to 20.")
        if number < 1:
            raise RefusalError(200, "InvalidParameterValue", "The parameter `PageNum` must be at least 1.")
        tasks = account.lists[RELAY]
        asked, specified = body.get("TaskId"), body.get("SpecifyTaskId")
        call.one_task = bool(asked or specified)
        with world.lock:
            if call.one_task:
                rows = [
                    record
                    for record in tasks.records
                    if (not asked or record.raw["TaskId"] == asked)
                    and (not specified or record.raw.get("SpecifyTaskId") == specified)
                ]
                total = len(rows)
                texts = [self._single(record, call.now) for record in rows[(number - 1) * size : number * size]]
            else:
                rows, total = world.read_page(
                    account, tasks, tasks.records, number == 1, (number - 1) * size, size, call.now, _create
                )
                texts = [record.text(RELAY, partial(_render, record)) for record in rows]
        tail = {
            "PageNum": number,
            "PageSize": size,
            "TotalNum": total,
            "TotalPage": -(-total // size),  # Guess: no page at all when there is no task.
            "LimitTaskNum": account.quota,
            "RequestId": call.request_id,
        }
        text = '{"Response":{"TaskInfos":[' + ",".join(texts) + "]," + json.dumps(tail)[1:] + "}"
        return Answer(200, text.encode("utf-8"))

    @staticmethod
    def _single(record: Record, now: float) -> str:
        """A task that was asked for by its id tells what it pulled last as well."""
        shown = {name: value for name, value in record.raw.items() if name not in _HIDDEN}
        if "RecentPullInfo" not in shown:
            sources = record.raw.get("SourceUrls") or [""]
            shown["RecentPullInfo"] = {
                "FileUrl": sources[0],
                "OffsetTime": 95,
                "LoopedTimes": 0,
                "ReportTime": times.utc(now - 5) if _is_active(record, now) else "",
            }
        return json.dumps(shown, ensure_ascii=False)

    @staticmethod
    def _status(world: World, account: Account, request: Request, call: Call) -> Answer:
        body = _parameters(request, _STATUS_PARAMETERS)
        call.one_task = True
        asked = body.get("TaskId")
        if not asked:
            raise _missing("TaskId")
        with world.lock:
            record = account.lists[RELAY].by_id.get(asked)
            if record is None:
                # Guess: the page of this action lists no code for it; the service's own list has this one.
                raise RefusalError(200, "ResourceNotFound.TaskId", "The task does not exist.")
            status = _run_status(record, account, call.now)
        return json_answer(200, {"Response": {"TaskStatusInfo": status, "RequestId": call.request_id}})

    @staticmethod
    def _assume(world: World, account: Account, request: Request, call: Call) -> Answer:
        body = _parameters(request, _ROLE_PARAMETERS)
        _require(body, "RoleArn", "RoleSessionName")
        wanted = account.spec.get("external_id")
        if not _is_role(account, body["RoleArn"]):
            raise RefusalError(200, "ResourceNotFound.RoleNotFound", "The role does not exist.")
        if wanted and body.get("ExternalId") != wanted:
            raise RefusalError(200, "UnauthorizedOperation", "You are not authorized to assume this role.")
        return _credentials(world, account, body, call)

    @staticmethod
    def _assume_by_web_identity(world: World, request: Request, call: Call) -> Answer:
        if request.headers.get("authorization") != "SKIP":
            raise RefusalError(200, "AuthFailure.InvalidAuthorization", "Authorization must be SKIP here.")
        body = _parameters(request, _WEB_ROLE_PARAMETERS)
        _require(body, "ProviderId", "WebIdentityToken", "RoleArn", "RoleSessionName")
        for account in world.accounts.values():
            if account.cloud == NAME and _is_role(account, body["RoleArn"]):
                break
        else:
            raise RefusalError(200, "ResourceNotFound.RoleNotFound", "The role does not exist.")
        call.account = account.name
        wanted = account.spec.get("web_identity_token")
        if wanted and body["WebIdentityToken"] != wanted:
            raise RefusalError(200, "InvalidParameter.WebIdentityTokenError", "The web identity token is not valid.")
        return _credentials(world, account, body, call)


def _missing(name: str) -> RefusalError:
    return RefusalError(200, "MissingParameter", f"The request is missing a required parameter `{name}`.")


def _require(body: dict[str, Any], *names: str) -> None:
    for name in names:
        if not body.get(name):
            raise _missing(name)


def _parameters(request: Request, known: Mapping[str, type]) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusalError(200, "InvalidParameter", "The request body is not a JSON object.")
    for name, value in body.items():
        if name not in known:
            raise RefusalError(200, "UnknownParameter", f"The parameter `{name[:64]}` is not recognized.")
        if not isinstance(value, known[name]) or isinstance(value, bool):
            raise RefusalError(200, "InvalidParameter", f"The type of the parameter `{name}` is not valid.")
    return body


def _verify(world: World, request: Request, call: Call, service: str) -> Key:
    """The key that signed the request. The Host is taken as it was sent, for the clients sign just that."""
    headers = request.headers
    authorization = headers.get("authorization", "")
    if not authorization:
        raise _missing("Authorization")
    match = _AUTHORIZATION.match(authorization)
    if match is None:
        raise RefusalError(200, "AuthFailure.InvalidAuthorization", "The Authorization is not valid.", "malformed")
    access_key, date, scope, signed, signature = match.groups()
    stamp = headers.get("x-tc-timestamp", "")
    if not stamp.isdigit():
        raise _missing("X-TC-Timestamp")
    names = signed.split(";")
    if not {"content-type", "host"} <= set(names) or any(name not in headers for name in names):
        raise _bad_signature("content-type and host must be signed, and every signed header must be there")
    if abs(call.now - int(stamp)) > _SKEW_SECONDS:
        raise RefusalError(200, "AuthFailure.SignatureExpire", "The signature has expired.", "clock")
    key = world.key(NAME, access_key)
    if key is None:
        raise RefusalError(200, "AuthFailure.SecretIdNotFound", "The SecretId is not found.", "unknown key")
    if date != times.utc(int(stamp))[:10]:
        raise _bad_signature("the date of the scope is not the UTC date of X-TC-Timestamp")
    if scope != service:
        raise _bad_signature("the scope names another service")
    payload = request.body
    if headers.get("x-tc-content-sha256") == _UNSIGNED_PAYLOAD:
        payload = _UNSIGNED_PAYLOAD.encode()
    lines = "".join(f"{name}:{_signed_value(name, headers[name])}\n" for name in names)
    canonical = f"POST\n/\n{request.query}\n{lines}\n{signed}\n{hashlib.sha256(payload).hexdigest()}"
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"TC3-HMAC-SHA256\n{stamp}\n{date}/{service}/tc3_request\n{digest}"
    expected = hmac.new(_signing_key(key, date, service), text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise _bad_signature("the signature is another one")
    if key.token is None:
        if headers.get("x-tc-token"):
            raise _bad_token("a token with a permanent key")
    elif not hmac.compare_digest(key.token.encode(), headers.get("x-tc-token", "").encode("latin-1")):
        raise _bad_token("another token, or none")
    elif key.expired(call.now):
        raise _bad_token("expired token")
    return key


def _bad_token(why: str) -> RefusalError:
    return RefusalError(200, "AuthFailure.TokenFailure", "The token is not valid or has expired.", why)


def _bad_signature(why: str) -> RefusalError:
    return RefusalError(
        200,
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.",
        why,
    )


def _signed_value(name: str, value: str) -> str:
    # The pages lower-case what is signed besides; the SDKs send these two as they are signed.
    return value if name in ("content-type", "host") else value.lower()


def _signing_key(key: Key, date: str, service: str) -> bytes:
    derived = key.derived.get((date, service))
    if derived is None:
        by_date = hmac.new(b"TC3" + key.secret_key.encode(), date.encode(), "sha256").digest()
        by_service = hmac.new(by_date, service.encode(), "sha256").digest()
        derived = hmac.new(by_service, b"tc3_request", "sha256").digest()
        key.derived[(date, service)] = derived
    return derived


def _render(record: Record) -> str:
    shown = {name: value for name, value in record.raw.items() if name not in _HIDDEN and name != "RecentPullInfo"}
    return json.dumps(shown, ensure_ascii=False)


def _create(tasks: TaskList, now: float) -> Record:
    tasks.created += 1
    new_id = "9" + task_id(RELAY, tasks.owner, tasks.created)
    raw = {"TaskId": new_id, "CreateTime": times.utc(now), "Comment": "created meanwhile"}
    return Record(complete(RELAY, raw, 10 * tasks.created, now))


def _is_active(record: Record, now: float) -> bool:
    start, end = times.parse(record.raw.get("StartTime")), times.parse(record.raw.get("EndTime"))
    if record.raw.get("Status") != "enable":
        return False
    return (start is None or start <= now) and (end is None or now < end)


def _run_status(record: Record, account: Account, now: float) -> dict[str, Any]:
    given = account.runtime.get(record.raw["TaskId"], {})
    active = given.get("RunStatus", "active" if _is_active(record, now) else "inactive") == "active"
    sources: list[str] = record.raw.get("SourceUrls") or [""]
    vod = record.raw.get("SourceType") == "PullVodPushLive"
    status = {
        "FileUrl": sources[0],
        "LoopedTimes": 0 if active else -1,
        "OffsetTime": 95 if active else 0,
        "ReportTime": times.utc(now - 5) if active else "",
        "RunStatus": "active" if active else "inactive",
        "FileDuration": 600 if vod else 0,
        "NextFileUrl": sources[1] if vod and len(sources) > 1 else "",
    }
    status.update(given)
    return status


def _is_role(account: Account, arn: str) -> bool:
    match = re.match(r"qcs::cam::uin/(\d+):role(?:Name)?/(.+)\Z", arn)
    if match is None:
        return False
    owner = account.spec.get("account_id")
    return (not owner or owner == match.group(1)) and account.may_be_assumed(match.group(2))


def _credentials(world: World, account: Account, body: dict[str, Any], call: Call) -> Answer:
    seconds = body.get("DurationSeconds", 7200)
    if not 1 <= seconds <= 43200:
        raise RefusalError(200, "InvalidParameter.OverTimeError", "DurationSeconds must be from 1 to 43200.")
    key = world.issue(account, "AKIDEMULATORTMP", call.now, seconds)
    expires = int(key.expires or 0)
    return json_answer(
        200,
        {
            "Response": {
                "Credentials": {"Token": key.token, "TmpSecretId": key.access_key, "TmpSecretKey": key.secret_key},
                "ExpiredTime": expires,
                "Expiration": times.utc(expires),
                "RequestId": call.request_id,
            }
        },
    )
