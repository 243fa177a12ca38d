# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signers of the official SDKs, given a request as it is sent and the time. Each returns the headers it makes."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import types
import typing as t
import urllib.parse
from unittest import mock

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer import signer as huawei_signer
from tencentcloud.common import abstract_client
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from volcengine.auth.SignerV4 import SignerV4
from volcengine.base.Request import Request
from volcengine.Credentials import Credentials
from volcenginesdkcore import signv4 as volcengine_signv4

Pairs = t.Sequence[tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Keys:
    access_key: str
    secret_key: str
    session_token: str | None = None


@dataclasses.dataclass(frozen=True)
class Sent:
    """A request on its way. ``headers``: those that are sent besides the signer's own; ``at``: seconds since 1970."""

    method: str
    path: str
    query: Pairs
    headers: dict[str, str]
    body: bytes
    at: int

    @property
    def host(self) -> str:
        return self.headers["Host"]

    @property
    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.at, datetime.timezone.utc)


def _frozen(moment: datetime.datetime) -> type[datetime.datetime]:
    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls) -> t.Any:
            return moment.replace(tzinfo=None)

    return Frozen


def tencentcloud(sent: Sent, keys: Keys, service: str) -> dict[str, str]:
    """What the SDK adds to a POST of this body; it writes the action, the version and so on into headers as well."""
    credential = Credential(keys.access_key, keys.secret_key, keys.session_token)
    client = abstract_client.AbstractClient(
        credential, "", ClientProfile(httpProfile=HttpProfile(endpoint=sent.host), language="en-US")
    )
    client._service = service
    request = RequestInternal(host=sent.host, method=sent.method, uri=sent.path)
    as_it_is = types.SimpleNamespace(dumps=lambda body: body)
    clock = types.SimpleNamespace(time=lambda: sent.at)
    with mock.patch.object(abstract_client, "json", as_it_is), mock.patch.object(abstract_client, "time", clock):
        client._build_req_inter("Action", sent.body, request)
    return dict(request.header)


def huaweicloud(sent: Sent, keys: Keys) -> dict[str, str]:
    headers = dict(sent.headers)
    if keys.session_token:
        headers["X-Security-Token"] = keys.session_token
    request = SdkRequest(
        method=sent.method,
        host=sent.host,
        resource_path=sent.path,
        query_params=list(sent.query),
        header_params=headers,
        body=sent.body,
    )
    with mock.patch.object(huawei_signer, "datetime", _frozen(sent.moment)):
        signed = huawei_signer.Signer(BasicCredentials(keys.access_key, keys.secret_key)).sign(request)
    return dict(signed.header_params)


def volcengine(sent: Sent, keys: Keys, region: str, service: str) -> dict[str, str]:
    """The signer of the SDK that has Live."""
    request = Request()
    request.set_method(sent.method)
    request.set_path(sent.path)
    request.set_headers(dict(sent.headers))
    request.set_query(_by_name(sent.query))
    request.set_body(sent.body)
    credentials = Credentials(keys.access_key, keys.secret_key, service, region, keys.session_token or "")
    stamp = sent.moment.strftime("%Y%m%dT%H%M%SZ")
    with mock.patch.object(SignerV4, "get_current_format_date", staticmethod(lambda: stamp)):
        SignerV4.sign(request, credentials)
    return dict(request.headers)


def volcengine_core(sent: Sent, keys: Keys, region: str, service: str) -> dict[str, str]:
    """The signer of the other SDK, which takes text and a query whose names come once."""
    headers = dict(sent.headers)
    clock = types.SimpleNamespace(datetime=_frozen(sent.moment))
    with mock.patch.object(volcengine_signv4, "datetime", clock):
        volcengine_signv4.SignerV4.sign(
            sent.path, sent.method, headers, sent.body.decode(), None, dict(sent.query), keys.access_key,
            keys.secret_key, region, service, keys.session_token,
        )  # fmt: skip
    return headers


def _by_name(query: Pairs) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = collections.defaultdict(list)
    for name, value in query:
        values[name].append(value)
    return {name: given if len(given) > 1 else given[0] for name, given in values.items()}


def split_url(url: str) -> tuple[str, Pairs]:
    """Path and decoded query of a URL or of a request's target."""
    parts = urllib.parse.urlsplit(url)
    return parts.path or "/", urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
