# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test for each defect that was found by looking from outside, so that none comes back."""

from __future__ import annotations

import contextlib
import datetime
import http.server
import json
import re
import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Page, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.api import HuaweiClient
from ansible_collections.livestream.relay.plugins.module_utils._listing import read_list
from ansible_collections.livestream.relay.plugins.module_utils._options import QUERY, query_from
from ansible_collections.livestream.relay.plugins.module_utils._present import task_dict
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets, redact_text, redact_url
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud.task import to_task
from ansible_collections.livestream.relay.plugins.module_utils._volcengine.task import to_relay_task

Handle = t.Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


@contextlib.contextmanager
def server(handle: Handle) -> t.Iterator[str]:
    """A server on the loopback that does with each request what ``handle`` does; gives its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handle(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *dummy_args: t.Any) -> None:
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
        listener.server_close()


def account(cloud: str, endpoint: str, kind: str = "relay", **given: t.Any) -> Account:
    options: dict[str, t.Any] = dict.fromkeys((*CLOUDS[cloud].options, *CLOUDS[cloud].account_options))
    options.update(endpoint=endpoint, **given)
    return Account(cloud, kind, options)


def tencent(endpoint: str) -> Account:
    return account("tencentcloud", endpoint, access_key="AKIDexample", secret_key="example-secret")


def huawei(endpoint: str, **login: str) -> Account:
    login = login or {"access_key": "AKexample", "secret_key": "example-secret"}
    return account("huaweicloud", endpoint, project_id="0123456789abcdef", region="cn-north-4", **login)


def answer(request: http.server.BaseHTTPRequestHandler, status: int, document: t.Any, **headers: str) -> None:
    body = json.dumps(document).encode()
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


class PagesFromOne(Client):
    """A Huawei-like list whose ``offset`` counts pages from one, and whose page zero is the first one, too."""

    first = 0
    readings = HuaweiClient.readings
    max_page_size = 100

    def __init__(self, total: int, page_size: int) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query(page_size=page_size))
        self._ids = [str(number) for number in range(total)]

    def page(self, position: int, size: int) -> Page:
        start = max(0, position - 1) * size
        return Page([{"id": each} for each in self._ids[start : start + size]], len(self._ids))

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
@pytest.mark.parametrize("total", [1, 2, 3, 8, 20])
def test_pages_counted_from_one_are_read_whatever_their_size(total: int, page_size: int) -> None:
    # With pages of one task, the positions of two readings are the same: the first of them had read all the pages.
    listing = read_list(PagesFromOne(total, page_size), Query(page_size=page_size), Deadline(20))
    assert listing.complete
    assert [record["id"] for record in listing.records] == [str(number) for number in range(total)]


class OnePageForAll(Client):
    """A server that ignores the position and boasts of a total that nobody could count to."""

    max_page_size = 20

    def __init__(self) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query())
        self.asked = 0

    def page(self, position: int, size: int) -> Page:
        self.asked += 1
        time.sleep(0.01)
        return Page([{"id": str(row)} for row in range(size)], 10**18)

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


def test_a_monstrous_total_does_not_keep_the_reader_busy() -> None:
    client = OnePageForAll()
    listing = read_list(client, Query(concurrency=2), Deadline(5))
    assert not listing.complete
    assert len(listing.records) == 20
    assert client.asked <= 4 * (1 + 2 + 2)


@pytest.mark.parametrize("target", ["http://[::1", "https://other.example.org/", "//"])
def test_the_target_of_a_redirect_is_not_even_looked_at(target: str) -> None:
    def redirect(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        request.send_response(302)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    with server(redirect) as url, pytest.raises(RelayError) as caught:
        ask([tencent(url)], CLOUDS, Query(), Settings(), Deadline(5), Secrets(), {})
    assert caught.value.kind == "protocol"
    assert "redirect" in caught.value.what


REFUSED = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information", "request_id": "r1"}


@pytest.mark.parametrize("status", [429, 503, 404])
def test_a_gateway_in_trouble_does_not_vouch_for_a_key(status: int) -> None:
    # Its answer was taken for a sign that the key is good, and all other regions sent the key at once.
    asked = []

    def trouble_then_refusal(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        asked.append(request.path)
        answer(request, status if len(asked) == 1 else 401, {} if len(asked) == 1 else REFUSED)

    with server(trouble_then_refusal) as url:
        accounts = [huawei(url) for dummy in range(6)]
        result = ask(accounts, CLOUDS, Query(), Settings(), Deadline(20), Secrets(), {}, report_errors=True)
    assert len(asked) == 2
    assert len(result.errors) == 6


def test_a_token_that_was_given_is_refused_once() -> None:
    asked = []

    def stale(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        asked.append(request.path)
        answer(request, 401, {"error_code": "APIGW.0307", "error_msg": "The token must be updated"})

    with server(stale) as url:
        accounts = [huawei(url, auth_token="example-token") for dummy in range(6)]
        result = ask(accounts, CLOUDS, Query(), Settings(), Deadline(20), Secrets(), {}, report_errors=True)
    assert len(asked) == 1
    assert {error.kind for error in result.errors} == {"auth"}


def test_a_wrong_clock_is_found_out_once_for_all_regions() -> None:
    # Each region's first request was refused: together more refusals in a row than lock a key.
    ahead = datetime.timedelta(hours=2)
    refused = []

    def two_hours_ahead(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        now = datetime.datetime.now(datetime.timezone.utc) + ahead
        signed = datetime.datetime.strptime(request.headers["X-Sdk-Date"], "%Y%m%dT%H%M%S%z")
        if abs(now - signed) < datetime.timedelta(minutes=15):
            return answer(request, 200, {"task_infos": [], "total": 0, "request_id": "r1"})
        refused.append(signed)
        words = f"signature expired, signature time:{signed:%Y%m%dT%H%M%SZ},server time:{now:%Y%m%dT%H%M%SZ}"
        return answer(request, 401, {"error_code": "APIGW.0301", "error_msg": words})

    with server(two_hours_ahead) as url:
        accounts = [huawei(url) for dummy in range(6)]
        result = ask(accounts, CLOUDS, Query(), Settings(), Deadline(20), Secrets(), {})
    assert result.complete
    assert len(refused) == 1


def test_a_rate_that_was_given_holds_for_all_that_one_key_asks() -> None:
    # It held for each API alone: statuses were asked for in the same second as the list.
    times = []

    def list_or_status(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        times.append(time.monotonic())
        if request.headers["X-TC-Action"].endswith("Status"):
            return answer(request, 200, {"Response": {"TaskStatusInfo": {"RunStatus": "active"}}})
        rows = [{"TaskId": str(number), "Status": "enable"} for number in range(4)]
        return answer(request, 200, {"Response": {"TaskInfos": rows, "TotalNum": 4}})

    with server(list_or_status) as url:
        query = Query(rate_limit=3, runtime_status=True)
        result = ask([tencent(url)], CLOUDS, query, Settings(), Deadline(20), Secrets(), {})
    assert [task.state for task in result.tasks] == ["running"] * 4
    assert len(times) == 5
    assert times[3] - times[0] >= 1


@pytest.mark.parametrize("name", ["timeout", "request_timeout"])
def test_a_time_that_no_system_can_wait_for_is_refused(name: str) -> None:
    params: dict[str, t.Any] = {option: facts.get("default") for option, facts in QUERY.items()}
    with pytest.raises(RelayError) as caught:
        query_from({**params, name: 1e10})
    assert caught.value.kind == "config"
    assert name in str(caught.value)


THIRD_PARTY = {
    "TaskId": "t1",
    "Title": "Finals to rtmp://a.example.org/live2/abcd-efgh-1234, key abcd-efgh-1234",
    "Status": "生效中",
    "Type": 0,
    "SrcAddr": "rtmp://source.example.org/app/live",
    "DstAddr": "rtmp://a.example.org/live2/abcd-efgh-1234",
    "DstAddrType": 2,
    "Note": "abcd-efgh-1234",
    "Detail": {"Push": ["rtmp://a.example.org/live2/abcd-efgh-1234"]},
    "Image": "//user:pa55word@cdn.example.org/a.png?sig=s3cr3t",
    "Cover": "cdn.example.org/a.png?sig=s3cr3t",
    "Headers": {"Authorization": "Bearer s3cr3t"},
}


@pytest.mark.parametrize("secret", ["abcd-efgh-1234", "pa55word", "s3cr3t"])
def test_what_is_hidden_in_one_field_is_hidden_in_all(secret: str) -> None:
    # A stream key stood open in the title and in fields that nobody here knows, and so did URLs without a scheme.
    task = to_relay_task(THIRD_PARTY, "t1", datetime.datetime.now(datetime.timezone.utc))
    assert secret not in json.dumps(task_dict(task))
    assert secret in json.dumps(task_dict(task, show_secrets=True))


def test_words_that_are_no_keys_stay() -> None:
    record = {**THIRD_PARTY, "DstAddr": "rtmp://a.example.org/live2/live", "Note": "live", "Title": "live is live?"}
    task = to_relay_task(record, "t1", datetime.datetime.now(datetime.timezone.utc))
    shown = task_dict(task)
    assert shown["destination_url"] == "rtmp://a.example.org/live2/***"
    assert shown["title"] == "live is live?"
    assert shown["raw"]["Note"] == "live"
    assert shown["source_urls"] == ["rtmp://source.example.org/app/live"]


def asked(handle: Handle) -> t.Any:
    with server(handle) as url:
        result = ask([tencent(url)], CLOUDS, Query(), Settings(retries=0), Deadline(10), Secrets(), {})
    return task_dict(result.tasks[0])


def test_half_an_emoji_does_not_spoil_the_list() -> None:
    # Ansible refuses to read a whole result that holds one: a title that the cloud cut was enough.
    row = {"TaskId": "1", "Status": "enable", "Comment": "Finals \ud83d", "Region": "\U0001f3c6"}
    page = {"Response": {"TaskInfos": [row], "TotalNum": 1}}
    shown = asked(lambda request, dummy_body: answer(request, 200, page))
    assert shown["title"] == "Finals \ufffd"
    assert shown["region"] == "\U0001f3c6"
    json.dumps(shown, ensure_ascii=False).encode()


@pytest.mark.parametrize("value", ['{"a":' * 300 + "1" + "}" * 300, "[" * 300 + "]" * 300, "1e999"])
def test_what_cannot_be_printed_is_not_the_api(value: str) -> None:
    body = '{"Response": {"TotalNum": 1, "TaskInfos": [{"TaskId": "1", "New": VALUE}]}}'.replace(
        "VALUE", value
    ).encode()

    def strange(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with pytest.raises(RelayError) as caught:
        asked(strange)
    assert caught.value.kind == "protocol"


def test_a_servers_words_are_short_and_cannot_control_a_terminal() -> None:
    # A long word took minutes to search for URLs; escape sequences reached the terminal.
    error = {"Code": "InternalErrorX\x1b[31m", "Message": "a\r\nb\x1b]0;c\x07 " + "m" * 300_000}
    with pytest.raises(RelayError) as caught:
        asked(lambda request, dummy_body: answer(request, 200, {"Response": {"Error": error, "RequestId": "r\x1b"}}))
    for words in (str(caught.value), *map(str, caught.value.as_dict().values())):
        assert words.isprintable()
        assert len(words) < 5000


def test_the_search_for_urls_takes_a_time_that_grows_with_the_text_alone() -> None:
    started = time.monotonic()
    assert redact_text("m" * 300_000) == "m" * 300_000
    assert time.monotonic() - started < 5


def test_a_code_and_a_request_id_hold_no_signature() -> None:
    def echo(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        signed = request.headers["Authorization"]
        answer(request, 200, {"Response": {"Error": {"Code": f"AuthFailure {signed}"}, "RequestId": signed}})

    with pytest.raises(RelayError) as caught:
        asked(echo)
    assert "AKIDexample" not in str(caught.value.as_dict())
    assert not re.search(r"Signature=[0-9a-f]", str(caught.value.as_dict()))


def test_a_status_with_a_url_hides_its_secrets() -> None:
    record = {**THIRD_PARTY, "Status": "failed: rtmp://user:pa55word@source.example.org/app?k=s3cr3t"}
    shown = task_dict(to_relay_task(record, "t1", datetime.datetime.now(datetime.timezone.utc)))
    assert shown["status"] == "failed: rtmp://***@source.example.org/app?k=***"


def test_an_error_names_the_half_of_a_pair_that_a_file_holds() -> None:
    # The file is called default.credential, and what stood behind it was taken for one.
    words = "profile 'default' in /home/me/.tccli/default.credential: secretId is set, but not secretKey"
    assert Secrets().scrub(words) == words
    assert "AKIDexample" not in Secrets().scrub('{"Credential": "AKIDexample/2026-12-01"} Credential=AKIDexample')


def test_a_url_among_callback_events_hides_its_secrets() -> None:
    record = {
        "TaskId": "t1",
        "Status": "enable",
        "CallbackEvents": ["TaskStart https://u:pa55word@example.org/?k=s3cr3t"],
    }
    shown = task_dict(to_task(record, "t1", datetime.datetime.now(datetime.timezone.utc)))
    assert shown["callback_events"] == ["TaskStart https://***@example.org/?k=***"]
    assert "pa55word" not in str(shown)


def test_the_request_id_of_a_good_page_holds_no_secret() -> None:
    def echo(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        signed = f"{request.headers['Authorization']} https://u:pa55word@example.org/"
        answer(request, 200, {"Response": {"TaskInfos": [], "TotalNum": 0, "RequestId": signed}})

    with server(echo) as url:
        result = ask([tencent(url)], CLOUDS, Query(), Settings(retries=0), Deadline(10), Secrets(), {})
    (request_id,) = result.accounts[0].request_ids
    assert "AKIDexample" not in request_id
    assert "pa55word" not in request_id
    assert not re.search(r"Signature=[0-9a-f]", request_id)


def test_a_query_right_behind_a_host_is_hidden_where_its_question_mark_is_encoded() -> None:
    assert redact_url("rtmp://example.org%3FtxSecret=s3cr3t") == "rtmp://example.org%3FtxSecret=***"
    assert redact_url("rtmp://u:p%3Fw@example.org%3fa=s3cr3t#f") == "rtmp://***@example.org%3fa=***#***"
