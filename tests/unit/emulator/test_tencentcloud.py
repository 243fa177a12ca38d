# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

import pytest

STATUS = "DescribeLivePullStreamTaskStatus"


def account(**more: Any) -> dict[str, Any]:
    return {"name": "east", "cloud": "tencentcloud", **more}


def code(answer: Any) -> str | None:
    assert answer.status == 200, "errors of the API itself come with status 200"
    assert answer.headers["content-type"] == "application/json"
    response = answer.json["Response"]
    assert response["RequestId"]
    error = response.get("Error")
    return error["Code"] if error else None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"at": time.time() - 100_000}, "AuthFailure.SignatureExpire"),
        ({"at": time.time() + 100_000}, "AuthFailure.SignatureExpire"),
        ({"date": "2020-01-01"}, "AuthFailure.SignatureFailure"),
        ({"service": "cvm"}, "AuthFailure.SignatureFailure"),
        ({"signed": "host"}, "AuthFailure.SignatureFailure"),
        ({"signed": "content-type;host;x-absent"}, "AuthFailure.SignatureFailure"),
        ({"signed": "content-type;host;x-tc-action"}, None),
        ({"headers": {"Authorization": "TC3-HMAC-SHA256 nonsense"}}, "AuthFailure.InvalidAuthorization"),
        ({"headers": {"Authorization": ""}}, "MissingParameter"),
        ({"headers": {"X-TC-Timestamp": "now"}}, "MissingParameter"),
        ({"headers": {"X-TC-Token": "stray"}}, "AuthFailure.TokenFailure"),
        ({"headers": {"X-TC-Action": None}}, "MissingParameter"),
        ({"headers": {"X-TC-Version": None}}, "MissingParameter"),
        ({"headers": {"X-TC-Region": None}}, "MissingParameter"),
        ({"headers": {"X-TC-Version": "2018-08-13"}}, "NoSuchVersion"),
        ({"headers": {"X-TC-Region": "ap-atlantis"}}, "UnsupportedRegion"),
        ({"headers": {"Content-Type": "text/plain"}}, "UnsupportedProtocol"),
        ({"headers": {"Content-Type": "application/json; charset=utf-8"}}, None),
        ({"action": "DescribeNothing"}, "InvalidAction"),
        ({"body": {"Pagesize": 5}}, "UnknownParameter"),
        ({"body": {"PageSize": "5"}}, "InvalidParameter"),
        ({"body": {"PageNum": True}}, "InvalidParameter"),
        ({"body": "[1]"}, "InvalidParameter"),
        ({"body": "{"}, "InvalidParameter"),
        ({"body": {"PageSize": 0}}, "InvalidParameterValue"),
        ({"body": {"PageSize": 21}}, "InvalidParameterValue"),
        ({"body": {"PageNum": 0}}, "InvalidParameterValue"),
        ({"action": STATUS}, "MissingParameter"),
        ({"action": STATUS, "body": {"TaskId": "404"}}, "ResourceNotFound.TaskId"),
    ],
)
def test_refusals(emulator: Any, changes: dict[str, Any], expected: str | None) -> None:
    emulator.use(account(fill=1))
    assert code(emulator.tencentcloud(**changes)) == expected


def test_keys(emulator: Any, make_keys: Any) -> None:
    emulator.use(account())
    good = emulator.keys["tencentcloud"]
    wrong_secret = emulator.tencentcloud(keys=make_keys(good.access_key, "wrong"))
    assert code(wrong_secret) == "AuthFailure.SignatureFailure"
    unknown = emulator.tencentcloud(keys=make_keys("AKIDNOBODY", good.secret_key))
    assert code(unknown) == "AuthFailure.SecretIdNotFound"


def test_temporary_key_needs_its_token_and_expires(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(session_token="the-token", expires="@now+1h"))
    key = emulator.keys["tencentcloud"]
    assert code(emulator.tencentcloud()) is None
    for token in ("another", None):
        assert code(emulator.tencentcloud(keys=make_keys(key.access_key, key.secret_key, token))) == (
            "AuthFailure.TokenFailure"
        )
    emulator.use(account(session_token="the-token", expires="@now-1s"))
    assert code(emulator.tencentcloud()) == "AuthFailure.TokenFailure"


def test_language_of_messages(emulator: Any) -> None:
    emulator.use(account())
    english = emulator.tencentcloud(body={"PageSize": 0}).json["Response"]["Error"]["Message"]
    chinese = emulator.tencentcloud(body={"PageSize": 0}, headers={"X-TC-Language": None}).json
    assert english.isascii()
    assert not chinese["Response"]["Error"]["Message"].isascii()


@pytest.mark.parametrize("count", [0, 1, 20, 57, 200])
def test_pages_hold_every_task_once(emulator: Any, count: int) -> None:
    emulator.use(account(fill=count, quota=300, rate_limit=0))
    ids: list[str] = []
    page = pages = 1
    while page <= pages:
        response = emulator.tencentcloud(body={"PageNum": page, "PageSize": 20}).json["Response"]
        pages = response["TotalPage"]
        assert (response["PageNum"], response["PageSize"]) == (page, 20)
        assert (response["TotalNum"], response["LimitTaskNum"]) == (count, 300)
        ids += [task["TaskId"] for task in response["TaskInfos"]]
        page += 1
    assert pages == -(-count // 20)
    assert len(ids) == len(set(ids)) == count


def test_defaults_and_the_page_after_the_last(emulator: Any) -> None:
    emulator.use(account(fill=12))
    response = emulator.tencentcloud().json["Response"]
    assert (response["PageNum"], response["PageSize"], len(response["TaskInfos"])) == (1, 10, 10)
    assert emulator.tencentcloud(body={"PageNum": 9}).json["Response"]["TaskInfos"] == []


def test_order_and_fields(emulator: Any) -> None:
    emulator.use(
        account(
            new_fields=["BrandNew"],
            tasks=[
                {"TaskId": "1", "UpdateTime": "2026-01-01T00:00:00Z", "StreamName": "old"},
                {"TaskId": "2", "UpdateTime": "2026-02-01T00:00:00Z", "ToUrl": "rtmp://x.example.org/a/b"},
                {
                    "TaskId": "3",
                    "UpdateTime": "2026-03-01T00:00:00Z",
                    "BrandNew": {"a": 1},
                    "PushArgs": "@absent",
                    "BackupSourceUrl": None,
                },
            ],
        )
    )
    tasks = emulator.tencentcloud().json["Response"]["TaskInfos"]
    assert [task["TaskId"] for task in tasks] == ["3", "2", "1"]
    newest, to_url, old = tasks
    assert newest["BrandNew"] == {"a": 1}
    assert "PushArgs" not in newest
    assert newest["BackupSourceUrl"] is None
    assert (to_url["DomainName"], to_url["AppName"], to_url["StreamName"]) == ("", "", "")
    assert "ToUrl" not in to_url
    assert old["StreamName"] == "old"
    assert all("RecentPullInfo" not in task for task in tasks)


def test_one_task(emulator: Any) -> None:
    emulator.use(account(tasks=[{"TaskId": "7", "SpecifyTaskId": "final"}, {"TaskId": "8"}]))
    one = emulator.tencentcloud(body={"TaskId": "7"}).json["Response"]
    assert [task["TaskId"] for task in one["TaskInfos"]] == ["7"]
    assert one["TotalNum"] == 1
    assert one["TaskInfos"][0]["RecentPullInfo"]["FileUrl"].startswith("rtmp://")
    assert "SpecifyTaskId" not in one["TaskInfos"][0]
    assert emulator.tencentcloud(body={"TaskId": "404"}).json["Response"]["TaskInfos"] == []
    named = emulator.tencentcloud(body={"SpecifyTaskId": "final"}).json["Response"]["TaskInfos"]
    assert [task["TaskId"] for task in named] == ["7"]


def test_run_status(emulator: Any) -> None:
    window = {"StartTime": "@now-1h", "EndTime": "@now+1h", "Status": "enable"}
    emulator.use(
        account(
            tasks=[{"TaskId": "1", **window}, {"TaskId": "2", **window}, {"TaskId": "3", **window, "Status": "pause"}],
            runtime={"2": {"RunStatus": "inactive", "LoopedTimes": -1}},
        )
    )
    words = [
        emulator.tencentcloud(STATUS, {"TaskId": task}).json["Response"]["TaskStatusInfo"]["RunStatus"]
        for task in ("1", "2", "3")
    ]
    assert words == ["active", "inactive", "inactive"]


def test_status_api_can_be_missing_as_on_the_international_site(emulator: Any) -> None:
    emulator.use(account(fill=1, status_api=False))
    assert code(emulator.tencentcloud(STATUS, {"TaskId": "1"})) == "InvalidAction"


@pytest.mark.parametrize(("action", "limit"), [("DescribeLivePullStreamTasks", 30), (STATUS, 20)])
def test_documented_rate_limits(emulator: Any, action: str, limit: int) -> None:
    emulator.use(account(tasks=[{"TaskId": "1"}]))
    body = {"TaskId": "1"}
    answers = emulator.burst(lambda: emulator.tencentcloud(action, body), limit + 3)
    assert [code(answer) for answer in answers] == [None] * limit + ["RequestLimitExceeded"] * 3
    time.sleep(1.05)
    assert code(emulator.tencentcloud(action, body)) is None
    stats = emulator.stats(action)
    assert stats["requests"] == limit + 4
    assert stats["most_in_one_second"] == limit + 3
    assert stats["codes"] == {"RequestLimitExceeded": 3}


def test_assumed_role_lists_the_accounts_tasks(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=2, role="reader", external_id="ext", account_id="100000000001"))
    arn = "qcs::cam::uin/100000000001:roleName/reader"
    body = {"RoleArn": arn, "RoleSessionName": "test", "ExternalId": "ext"}
    answer = emulator.tencentcloud("AssumeRole", body)
    given = answer.json["Response"]["Credentials"]
    keys = make_keys(given["TmpSecretId"], given["TmpSecretKey"], given["Token"])
    assert emulator.tencentcloud(keys=keys).json["Response"]["TotalNum"] == 2
    keys.token = "another"
    assert code(emulator.tencentcloud(keys=keys)) == "AuthFailure.TokenFailure"
    for wrong, expected in (
        ({**body, "RoleArn": arn + "x"}, "ResourceNotFound.RoleNotFound"),
        ({**body, "RoleArn": arn.replace("0001", "0002")}, "ResourceNotFound.RoleNotFound"),
        ({**body, "ExternalId": "x"}, "UnauthorizedOperation"),
        ({"RoleArn": arn}, "MissingParameter"),
        ({**body, "DurationSeconds": 50_000}, "InvalidParameter.OverTimeError"),
    ):
        assert code(emulator.tencentcloud("AssumeRole", wrong)) == expected


def test_role_by_web_identity_is_not_signed(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=1, role=["reader"], web_identity_token="jwt"))
    body = {
        "ProviderId": "p",
        "WebIdentityToken": "jwt",
        "RoleArn": "qcs::cam::uin/1:roleName/reader",
        "RoleSessionName": "s",
    }
    action = "AssumeRoleWithWebIdentity"
    given = emulator.tencentcloud(action, body, {"Authorization": "SKIP"}).json["Response"]["Credentials"]
    keys = make_keys(given["TmpSecretId"], given["TmpSecretKey"], given["Token"])
    assert code(emulator.tencentcloud(keys=keys)) is None
    assert code(emulator.tencentcloud(action, body)) == "AuthFailure.InvalidAuthorization"
    wrong = emulator.tencentcloud(action, {**body, "WebIdentityToken": "x"}, {"Authorization": "SKIP"})
    assert code(wrong) == "InvalidParameter.WebIdentityTokenError"
