# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wrong scenario is refused with the line and the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

HEAD = '{"accounts": [\n {"name": "east", "cloud": "tencentcloud",\n  "tasks": [{"TaskId": "1"}]}\n],\n'
TENCENT = '{"accounts": [{"name": "a", "cloud": "tencentcloud",'
EVENT = HEAD + '"timeline": [{"at": 1, "account": "east",'
FAULT = HEAD + '"faults": [{'
SHIFT = HEAD + '"shifts": [{"account": "east",'
HUAWEI = '{"accounts": [{"name": "n", "cloud": "huaweicloud",\n'

CASES = [
    ("", 1, "the JSON text ends too early"),
    ("[]", 1, "an object in braces is expected"),
    ('{"accounts": [\n{"name": "a",}\n]}', 2, "a key in double quotes is expected"),
    ('{"accounts": [\n{"name": nix}]}', 2, "a JSON value is expected here, not 'nix}]}'"),
    ('{"accounts": []\n"faults": []}', 2, "a comma or a closing brace is expected after the value of 'accounts'"),
    ('{"accounts": [],\n"accounts": []}', 2, "the key 'accounts' is given twice"),
    ('{"accounts": []}\nmore', 2, "something follows the end"),
    ('{"accounts": ["a\nb"]}', 1, "this text is not valid JSON"),
    ("{}", 1, "accounts is missing"),
    ('{\n"accounts": []}', 2, "accounts is empty"),
    ('{\n"acounts": []}', 2, "unknown key 'acounts'; did you mean 'accounts'?"),
    ('{"accounts": [{"cloud": "tencentcloud"}]}', 1, "name is missing"),
    ('{"accounts": [{"name": "a",\n"cloud": "tencent"}]}', 2, "unknown cloud 'tencent'; did you mean 'tencentcloud'?"),
    ('{"accounts": [\n{"name": "a"}]}', 2, "cloud is missing"),
    (TENCENT + '\n"fil": 3}]}', 2, "unknown key 'fil'; did you mean 'fill'?"),
    (TENCENT + '\n"fill": "3"}]}', 2, "fill must be a whole number of 0"),
    (TENCENT + '\n"fill": -3}]}', 2, "fill must be a whole number of 0"),
    (TENCENT + '\n"fill": 99999}]}', 2, "too many"),
    (
        '{"accounts": [{"name": "a", "cloud": "volcengine",\n"fill": 3}]}',
        2,
        "unknown key 'fill'; did you mean 'fill_relay'?",
    ),
    (TENCENT + '\n"expires": "@now"}]}', 2, "expires needs session_token"),
    (
        TENCENT + ' "session_token": "t",\n"expires": "soon"}]}',
        2,
        "expires must be a time",
    ),
    (
        '{"accounts": [{"name": "a", "cloud": "tencentcloud"},\n{"name": "a", "cloud": "volcengine"}]}',
        2,
        "another account's",
    ),
    (
        TENCENT + ' "access_key": "k"},\n{"name": "b", "cloud": "tencentcloud",\n"access_key": "k"}]}',
        3,
        "this access_key is account a's already",
    ),
    (TENCENT + '\n"rate_limit": {"Describe": 1}}]}', 2, "unknown action 'Describe'"),
    (
        TENCENT + ' "tasks": [\n{"TaskId": "1"},\n{"Staus": "pause"}]}]}',
        3,
        "unknown field 'Staus'; did you mean 'Status'?",
    ),
    (TENCENT + ' "tasks": [\n{"SourceUrls": "x"}]}]}', 2, "SourceUrls must be a list of texts"),
    (TENCENT + ' "tasks": [\n{"TaskId": 7}]}]}', 2, "TaskId must be text"),
    (TENCENT + ' "tasks": [\n{"EndTime": "@now+5"}]}]}', 2, "'@now+5' is no time"),
    (
        TENCENT + ' "tasks": [{"TaskId": "1"},\n{"TaskId": "1"}]}]}',
        2,
        "the task '1' is there already",
    ),
    (
        TENCENT + ' "tasks": [{"TaskId": "1"}],\n"runtime": {\n"2": {}}}]}',
        3,
        "account a has no task '2'",
    ),
    (HUAWEI + '"offset": "page2"}]}', 2, "unknown offset 'page2'; did you mean 'page1'?"),
    (HUAWEI + '"password": "x"}]}', 2, "password needs username and domain_name"),
    (HUAWEI + '"projects": [\n{"id": "x"}]}]}', 3, "name is missing"),
    (HEAD + '"timeline": [{"account": "east"}]}', 5, "at is missing"),
    (HEAD + '"timeline": [{"at": 1, "task_id": "1", "delete": true}]}', 5, "account is missing"),
    (HEAD + '"timeline": [\n{"at": 1, "account": "est", "task_id": "1", "delete": true}]}', 6, "did you mean 'east'?"),
    (EVENT + '\n"task_id": "2", "delete": true}]}', 6, "account east has no such task"),
    (EVENT + ' "task_id": "1"}]}', 5, "one of set, delete, create and runtime"),
    (EVENT + ' "task_id": "1", "set": {"status": "x"}}]}', 5, "did you mean 'Status'?"),
    (EVENT + ' "task_id": "1", "set": {"TaskId": "x"}}]}', 5, "a task keeps its id"),
    (EVENT + ' "create": {"TaskId": "1"}}]}', 5, "the task '1' is there already"),
    (
        HEAD + '"timeline": [{"at": -1, "account": "east", "create": {}}]}',
        5,
        "at must be a number of seconds, 0 or more",
    ),
    (FAULT + '"account": "east"}]}', 5, "do is missing"),
    (FAULT + '"do": "throtle"}]}', 5, "did you mean 'throttle'?"),
    (FAULT + '"do": "html", "seconds": 1}]}', 5, "unknown key 'seconds'"),
    (FAULT + '"do": "error"}]}', 5, "code is missing"),
    (FAULT + '"do": "drop", "when": "never"}]}', 5, "unknown when 'never'"),
    (FAULT + '"do": "status", "status": 42}]}', 5, "status must be from 200 to 599"),
    (FAULT + '"do": "html", "first": 1, "every": 2}]}', 5, "only one of requests, first and every"),
    (FAULT + '"do": "html", "every": 0}]}', 5, "every must be at least 1"),
    (FAULT + '"do": "html", "account": "wst"}]}', 5, "unknown account 'wst'"),
    (
        FAULT + '"do": "html", "action": "DescribeLivePullStreamTask"}]}',
        5,
        "did you mean 'DescribeLivePullStreamTasks'?",
    ),
    (SHIFT + ' "do": "shuffle"}]}', 5, "unknown do 'shuffle'"),
    (SHIFT + ' "do": "update", "times": "ever"}]}', 5, 'times must be a whole number or "always"'),
    (
        HEAD + '"serve": {"account": "east", "action": "ListPullTasks", "answer": {}}}',
        5,
        "unknown action 'ListPullTasks'",
    ),
    (HEAD + '"serve": {"account": "east", "action": "AssumeRole"}}', 5, "answer is missing"),
]


@pytest.mark.parametrize(("text", "line", "reason"), CASES, ids=lambda value: str(value)[:40])
def test_wrong_scenario_is_refused_with_line_and_reason(emulator: Any, text: str, line: int, reason: str) -> None:
    emulator.use({"name": "before", "cloud": "tencentcloud", "fill": 1})
    answer = emulator.control("POST", "/scenario", text)
    assert answer.status == 400
    assert answer.json["error"].startswith(f"scenario:{line}: ")
    assert reason in answer.json["error"]
    assert "\n" not in answer.json["error"]
    assert emulator.tencentcloud().json["Response"]["TotalNum"] == 1, "the one before goes on"


def test_scenario_that_is_not_utf8(emulator: Any) -> None:
    # latin-1 text, as an editor may save it: sent by hand, for the client of these tests speaks UTF-8 only
    import http.client
    from urllib.parse import urlsplit

    connection = http.client.HTTPConnection(urlsplit(emulator.endpoints["control"]).netloc, timeout=10)
    connection.request("POST", "/scenario", body='{"ä": 1}'.encode("latin-1"))
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (400, "scenario:1: the text is not UTF-8")
    connection.close()


def test_accounts_are_given_in_the_words_of_the_fleet_module(emulator: Any) -> None:
    given = emulator.use(
        {"name": "e", "cloud": "tencentcloud", "session_token": "t", "region": "ap-tokyo"},
        {"name": "n", "cloud": "huaweicloud"},
        {"name": "s", "cloud": "volcengine"},
    )
    assert [(entry["name"], entry["cloud"], entry["kind"]) for entry in given] == [
        ("e", "tencentcloud", "relay"),
        ("n", "huaweicloud", "relay"),
        ("s", "volcengine", "relay"),
        ("s-record", "volcengine", "record"),
    ]
    east, north, south, record = given
    assert (east["session_token"], east["region"]) == ("t", "ap-tokyo")
    assert (north["region"], len(north["project_id"])) == ("cn-north-4", 32)
    assert north["iam_endpoint"] == emulator.endpoints["huaweicloud_iam"]
    assert south["endpoint"] == record["endpoint"] == emulator.endpoints["volcengine"]
    assert "session_token" not in south


def test_generated_tasks_are_the_same_every_time_and_others_in_other_accounts(emulator: Any) -> None:
    def ids() -> list[str]:
        response = emulator.tencentcloud().json["Response"]
        return [task["TaskId"] for task in response["TaskInfos"]]

    emulator.use({"name": "a", "cloud": "tencentcloud", "fill": 9})
    first = ids()
    emulator.use({"name": "a", "cloud": "tencentcloud", "fill": 9})
    assert ids() == first
    emulator.use({"name": "b", "cloud": "tencentcloud", "fill": 9})
    assert not set(ids()) & set(first)
