# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import http.client
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

EAST = {"name": "east", "cloud": "tencentcloud", "fill": 3, "rate_limit": 0}
WEST = {**EAST, "name": "west"}
NORTH = {"name": "north", "cloud": "huaweicloud", "fill": 1, "rate_limit": 0}
SOUTH = {"name": "south", "cloud": "volcengine", "fill_relay": 1, "rate_limit": 0}
LIST = "DescribeLivePullStreamTasks"


def good(answer: Any) -> bool:
    return answer.status == 200 and len(answer.json["Response"].get("TaskInfos", [])) == 3


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ({"requests": [2, 3]}, [True, False, False, True, True, True]),
        ({"first": 2}, [False, False, True, True, True, True]),
        ({"every": 3}, [True, True, False, True, True, False]),
        ({}, [False] * 6),
        ({"account": "east", "cloud": "tencentcloud", "action": LIST}, [False] * 6),
        ({"account": "west"}, [True] * 6),
        ({"cloud": "volcengine"}, [True] * 6),
        ({"action": "DescribeLivePullStreamTaskStatus"}, [True] * 6),
        ({"until": 0}, [True] * 6),
        ({"from": 60}, [True] * 6),
        ({"from": 0, "until": 60}, [False] * 6),
    ],
)
def test_which_requests_suffer(emulator: Any, which: dict[str, Any], expected: list[bool]) -> None:
    emulator.use(EAST, WEST, faults=[{"do": "empty", **which}])
    assert [bool(emulator.tencentcloud().body) for _number in range(6)] == expected


def test_throttling_in_each_clouds_words(emulator: Any) -> None:
    emulator.use(EAST, NORTH, SOUTH, faults=[{"do": "throttle", "retry_after": 2}])
    tencent, huawei, volcengine = emulator.tencentcloud(), emulator.huaweicloud(), emulator.volcengine()
    assert (tencent.status, tencent.json["Response"]["Error"]["Code"]) == (200, "RequestLimitExceeded")
    assert (huawei.status, huawei.json["error_code"]) == (429, "APIGW.0308")
    assert (volcengine.status, volcengine.json["ResponseMetadata"]["Error"]["CodeN"]) == (429, 100027)
    assert {answer.headers["retry-after"] for answer in (tencent, huawei, volcengine)} == {"2"}


def test_errors_in_each_clouds_shape(emulator: Any) -> None:
    emulator.use(
        EAST,
        NORTH,
        SOUTH,
        faults=[
            {"do": "error", "cloud": "tencentcloud", "code": "ResourceNotFound.StopService", "message": "arrears"},
            {"do": "error", "cloud": "huaweicloud", "code": "LIVE.100011003", "message": "no", "status": 401},
            {"do": "error", "cloud": "volcengine", "code": "CommonErr", "message": "again", "status": 200},
        ],
    )
    error = emulator.tencentcloud().json["Response"]["Error"]
    assert error == {"Code": "ResourceNotFound.StopService", "Message": "arrears"}
    huawei = emulator.huaweicloud()
    assert (huawei.status, huawei.json["error_code"]) == (401, "LIVE.100011003")
    volcengine = emulator.volcengine()
    assert volcengine.status == 200
    assert volcengine.json["ResponseMetadata"]["Error"] == {"Code": "CommonErr", "Message": "again"}


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        ({"do": "status"}, 503, "text/html", b"503"),
        ({"do": "status", "status": 502, "body": "gone"}, 502, "application/json", b"gone"),
        ({"do": "html"}, 200, "text/html; charset=utf-8", b"<html>"),
        ({"do": "empty"}, 200, "application/json", b""),
        ({"do": "redirect", "location": "http://127.0.0.1:1/"}, 302, "text/html", b""),
        ({"do": "body", "body": {"a": "ä"}}, 200, "application/json", '{"a": "ä"}'.encode()),
        ({"do": "body", "body": "x", "content_type": "text/x", "status": 418}, 418, "text/x", b"x"),
        (
            {"do": "content_type", "value": "application/json; charset=utf-8"},
            200,
            "application/json; charset=utf-8",
            b"TaskInfos",
        ),
        ({"do": "retry_after", "value": 7}, 200, "application/json", b"RequestLimitExceeded"),
    ],
)
def test_other_answers(emulator: Any, fault: dict[str, Any], status: int, content_type: str, body: bytes) -> None:
    emulator.use(EAST, faults=[fault])
    answer = emulator.tencentcloud()
    assert (answer.status, answer.headers["content-type"]) == (status, content_type)
    assert body in answer.body
    assert answer.headers.get("location") == fault.get("location")
    if fault["do"] == "retry_after":
        assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("when", "error"), [("before", http.client.RemoteDisconnected), ("in_body", http.client.IncompleteRead)]
)
def test_dropped_connections(emulator: Any, when: str, error: type[Exception]) -> None:
    emulator.use(EAST, faults=[{"do": "drop", "when": when, "first": 1}])
    with pytest.raises(error):
        emulator.tencentcloud()
    assert good(emulator.tencentcloud())


def test_connection_dropped_in_the_headers_looks_like_an_empty_answer(emulator: Any) -> None:
    emulator.use(EAST, faults=[{"do": "drop", "when": "in_headers", "first": 1}])
    answer = emulator.tencentcloud()
    assert (answer.status, answer.body) == (200, b"")
    assert "content-length" not in answer.headers
    assert good(emulator.tencentcloud())


def test_truncated_body_is_whole_http_but_no_json(emulator: Any) -> None:
    emulator.use(EAST, faults=[{"do": "truncate"}])
    answer = emulator.tencentcloud()
    assert len(answer.body) == int(answer.headers["content-length"])
    with pytest.raises(json.JSONDecodeError):
        answer.json  # noqa: B018 (reading it is the point)


@pytest.mark.parametrize("do", ["delay", "slow_body"])
def test_slow_answers(emulator: Any, do: str) -> None:
    emulator.use(EAST, faults=[{"do": do, "seconds": 0.4, "first": 1}])
    began = time.monotonic()
    assert good(emulator.tencentcloud())
    assert 0.3 < time.monotonic() - began < 3
    began = time.monotonic()
    assert good(emulator.tencentcloud())
    assert time.monotonic() - began < 0.3


def test_faults_add_up(emulator: Any) -> None:
    emulator.use(EAST, faults=[{"do": "delay", "seconds": 0.2}, {"do": "status", "status": 500}])
    began = time.monotonic()
    assert emulator.tencentcloud().status == 500
    assert time.monotonic() - began > 0.15


def test_wrong_clock_shifts_date_and_verification(emulator: Any) -> None:
    emulator.use(EAST, NORTH, faults=[{"do": "clock", "seconds": 3600}])
    answer = emulator.tencentcloud()
    assert answer.json["Response"]["Error"]["Code"] == "AuthFailure.SignatureExpire"
    ahead = parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()
    assert 3590 < ahead < 3610
    assert good(emulator.tencentcloud(at=time.time() + 3600))
    assert "signature expired" in emulator.huaweicloud().json["error_msg"]


def test_true_clock(emulator: Any) -> None:
    emulator.use(EAST)
    date = parsedate_to_datetime(emulator.tencentcloud().headers["date"]).timestamp()
    assert abs(date - time.time()) < 3
