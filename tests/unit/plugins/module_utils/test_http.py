# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of talking HTTP that need no network: addresses, bodies, headers, pauses and the clock."""

from __future__ import annotations

import contextlib
import email.utils
import json
import math
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import (
    DEEPEST,
    LONGEST_PAUSE,
    Answer,
    Clock,
    check_endpoint,
    header_value,
    host_header,
    is_loopback,
    parse_body,
    parse_http_date,
    parse_retry_after,
    retry_pause,
)


@pytest.mark.parametrize(
    ("given_endpoint", "used"),
    [
        ("live.example.org", "https://live.example.org"),
        ("live.example.org/", "https://live.example.org"),
        ("https://live.example.org", "https://live.example.org"),
        ("https://live.example.org//", "https://live.example.org"),
        ("HTTPS://Live.Example.org:8443/", "https://Live.Example.org:8443"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://under_score.example.org", "https://under_score.example.org"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://LOCALHOST", "http://LOCALHOST"),
        ("http://[::1]:65535/", "http://[::1]:65535"),
    ],
)
def test_an_endpoint(given_endpoint: str, used: str) -> None:
    assert check_endpoint(given_endpoint) == used
    assert check_endpoint(used) == used


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        " ",
        "https://",
        "https:///path",
        "://h",
        "ftp://h",
        "file:///etc/passwd",
        "javascript://h",
        "https://h/path",
        "https://h/?x=1",
        "https://h?",
        "https://h#",
        "https://h#f",
        "https://user@h",
        "https://user:pw@h",
        "https://@h",
        "https://h:0",
        "https://h:65536",
        "https://h:port",
        "https://h:-1",
        "https://h h",
        "https://h\n.example.org",
        "https://h\r\nX-Evil: 1",
        "https://h\t",
        "https://h\x00",
        "https://[::1",
        "https://::1]",
        "https://[not-an-address]",
        "https://[::1%25eth0]",
        "https://[v1.future]",
        "https://[example.org]:443",
        "https://-h",
        "https://h-",
        "https://.h",
        "https://h..h",
        "https://" + "a" * 64 + ".example.org",
        "https://bücher.example.org",
        "https://h．example.org",
        "https://h%2eexample.org",
        "https://h\\@evil.example.org",
        "https://h;x",
        "https://h,h2",
        "https://*",
        "h:8080:9090",
        "http://live.example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://0.0.0.0",
        "http://[::ffff:8.8.8.8]",
        "http://2130706433",
        "http://0x7f.1",
    ],
)
def test_an_endpoint_that_is_refused(endpoint: str) -> None:
    with pytest.raises(RelayError) as caught:
        check_endpoint(endpoint, "iam_endpoint")
    assert caught.value.kind == "config"
    assert "iam_endpoint" in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("endpoint", ["https://user:hunter2@h", "https://hunter2@h", "https://h/?token=hunter2"])
def test_a_secret_in_an_endpoint_is_not_told(endpoint: str) -> None:
    with pytest.raises(RelayError) as caught:
        check_endpoint(endpoint)
    assert "hunter2" not in str(caught.value)


@given(st.text("htps:/.@[]?#%\\ 1aZ_-", max_size=30))
def test_whatever_is_accepted_leads_to_a_host_alone(endpoint: str) -> None:
    used = ""
    with contextlib.suppress(RelayError):
        used = check_endpoint(endpoint)
    if not used:
        return
    scheme, dummy, rest = used.partition("://")
    assert scheme in ("http", "https")
    assert not set(rest) & set("/@?#\\% ")
    assert scheme == "https" or is_loopback(host_header(used).partition(":")[0])


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("[::1]", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("localhost.", False),
        ("", False),
        ("example.org", False),
    ],
)
def test_what_is_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://live.example.org/", "live.example.org"),
        ("https://live.example.org:443/", "live.example.org"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("https://live.example.org:80/", "live.example.org:80"),
        ("http://127.0.0.1:443/x?y", "127.0.0.1:443"),
        ("https://Live.Example.org:8443", "live.example.org:8443"),
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_the_host_that_is_signed(url: str, host: str) -> None:
    assert host_header(url) == host


@pytest.mark.parametrize(("value", "clean"), [("abc", "abc"), (" abc\n", "abc"), ("a/b+c==", "a/b+c==")])
def test_a_key_for_a_header(value: str, clean: str) -> None:
    assert header_value(value, "access_key") == clean


@pytest.mark.parametrize("value", ["", " \n", "a b", "a\nb", "a\r\nX: y", "a\x00b", "schlüssel", "a\x7fb", "a\u200bb"])
def test_a_key_that_no_header_can_hold(value: str) -> None:
    with pytest.raises(RelayError) as caught:
        header_value(value, "access_key")
    assert caught.value.kind == "config"
    assert str(caught.value).startswith("access_key ")
    assert not value.strip() or value not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"\xef\xbb\xbf[]", []),
        (b" \n3 ", 3),
        ('{"状态": "生效中"}'.encode(), {"状态": "生效中"}),
        (b'"\\ud83c\\udfc6"', "\U0001f3c6"),
        (b'["\\ud83c", "\\udfc6x"]', ["\ufffd", "\ufffdx"]),
        (b'{"\\ud83c": 1}', {"\ufffd": 1}),
        (b"null", None),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"12345678901234567890123", 12345678901234567890123),
        (b"[" * DEEPEST + b"]" * DEEPEST, json.loads("[" * DEEPEST + "]" * DEEPEST)),
    ],
)
def test_a_body(body: bytes, document: t.Any) -> None:
    assert parse_body(body) == (document, "")


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"", "it is empty"),
        (b" \r\n", "it is empty"),
        (b"<html></html>", "it is an HTML or XML page"),
        (b'\n<?xml version="1.0"?>', "it is an HTML or XML page"),
        (b"Bad Gateway", "it is no valid JSON"),
        (b'{"a": 1', "it is no valid JSON"),
        (b'{"a": 1} {"b": 2}', "it is no valid JSON"),
        (b"NaN", "it is no valid JSON"),
        (b'{"a": Infinity}', "it is no valid JSON"),
        (b'{"a": 1e999}', "it is no valid JSON"),
        (b"'a'", "it is no valid JSON"),
        (b"\xff\xfe{\x00}\x00", "it is not UTF-8"),
        (b'{"a": "\xe7\x94"}', "it is not UTF-8"),
        (b"1" * 10000, "it is no valid JSON"),
        (b"[" * 100_000, "it is no valid JSON"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "it is nested more than 64 levels deep"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "it is nested more than 64 levels deep"),
    ],
)
def test_a_body_that_is_no_document(body: bytes, flaw: str) -> None:
    assert parse_body(body) == (None, flaw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_every_document_survives_its_way(document: t.Any) -> None:
    assert parse_body(json.dumps(document).encode()) == (document, "")
    assert parse_body(json.dumps(document, ensure_ascii=False).encode()) == (document, "")


@given(st.binary(max_size=60))
def test_no_body_makes_the_reader_fail(body: bytes) -> None:
    document, flaw = parse_body(body)
    assert document is None or flaw == ""
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        ("3", 3),
        ("1.5", 1.5),
        (" 7 ", 7),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        (email.utils.formatdate(1_800_000_010, usegmt=True), 10),
        (email.utils.formatdate(1_799_999_000, usegmt=True), 0),
        ("Fri, 99 Foo 2027 99:99:99 GMT", None),
    ],
)
def test_when_a_server_wants_to_be_asked_again(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, 1_800_000_000) == seconds


@given(st.text(max_size=30))
def test_no_header_of_a_server_makes_the_reader_fail(value: str) -> None:
    seconds = parse_retry_after(value, 1_800_000_000)
    assert seconds is None or 0 <= seconds < math.inf
    parse_http_date(value)


@given(st.integers(1, 5000), st.none() | st.floats(0, 1e6), st.floats(0, 1))
def test_a_pause_is_as_long_as_asked_for_and_else_not_long(
    tries: int, retry_after: float | None, chance: float
) -> None:
    pause = retry_pause(tries, retry_after, chance)
    assert pause >= (retry_after or 0)
    assert 0 < pause <= max(LONGEST_PAUSE, retry_after or 0)


def test_pauses_grow() -> None:
    pauses = [retry_pause(tries, None, 0.5) for tries in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 1 < pauses[4]


def test_two_that_were_turned_away_together_do_not_come_back_together() -> None:
    assert retry_pause(3, None, 0.0) < retry_pause(3, None, 1.0)


def test_states_are_told_by_the_clouds_clock_and_requests_signed_by_our_own_until_it_is_refused() -> None:
    clock = Clock(lambda: 1000.0)
    assert (clock.now(), clock.signing_time(), clock.known) == (1000, 1000, False)
    clock.seen(email.utils.formatdate(4600, usegmt=True))
    assert (clock.now(), clock.signing_time(), clock.known) == (4600, 1000, True)
    clock.correct()
    assert (clock.now(), clock.signing_time(), clock.offset) == (4600, 4600, 3600)


@pytest.mark.parametrize("date", [None, "", "yesterday", "Fri, 99 Foo 2027 99:99:99 GMT", "0", "\x00"])
def test_a_date_that_cannot_be_read_leaves_the_clock_alone(date: str | None) -> None:
    clock = Clock(lambda: 1000.0)
    clock.seen(date)
    assert (clock.now(), clock.known) == (1000, False)


@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        (200, "protocol", False),
        (204, "protocol", False),
        (301, "protocol", False),
        (302, "protocol", False),
        (400, "protocol", False),
        (403, "protocol", False),
        (404, "protocol", False),
        (407, "network", False),
        (418, "protocol", False),
        (429, "throttled", True),
        (500, "service", True),
        (501, "protocol", False),
        (502, "service", True),
        (503, "service", True),
        (504, "service", True),
    ],
)
def test_an_answer_that_is_not_the_apis_is_judged_by_its_status(status: int, kind: str, retry: bool) -> None:
    error = Answer(status, {"X-Request-Id": "r1"}, None, "it is empty").not_the_api()
    assert (error.kind, error.retry, error.http_status, error.request_id) == (kind, retry, status, "r1")
