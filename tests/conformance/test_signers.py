# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our signers give the signatures of the official SDKs' own, for known requests and for odd ones."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
from pathlib import Path

import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._credentials import KeyPair
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.auth import SdkHmacAuth
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud.auth import TC3Auth
from ansible_collections.livestream.relay.plugins.module_utils._volcengine.auth import VolcAuth
from ansible_collections.livestream.relay.tests.conformance import sdk_signers
from ansible_collections.livestream.relay.tests.conformance.sdk_signers import Keys, Pairs, Sent

VECTORS: list[dict[str, t.Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
JSON = "application/json"
# A day's last second and first, a leap day, a time with a fraction.
MOMENTS = st.one_of(
    st.integers(0, 4_102_444_800),
    st.sampled_from([0, 1_700_000_000, 1_709_164_799, 1_709_164_800, 1_709_251_199, 1_700_000_000.999]),
)
# All that a header takes, save for spaces: a key or token with others is refused before it is used.
SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=200)
KEYS = st.builds(Keys, SECRETS, SECRETS, st.none() | SECRETS | st.just("Token/+==" * 300))
HOSTS = st.builds(
    lambda scheme, host, port: f"{scheme}://{host}{port}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(["live.example.com", "LIVE.Example.COM", "localhost", "127.0.0.1", "[::1]", "[2001:DB8::a]"]),
    st.sampled_from(["", ":80", ":443", ":8080", ":18443", ":1", ":65535"]),
)
ODD = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(" +&=%?#;/~*'\"()!$,:@[]\\|-_.\0\r\n\t"), max_size=30
)
QUERIES = st.lists(st.tuples(ODD, ODD), max_size=8)
BODIES = st.one_of(
    st.just(b""),
    st.binary(max_size=300),
    st.text(max_size=100).map(str.encode),
    st.dictionaries(st.text(max_size=20), st.text(max_size=20) | st.integers()).map(
        lambda body: json.dumps(body).encode()
    ),
    st.integers(1, 2_000_000).map(lambda size: b'{"a": "' + b"x" * size + b'"}'),
)


def prepared(method: str, url: str, headers: dict[str, str], body: bytes, auth: t.Any) -> requests.PreparedRequest:
    """The request as our client sends it."""
    return requests.Request(method, url, headers=headers, data=body or None, auth=auth).prepare()


def sent(request: requests.PreparedRequest, query: Pairs, headers: dict[str, str], body: bytes, at: float) -> Sent:
    path = urllib.parse.urlsplit(str(request.url)).path
    return Sent(str(request.method), path, query, {**headers, "Host": request.headers["Host"]}, body, int(at))


def key_pair(keys: Keys) -> KeyPair:
    return KeyPair(keys.access_key, keys.secret_key, keys.session_token, "options")


def encoded(query: Pairs) -> str:
    """A query as our clients write it."""
    return "&".join("=".join(urllib.parse.quote(word, safe="~") for word in pair) for pair in query)


def assert_same(request: requests.PreparedRequest, theirs: dict[str, str], *names: str) -> None:
    for name in ("Authorization", *names):
        assert request.headers.get(name) == theirs.get(name), name


# Known requests


def our_signer(vector: dict[str, t.Any], keys: Keys) -> t.Any:
    if vector["cloud"] == "tencentcloud":
        return TC3Auth(key_pair(keys), vector["service"], vector["at"])
    if vector["cloud"] == "huaweicloud":
        return SdkHmacAuth(key_pair(keys), vector["at"])
    return VolcAuth(key_pair(keys), vector["region"], vector["service"], vector["at"])


def their_signatures(vector: dict[str, t.Any], request: Sent, keys: Keys) -> list[str]:
    if vector["cloud"] == "tencentcloud":
        signed = [sdk_signers.tencentcloud(request, keys, vector["service"])]
    elif vector["cloud"] == "huaweicloud":
        signed = [sdk_signers.huaweicloud(request, keys)]
    else:
        signers = (sdk_signers.volcengine, sdk_signers.volcengine_core)
        signed = [sign(request, keys, vector["region"], vector["service"]) for sign in signers]
    return [headers["Authorization"] for headers in signed]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_known_signatures(vector: dict[str, t.Any]) -> None:
    keys = Keys(vector["access_key"], vector["secret_key"], vector["token"])
    body, headers = vector["body"].encode(), vector["headers"]
    request = prepared(vector["method"], vector["url"], headers, body, our_signer(vector, keys))
    assert request.headers["Authorization"] == vector["authorization"]
    _path, query = sdk_signers.split_url(vector["url"])
    theirs = their_signatures(vector, sent(request, query, headers, body, vector["at"]), keys)
    assert set(theirs) == {vector["authorization"]}


def test_every_cloud_has_known_signatures() -> None:
    assert {vector["cloud"] for vector in VECTORS} == {"tencentcloud", "huaweicloud", "volcengine"}
    assert len(VECTORS) == len({vector["name"] for vector in VECTORS}) >= 16


# Odd requests


@settings(max_examples=300, deadline=None)
@given(base=HOSTS, keys=KEYS, body=BODIES, service=st.sampled_from(["live", "sts"]), at=MOMENTS)
def test_tencentcloud(base: str, keys: Keys, body: bytes, service: str, at: float) -> None:
    request = prepared("POST", f"{base}/", {"Content-Type": JSON}, body, TC3Auth(key_pair(keys), service, at))
    theirs = sdk_signers.tencentcloud(sent(request, [], {"Content-Type": JSON}, body, at), keys, service)
    assert_same(request, theirs, "X-TC-Timestamp", "X-TC-Token", "Content-Type", "Host")


@settings(max_examples=300, deadline=None)
@given(
    base=HOSTS, keys=KEYS, segments=st.lists(ODD, max_size=4), query=QUERIES, body=BODIES, at=MOMENTS,
    content_type=st.sampled_from([None, JSON, "application/json;charset=utf8"]),
    project_id=st.none() | st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
)  # fmt: skip
@example(
    base="https://h", keys=Keys("ak", "sk"), segments=["v1", "a b", "~", "%2F", ""], content_type=None, body=b"", at=0,
    query=[("b", "2"), ("a", ""), ("", "x"), ("b", "1"), ("B", "+ /"), ("b", "1"), ("é", "~*")], project_id=None,
)  # fmt: skip
def test_huaweicloud(
    base: str, keys: Keys, segments: list[str], query: Pairs, body: bytes, at: float, content_type: str | None,
    project_id: str | None,
) -> None:  # fmt: skip
    headers = {name: value for name, value in (("Content-Type", content_type), ("X-Project-Id", project_id)) if value}
    path = "/".join(urllib.parse.quote(segment, safe="") for segment in segments)
    url = f"{base}/v1/{path}?{encoded(query)}"
    request = prepared("POST" if body else "GET", url, headers, body, SdkHmacAuth(key_pair(keys), at))
    theirs = sdk_signers.huaweicloud(sent(request, query, headers, body, at), keys)
    assert_same(request, theirs, "X-Sdk-Date", "X-Security-Token", "X-Project-Id", "Host")


@settings(max_examples=300, deadline=None)
@given(
    base=HOSTS, keys=KEYS, query=QUERIES, body=BODIES, service=st.sampled_from(["live", "sts"]), at=MOMENTS,
    region=st.sampled_from(["cn-north-1", "ap-singapore-1"]), method=st.sampled_from(["GET", "POST"]),
)  # fmt: skip
@example(
    base="http://h:8080", keys=Keys("ak", "sk", "token"), body=b"", service="live", at=0, region="cn-north-1",
    query=[("b", "2"), ("a", ""), ("", "x"), ("b", "1"), ("B", "+ /"), ("é", "~*")], method="GET",
)  # fmt: skip
def test_volcengine(
    base: str, keys: Keys, query: Pairs, body: bytes, service: str, at: float, region: str, method: str
) -> None:
    headers = {"Content-Type": JSON} if method == "POST" else {}
    body = body if method == "POST" else b""
    url = f"{base}/?{encoded(query)}"
    request = prepared(method, url, headers, body, VolcAuth(key_pair(keys), region, service, at))
    theirs = sdk_signers.volcengine(sent(request, query, headers, body, at), keys, region, service)
    assert_same(request, theirs, "X-Date", "X-Content-Sha256", "X-Security-Token", "Host")


# The other SDK sorts a query by its encoded names, the one above by the names themselves. That is the same for the
# names that the APIs have, and only for such.
PARAMETERS = st.dictionaries(st.text(st.sampled_from("abcXYZ019._-"), min_size=1, max_size=12), ODD, max_size=8)


@settings(max_examples=300, deadline=None)
@given(base=HOSTS, keys=KEYS, query=PARAMETERS, body=ODD, at=MOMENTS)
def test_volcengine_by_the_other_sdk(base: str, keys: Keys, query: dict[str, str], body: str, at: float) -> None:
    pairs = list(query.items())
    headers = {"Content-Type": JSON}
    url = f"{base}/?{encoded(pairs)}"
    request = prepared("POST", url, headers, body.encode(), VolcAuth(key_pair(keys), "cn-north-1", "live", at))
    theirs = sdk_signers.volcengine_core(sent(request, pairs, headers, body.encode(), at), keys, "cn-north-1", "live")
    assert_same(request, theirs, "X-Date", "X-Content-Sha256", "X-Security-Token", "Host")
