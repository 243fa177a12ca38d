# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud: Live's GET /v1/{project_id}/pull/stream/task, and as much of IAM and STS as its callers need."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from . import samples, times
from .state import RELAY, Account, Key, Record, TaskList, UserToken, World
from .web import Answer, Call, RefusalError, Request, json_answer

NAME = "huaweicloud"
# Requests per second. Guess, all of them: the cloud publishes none for these calls.
ACTIONS: dict[str, float] = {
    "ListPullTasks": 10,
    "KeystoneListProjects": 20,
    "KeystoneListAuthProjects": 20,
    "KeystoneCreateToken": 20,
    "CreateTemporaryAccessKey": 20,
    "AssumeAgency": 20,
}
ID_KEY = "task_id"
UPDATED_KEY = None
OFFSET_READINGS = ("record", "page0", "page1", "ignored")
FIELDS: dict[str, dict[str, str]] = {
    RELAY: {
        "task_id": "text",
        "status": "text",
        "create_time": "text",
        "region": "text",
        "source_type": "text",
        "source_urls": "texts",
        "domain": "text",
        "app_name": "text",
        "stream_name": "text",
        "push_args": "text",
        "destination_url": "text",
        "start_time": "text",
        "end_time": "text",
        "callback_events": "texts",
        "callback_url": "text",
        "backup_source_type": "text",
        "backup_source_urls": "texts",
        "vod_loop_time": "text",
        "vod_start_video_index": "int",
        "vod_start_video_time": "int",
        "vod_refresh_type": "text",
    }
}
_LIST_PATH = re.compile(r"/v1/([^/]+)/pull/stream/task/?\Z")
_PATHS = {
    ("GET", "/v3/projects"): "KeystoneListProjects",
    ("GET", "/v3/auth/projects"): "KeystoneListAuthProjects",
    ("POST", "/v3/auth/tokens"): "KeystoneCreateToken",
    ("POST", "/v3.0/OS-CREDENTIAL/securitytokens"): "CreateTemporaryAccessKey",
    ("POST", "/v5/agencies/assume"): "AssumeAgency",
}
_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 Access=([^,\s]+),\s*SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})\Z"
)
_SKEW_SECONDS = 15 * 60
_REFUSALS_ALLOWED = 5
_LOCKED_SECONDS = 5 * 60
_TOKEN_SECONDS = 24 * 3600
_WRONG = "Incorrect IAM authentication information: "


@dataclass
class _Caller:
    """Who asks: an account by its key, or by a token of one of its projects."""

    account: Account
    identity: str
    token: UserToken | None = None


def complete(_kind: str, raw: dict[str, Any], index: int, now: float) -> dict[str, Any]:
    """The record with believable values for what the scenario leaves out."""
    given = samples.sample(index)
    external = bool(raw.get("destination_url"))
    vod = raw.get("source_type", "PullVodPushLive" if given.is_vod else "PullLivePushLive") == "PullVodPushLive"
    source = (
        [f"https://vod.example.org/{given.stream}/{part}.mp4" for part in (1, 2)]
        if vod
        else [f"rtmp://origin.example.org/live/{given.stream}?auth_key={samples.digest('source', index)}"]
    )
    record = {
        "task_id": task_id(RELAY, "", index),
        "status": "pause" if given.is_paused else "enable",
        "create_time": times.utc(now + given.created),
        "region": "cn-north-4",
        "source_type": "PullVodPushLive" if vod else "PullLivePushLive",
        "source_urls": source,
        "domain": "" if external else "publish.example.com",
        "app_name": "" if external else "live",
        "stream_name": "" if external else given.stream,
        "push_args": "" if external else f"hwSecret={samples.digest('push', index)}&hwTime=6a0b1c2d",
        "destination_url": "",
        "start_time": times.utc(now + given.start),
        "end_time": times.utc(now + given.end),
        "callback_events": ["TaskStart", "TaskExit", "TaskAlarm"],
        "callback_url": "",
        "backup_source_type": "",
        "backup_source_urls": [],
        "vod_loop_time": "-1",
        "vod_start_video_index": 0,
        "vod_start_video_time": 0,
        "vod_refresh_type": "immediate_new_source",
    }
    record.update(raw)
    return record


def task_id(_kind: str, account: str, index: int) -> str:
    return samples.uuid_like("huaweicloud", account, index)


class Huaweicloud:
    name = NAME

    def identify(self, world: World, request: Request) -> tuple[str, str | None]:
        action = self._action(request)
        match = _AUTHORIZATION.match(request.headers.get("authorization", ""))
        if match:
            key = world.key(NAME, match.group(1))
            return action, key.account.name if key else None
        token = world.user_tokens.get(request.headers.get("x-auth-token", ""))
        return action, token.account.name if token else None

    @staticmethod
    def _action(request: Request) -> str:
        if request.method == "GET" and _LIST_PATH.match(request.path):
            return "ListPullTasks"
        return _PATHS.get((request.method, request.path.rstrip("/")), "unknown")

    def throttled(self) -> RefusalError:
        return RefusalError(429, "APIGW.0308", "The throttling threshold has been reached: policy user over ratelimit")

    def refuse(self, _request: Request, call: Call, refusal: RefusalError) -> Answer:
        status = refusal.status or 400
        headers = [("X-Request-Id", call.request_id), ("Server", "api-gateway")]
        if refusal.code.startswith("IAM "):
            title = refusal.code[4:]
            return json_answer(status, {"error": {"code": status, "message": refusal.message, "title": title}}, headers)
        body = {"error_code": refusal.code, "error_msg": refusal.message, "request_id": call.request_id}
        return json_answer(status, body, headers)

    def answer(self, world: World, request: Request, call: Call) -> Answer:
        action = call.action
        if action == "unknown":
            raise RefusalError(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
        if action == "KeystoneCreateToken":
            answer = self._create_token(world, request, call)
        else:
            caller = _authenticate(world, request, call)
            call.account = caller.account.name
            if not world.admits(caller.identity, caller.account, action, ACTIONS[action], call.arrived):
                raise self.throttled()
            answer = self._dispatch(world, caller, request, call)
        trace = "X-Request-Id" if action in ("ListPullTasks", "AssumeAgency") else "X-IAM-Trace-Id"
        answer.headers.append((trace, call.request_id))
        return answer

    def _dispatch(self, world: World, caller: _Caller, request: Request, call: Call) -> Answer:
        account = caller.account
        served = world.served.get((account.name, call.action))
        if call.action == "ListPullTasks":
            project_id = _project_of(caller, request)
            if served is None:
                return self._list(world, account, project_id, request, call)
        if served is not None:
            return json_answer(200, served)
        if call.action == "KeystoneListProjects":
            if not account.spec.get("list_projects", True):
                raise _forbidden("You are not authorized to perform the requested action: identity:list_projects")
            return json_answer(200, _projects(account, dict(parse_qsl(request.query)).get("name")))
        if call.action == "KeystoneListAuthProjects":
            return json_answer(200, _projects(account, None))
        if call.action == "CreateTemporaryAccessKey":
            return self._temporary_key(world, account, request, call)
        return self._assume_agency(world, account, request, call)

    def _list(self, world: World, account: Account, project_id: str, request: Request, call: Call) -> Answer:
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        offset = _whole(query, "offset", 0, 0, 2147483647)
        # Guess: the page names no default; the sibling lists of this service say 10.
        limit = _whole(query, "limit", 10, 1, 100)
        call.page = {"offset": offset, "limit": limit}
        call.one_task = bool(query.get("task_id"))
        tasks = account.lists[project_id]
        with world.lock:
            if call.one_task:
                record = tasks.by_id.get(query["task_id"])
                if record is None:
                    # The page gives "no such task" the code of a bad request; only the status tells them apart.
                    raise RefusalError(404, "LIVE.100011001", "Request Illegal")
                rows, total = [record], 1
            else:
                region = query.get("region")
                matching = [row for row in tasks.records if not region or row.raw.get("region") == region]
                start = _first_row(account.spec.get("offset", "record"), offset, limit)
                rows, total = world.read_page(account, tasks, matching, offset == 0, start, limit, call.now, _create)
            texts = [row.text(RELAY, partial(json.dumps, row.raw, ensure_ascii=False)) for row in rows]
        head = json.dumps({"request_id": call.request_id, "total": total})
        return Answer(200, (head[:-1] + ', "task_infos": [' + ", ".join(texts) + "]}").encode("utf-8"))

    def _create_token(self, world: World, request: Request, call: Call) -> Answer:
        body = _json_body(request)
        auth = _dict(body, "auth")
        identity = _dict(auth, "identity")
        methods = identity.get("methods")
        if methods == ["password"]:
            account = self._by_password(world, _dict(_dict(identity, "password"), "user"), call)
        elif methods == ["assume_role"]:
            caller = _authenticate(world, request, call)
            account = caller.account
            self._check_agency(account, _dict(identity, "assume_role"))
        else:
            raise _iam(400, "Bad Request", "The methods of the identity are not supported.")
        call.account = account.name
        if not world.admits(account.name, account, call.action, ACTIONS[call.action], call.arrived):
            raise self.throttled()
        project_id = self._scope(account, _dict(auth, "scope"))
        token = "MIIEMULATOR" + secrets.token_urlsafe(90)
        with world.lock:
            world.user_tokens[token] = UserToken(account, project_id, call.now + _TOKEN_SECONDS)
        domain = {"name": account.spec.get("domain_name", account.name), "id": samples.digest("domain", account.name)}
        described: dict[str, Any] = {
            "expires_at": _micro(call.now + _TOKEN_SECONDS),
            "issued_at": _micro(call.now),
            "methods": methods,
            "user": {
                "name": account.spec.get("username", "relay"),
                "id": samples.digest("user", account.name),
                "domain": domain,
            },
        }
        if project_id is None:
            described["domain"] = domain
        else:
            described["project"] = {"id": project_id, "name": account.projects[project_id], "domain": domain}
        if "nocatalog" not in dict(parse_qsl(request.query)):
            described["catalog"] = []
        return json_answer(201, {"token": described}, [("X-Subject-Token", token)])

    @staticmethod
    def _by_password(world: World, user: dict[str, Any], _call: Call) -> Account:
        domain = user.get("domain")
        domain_name = domain.get("name") if isinstance(domain, dict) else None
        for account in world.accounts.values():
            spec = account.spec
            if account.cloud != NAME or not spec.get("password"):
                continue
            if (spec.get("domain_name"), spec.get("username"), spec["password"]) == (
                domain_name,
                user.get("name"),
                user.get("password"),
            ):
                return account
        refusal = _iam(401, "Unauthorized", "The username or password is wrong.")
        refusal.why = "wrong user name or password"
        raise refusal

    @staticmethod
    def _check_agency(account: Account, role: dict[str, Any]) -> None:
        if not role.get("domain_name") and not role.get("domain_id"):
            raise _iam(400, "Bad Request", "One of domain_name and domain_id is needed.")
        domain = account.spec.get("domain_name")
        if domain and role.get("domain_name") not in (None, domain):
            raise _iam(404, "Not Found", "The agency does not exist.")
        if not account.may_be_assumed(str(role.get("agency_name"))):
            raise _iam(404, "Not Found", "The agency does not exist.")  # Guess

    @staticmethod
    def _scope(account: Account, scope: dict[str, Any]) -> str | None:
        project = scope.get("project")
        if not isinstance(project, dict):
            return None
        for project_id, name in account.projects.items():
            if project.get("id") == project_id or project.get("name") == name:
                return project_id
        raise _iam(404, "Not Found", "The project could not be found.")  # Guess

    def _temporary_key(self, world: World, account: Account, request: Request, call: Call) -> Answer:
        identity = _dict(_dict(_json_body(request), "auth"), "identity")
        methods = identity.get("methods")
        if methods == ["assume_role"]:
            settings = _dict(identity, "assume_role")
            self._check_agency(account, settings)
        elif methods == ["token"]:
            given = identity.get("token")  # may be left out: the token of the request itself is meant then
            settings = given if isinstance(given, dict) else {}
        else:
            raise _iam(400, "Bad Request", "The methods of the identity are not supported.")
        seconds = settings.get("duration_seconds", 900)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 900 <= seconds <= 86400:
            raise _iam(400, "Bad Request", "duration_seconds must be from 900 to 86400.")
        key = world.issue(account, "HSTEMULATOR", call.now, seconds)
        return json_answer(
            201,
            {
                "credential": {
                    "access": key.access_key,
                    "secret": key.secret_key,
                    "securitytoken": key.token,
                    "expires_at": _micro(key.expires or 0),
                }
            },
        )

    @staticmethod
    def _assume_agency(world: World, account: Account, request: Request, call: Call) -> Answer:
        body = _json_body(request)
        seconds = body.get("duration_seconds", 3600)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 900 <= seconds <= 43200:
            raise RefusalError(400, "STS5.1001", "duration_seconds must be from 900 to 43200.")  # Guess: code
        if not body.get("agency_session_name"):
            raise RefusalError(400, "STS5.1001", "agency_session_name is missing.")  # Guess: code
        urn = re.match(r"iam::([^:]*):agency:(.+)\Z", str(body.get("agency_urn")))
        if urn is None or not account.may_be_assumed(urn.group(2)):
            raise RefusalError(403, "STS5.1003", "You are not authorized to assume this agency.")  # Guess: code
        key = world.issue(account, "HSTEMULATOR", call.now, seconds)
        return json_answer(
            200,
            {
                "credentials": {
                    "access_key_id": key.access_key,
                    "secret_access_key": key.secret_key,
                    "security_token": key.token,
                    "expiration": times.utc(key.expires or 0),
                },
                "assumed_agency": {"urn": f"sts::{urn.group(1)}:assumed-agency:{urn.group(2)}", "id": urn.group(2)},
            },
        )


def _authenticate(world: World, request: Request, call: Call) -> _Caller:
    authorization = request.headers.get("authorization", "")
    if authorization:
        return _by_signature(world, request, call, authorization)
    text = request.headers.get("x-auth-token", "")
    if not text:
        raise _wrong("x-auth-token not found", "neither signed nor with a token")
    token = world.user_tokens.get(text)
    if token is None or (token.expires is not None and call.now >= token.expires):
        raise RefusalError(401, "APIGW.0307", "The token must be updated", "unknown or expired token")
    return _Caller(token.account, "token:" + token.account.name, token)


def _by_signature(world: World, request: Request, call: Call, authorization: str) -> _Caller:
    match = _AUTHORIZATION.match(authorization)
    if match is None:
        raise _wrong("the Authorization header is malformed", "malformed")
    access_key, signed, signature = match.groups()
    failures, locked_until = world.refusals.get(access_key, (0, 0.0))
    if call.arrived < locked_until:
        raise _wrong("AK access failed to reach the limit,forbidden", "locked after too many refusals")
    try:
        key = _verify(world, request, call, access_key, signed, signature)
    except RefusalError:
        failures += 1
        locked = failures > _REFUSALS_ALLOWED
        world.refusals[access_key] = (0 if locked else failures, call.arrived + _LOCKED_SECONDS if locked else 0.0)
        raise
    world.refusals.pop(access_key, None)
    return _Caller(key.account, access_key)


def _verify(world: World, request: Request, call: Call, access_key: str, signed: str, signature: str) -> Key:
    headers = request.headers
    names = signed.split(";")
    stamp = headers.get("x-sdk-date", "")
    signed_at = times.parse_basic(stamp)
    if signed_at is None or "x-sdk-date" not in names:
        raise _wrong("x-sdk-date is missing, malformed or not signed", "x-sdk-date")
    key = world.key(NAME, access_key)
    if key is None:
        raise _wrong(f"Get secretKey failed,ak:{access_key[:64]},err:ak not exist", "unknown key")
    if abs(call.now - signed_at) > _SKEW_SECONDS:
        raise _wrong(
            f"calc aksk signature fail:signature expired, signature time:{stamp},server time:{times.basic(call.now)}",
            "clock",
        )
    missing = [name for name in names if name not in headers]
    if missing or names != sorted(names):
        raise _wrong("a signed header is missing, or they are not in order", "signed headers")
    canonical = _canonical_request(request, names, signed)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"SDK-HMAC-SHA256\n{stamp}\n{digest}"
    expected = hmac.new(key.secret_key.encode(), text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(expected, signature):
        # The real gateway shows its own canonical request too, with bars for line ends.
        shown = canonical.replace("\n", "|")
        raise _wrong(f"verify aksk signature fail, canonicalRequest:{shown}", "the signature is another one")
    token = headers.get("x-security-token", "")
    if key.token is None:
        if token:
            raise _wrong("decrypt token fail", "a token with a permanent key")
    elif not hmac.compare_digest(key.token.encode(), token.encode("latin-1")):
        raise _wrong("decrypt token fail", "another security token, or none")
    elif "x-security-token" not in names:
        raise _wrong("decrypt token fail", "the security token is not signed")
    elif key.expired(call.now):
        raise _wrong("decrypt token fail", "expired security token")  # Guess: wording
    return key


def _canonical_request(request: Request, names: list[str], signed: str) -> str:
    path = "/".join(quote(part, safe="~") for part in unquote(request.path).split("/"))
    if not path.endswith("/"):
        path += "/"
    pairs = []
    for piece in request.query.split("&"):
        if piece:
            name, _equals, value = piece.partition("=")
            pairs.append((unquote(name), unquote(value)))
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(pairs))
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    payload = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-sdk-content-sha256") == "UNSIGNED-PAYLOAD":
        payload = "UNSIGNED-PAYLOAD"
    return f"{request.method}\n{path}\n{query}\n{lines}\n{signed}\n{payload}"


def _project_of(caller: _Caller, request: Request) -> str:
    match = _LIST_PATH.match(request.path)
    asked = unquote(match.group(1)) if match else ""
    if caller.token is not None:
        if caller.token.project_id is None:
            raise RefusalError(404, "APIGW.0101", "API does not exist")  # what a token of the whole domain gets
        if caller.token.project_id != asked:
            raise _wrong("projectId in token is nil", "a token of another project")
        return asked
    if asked not in caller.account.projects:
        # Guess: that another account's project is 403 and not 401 or 404.
        raise RefusalError(403, "APIGW.0302", "The project does not belong to the account of this key")
    return asked


def _first_row(reading: str, offset: int, limit: int) -> int:
    """The four ways in which a server may understand `offset`; the page leaves it open."""
    if reading == "page0":
        return offset * limit
    if reading == "page1":
        return max(offset - 1, 0) * limit
    return 0 if reading == "ignored" else offset


def _whole(query: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not re.match(r"\d{1,10}\Z", text) or not least <= int(text) <= most:
        raise RefusalError(400, "LIVE.100011001", "Request Illegal")
    return int(text)


def _projects(account: Account, name: str | None) -> dict[str, Any]:
    domain = samples.digest("domain", account.name)
    rows = [
        {
            "id": project_id,
            "name": project,
            "domain_id": domain,
            "parent_id": domain,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"https://iam.example.org/v3/projects/{project_id}"},
        }
        for project_id, project in account.projects.items()
        if name in (None, project)
    ]
    return {"projects": rows, "links": {"self": "https://iam.example.org/v3/projects", "next": None, "previous": None}}


def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _iam(400, "Bad Request", "The request body is not a JSON object.")
    return body


def _dict(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name, {} if name == "scope" else None)
    if not isinstance(value, dict):
        raise _iam(400, "Bad Request", f"The request body must have {name}.")
    return value


def _create(tasks: TaskList, now: float) -> Record:
    tasks.created += 1
    raw = {"task_id": samples.uuid_like("created", tasks.owner, tasks.created), "create_time": times.utc(now)}
    return Record(complete(RELAY, raw, 10 * tasks.created, now))


def _micro(seconds: float) -> str:
    return times.utc(seconds)[:-1] + ".000000Z"


def _wrong(text: str, why: str) -> RefusalError:
    return RefusalError(401, "APIGW.0301", _WRONG + text, why)


def _iam(status: int, title: str, message: str) -> RefusalError:
    """IAM words its own errors differently from the gateway before it; `refuse` knows them by the mark."""
    return RefusalError(status, "IAM " + title, message)


def _forbidden(message: str) -> RefusalError:
    return _iam(403, "Forbidden", message)
