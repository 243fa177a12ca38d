# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signers give the signatures of the official SDKs, which vectors.json of the conformance tests holds."""

from __future__ import annotations

import datetime
import json
import typing as t
import urllib.parse
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._credentials import KeyPair
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud import auth as huaweicloud
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud.auth import TC3Auth
from ansible_collections.livestream.relay.plugins.module_utils._volcengine import auth as volcengine

VECTORS: list[dict[str, t.Any]] = json.loads(
    (Path(__file__).parents[3] / "conformance" / "vectors.json").read_text(encoding="utf-8")
)
CLOUDS = ("huaweicloud", "tencentcloud", "volcengine")
URL = "https://live.example.org/?Action=List&Version=2023-01-01"


def signer(cloud: str, keys: KeyPair, moment: float, service: str = "live", region: str = "cn-north-1") -> t.Any:
    if cloud == "tencentcloud":
        return TC3Auth(keys, service, moment)
    if cloud == "huaweicloud":
        return huaweicloud.SdkHmacAuth(keys, moment)
    return volcengine.VolcAuth(keys, region, service, moment)


def signed(cloud: str, keys: KeyPair, moment: float = 1.8e9, **request: t.Any) -> requests.PreparedRequest:
    given_request: dict[str, t.Any] = {
        "method": "POST",
        "url": URL,
        "headers": {"Content-Type": "application/json"},
        "data": b"{}",
        **request,
    }
    return requests.Request(**given_request, auth=signer(cloud, keys, moment)).prepare()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_signature_is_that_of_the_official_sdk(vector: dict[str, t.Any]) -> None:
    keys = KeyPair(vector["access_key"], vector["secret_key"], vector["token"], "options")
    where = {name: vector[name] for name in ("service", "region") if name in vector}
    request = requests.Request(
        vector["method"],
        vector["url"],
        headers=vector["headers"],
        data=vector["body"].encode() or None,
        auth=signer(vector["cloud"], keys, vector["at"], **where),
    ).prepare()
    assert request.headers["Authorization"] == vector["authorization"]


def test_every_cloud_has_vectors() -> None:
    assert {vector["cloud"] for vector in VECTORS} == set(CLOUDS)


KEYS = KeyPair("AKIDexample", "example-secret", None, "options")


def authorization(request: requests.PreparedRequest) -> str:
    return str(request.headers["Authorization"])


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize(
    "other",
    [
        {"data": b'{"a":1}'},
        {"method": "PUT"},
        {"url": URL.replace("live.", "evil.")},
        {"url": URL.replace("https://live.example.org", "https://live.example.org:8443")},
        {"headers": {"Content-Type": "text/plain"}},
    ],
    ids=["body", "method", "host", "port", "type"],
)
def test_a_signature_holds_for_one_request_alone(cloud: str, other: dict[str, t.Any]) -> None:
    assert authorization(signed(cloud, KEYS)) != authorization(signed(cloud, KEYS, **other))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_signature_holds_for_one_key_and_one_time_alone(cloud: str) -> None:
    signatures = {
        authorization(signed(cloud, KEYS)),
        authorization(signed(cloud, KEYS, moment=1.8e9 + 1)),
        authorization(signed(cloud, KeyPair("AKIDexample", "another-secret", None, "options"))),
    }
    assert len(signatures) == 3
    assert authorization(signed(cloud, KEYS)) == authorization(signed(cloud, KEYS, moment=1.8e9 + 0.9))


@pytest.mark.parametrize("cloud", ["huaweicloud", "volcengine"])
def test_the_query_is_signed(cloud: str) -> None:
    assert authorization(signed(cloud, KEYS)) != authorization(signed(cloud, KEYS, url=URL + "&x=1"))


@pytest.mark.parametrize(
    ("cloud", "header"),
    [("tencentcloud", "X-TC-Token"), ("huaweicloud", "X-Security-Token"), ("volcengine", "X-Security-Token")],
)
def test_a_token_is_sent_beside_the_signature(cloud: str, header: str) -> None:
    assert header not in signed(cloud, KEYS).headers
    request = signed(cloud, KeyPair("AKIDexample", "example-secret", "example-token", "options"))
    assert request.headers[header] == "example-token"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_secret_key_is_never_sent(cloud: str) -> None:
    request = signed(cloud, KEYS)
    assert "example-secret" not in f"{request.url} {request.headers} {request.body!r}"
    assert "example-secret" not in repr(KEYS)
    assert "AKIDexample" not in repr(KEYS)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_body_of_text_is_signed_like_its_bytes(cloud: str) -> None:
    assert authorization(signed(cloud, KEYS, data='{"a":"状态"}'.encode())) == authorization(
        signed(cloud, KEYS, data='{"a":"状态"}')
    )


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_date_is_that_of_utc_whatever_the_hour(cloud: str) -> None:
    moment = datetime.datetime(2026, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc).timestamp()
    request = signed(cloud, KEYS, moment=moment)
    shown = f"{request.headers}"
    assert "20261231" in shown or "2026-12-31" in shown
    assert "20270101" not in shown


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(texts, texts), max_size=6))
def test_a_query_is_signed_in_one_order_whatever_order_it_is_sent_in(pairs: list[tuple[str, str]]) -> None:
    query = urllib.parse.urlencode(pairs)
    backwards = urllib.parse.urlencode(sorted(pairs, key=lambda pair: pair[0], reverse=True))
    assert huaweicloud.canonical_query(query) == huaweicloud.canonical_query(urllib.parse.urlencode(pairs[::-1]))
    # Volcengine's signers keep the order of values of one name.
    assert volcengine.canonical_query(query) == volcengine.canonical_query(backwards)
    for canonical in (huaweicloud.canonical_query(query), volcengine.canonical_query(query)):
        assert canonical.isascii()
        assert sorted(urllib.parse.parse_qsl(canonical, keep_blank_values=True)) == sorted(pairs)


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("", "/"),
        ("/", "/"),
        ("/v1/p", "/v1/p/"),
        ("/v1/p/", "/v1/p/"),
        ("/v1/a b", "/v1/a%20b/"),
        ("/v1/a%20b", "/v1/a%20b/"),
        ("/v1/~a-b_c.d", "/v1/~a-b_c.d/"),
        ("/v1/状", "/v1/%E7%8A%B6/"),
        ("/v1/a+b*", "/v1/a%2Bb%2A/"),
    ],
)
def test_huawei_signs_the_path_with_a_slash_at_its_end(path: str, canonical: str) -> None:
    assert huaweicloud.canonical_path(path) == canonical


def test_a_token_of_huaweis_iam_stands_instead_of_a_signature() -> None:
    request = requests.Request("GET", URL, auth=huaweicloud.TokenAuth("example-token", 0)).prepare()
    assert request.headers["X-Auth-Token"] == "example-token"
    assert "Authorization" not in request.headers
