# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our client puts on the wire, as a server sees it, is what the official SDKs' signers sign."""

from __future__ import annotations

import calendar
import http.server
import json
import re
import threading
import time
import typing as t
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.tests.conformance import ours, sdk_signers
from ansible_collections.livestream.relay.tests.conformance.sdk_signers import Keys, Sent

# One answer for all: each client reads what it knows. The task of Tencent's should run, so its status is asked as well.
ANSWER = {
    "Response": {
        "TaskInfos": [{"TaskId": "1", "Status": "enable"}],
        "TotalNum": 1,
        "TaskStatusInfo": {"RunStatus": "active"},
        "RequestId": "1",
    },
    "task_infos": [],
    "total": 0,
    "projects": [{"id": "the-project", "name": "cn-north-4"}],
    "ResponseMetadata": {"RequestId": "1"},
    "Result": {"List": [], "Pagination": {"TotalCount": 0}},
}


class Server(http.server.ThreadingHTTPServer):
    """Keeps every request as it came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: list[tuple[str, str, list[tuple[str, str]], bytes]] = []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def endpoint(self) -> str:
        return f"http://{self.netloc}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        t.cast(Server, self.server).came.append((self.command, self.path, self.headers.items(), body))
        answer = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: t.Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def asked(server: Server, cloud: str, **options: t.Any) -> list[tuple[Sent, dict[str, str]]]:
    """Let our client list, and give each request as the SDKs' signers take it, with the headers that came."""
    server.came.clear()
    ours.list_tasks(cloud, endpoint=server.endpoint, rate_limit=10_000, **options)
    return [as_sent(server, *each) for each in server.came]


def as_sent(
    server: Server, method: str, target: str, came: list[tuple[str, str]], body: bytes
) -> tuple[Sent, dict[str, str]]:
    headers = dict(came)
    assert len(headers) == len(came), "a header came twice"
    assert headers["Host"] == server.netloc
    path, query = sdk_signers.split_url(target)
    signed = re.search("SignedHeaders=([^,]+)", headers["Authorization"])
    assert signed
    names = {name.lower(): name for name in headers}
    kept = {names[name]: headers[names[name]] for name in signed.group(1).split(";") if name not in OWN}
    return Sent(method, path, query, kept, body, signing_time(headers)), headers


# What the signers add by themselves.
OWN = ("x-date", "x-content-sha256", "x-security-token", "x-sdk-date")


def signing_time(headers: dict[str, str]) -> int:
    if "X-TC-Timestamp" in headers:
        return int(headers["X-TC-Timestamp"])
    stamp = headers.get("X-Sdk-Date") or headers["X-Date"]
    return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))


def options_of(keys: Keys) -> dict[str, t.Any]:
    return {"access_key": keys.access_key, "secret_key": keys.secret_key, "session_token": keys.session_token}


SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
KEYS = st.builds(Keys, SECRETS, SECRETS, st.none() | SECRETS)
WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" +&=%?#;/~*'\"\\"), min_size=1, max_size=30)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(keys=KEYS, task_id=st.none() | WORDS)
def test_tencentcloud(server: Server, keys: Keys, task_id: str | None) -> None:
    only = {"task_id": [task_id]} if task_id else {}
    came = asked(server, "tencentcloud", runtime_status=not only, **only, **options_of(keys))
    assert len(came) == (1 if only else 2)
    for request, headers in came:
        theirs = sdk_signers.tencentcloud(request, keys, "live")
        for name in ("Authorization", "Host", "Content-Type", "X-TC-Timestamp", "X-TC-Token", "X-TC-Language"):
            assert headers.get(name) == theirs.get(name), name


@few
@given(keys=KEYS, task_id=st.none() | WORDS, region=st.none() | WORDS, found=st.booleans())
def test_huaweicloud(server: Server, keys: Keys, task_id: str | None, region: str | None, found: bool) -> None:
    place = {"region": "cn-north-4", "iam_endpoint": server.endpoint} if found else {"project_id": "the-project"}
    only = {"task_id": [task_id]} if task_id else {}
    came = asked(server, "huaweicloud", task_region=region, **only, **place, **options_of(keys))
    assert len(came) == (2 if found else 1)
    for request, headers in came:
        theirs = sdk_signers.huaweicloud(request, keys)
        for name in ("Authorization", "Host", "X-Sdk-Date", "X-Project-Id", "X-Security-Token"):
            assert headers.get(name) == theirs.get(name), name
    query = dict(came[-1][0].query)
    assert (query.get("task_id"), query.get("region")) == (task_id, region)


@few
@given(
    keys=KEYS, title=st.none() | WORDS, groups=st.none() | st.lists(WORDS, min_size=1, max_size=3), kind=st.booleans()
)
def test_volcengine(server: Server, keys: Keys, title: str | None, groups: list[str] | None, kind: bool) -> None:
    filters = {"kind": "relay", "title": title, "groups": groups} if kind else {"kind": "record"}
    came = asked(server, "volcengine", **filters, **options_of(keys))
    assert len(came) == 1
    request, headers = came[0]
    for sign in (sdk_signers.volcengine, sdk_signers.volcengine_core):
        theirs = sign(request, keys, "cn-north-1", "live")
        for name in ("Authorization", "Host", "Content-Type", "X-Date", "X-Content-Sha256", "X-Security-Token"):
            assert headers.get(name) == theirs.get(name), name
