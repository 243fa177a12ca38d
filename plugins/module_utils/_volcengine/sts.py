# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t
import urllib.parse

from .._cloud import Tools
from .._credentials import FetchedKeys, KeyPair, KeySource, Role, role_facts, role_identity
from .._errors import RelayError, config_error
from .._http import Answer, AuthBase, Call, Http, check_endpoint
from .._key_files import KeyFiles, token_file
from .._metadata import Unsigned, keys_in, time_in
from .._rate import FirstAnswer
from .auth import VolcAuth
from .errors import result_of

# Source: the official SDK (sts_provider.py, sts_oidc_provider.py).
ENDPOINT = "https://sts.volcengineapi.com"
VERSION = "2018-01-01"
ASSUME = "AssumeRole"
ASSUME_WITH_OIDC = "AssumeRoleWithOIDC"
REGION = "cn-beijing"  # what today's SDK signs; STS is one for all regions
SECONDS = 3600  # the SDK's, too
_PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
_ROLE_ADVICE = "check the role's name, and that it lets these keys assume it (sts:AssumeRole)"


def role_from(options: t.Mapping[str, t.Any]) -> Role | None:
    """The role of the option ``assume_role``. Raises RelayError (config)."""
    given = options.get("assume_role")
    facts = role_facts(given)
    if given is None or facts is None:
        return None
    return checked_role(given.get("account_id"), **facts)


def checked_role(account_id: str | None, **facts: t.Any) -> Role:
    """A role by its TRN, or by its name and account. Raises RelayError (config)."""
    name = facts["role"]
    if not name.startswith("trn:"):
        if not account_id or not account_id.strip().isdigit():
            raise config_error(
                "the account of the role to assume is not given as a number",
                "give account_id beside role, or role as trn:iam::ACCOUNT:role/NAME",
            )
        facts = {**facts, "role": f"trn:iam::{account_id.strip()}:role/{name}"}
    return Role(**facts)


def sts_endpoint(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> str:
    """Where STS is. Raises RelayError (config)."""
    if options.get("sts_endpoint"):
        return check_endpoint(options["sts_endpoint"], "sts_endpoint")
    variable = "VOLCENGINE_OIDC_STS_ENDPOINT"
    given = environment.get(variable)
    return check_endpoint(given, variable) if given else ENDPOINT


def assumed(base: KeySource, role: Role, endpoint: str) -> FetchedKeys:
    """The keys of a role that the keys of ``base`` assume."""

    def sign(moment: float) -> VolcAuth:
        return VolcAuth(base.current(moment), REGION, "sts", moment)

    def fetch(tools: Tools) -> KeyPair:
        params = {
            "DurationSeconds": str(role.duration or SECONDS),
            "RoleSessionName": role.session_name,
            "RoleTrn": role.role,
        }
        if role.external_id is not None:
            params["ExternalId"] = role.external_id  # Guess: the name; neither SDK nor page has one.
        query = urllib.parse.urlencode(
            sorted({"Action": ASSUME, "Version": VERSION, **params}.items()), quote_via=urllib.parse.quote
        )
        http = tools.http.beside(tools.first_answer(base.identity))
        return _send(http, Call(ASSUME, "GET", f"{endpoint}/?{query}", sign))

    identity = role_identity(base.identity, role.role, role.session_name)
    return FetchedKeys(base.source, identity, fetch, base)


def workload_keys(
    source: str,
    role: str,
    path: str,
    variable: str,
    files: KeyFiles,
    endpoint: str,
    *,
    session_name: str,
    policy: str | None = None,
) -> FetchedKeys:
    """The keys of a workload's role. The token in the file is read each time: the platform replaces it."""

    def fetch(tools: Tools) -> KeyPair:
        token = token_file(files, variable, path)
        tools.secrets.add(token)
        params = {
            "DurationSeconds": str(SECONDS),
            "RoleSessionName": session_name,
            "RoleTrn": role,
            "OIDCToken": token,
        }
        if policy:
            params["Policy"] = policy
        call = Call(
            action=ASSUME_WITH_OIDC,
            method="POST",
            url=f"{endpoint}/?Action={ASSUME_WITH_OIDC}&Version={VERSION}",
            sign=_unsigned,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urllib.parse.urlencode(params).encode(),
        )
        return _send(tools.http.beside(FirstAnswer()), call)

    return FetchedKeys(source, role_identity("oidc", role, path), fetch)


def _unsigned(moment: float) -> AuthBase:
    return Unsigned(moment)


def _send(http: Http, call: Call) -> KeyPair:
    try:
        return http.send(call, _read_keys)
    except RelayError as error:
        if error.kind in ("permission", "not_found", "invalid_request"):
            error.advice = _ROLE_ADVICE
        raise


def _read_keys(answer: Answer) -> KeyPair:
    keys = result_of(answer)[0].get("Credentials")
    return keys_in(keys, _PARTS, time_in(keys, "ExpiredTime", "Expiration"), answer)
