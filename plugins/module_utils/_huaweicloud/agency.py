# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from .._cloud import Tools
from .._credentials import SESSION_NAME, FetchedKeys, KeyPair, KeySource, Role, role_facts, role_identity
from .._errors import RelayError, config_error
from .._http import Answer, Call, Http
from .._key_files import KeyFiles, token_file
from .._metadata import keys_in, time_in
from .._rate import FirstAnswer
from .auth import NoAuth, SdkHmacAuth, TokenAuth
from .errors import error_in
from .iam import Sign, read_token

# https://support.huaweicloud.com/intl/en-us/api-iam/iam_04_0101.html
TEMPORARY = "CreateTemporaryAccessKeyByAgency"
# Source of the three below: the official SDK and Terraform's provider.
TEMPORARY_FOR_USER = "CreateTemporaryAccessKeyByToken"
ASSUME = "AssumeAgency"
ASSUME_WITH_OIDC = "AssumeAgencyWithOidc"
FEDERATED = "CreateUnscopedTokenWithIdToken"

_URN = re.compile(r"iam::[^:\s]+:agency:\S+")
_JSON = {"Content-Type": "application/json"}
_ADVICE = "check the agency's name and account, and that it trusts the account of these keys"
# The SDK asks for six hours.
_SECONDS = 6 * 3600


@dataclasses.dataclass(frozen=True)
class Endpoints:
    """Base URLs of the services that hand out temporary keys."""

    iam: str
    sts: str


@dataclasses.dataclass(frozen=True)
class Agency(Role):
    """An agency of another account: by its name and that account (IAM, v3), or by its URN (STS, v5)."""

    domain_name: str | None = None
    domain_id: str | None = None

    @property
    def by_urn(self) -> bool:
        return bool(_URN.fullmatch(self.role))


def agency_from(given: t.Mapping[str, t.Any] | None) -> Agency | None:
    """The agency of the option ``assume_role``. Raises RelayError (config)."""
    facts = role_facts(given)
    if given is None or facts is None:
        return None
    agency = Agency(**facts, domain_name=given.get("domain_name"), domain_id=given.get("domain_id"))
    if not agency.by_urn and not (agency.domain_name or agency.domain_id):
        raise config_error(
            "the account of the agency to assume is not given",
            "give domain_name or domain_id beside role, or role as iam::DOMAIN_ID:agency:NAME",
        )
    if not agency.by_urn and agency.external_id is not None:
        raise config_error("an agency by its name knows no external_id", "give role as iam::DOMAIN_ID:agency:NAME")
    return agency


def assumed(base: KeySource, agency: Agency, endpoints: Endpoints) -> FetchedKeys:
    """The keys of an agency that the keys of ``base`` assume."""

    def sign(moment: float) -> SdkHmacAuth:
        return SdkHmacAuth(base.current(moment), moment)

    def fetch(tools: Tools) -> KeyPair:
        http = tools.http.beside(tools.first_answer(base.identity))
        return _by_urn(http, agency, endpoints, sign) if agency.by_urn else _by_name(http, agency, endpoints, sign)

    return FetchedKeys(base.source, _identity(base.identity, agency), fetch, base)


def assumed_by_token(
    source: str, identity: str, token: t.Callable[[Http], str], agency: Agency, endpoints: Endpoints
) -> FetchedKeys:
    """The keys of an agency that the user of a token assumes; ``token`` gives it."""
    if agency.by_urn:
        raise config_error("a token cannot assume an agency by its URN", "use a key pair, or give the agency's name")

    def fetch(tools: Tools) -> KeyPair:
        http = tools.http.beside(tools.first_answer(identity))
        text = token(http)
        tools.secrets.add(text)
        return _by_name(http, agency, endpoints, lambda moment: TokenAuth(text, moment))

    return FetchedKeys(source, _identity(identity, agency), fetch)


def _identity(base: str, agency: Agency) -> str:
    return role_identity(base, agency.role, agency.domain_name, agency.domain_id, agency.session_name)


def _by_name(http: Http, agency: Agency, endpoints: Endpoints, sign: Sign) -> KeyPair:
    role: dict[str, t.Any] = {"agency_name": agency.role}
    if agency.domain_id:
        role["domain_id"] = agency.domain_id
    else:
        role["domain_name"] = agency.domain_name
    if agency.duration is not None:
        role["duration_seconds"] = agency.duration
    if agency.session_name != SESSION_NAME:
        role["session_user"] = {"name": agency.session_name}
    return _temporary(http, endpoints, TEMPORARY, {"methods": ["assume_role"], "assume_role": role}, sign)


def _temporary(http: Http, endpoints: Endpoints, action: str, identity: dict[str, t.Any], sign: Sign) -> KeyPair:
    url = f"{endpoints.iam}/v3.0/OS-CREDENTIAL/securitytokens"
    return _send(http, action, url, {"auth": {"identity": identity}}, sign, "credential", _V3_PARTS)


def _by_urn(http: Http, agency: Agency, endpoints: Endpoints, sign: Sign) -> KeyPair:
    body: dict[str, t.Any] = {"agency_urn": agency.role, "agency_session_name": agency.session_name}
    if agency.duration is not None:
        body["duration_seconds"] = agency.duration
    if agency.external_id is not None:
        body["external_id"] = agency.external_id  # Guess: the name; the pages read for this do not list it.
    return _send(http, ASSUME, f"{endpoints.sts}/v5/agencies/assume", body, sign, "credentials", _V5_PARTS)


@dataclasses.dataclass(frozen=True)
class Oidc:
    """What a platform tells a workload about the agency that it may assume with a token (v5)."""

    provider_urn: str
    agency_urn: str
    session_name: str
    duration: int
    policy: str | None
    policy_ids: tuple[str, ...]


def oidc_keys(oidc: Oidc, token: t.Callable[[], str], endpoints: Endpoints) -> FetchedKeys:
    """The keys of a workload's agency. The token is read each time: the platform replaces it."""

    def fetch(tools: Tools) -> KeyPair:
        text = token()
        tools.secrets.add(text)
        body: dict[str, t.Any] = {
            "provider_urn": oidc.provider_urn,
            "agency_urn": oidc.agency_urn,
            "agency_session_name": oidc.session_name,
            "id_token": text,
            "duration_seconds": oidc.duration,
        }
        if oidc.policy:
            body["policy"] = oidc.policy
        if oidc.policy_ids:
            body["policy_ids"] = list(oidc.policy_ids)
        url = f"{endpoints.sts}/v5/agencies/assume-with-oidc"
        http = tools.http.beside(FirstAnswer())
        return _send(http, ASSUME_WITH_OIDC, url, body, NoAuth, "credentials", _V5_PARTS)

    return FetchedKeys("environment", role_identity("oidc", oidc.agency_urn), fetch)


def federated_keys(
    source: str, idp_id: str, variable: str, path: str, files: KeyFiles, endpoints: Endpoints
) -> FetchedKeys:
    """The keys of a user that an identity provider vouches for by a token in a file (v3)."""

    def fetch(tools: Tools) -> KeyPair:
        text = token_file(files, variable, path)
        tools.secrets.add(text)
        http = tools.http.beside(FirstAnswer())
        call = Call(
            action=FEDERATED,
            method="POST",
            url=f"{endpoints.iam}/v3.0/OS-AUTH/id-token/tokens",
            sign=NoAuth,
            headers={**_JSON, "X-Idp-Id": idp_id},
            body=json.dumps({"auth": {"id_token": {"id": text}}}).encode(),
        )
        token, dummy_project_id = http.send(call, read_token)
        tools.secrets.add(token)
        identity = {"methods": ["token"], "token": {"id": token, "duration_seconds": _SECONDS}}
        return _temporary(http, endpoints, TEMPORARY_FOR_USER, identity, NoAuth)

    return FetchedKeys(source, role_identity("idp", idp_id, path), fetch)


_V3_PARTS = ("access", "secret", "securitytoken")
_V5_PARTS = ("access_key_id", "secret_access_key", "security_token")


def _send(
    http: Http, action: str, url: str, body: dict[str, t.Any], sign: Sign, key: str, parts: tuple[str, str, str]
) -> KeyPair:
    def read(answer: Answer) -> KeyPair:
        error = error_in(answer)
        if error:
            raise error
        inner = answer.document.get(key)
        return keys_in(inner, parts, time_in(inner, "expires_at", "expiration"), answer)

    try:
        return http.send(Call(action, "POST", url, sign, _JSON, json.dumps(body).encode()), read)
    except RelayError as error:
        if error.kind in ("permission", "not_found", "invalid_request"):
            error.advice = _ADVICE
        raise
