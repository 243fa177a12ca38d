# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import functools
import json
import typing as t
import urllib.parse

from .._cloud import Tools
from .._errors import RelayError
from .._http import Answer, Call, Http
from .._rate import RateLimit
from .auth import NoAuth
from .errors import error_in

if t.TYPE_CHECKING:
    from requests.auth import AuthBase

# Nothing is published; these are a handful of requests a call.
RATE = 5.0
TOKENS = "KeystoneCreateUserTokenByPassword"
PROJECTS = "KeystoneListProjects"
# Needs no permission: https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0003.html
OWN_PROJECTS = "KeystoneListAuthProjects"

Sign = t.Callable[[float], "AuthBase"]


@dataclasses.dataclass(frozen=True)
class Password:
    """An IAM user's name and password, from which a token is obtained."""

    domain_name: str
    username: str
    password: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where to ask: base URLs, and the project by its id or, to be looked up, by its name."""

    region: str | None
    endpoint: str
    iam_endpoint: str
    project_id: str | None
    project_name: str | None


class Iam:
    """Huawei Cloud's IAM: tokens by password, and a project's id by its name."""

    def __init__(self, place: Place, tools: Tools) -> None:
        self._place = place
        self._tools = tools
        self._rate: RateLimit = tools.rate_limit("iam", RATE)

    def token(self, login: Password) -> tuple[str, str | None]:
        """A new token for the project, and the project's id. Raises RelayError."""
        place = self._place
        project = {"id": place.project_id} if place.project_id else {"name": place.project_name}
        token, project_id = password_token(
            self._tools.http, place.iam_endpoint, login, {"project": project}, self._rate
        )
        self._tools.secrets.add(token)
        return token, project_id

    def project_id(self, sign: Sign) -> str:
        """The id of the project by its name. Raises RelayError.

        An IAM user may lack the permission to list projects; listing those that it can reach needs none.
        """
        name = self._place.project_name or ""
        found: list[str] = []
        try:
            found = self._projects(PROJECTS, f"/v3/projects?name={urllib.parse.quote(name, safe='~')}", sign)
        except RelayError as error:
            if error.kind not in ("permission", "not_found"):
                raise
        if not found:
            found = self._projects(OWN_PROJECTS, "/v3/auth/projects", sign)
        if len(found) == 1:
            return found[0]
        raise RelayError(
            "not_found",
            f"{len(found) or 'no'} projects are named {name!r}",
            advice="give project_id, from My Credentials in the console",
        ).locate(action=OWN_PROJECTS, endpoint=self._place.iam_endpoint)

    def _projects(self, action: str, path: str, sign: Sign) -> list[str]:
        call = Call(action=action, method="GET", url=self._place.iam_endpoint + path, sign=sign, rate=self._rate)
        return self._tools.http.send(call, functools.partial(_read_projects, self._place.project_name or ""))


def password_token(
    http: Http, iam_endpoint: str, login: Password, scope: dict[str, t.Any], rate: RateLimit | None = None
) -> tuple[str, str | None]:
    """A new token within a scope, and the id of its project where the scope is one. Raises RelayError.

    Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
    """
    user = {"domain": {"name": login.domain_name}, "name": login.username, "password": login.password}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    call = Call(
        action=TOKENS,
        method="POST",
        url=f"{iam_endpoint}/v3/auth/tokens?nocatalog=true",
        headers={"Content-Type": "application/json;charset=utf8"},
        body=json.dumps(body).encode(),
        sign=NoAuth,
        rate=rate,
    )
    return http.send(call, read_token)


def read_token(answer: Answer) -> tuple[str, str | None]:
    error = error_in(answer)
    if error:
        raise error
    token = answer.headers.get("X-Subject-Token")
    if answer.status not in (200, 201) or not token:
        raise answer.not_the_api("the answer has no X-Subject-Token")
    inner = answer.document.get("token") if isinstance(answer.document, dict) else None
    project = inner.get("project") if isinstance(inner, dict) else None
    project_id = project.get("id") if isinstance(project, dict) else None
    return token, project_id if isinstance(project_id, str) else None


def _read_projects(name: str, answer: Answer) -> list[str]:
    """The ids of the projects with exactly this name: sub-projects are named like their region, and more."""
    error = error_in(answer)
    if error:
        raise error
    projects = answer.document.get("projects") if isinstance(answer.document, dict) else None
    if answer.status != 200 or not isinstance(projects, list):
        raise answer.not_the_api("the answer has no list of projects")
    named = [each for each in projects if isinstance(each, dict) and each.get("name") == name]
    return sorted({each["id"] for each in named if isinstance(each.get("id"), str)})
