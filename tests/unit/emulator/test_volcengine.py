# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

import pytest

RECORD = "ListPullRecordTask"
V1 = "ListPullToPushTask"


def account(**more: Any) -> dict[str, Any]:
    return {"name": "south", "cloud": "volcengine", **more}


def refused(answer: Any) -> tuple[int, str, int | None]:
    error = answer.json["ResponseMetadata"]["Error"]
    assert answer.json["ResponseMetadata"]["RequestId"]
    return answer.status, error["Code"], error.get("CodeN")


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json["Result"]["List"]
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"at": time.time() - 100_000}, (403, "InvalidTimestamp", 100006)),
        ({"scope": "20200101/cn-north-1/live/request"}, (400, "InvalidCredential", 100025)),
        ({"scope": time.strftime("%Y%m%d/cn-east-1/live/request", time.gmtime())}, (400, "InvalidCredential", 100025)),
        ({"scope": time.strftime("%Y%m%d/cn-north-1/vod/request", time.gmtime())}, (400, "InvalidCredential", 100025)),
        ({"unsigned": ("host",)}, (401, "SignatureDoesNotMatch", 100010)),
        ({"unsigned": ("x-date",)}, (401, "SignatureDoesNotMatch", 100010)),
        ({"headers": {"X-Content-Sha256": "0" * 64}}, (401, "SignatureDoesNotMatch", 100010)),
        ({"headers": {"Authorization": ""}}, (401, "MissingAuthenticationToken", 100003)),
        ({"headers": {"Authorization": "HMAC-SHA256 x"}}, (400, "InvalidAuthorization", 100024)),
        ({"headers": {"X-Security-Token": "stray"}}, (401, "InvalidSecretToken", 100026)),
        ({"action": "ListNothing"}, (404, "InvalidActionOrVersion", 100008)),
        ({"query": {"Version": "2020-08-01"}}, (404, "InvalidActionOrVersion", 100008)),
        ({"action": RECORD, "method": "GET"}, (405, "MethodNotAllowed", None)),
        ({"body": {"Size": 0}}, (400, "InvalidParam", None)),
        ({"body": {"Size": 501}}, (400, "InvalidParam", None)),
        ({"body": {"Page": 0}}, (400, "InvalidParam", None)),
        ({"action": RECORD, "body": {"PageSize": 501}}, (400, "InvalidParam", None)),
        ({"action": RECORD, "body": {"PageSize": "5"}}, (400, "InvalidParam.BindError", None)),
        ({"body": "{"}, (400, "InvalidParam.BindError", None)),
        ({"body": {"GroupNames": "a"}}, (400, "InvalidParam.BindError", None)),
        ({"action": V1, "method": "GET", "query": {"Size": "501"}}, (400, "InvalidParam", None)),
    ],
)
def test_refusals(emulator: Any, changes: dict[str, Any], expected: tuple[int, str, int | None]) -> None:
    emulator.use(account(fill_relay=1))
    assert refused(emulator.volcengine(**changes)) == expected


def test_keys(emulator: Any, make_keys: Any) -> None:
    emulator.use(account())
    good = emulator.keys["volcengine"]
    unknown = emulator.volcengine(keys=make_keys("NOBODY", good.secret_key))
    assert refused(unknown) == (401, "InvalidAccessKey", 100009)
    wrong = emulator.volcengine(keys=make_keys(good.access_key, "wrong"))
    assert refused(wrong) == (401, "SignatureDoesNotMatch", 100010)


def test_temporary_key(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(session_token="token"))
    key = emulator.keys["volcengine"]
    expected = (401, "InvalidSecretToken", 100026)
    assert emulator.volcengine().status == 200
    assert refused(emulator.volcengine(keys=make_keys(key.access_key, key.secret_key))) == expected
    assert refused(emulator.volcengine(unsigned=("x-security-token",))) == expected
    emulator.use(account(session_token="token", expires="@now-1s"))
    assert refused(emulator.volcengine()) == expected


@pytest.mark.parametrize(("port", "status"), [(":80", 200), (":443", 200), ("", 200), (":8080", 401)])
def test_default_ports_are_sent_but_not_signed(emulator: Any, port: str, status: int) -> None:
    emulator.use(account())
    answer = emulator.volcengine(headers={"Host": "live.example.org"}, sent_host=f"live.example.org{port}")
    assert answer.status == status


def test_record_list(emulator: Any) -> None:
    emulator.use(account(fill_record=45))
    answer = emulator.volcengine(RECORD, {"PageNum": 3, "PageSize": 20})
    assert len(rows(answer)) == 5
    assert answer.json["Result"]["Pagination"] == {"PageCur": 3, "PageSize": 20, "PageTotal": 3, "TotalCount": 45}
    keys = {"App", "Domain", "EndTime", "StartTime", "Status", "Stream", "TaskId", "Vhost"}
    assert all(set(row) == keys for row in rows(answer))
    assert len(rows(emulator.volcengine(RECORD))) == 20


def test_status_words(emulator: Any) -> None:
    now = {"StartTime": "@now-1h", "EndTime": "@now+1h"}
    emulator.use(
        account(
            relay_tasks=[
                now,
                {**now, "stopped": True},
                {**now, "StartTime": "@now+1s"},
                {**now, "EndTime": "@now-1s"},
                {**now, "Status": "维护中"},
            ]
        )
    )
    answer = rows(emulator.volcengine())
    assert [row["Status"] for row in answer] == ["生效中", "停用", "未开始", "已结束", "维护中"]
    assert all("stopped" not in row for row in answer)


def test_filters(emulator: Any) -> None:
    emulator.use(
        account(
            relay_tasks=[
                {"TaskId": "1", "Title": "Cup Final", "GroupName": "a"},
                {"TaskId": "2", "Title": "cup", "GroupName": "b"},
                {"TaskId": "3", "Title": "转推 a+b/c~*", "GroupName": "b"},
            ]
        )
    )

    def found(**changes: Any) -> list[str]:
        return [row["TaskId"] for row in rows(emulator.volcengine(**changes))]

    assert found() == ["1", "2", "3"]
    assert found(body={"Title": "CUP"}) == ["1", "2"]
    assert found(body={"GroupNames": ["b"]}) == ["2", "3"]
    assert found(body={"GroupNames": [], "Title": "final"}) == ["1"]
    assert found(action=V1, method="GET", query={"Title": "转推 a+b/c~*", "Page": "1", "Size": "20"}) == ["3"]
    assert "GroupName" not in rows(emulator.volcengine(V1, method="GET"))[0]
    assert "GroupName" in rows(emulator.volcengine())[0]


@pytest.mark.parametrize(("action", "limit"), [(RECORD, 50), ("ListPullToPushTaskV2", 15)])
def test_documented_rate_limits(emulator: Any, action: str, limit: int) -> None:
    emulator.use(account())
    answers = emulator.burst(lambda: emulator.volcengine(action), limit + 1)
    assert [answer.status for answer in answers] == [200] * limit + [429]
    assert refused(answers[-1]) == (429, "AccountFlowLimitExceeded", 100027)


def test_assumed_roles(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill_relay=2, role=["reader"]))
    query = {"RoleTrn": "trn:iam::2100000001:role/reader", "RoleSessionName": "s", "DurationSeconds": "3600"}
    oidc = {**query, "OIDCToken": "jwt"}
    for answer in (
        emulator.volcengine("AssumeRole", method="GET", query=query),
        emulator.volcengine("AssumeRoleWithOIDC", method="GET", query=oidc, headers={"Authorization": ""}),
    ):
        given = answer.json["Result"]["Credentials"]
        keys = make_keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        assert len(rows(emulator.volcengine(keys=keys))) == 2
        assert given["ExpiredTime"].endswith("+08:00")
    wrong = emulator.volcengine("AssumeRole", method="GET", query={**query, "RoleTrn": "trn:iam::2:role/nobody"})
    assert refused(wrong) == (403, "AccessDenied", 100013)
