# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The instances' metadata services of the three clouds, on one port: their paths do not collide."""

from __future__ import annotations

import re
import secrets
from urllib.parse import parse_qs

from . import huaweicloud, tencentcloud, times, volcengine
from .state import Account, Key, World
from .web import Answer, Call, RefusalError, Request, json_answer, text_answer

NAME = "metadata"
ACTIONS = (
    "TencentRole",
    "TencentKey",
    "HuaweiToken",
    "HuaweiKey",
    "VolcengineToken",
    "VolcengineRoles",
    "VolcengineKey",
)
_KEY_SECONDS = 6 * 3600
_TENCENT = "/latest/meta-data/cam/security-credentials"
_VOLCENGINE = "/volcstack/latest/iam/security_credentials"
_EXACT: dict[str, tuple[str, tuple[str, ...], str]] = {  # path: action, methods, cloud
    _TENCENT: ("TencentRole", ("GET",), tencentcloud.NAME),
    "/meta-data/latest/api/token": ("HuaweiToken", ("PUT",), huaweicloud.NAME),
    "/openstack/latest/securitykey": ("HuaweiKey", ("GET",), huaweicloud.NAME),
    # The CLI puts, the newest SDK gets and posts.
    "/latest/api/token": ("VolcengineToken", ("PUT", "GET"), volcengine.NAME),
    _VOLCENGINE: ("VolcengineRoles", ("GET",), volcengine.NAME),
}
_UNDER: list[tuple[str, str, tuple[str, ...], str]] = [
    (_TENCENT + "/", "TencentKey", ("GET",), tencentcloud.NAME),
    (_VOLCENGINE + "/", "VolcengineKey", ("GET", "POST"), volcengine.NAME),
]


class Metadata:
    name = NAME

    def identify(self, world: World, request: Request) -> tuple[str, str | None]:
        action, _methods, cloud, _role = _route(request.path)
        account = _instance(world, cloud)
        return action, account.name if account else None

    def throttled(self) -> RefusalError:
        return RefusalError(429, "", "Too Many Requests")

    def refuse(self, _request: Request, _call: Call, refusal: RefusalError) -> Answer:
        return text_answer(refusal.status or 500, refusal.message)

    def answer(self, world: World, request: Request, call: Call) -> Answer:
        action, methods, cloud, role = _route(request.path)
        if action == "unknown":
            raise RefusalError(404, "", "Not Found")
        if request.method not in methods:
            raise RefusalError(405, "", "Method Not Allowed")
        account = _instance(world, cloud)
        call.account = account.name if account else None
        if action.endswith("Token"):
            return _new_token(world, action, request, call)
        if cloud != tencentcloud.NAME:
            _check_token(world, action, request, call)
        if account is None:
            if cloud == huaweicloud.NAME:
                raise RefusalError(401, "", "Please configure Cloud Service Agency first")
            raise RefusalError(404, "", "Not Found")
        bound = account.spec["metadata_role"]
        if action == "TencentRole":
            return text_answer(200, bound)
        if action == "VolcengineRoles":
            as_json = parse_qs(request.query).get("format") == ["json"]
            return json_answer(200, [bound]) if as_json else text_answer(200, bound + "\n")
        if role and role != bound:
            raise RefusalError(404, "", "Not Found")
        key = world.issue(account, _PREFIXES[cloud], call.now, _KEY_SECONDS)
        return json_answer(200, _DESCRIBE[cloud](key, call.now))


def _route(path: str) -> tuple[str, tuple[str, ...], str, str]:
    """Action, methods, cloud, and the role that the path ends with."""
    exact = _EXACT.get(path.rstrip("/"))
    if exact:
        return (*exact, "")
    for start, action, methods, cloud in _UNDER:
        if path.startswith(start):
            return action, methods, cloud, path[len(start) :].strip("/")
    return "unknown", (), "", ""


def _instance(world: World, cloud: str) -> Account | None:
    for account in world.accounts.values():
        if account.cloud == cloud and account.spec.get("metadata_role"):
            return account
    return None


def _new_token(world: World, action: str, request: Request, call: Call) -> Answer:
    header = {
        "HuaweiToken": "x-metadata-token-ttl-seconds",
        "VolcengineToken": "x-volc-ecs-metadata-token-ttl-seconds",
    }[action]
    seconds = request.headers.get(header, "")
    if not re.match(r"\d{1,5}\Z", seconds) or not 1 <= int(seconds) <= 21600:
        raise RefusalError(400, "", "Bad Request", "the token's seconds are missing or not 1 to 21600")
    token = secrets.token_urlsafe(40)
    with world.lock:
        world.metadata_tokens[token] = call.now + int(seconds)
    return text_answer(200, token)


def _check_token(world: World, action: str, request: Request, call: Call) -> None:
    header = "x-metadata-token" if action == "HuaweiKey" else "x-volc-ecs-metadata-token"
    if call.now >= world.metadata_tokens.get(request.headers.get(header, ""), 0.0):
        raise RefusalError(401, "", "Unauthorized", "no metadata token, or an expired one")


def _tencent_key(key: Key, _now: float) -> dict[str, object]:
    return {
        "TmpSecretId": key.access_key,
        "TmpSecretKey": key.secret_key,
        "ExpiredTime": int(key.expires or 0),
        "Expiration": times.utc(key.expires or 0),
        "Token": key.token,
        "Code": "Success",
    }


def _huawei_key(key: Key, _now: float) -> dict[str, object]:
    return {
        "credential": {
            "access": key.access_key,
            "secret": key.secret_key,
            "securitytoken": key.token,
            "expires_at": times.utc(key.expires or 0)[:-1] + ".000000Z",
        }
    }


def _volcengine_key(key: Key, now: float) -> dict[str, object]:
    return {
        "CurrentTime": times.china(now),
        "ExpiredTime": times.china(key.expires or 0),
        "AccessKeyId": key.access_key,
        "SecretAccessKey": key.secret_key,
        "SessionToken": key.token,
    }


_PREFIXES = {
    tencentcloud.NAME: "AKIDEMULATORCVM",
    huaweicloud.NAME: "HSTEMULATORECS",
    volcengine.NAME: "AKTPEMULATORECS",
}
_DESCRIBE = {
    tencentcloud.NAME: _tencent_key,
    huaweicloud.NAME: _huawei_key,
    volcengine.NAME: _volcengine_key,
}
