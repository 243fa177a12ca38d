# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent Cloud: the official SDK and we list the emulator's tasks, and are refused alike."""

from __future__ import annotations

import typing as t

import pytest
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.live.v20180801 import live_client, models

from ansible_collections.livestream.relay.tests.conformance import ours, sdks
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator
from ansible_collections.livestream.relay.tests.conformance.tasks import (
    ABSENT,
    ODD_ANYTHING,
    ODD_IDS,
    ODD_LISTS,
    ODD_TEXTS,
    ODD_WHOLES,
    differences,
    exact,
    odd_tasks,
)

CLOUD = "tencentcloud"
TEXTS = (
    "SourceType", "DomainName", "AppName", "StreamName", "PushArgs", "StartTime", "EndTime", "Region",
    "VodRefreshType", "CreateTime", "UpdateTime", "CreateBy", "UpdateBy", "CallbackUrl", "CallbackInfo", "ErrorInfo",
    "Status", "Comment", "BackupSourceType", "BackupSourceUrl", "RecordTemplateId", "BackupToUrl",
    "TranscodeTemplateName",
)  # fmt: skip
PULLED = {"FileUrl": "rtmp://host/a?k=v", "OffsetTime": 2**53 + 1, "ReportTime": "", "LoopedTimes": -1}
MARK = {
    "PictureUrl": "https://host/水印.png",
    "XPosition": 0,
    "YPosition": -1,
    "Width": 100,
    "Height": 0,
    "Location": 3,
}
FIELDS: dict[str, tuple[t.Any, ...]] = {
    **dict.fromkeys(TEXTS, ODD_TEXTS),
    **dict.fromkeys(("SourceUrls", "CallbackEvents"), ODD_LISTS),
    **dict.fromkeys(("VodLoopTimes", "VodLocalMode"), ODD_WHOLES),
    "WatermarkList": (ABSENT, None, [], [MARK], [MARK, {"Location": None}, {}]),
    "RecentPullInfo": (ABSENT, None, PULLED),
    "BrandNew": ODD_ANYTHING,
}
RUNTIME = {
    "RunStatus": "inactive", "FileUrl": "rtmp://host/结束?a=b", "LoopedTimes": -1, "OffsetTime": 2**53 + 1,
    "ReportTime": "2031-02-03T04:05:06Z", "FileDuration": 0, "NextFileUrl": "",
}  # fmt: skip
NOW_RUNNING = {"StartTime": "@now-1h", "EndTime": "@now+9h", "Status": "enable"}


@pytest.fixture
def account(emulator: Emulator) -> dict[str, t.Any]:
    """An account with a task for each odd value. No rate limit: the SDK does not try again."""
    return emulator.use(
        {
            "name": "east",
            "cloud": CLOUD,
            "quota": 777,
            "rate_limit": 0,
            "new_fields": ["BrandNew"],
            "tasks": [*odd_tasks(FIELDS, "TaskId"), {"TaskId": "own-id", "SpecifyTaskId": "本月 finals/1"}],
            "fill": 100,
        }
    )


@pytest.fixture
def endpoint(emulator: Emulator) -> str:
    return emulator.endpoints[CLOUD]


@pytest.fixture
def client(emulator: Emulator, account: dict[str, t.Any]) -> live_client.LiveClient:
    return sdks.tencentcloud(emulator.netloc(CLOUD), account)


def keys(account: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: account[name] for name in ("access_key", "secret_key", "session_token") if name in account}


def test_these_are_the_fields_of_the_sdk() -> None:
    model = set(models.PullStreamTaskInfo()._serialize(allow_none=True))
    assert model == {"TaskId", *FIELDS} - {"BrandNew"}
    assert set(models.TaskStatusInfo()._serialize(allow_none=True)) == set(RUNTIME)
    assert set(models.RecentPullInfo()._serialize(allow_none=True)) == set(PULLED)
    assert set(models.PullPushWatermarkInfo()._serialize(allow_none=True)) == set(MARK)


@pytest.mark.filterwarnings("ignore:BrandNew .* useless")
@pytest.mark.parametrize("size", [20, 7])
def test_the_same_list(
    emulator: Emulator, endpoint: str, account: dict[str, t.Any], client: live_client.LiveClient, size: int
) -> None:
    theirs = sdks.tencentcloud_list(client, size)
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, page_size=size, rate_limit=1000, **keys(account))
    assert len(theirs.records) > 400
    assert exact(seen.raw) == exact(theirs.records)
    assert [
        (record["TaskId"], found)
        for model, record in zip(theirs.models, seen.raw)
        if (found := differences(model, record, ["BrandNew"]))
    ] == []
    assert {seen.total, len(seen.raw)} == theirs.totals
    assert {seen.quota} == theirs.quotas == {777}
    assert seen.complete
    assert seen.requests == len(seen.request_ids) == len(theirs.request_ids)
    assert sorted(seen.request_ids) == sorted(entry["request_id"] for entry in emulator.requests()[-seen.requests :])


@pytest.mark.parametrize("task_id", [*ODD_IDS, "own-id", "task-1"])
def test_the_same_single_task(
    endpoint: str, account: dict[str, t.Any], client: live_client.LiveClient, task_id: str
) -> None:
    with_info = {"RecentPullInfo": PULLED}  # what it pulled last is told with the time, which would be another one
    theirs = sdks.tencentcloud_list(client, 20, TaskId=task_id)
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, task_id=[task_id], **keys(account))
    assert len(seen.raw) == 1
    assert set(theirs.models[0]["RecentPullInfo"]) == set(seen.raw[0]["RecentPullInfo"]) == set(PULLED)
    assert exact([{**seen.raw[0], **with_info}]) == exact([{**theirs.records[0], **with_info}])


def test_the_same_task_that_does_not_exist(
    endpoint: str, account: dict[str, t.Any], client: live_client.LiveClient
) -> None:
    theirs = sdks.tencentcloud_list(client, 20, TaskId="nobody")
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, task_id=["nobody"], **keys(account))
    assert theirs.records == seen.raw == []
    assert theirs.totals == {seen.total} == {0}
    assert seen.missing == ["nobody"]


def test_the_same_task_by_the_id_chosen_at_its_creation(
    endpoint: str, account: dict[str, t.Any], client: live_client.LiveClient
) -> None:
    theirs = sdks.tencentcloud_list(client, 20, SpecifyTaskId="本月 finals/1")
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, specify_task_id="本月 finals/1", **keys(account))
    assert [task["task_id"] for task in seen.tasks] == [model["TaskId"] for model in theirs.models] == ["own-id"]


@pytest.mark.parametrize("count", [0, 1, 20, 21])
def test_the_same_number_of_tasks(emulator: Emulator, endpoint: str, count: int) -> None:
    account = emulator.use({"name": "east", "cloud": CLOUD, "fill": count})
    theirs = sdks.tencentcloud_list(sdks.tencentcloud(emulator.netloc(CLOUD), account), 20)
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, **keys(account))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == {seen.total} == {count}


def test_the_same_run_time_status(emulator: Emulator, endpoint: str) -> None:
    statuses = {
        "a": RUNTIME,
        "b": {**RUNTIME, "RunStatus": "active", "LoopedTimes": 0},
        "c": {**RUNTIME, "RunStatus": "somehow", "FileUrl": "", "OffsetTime": 0},
    }
    tasks = [{"TaskId": task_id, **NOW_RUNNING} for task_id in statuses]
    account = emulator.use({"name": "east", "cloud": CLOUD, "tasks": tasks, "runtime": statuses, "rate_limit": 0})
    client = sdks.tencentcloud(emulator.netloc(CLOUD), account)
    query = {"runtime_status": True, "endpoint": endpoint, **keys(account)}
    seen = {task["task_id"]: task for task in ours.list_tasks(CLOUD, **query).tasks}
    assert {task_id: task["state"] for task_id, task in seen.items()} == {
        "a": "degraded",
        "b": "running",
        "c": "unknown",
    }
    for task_id, task in seen.items():
        request = models.DescribeLivePullStreamTaskStatusRequest()
        request.TaskId = task_id
        model = client.DescribeLivePullStreamTaskStatus(request).TaskStatusInfo._serialize(allow_none=True)
        # Our names are theirs in snake case; FileUrl is file_url.
        named = {name.replace("_", ""): value for name, value in task["runtime"].items()}
        assert exact(named) == exact({name.lower(): value for name, value in model.items()})


def test_temporary_keys(emulator: Emulator, endpoint: str) -> None:
    account = emulator.use({"name": "east", "cloud": CLOUD, "session_token": "Token/+==._~", "fill": 3})
    theirs = sdks.tencentcloud_list(sdks.tencentcloud(emulator.netloc(CLOUD), account), 20)
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, **keys(account))
    assert len(seen.raw) == 3
    assert exact(seen.raw) == exact(theirs.records)


# Refusals


def their_refusal(client: live_client.LiveClient, size: int = 20) -> TencentCloudSDKException:
    with pytest.raises(TencentCloudSDKException) as raised:
        sdks.tencentcloud_list(client, size)
    return raised.value


PERMANENT = {"name": "east", "cloud": CLOUD, "fill": 1}
TEMPORARY = {**PERMANENT, "session_token": "token-of-the-key"}
EXPIRED = {**TEMPORARY, "expires": "@now-1m"}


@pytest.mark.parametrize(
    ("scenario", "wrong", "code"),
    [
        (PERMANENT, {"access_key": "AKIDnobody"}, "AuthFailure.SecretIdNotFound"),
        (PERMANENT, {"secret_key": "another"}, "AuthFailure.SignatureFailure"),
        (PERMANENT, {"session_token": "a-token"}, "AuthFailure.TokenFailure"),
        (TEMPORARY, {"session_token": "another"}, "AuthFailure.TokenFailure"),
        (TEMPORARY, {"session_token": None}, "AuthFailure.TokenFailure"),
        (EXPIRED, {}, "AuthFailure.TokenFailure"),
        (PERMANENT, {"region": "ap-nowhere"}, "UnsupportedRegion"),
    ],
)
def test_the_same_refusal(
    emulator: Emulator, endpoint: str, scenario: dict[str, t.Any], wrong: dict[str, t.Any], code: str
) -> None:
    given = {**emulator.use(scenario), **wrong}
    region = given.get("region") or "ap-guangzhou"
    theirs = their_refusal(sdks.tencentcloud(emulator.netloc(CLOUD), given, region))
    assert theirs.requestId == emulator.last_request_id()
    error = ours.refusal(CLOUD, endpoint=endpoint, region=region, **keys(given))
    assert error.request_id == emulator.last_request_id()
    assert (error.code, error.message) == (theirs.code, theirs.message)
    assert error.code == code
    assert len(emulator.requests()) == 2


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_wrong_clock(emulator: Emulator, endpoint: str, ahead: int) -> None:
    """The SDK gives up. We sign by the cloud's clock then, and are refused only where that does not help."""
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "clock", "seconds": ahead}])
    client = sdks.tencentcloud(emulator.netloc(CLOUD), account)
    assert their_refusal(client).code == "AuthFailure.SignatureExpire"
    assert ours.list_tasks(CLOUD, endpoint=endpoint, **keys(account)).requests == 2

    jumping = [
        {"cloud": CLOUD, "do": "clock", "seconds": ahead, "requests": [1, 2]},
        {"cloud": CLOUD, "do": "clock", "seconds": 9 * ahead, "requests": [3]},
    ]
    emulator.use(PERMANENT, faults=jumping)
    theirs = their_refusal(client)
    error = ours.refusal(CLOUD, endpoint=endpoint, **keys(account))
    assert (error.code, error.message) == (theirs.code, theirs.message)
    assert error.request_id == emulator.last_request_id()
    assert len(emulator.requests()) == 3


@pytest.mark.parametrize(
    "code",
    [
        "RequestLimitExceeded",
        "InternalError",
        "FailedOperation.CallOtherSvrFailed",
        "LimitExceeded",
        "ResourceNotFound.StopService",
        "AuthFailure.UnauthorizedOperation",
        "Somehow.New",
    ],
)
def test_the_same_error_of_the_service(emulator: Emulator, endpoint: str, code: str) -> None:
    body = {"Response": {"Error": {"Code": code, "Message": '说明: see "docs" %s'}, "RequestId": "the-id"}}
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "body", "body": body}])
    theirs = their_refusal(sdks.tencentcloud(emulator.netloc(CLOUD), account))
    error = ours.refusal(CLOUD, endpoint=endpoint, retries=0, **keys(account))
    assert (error.code, error.message, error.request_id) == (theirs.code, theirs.message, theirs.requestId)
    assert error.request_id == "the-id"


def test_an_error_under_another_content_type(emulator: Emulator, endpoint: str) -> None:
    """A proven defect of the SDK: it takes an error for an empty success when the Content-Type names a charset."""
    body = {"Response": {"Error": {"Code": "InternalError", "Message": "oh"}, "RequestId": "the-id"}}
    fault = {"cloud": CLOUD, "do": "body", "body": body, "content_type": "application/json; charset=utf-8"}
    account = emulator.use(PERMANENT, faults=[fault])
    client = sdks.tencentcloud(emulator.netloc(CLOUD), account)
    assert client.DescribeLivePullStreamTasks(models.DescribeLivePullStreamTasksRequest()).TaskInfos is None
    assert ours.refusal(CLOUD, endpoint=endpoint, retries=0, **keys(account)).code == "InternalError"
