# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

import pytest


def account(**more: Any) -> dict[str, Any]:
    return {"name": "north", "cloud": "huaweicloud", **more}


def login(**scope: Any) -> dict[str, Any]:
    user = {"domain": {"name": "broadcast"}, "name": "relay", "password": "pw"}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if scope:
        auth["scope"] = scope
    return {"auth": auth}


USER = {"domain_name": "broadcast", "username": "relay", "password": "pw"}


def ids(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [task["task_id"] for task in answer.json["task_infos"]]


def refused(answer: Any) -> tuple[int, str, str]:
    found = answer.json
    assert answer.headers["x-request-id"] == found["request_id"]
    return answer.status, found["error_code"], found["error_msg"]


def test_signed_list(emulator: Any) -> None:
    emulator.use(account(fill=3))
    answer = emulator.huaweicloud({"limit": 100, "offset": 0})
    assert answer.json["total"] == len(ids(answer)) == 3
    assert answer.json["request_id"] == answer.headers["x-request-id"]


def test_refused_signatures(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=1))
    good = emulator.keys["huaweicloud"]
    cases = [
        ({"keys": make_keys(good.access_key, "wrong")}, "verify aksk signature fail, canonicalRequest:GET|/v1/"),
        ({"keys": make_keys("NOBODY", "wrong")}, "Get secretKey failed,ak:NOBODY,err:ak not exist"),
        ({"unsigned": ("x-sdk-date",)}, "x-sdk-date is missing"),
        ({"headers": {"X-Security-Token": "stray"}}, "decrypt token fail"),
        ({"headers": {"Authorization": "SDK-HMAC-SHA256 x"}}, "malformed"),
        ({"headers": {"Authorization": ""}}, "x-auth-token not found"),
    ]
    for changes, text in cases:
        status, code, message = refused(emulator.huaweicloud(**changes))
        assert (status, code) == (401, "APIGW.0301")
        assert message.startswith("Incorrect IAM authentication information: ")
        assert text in message
        assert emulator.huaweicloud().status == 200, "a good request between them keeps the key from being locked"


def test_skew(emulator: Any) -> None:
    emulator.use(account(fill=1))
    assert emulator.huaweicloud(at=time.time() - 14 * 60).status == 200
    _status, _code, message = refused(emulator.huaweicloud(at=time.time() - 16 * 60))
    before, _mark, server_time = message.partition(",server time:")
    assert "calc aksk signature fail:signature expired, signature time:" in before
    said = time.strptime(server_time, "%Y%m%dT%H%M%SZ")
    assert abs(time.mktime(said) - time.mktime(time.gmtime())) < 5


def test_key_is_locked_after_more_than_five_refusals(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=1))
    wrong = make_keys(emulator.keys["huaweicloud"].access_key, "wrong")
    messages = [refused(emulator.huaweicloud(keys=wrong))[2] for _number in range(7)]
    assert all("verify aksk signature fail" in message for message in messages[:6])
    assert messages[6].endswith("AK access failed to reach the limit,forbidden")
    right = refused(emulator.huaweicloud())
    assert right[2].endswith("AK access failed to reach the limit,forbidden")


def test_temporary_key(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=1, session_token="tok/en+==", expires="@now+1h"))
    key = emulator.keys["huaweicloud"]
    assert emulator.huaweicloud().status == 200
    assert emulator.huaweicloud(keys=make_keys(key.access_key, key.secret_key)).status == 401
    assert emulator.huaweicloud(unsigned=("x-security-token",)).status == 401
    emulator.use(account(fill=1, session_token="tok", expires="@now-1s"))
    assert emulator.huaweicloud().status == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 1}, 200),
        ({"limit": 100}, 200),
        ({"limit": 0}, 400),
        ({"limit": 101}, 400),
        ({"limit": "x"}, 400),
        ({"offset": -1}, 400),
        ({"offset": 2147483647}, 200),
        ({"offset": 2147483648}, 400),
    ],
)
def test_limits(emulator: Any, query: dict[str, Any], status: int) -> None:
    emulator.use(account(fill=1))
    answer = emulator.huaweicloud(query)
    assert answer.status == status
    if status == 400:
        assert refused(answer) == (400, "LIVE.100011001", "Request Illegal")


def test_unknown_task_is_404_with_the_code_of_a_bad_request(emulator: Any) -> None:
    emulator.use(account(tasks=[{"task_id": "one"}, {"task_id": "odd +/~*ü"}]))
    assert ids(emulator.huaweicloud({"task_id": "one"})) == ["one"]
    assert ids(emulator.huaweicloud({"task_id": "odd +/~*ü"})) == ["odd +/~*ü"]
    assert refused(emulator.huaweicloud({"task_id": "404"})) == (404, "LIVE.100011001", "Request Illegal")


def test_default_limit_and_region(emulator: Any) -> None:
    emulator.use(account(fill=12, tasks=[{"task_id": "there", "region": "ap-southeast-3"}]))
    assert len(ids(emulator.huaweicloud())) == 10
    assert ids(emulator.huaweicloud({"region": "ap-southeast-3"})) == ["there"]


@pytest.mark.parametrize(
    ("reading", "offset", "expected"),
    [
        ("record", 2, ["2", "3"]),
        ("record", 6, ["6"]),
        ("page0", 0, ["0", "1"]),
        ("page0", 2, ["4", "5"]),
        ("page1", 0, ["0", "1"]),
        ("page1", 1, ["0", "1"]),
        ("page1", 3, ["4", "5"]),
        ("ignored", 5, ["0", "1"]),
    ],
)
def test_readings_of_offset(emulator: Any, reading: str, offset: int, expected: list[str]) -> None:
    emulator.use(account(offset=reading, tasks=[{"task_id": str(number)} for number in range(7)]))
    answer = emulator.huaweicloud({"offset": offset, "limit": 2})
    assert ids(answer) == expected
    assert answer.json["total"] == 7


def test_projects(emulator: Any) -> None:
    emulator.use(
        account(
            tasks=[{"task_id": "main"}],
            projects=[{"name": "cn-north-4_foo", "id": "foo", "tasks": [{"task_id": "sub"}]}],
        )
    )
    assert ids(emulator.huaweicloud(path="/v1/foo/pull/stream/task")) == ["sub"]
    assert emulator.huaweicloud(path="/v1/another/pull/stream/task").status == 403
    found = emulator.huaweicloud({"name": "cn-north-4"}, path="/v3/projects")
    assert [project["id"] for project in found.json["projects"]] == [emulator.project_id]
    assert found.headers["x-iam-trace-id"]
    everything = emulator.huaweicloud(path="/v3/auth/projects").json["projects"]
    assert [project["name"] for project in everything] == ["cn-north-4", "cn-north-4_foo"]


def test_projects_without_the_permission_to_list_them(emulator: Any) -> None:
    emulator.use(account(list_projects=False))
    answer = emulator.huaweicloud({"name": "cn-north-4"}, path="/v3/projects")
    assert answer.status == 403
    assert answer.json["error"]["title"] == "Forbidden"
    assert len(emulator.huaweicloud(path="/v3/auth/projects").json["projects"]) == 1


def with_token(emulator: Any, token: str, path: str | None = None) -> Any:
    path = path or f"/v1/{emulator.project_id}/pull/stream/task"
    return emulator.send("huaweicloud", "GET", path, {"X-Auth-Token": token})


def test_given_tokens(emulator: Any) -> None:
    emulator.use(account(fill=1, tokens=["good-token"]))
    assert with_token(emulator, "good-token").status == 200
    assert refused(with_token(emulator, "bad")) == (401, "APIGW.0307", "The token must be updated")
    _status, _code, message = refused(with_token(emulator, "good-token", "/v1/another/pull/stream/task"))
    assert message.endswith("projectId in token is nil")


def test_token_by_password(emulator: Any) -> None:
    emulator.use(account(fill=1, **USER))
    path = "/v3/auth/tokens"
    headers = {"Authorization": ""}
    answer = emulator.huaweicloud(path=path, body=login(project={"name": "cn-north-4"}), headers=headers)
    assert answer.status == 201
    assert answer.json["token"]["project"]["id"] == emulator.project_id
    assert with_token(emulator, answer.headers["x-subject-token"]).status == 200
    domain_scoped = emulator.huaweicloud(path=path, body=login(), headers=headers)
    assert with_token(emulator, domain_scoped.headers["x-subject-token"]).status == 404
    wrong = login(project={"name": "cn-north-4"})
    wrong["auth"]["identity"]["password"]["user"]["password"] = "wrong"
    answer = emulator.huaweicloud(path=path, body=wrong, headers=headers)
    assert (answer.status, answer.json["error"]["title"]) == (401, "Unauthorized")


def test_agency_by_v3_and_v5_and_token(emulator: Any, make_keys: Any) -> None:
    emulator.use(account(fill=1, role="reader", domain_name="broadcast"))
    role = {"agency_name": "reader", "domain_name": "broadcast"}
    identity = {"methods": ["assume_role"], "assume_role": role}
    path = "/v3.0/OS-CREDENTIAL/securitytokens"
    given = emulator.huaweicloud(path=path, body={"auth": {"identity": identity}})
    assert given.status == 201
    credential = given.json["credential"]
    keys = make_keys(credential["access"], credential["secret"], credential["securitytoken"])
    assert emulator.huaweicloud(keys=keys).status == 200
    role["agency_name"] = "nobody"
    assert emulator.huaweicloud(path=path, body={"auth": {"identity": identity}}).status == 404
    body = {"agency_urn": "iam::1:agency:reader", "agency_session_name": "s"}
    credentials = emulator.huaweicloud(path="/v5/agencies/assume", body=body).json["credentials"]
    keys = make_keys(credentials["access_key_id"], credentials["secret_access_key"], credentials["security_token"])
    assert emulator.huaweicloud(keys=keys).status == 200
    body["agency_urn"] = "iam::1:agency:nobody"
    assert emulator.huaweicloud(path="/v5/agencies/assume", body=body).status == 403
    role["agency_name"] = "reader"
    auth = {"identity": identity, "scope": {"project": {"name": "cn-north-4"}}}
    token = emulator.huaweicloud(path="/v3/auth/tokens", body={"auth": auth}).headers["x-subject-token"]
    assert with_token(emulator, token).status == 200


def test_rate_limit(emulator: Any) -> None:
    emulator.use(account(fill=1))
    answers = emulator.burst(emulator.huaweicloud, 11)
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert answers[-1].json["error_code"] == "APIGW.0308"


def test_unknown_path(emulator: Any) -> None:
    emulator.use(account())
    assert refused(emulator.huaweicloud(path="/v1/nothing"))[:2] == (404, "APIGW.0101")
