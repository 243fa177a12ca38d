# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import json
import typing as t

from .._cloud import Tools
from .._credentials import FetchedKeys, KeyPair, KeySource, Role, role_facts, role_identity
from .._errors import RelayError, config_error
from .._http import Answer, AuthBase, Call, Http, check_endpoint
from .._key_files import KeyFiles, token_file
from .._metadata import keys_in, time_in
from .._rate import FirstAnswer
from .auth import TC3Auth
from .errors import response_of

if t.TYPE_CHECKING:
    import requests

# Source: the official SDK (AssumeRole, AssumeRoleWithWebIdentity) and https://cloud.tencent.com/document/api/1312/48197
ENDPOINT = "https://sts.tencentcloudapi.com"
VERSION = "2018-08-13"
ASSUME = "AssumeRole"
ASSUME_WITH_IDENTITY = "AssumeRoleWithWebIdentity"
REGION = "ap-guangzhou"  # the SDK's; STS is one for all regions
_PARTS = ("TmpSecretId", "TmpSecretKey", "Token")
_ROLE_ADVICE = "check the role's name, and that it lets these keys assume it (sts:AssumeRole)"


def role_from(options: t.Mapping[str, t.Any]) -> Role | None:
    """The role of the option ``assume_role``. Raises RelayError (config)."""
    facts = role_facts(options.get("assume_role"))
    return checked_role(**facts) if facts else None


def checked_role(**facts: t.Any) -> Role:
    """A role by its name in Tencent Cloud. Raises RelayError (config)."""
    if not facts["role"].startswith("qcs::"):
        raise config_error("the role to assume has no name that begins with qcs::", "copy its RoleArn from CAM")
    return Role(**facts)


def sts_endpoint(options: t.Mapping[str, t.Any], configured: str | None = None) -> str:
    """Where STS is: by the option, or as the CLI's profile configures it. Raises RelayError (config)."""
    if options.get("sts_endpoint"):
        return check_endpoint(options["sts_endpoint"], "sts_endpoint")
    return check_endpoint(configured, "endpoint of sts") if configured else ENDPOINT


def assumed(base: KeySource, role: Role, endpoint: str) -> FetchedKeys:
    """The keys of a role that the keys of ``base`` assume."""

    def fetch(tools: Tools) -> KeyPair:
        body: dict[str, t.Any] = {"RoleArn": role.role, "RoleSessionName": role.session_name}
        if role.duration is not None:
            body["DurationSeconds"] = role.duration
        if role.external_id is not None:
            body["ExternalId"] = role.external_id
        http = tools.http.beside(tools.first_answer(base.identity))
        # Guess: temporary keys may assume a role as well. The SDK has no way to try it; no page forbids it.
        return _send(http, endpoint, ASSUME, REGION, body, lambda moment: TC3Auth(base.current(moment), "sts", moment))

    identity = role_identity(base.identity, role.role, role.session_name)
    return FetchedKeys(base.source, identity, fetch, base)


@dataclasses.dataclass(frozen=True)
class Workload:
    """What TKE tells a pod about the role that it may assume with a token."""

    region: str
    provider_id: str
    token_path: str
    role: str


def workload_keys(workload: Workload, files: KeyFiles, endpoint: str, session_name: str) -> FetchedKeys:
    """The keys of a pod's role. The token in the file is read each time: the platform replaces it."""

    def fetch(tools: Tools) -> KeyPair:
        token = token_file(files, "TKE_WEB_IDENTITY_TOKEN_FILE", workload.token_path)
        tools.secrets.add(token)
        body = {
            "ProviderId": workload.provider_id,
            "WebIdentityToken": token,
            "RoleArn": workload.role,
            "RoleSessionName": session_name,
        }
        return _send(tools.http.beside(FirstAnswer()), endpoint, ASSUME_WITH_IDENTITY, workload.region, body, _Skip)

    return FetchedKeys("environment", role_identity("tke", workload.role), fetch)


class _Skip(AuthBase):
    """The token in the body is the proof; the header says that there is no other."""

    def __init__(self, dummy_moment: float) -> None:
        pass

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "SKIP"
        return request


def _send(
    http: Http,
    endpoint: str,
    action: str,
    region: str,
    body: dict[str, t.Any],
    sign: t.Callable[[float], AuthBase],
) -> KeyPair:
    headers = {
        "Content-Type": "application/json",
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Region": region,
        "X-TC-Language": "en-US",
    }
    call = Call(action, "POST", f"{endpoint}/", sign, headers, json.dumps(body).encode())
    try:
        return http.send(call, _read_keys)
    except RelayError as error:
        if error.kind in ("permission", "not_found", "invalid_request"):
            error.advice = _ROLE_ADVICE
        raise


def _read_keys(answer: Answer) -> KeyPair:
    response = response_of(answer)
    return keys_in(response.get("Credentials"), _PARTS, time_in(response, "ExpiredTime", "Expiration"), answer)
