# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests over real sockets to servers that answer with anything but what they should."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import email.utils
import gzip
import http.client
import json
import socket
import threading
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.livestream.relay.plugins.module_utils import _http
from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import FleetResult, ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets

PAGE = {"Response": {"TaskInfos": [{"TaskId": "1", "Status": "enable"}], "TotalNum": 1, "RequestId": "r1"}}
BODY = json.dumps(PAGE).encode()


@dataclasses.dataclass
class Request:
    """What arrived: the headers, and when."""

    headers: dict[str, str]
    at: float


class Raw:
    """A server that reads one request on each connection and answers with the bytes it was given, in turn.

    An answer is bytes, or pieces with pauses (seconds) between them. The last one is given again and again.
    """

    def __init__(self, *answers: t.Sequence[bytes | float]) -> None:
        self._answers = answers
        self.requests: list[Request] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        # The thread that waits for a connection is woken by one, and closes the door behind it.
        with socket.create_connection(self._listener.getsockname(), 5):
            pass
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            connection, dummy_address = self._listener.accept()
            if self._over.is_set():
                self._listener.close()
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            stream = connection.makefile("rb")
            if not stream.readline():
                return
            headers = http.client.parse_headers(stream)
            stream.read(int(headers.get("Content-Length", 0)))
            self.requests.append(Request(dict(headers.items()), time.monotonic()))
            for piece in self._answers[min(len(self.requests), len(self._answers)) - 1]:
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                elif self._over.wait(piece):
                    return


def answer(body: bytes = BODY, status: int = 200, length: int | None = None, **headers: str) -> list[bytes | float]:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "Connection: close", "", ""]).encode(), body]


@contextlib.contextmanager
def serving(*answers: t.Sequence[bytes | float]) -> t.Iterator[Raw]:
    server = Raw(*answers)
    try:
        yield server
    finally:
        server.close()


def listed(server: Raw, timeout: float = 20.0, **settings: t.Any) -> FleetResult:
    options: dict[str, t.Any] = dict.fromkeys(CLOUDS["tencentcloud"].options)
    options.update(endpoint=server.url, access_key="AKIDexample", secret_key="example-secret")
    given = Settings(**{"retries": 0, "request_timeout": 10.0, **settings})
    account = Account("tencentcloud", "relay", options)
    return ask([account], CLOUDS, Query(), given, Deadline(timeout), Secrets(), {})


def failure(server: Raw, timeout: float = 20.0, **settings: t.Any) -> RelayError:
    with pytest.raises(RelayError) as caught:
        listed(server, timeout, **settings)
    error = caught.value
    assert (error.cloud, error.action) == ("tencentcloud", "DescribeLivePullStreamTasks")
    assert error.endpoint == server.url
    assert "example-secret" not in str(error)
    assert "Signature=" not in str(error)
    return error


def error_body(code: str, message: str = "no") -> bytes:
    return json.dumps({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r9"}}).encode()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", "application/octet-stream", ""],
)
def test_a_page_is_a_page_whatever_its_content_type(content_type: str) -> None:
    with serving(answer(Content_Type=content_type)) as server:
        assert [task.task_id for task in listed(server).tasks] == ["1"]


@pytest.mark.parametrize("content_type", ["application/json", "text/html; charset=gbk", ""])
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_an_error_is_an_error_whatever_its_status_and_content_type(status: int, content_type: str) -> None:
    with serving(answer(error_body("AuthFailure.SecretIdNotFound"), status, Content_Type=content_type)) as server:
        error = failure(server)
    assert (error.kind, error.code) == ("auth", "AuthFailure.SecretIdNotFound")
    assert (error.http_status, error.request_id) == (status, "r9")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html><body>hotel login</body></html>", 200, "protocol"),
        (b"", 200, "protocol"),
        (b"{}", 200, "protocol"),
        (b"[]", 200, "protocol"),
        (b"null", 200, "protocol"),
        (b'{"Response": {}}', 200, "protocol"),
        (BODY[:-3], 200, "protocol"),
        (BODY, 404, "protocol"),
        (b"<html>Bad Gateway</html>", 502, "service"),
        (b"slow down", 429, "throttled"),
        (b"who are you", 407, "network"),
        (b"", 302, "protocol"),
    ],
)
def test_what_is_no_answer_of_the_api_is_no_empty_list(body: bytes, status: int, kind: str) -> None:
    with serving(answer(body, status)) as server:
        error = failure(server)
    assert (error.kind, error.http_status) == (kind, status)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with serving(answer()) as elsewhere:
        with serving(answer(b"", status, Location=f"{elsewhere.url}/?token=s3cr3t")) as server:
            error = failure(server)
        assert error.kind == "protocol"
        assert "redirect" in error.what
        assert "s3cr3t" not in str(error)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "broken",
    [
        [],
        [b"HTTP/1.1 200 OK\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"],
        answer(BODY[:20], length=len(BODY)),
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"],
    ],
    ids=["at once", "after the status", "within a header", "before the body", "within the body", "within a chunk"],
)
def test_a_connection_that_breaks_is_tried_again(broken: list[bytes | float]) -> None:
    with serving(broken, answer()) as server:
        result = listed(server, retries=1)
        assert [task.task_id for task in result.tasks] == ["1"]
        assert result.accounts[0].requests == len(server.requests) == 2
    with serving(broken) as server:
        error = failure(server)
    assert (error.kind, error.retry) == ("network", True)


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9.9\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 5000])
def test_a_server_of_something_else_is_a_clear_failure(garbage: bytes) -> None:
    with serving([garbage]) as server:
        error = failure(server)
    assert error.kind == "network"
    assert str(error).isprintable()


def test_headers_without_an_end_are_a_clear_failure() -> None:
    with serving([b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 500]) as server:
        assert failure(server).kind == "network"


def test_an_answer_that_is_longer_than_it_says_is_cut() -> None:
    with serving(answer(BODY + b"and more", length=len(BODY))) as server:
        assert listed(server).complete


@pytest.mark.parametrize("length", ["-5", "many", "1e3"])
def test_a_length_that_is_no_number_is_no_trouble(length: str) -> None:
    with serving([f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode(), BODY]) as server:
        assert listed(server).complete


def test_a_compressed_answer_is_read() -> None:
    with serving(answer(gzip.compress(BODY), Content_Encoding="gzip")) as server:
        assert listed(server).complete


def test_a_compression_that_is_broken_is_a_clear_failure() -> None:
    with serving(answer(b"\x1f\x8b" + b"x" * 50, Content_Encoding="gzip")) as server:
        error = failure(server)
    assert error.kind == "protocol"
    assert "compression" in error.what


def test_an_answer_that_unpacks_to_more_than_any_page_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000, 9)
    assert len(bomb) < 100_000
    with serving(answer(bomb, Content_Encoding="gzip")) as server:
        error = failure(server)
    assert (error.kind, error.retry) == ("protocol", False)
    assert "larger" in error.what


DRIPPED_BODY = [answer()[0], *(piece for byte in BODY for piece in (bytes([byte]), 0.05))]
DRIPPED_HEAD = [piece for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 400 for piece in (bytes([byte]), 0.05)]


@pytest.mark.parametrize("slow", [DRIPPED_HEAD, DRIPPED_BODY, [30.0]], ids=["headers", "body", "silence"])
def test_a_slow_server_is_left_when_the_time_is_up(slow: list[bytes | float]) -> None:
    with serving(slow) as server:
        started = time.monotonic()
        error = failure(server, timeout=0.5)
        took = time.monotonic() - started
    assert error.kind == "timeout"
    assert took < 4


def test_silence_is_a_timeout_that_is_tried_again() -> None:
    with serving([30.0], answer()) as server:
        result = listed(server, retries=1, request_timeout=0.2)
    assert result.complete
    assert len(server.requests) == 2


def test_nobody_listening_is_a_clear_failure() -> None:
    with serving(answer()) as server:
        pass
    error = failure(server)
    assert error.kind == "network"
    assert "Connection refused" in error.what
    assert "0x" not in str(error)


def test_a_retry_is_signed_anew() -> None:
    with serving(answer(b"", 503, Retry_After="1.1"), answer()) as server:
        assert listed(server, retries=1).complete
    before, after = server.requests
    assert int(after.headers["X-TC-Timestamp"]) > int(before.headers["X-TC-Timestamp"])
    assert after.headers["Authorization"] != before.headers["Authorization"]


def test_what_may_succeed_later_is_tried_no_more_often_than_allowed() -> None:
    with serving(answer(b"", 503)) as server:
        assert failure(server, retries=2).kind == "service"
    assert len(server.requests) == 3


def test_a_server_that_says_when_is_obeyed() -> None:
    with serving(answer(b"", 429, Retry_After="2"), answer()) as server:
        assert listed(server, retries=1).complete
    first, second = server.requests
    assert second.at - first.at >= 2


def test_a_server_that_wants_more_time_than_there_is_is_not_waited_for() -> None:
    with serving(answer(b"", 429, Retry_After="3600")) as server:
        started = time.monotonic()
        error = failure(server, retries=4)
    assert error.kind == "throttled"
    assert time.monotonic() - started < 10
    assert len(server.requests) == 1


def at(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def test_a_wrong_clock_is_corrected_once() -> None:
    expired = error_body("AuthFailure.SignatureExpire")
    with serving(answer(expired, Date=at(7200)), answer(Date=at(7200))) as server:
        assert listed(server, retries=0).complete
    before, after = (int(request.headers["X-TC-Timestamp"]) for request in server.requests)
    assert 7190 <= after - before <= 7210


def test_a_clock_that_stays_wrong_ends_the_call() -> None:
    with serving(answer(error_body("AuthFailure.SignatureExpire"), Date=at(7200))) as server:
        error = failure(server, retries=4)
    assert error.kind == "auth"
    assert len(server.requests) == 2


def test_a_clock_that_the_cloud_does_not_tell_is_not_guessed() -> None:
    with serving(answer(error_body("AuthFailure.SignatureExpire"))) as server:
        assert failure(server, retries=4).kind == "auth"
    assert len(server.requests) == 1


def test_states_are_told_by_the_clouds_clock() -> None:
    row = {"TaskId": "1", "Status": "enable", "EndTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    page = json.dumps({"Response": {"TaskInfos": [row], "TotalNum": 1}}).encode()
    for ahead, state in ((3600, "finished"), (-3600, "running")):
        with serving(answer(page, Date=at(ahead))) as server:
            assert [task.state for task in listed(server).tasks] == [state]


def test_a_netrc_never_touches_a_signed_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password netrc-secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answer()) as server:
        assert listed(server).complete
    headers = server.requests[0].headers
    assert headers["Authorization"].startswith("TC3-HMAC-SHA256 ")
    assert base64.b64encode(b"somebody:netrc-secret").decode() not in str(headers)


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_this_machine_is_reached_past_every_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with serving(answer(b"<html>proxy</html>", 200)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with serving(answer()) as server:
            assert listed(server).complete
        assert proxy.requests == []


def test_cookies_are_not_kept_for_the_next_request() -> None:
    rows = [{"TaskId": str(number), "Status": "enable"} for number in range(21)]
    pages = [json.dumps({"Response": {"TaskInfos": part, "TotalNum": 21}}).encode() for part in (rows[:20], rows[20:])]
    with serving(answer(pages[0], Set_Cookie="session=s3cr3t; Path=/"), answer(pages[1])) as server:
        assert listed(server).complete
    assert "Cookie" not in server.requests[1].headers


def test_a_request_says_what_it_is_and_what_it_wants() -> None:
    with serving(answer()) as server:
        listed(server)
    headers = server.requests[0].headers
    assert headers["User-Agent"] == "livestream.relay"
    assert headers["Accept"] == "application/json"
    assert headers["X-TC-Language"] == "en-US"
    assert headers["Host"] == server.url.partition("://")[2]
