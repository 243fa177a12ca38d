# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volcengine: the official SDK and we list the emulator's tasks, and are refused alike."""

from __future__ import annotations

import json
import typing as t

import pytest
from volcengine.live.v20230101.live_service import LiveService

from ansible_collections.livestream.relay.tests.conformance import ours, sdks
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator
from ansible_collections.livestream.relay.tests.conformance.tasks import (
    ABSENT,
    ODD_ANYTHING,
    ODD_LISTS,
    ODD_TEXTS,
    ODD_WHOLES,
    exact,
    odd_tasks,
)

CLOUD = "volcengine"
RECORD_FIELDS: dict[str, tuple[t.Any, ...]] = {
    **dict.fromkeys(("StartTime", "EndTime", "Vhost", "Domain", "App", "Stream", "Status"), ODD_TEXTS),
    "BrandNew": ODD_ANYTHING,
}
RELAY_TEXTS = ("Title", "GroupName", "StartTime", "EndTime", "CallbackURL", "SrcAddr", "DstAddr", "Status")
RELAY_WHOLES = (
    "Type", "CycleMode", "PlayTimes", "DstAddrType", "ContinueStrategy", "PreDownload", "TaskStatus",
)  # fmt: skip
SOURCES = [{"SrcAddr": "https://host/1.mp4?a=b", "StartOffset": 1.5}, {"SrcAddr": "", "EndOffset": 0}, {}]
MARK = {"Picture": "data:image/png;base64," + "A+/=" * 5000, "Ratio": 0.1, "RelativePosX": 1.0, "RelativePosY": 0}
RELAY_FIELDS: dict[str, tuple[t.Any, ...]] = {
    **dict.fromkeys(RELAY_TEXTS, ODD_TEXTS),
    **dict.fromkeys(RELAY_WHOLES, ODD_WHOLES),
    "SrcAddrS": ODD_LISTS,
    "VodSrcAddrs": (ABSENT, None, [], SOURCES),
    "OffsetS": (ABSENT, None, [], [0, 0.5, -1, 1e9, None]),
    "Watermark": (ABSENT, None, {}, MARK),
    "BrandNew": ODD_ANYTHING,
}
SOUTH: dict[str, t.Any] = {"name": "south", "cloud": CLOUD, "rate_limit": 0}


@pytest.fixture
def account(emulator: Emulator) -> dict[str, t.Any]:
    return emulator.use(
        {
            **SOUTH,
            "new_fields": ["BrandNew"],
            "record_tasks": odd_tasks(RECORD_FIELDS, "TaskId", "record "),
            "relay_tasks": odd_tasks(RELAY_FIELDS, "TaskId"),
            "fill_record": 300,
            "fill_relay": 250,
        }
    )


@pytest.fixture
def endpoint(emulator: Emulator) -> str:
    return emulator.endpoints[CLOUD]


@pytest.fixture
def client(emulator: Emulator, account: dict[str, t.Any]) -> LiveService:
    return sdks.volcengine(emulator.netloc(CLOUD), account)


def options(account: dict[str, t.Any], endpoint: str) -> dict[str, t.Any]:
    names = ("access_key", "secret_key", "session_token")
    return {"endpoint": endpoint, "rate_limit": 1000, **{name: account[name] for name in names if name in account}}


def ask(client: LiveService, kind: str, size: int = 20) -> sdks.Listed:
    if kind == "record":
        return sdks.volcengine_record_list(client, size)
    return sdks.volcengine_relay_list(client, size)


@pytest.mark.parametrize("size", [500, 33])
@pytest.mark.parametrize("kind", ["record", "relay"])
def test_the_same_list(
    emulator: Emulator, endpoint: str, account: dict[str, t.Any], client: LiveService, kind: str, size: int
) -> None:
    """This SDK has no models: it gives what the cloud sent."""
    theirs = ask(client, kind, size)
    seen = ours.list_tasks(CLOUD, kind, page_size=size, **options(account, endpoint))
    assert len(theirs.records) > 400
    assert exact(seen.raw) == exact(theirs.records)
    assert {seen.total, len(seen.raw)} == theirs.totals
    assert seen.complete
    assert seen.quota is None
    assert seen.requests == len(seen.request_ids) == len(theirs.request_ids)
    assert sorted(seen.request_ids) == sorted(entry["request_id"] for entry in emulator.requests()[-seen.requests :])


def test_the_same_list_by_its_first_version(endpoint: str, account: dict[str, t.Any], client: LiveService) -> None:
    theirs = sdks.volcengine_old_relay_list(client, 100)
    seen = ours.list_tasks(CLOUD, "relay", **options(account, endpoint))
    without_group = [{name: value for name, value in raw.items() if name != "GroupName"} for raw in seen.raw]
    assert exact(without_group) == exact(theirs.records)


@pytest.mark.parametrize(
    ("kind", "action", "paging"),
    [("record", "ListPullRecordTask", "Page{}"), ("relay", "ListPullToPushTaskV2", "{}")],
)
def test_the_same_page_by_the_other_sdk(
    emulator: Emulator, endpoint: str, account: dict[str, t.Any], kind: str, action: str, paging: str
) -> None:
    """It has no Live, only a call for any API, and signs headers of its own besides."""
    number = "PageNum" if kind == "record" else "Page"
    body = {number: 2, paging.format("Size"): 200}
    theirs = sdks.volcengine_core_call(emulator.netloc(CLOUD), account, action, body)
    seen = ours.list_tasks(CLOUD, kind, **options(account, endpoint))
    assert exact(theirs["List"]) == exact(seen.raw[200:400])
    assert theirs["Pagination"]["TotalCount"] == seen.total


@pytest.mark.parametrize("kind", ["record", "relay"])
@pytest.mark.parametrize("count", [0, 1, 500, 501])
def test_the_same_number_of_tasks(emulator: Emulator, endpoint: str, kind: str, count: int) -> None:
    account = emulator.use({**SOUTH, f"fill_{kind}": count})
    theirs = ask(sdks.volcengine(emulator.netloc(CLOUD), account), kind, 500)
    seen = ours.list_tasks(CLOUD, kind, **options(account, endpoint))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == {seen.total} == {count}


@pytest.mark.parametrize("title", ["决赛 🎬", "%41 %zz + & = # ? ; ~ * ' ( )", 'quote " backslash \\', "FINALS"])
def test_the_same_titles(emulator: Emulator, endpoint: str, title: str) -> None:
    tasks = [{"Title": f"the {title.lower()}!"}, {"Title": "another"}, {"Title": None}]
    account = emulator.use({**SOUTH, "relay_tasks": tasks})
    client = sdks.volcengine(emulator.netloc(CLOUD), account)
    theirs = sdks.volcengine_relay_list(client, 20, Title=title)
    by_get = sdks.volcengine_old_relay_list(client, 20, Title=title)
    seen = ours.list_tasks(CLOUD, title=title, **options(account, endpoint))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == by_get.totals == {seen.total} == {1}


@pytest.mark.parametrize("groups", [["world 🎬"], ["world 🎬", "default"], ["nobody"]])
def test_the_same_groups(emulator: Emulator, endpoint: str, groups: list[str]) -> None:
    tasks = [{"GroupName": "world 🎬"}, {"GroupName": "default"}, {"GroupName": "a,b"}]
    account = emulator.use({**SOUTH, "relay_tasks": tasks})
    theirs = sdks.volcengine_relay_list(sdks.volcengine(emulator.netloc(CLOUD), account), 20, GroupNames=groups)
    seen = ours.list_tasks(CLOUD, groups=groups, **options(account, endpoint))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == {seen.total}


@pytest.mark.parametrize("kind", ["record", "relay"])
def test_temporary_keys(emulator: Emulator, endpoint: str, kind: str) -> None:
    account = emulator.use({**SOUTH, "session_token": "Token/+==._~", f"fill_{kind}": 3})
    theirs = ask(sdks.volcengine(emulator.netloc(CLOUD), account), kind)
    seen = ours.list_tasks(CLOUD, kind, **options(account, endpoint))
    assert len(seen.raw) == 3
    assert exact(seen.raw) == exact(theirs.records)


# Refusals

PERMANENT = {**SOUTH, "fill_record": 1, "fill_relay": 1}
TEMPORARY = {**PERMANENT, "session_token": "token-of-the-key"}
EXPIRED = {**TEMPORARY, "expires": "@now-1m"}


def their_refusal(client: LiveService, kind: str = "relay") -> tuple[str, str, str]:
    """Code, message and request id: this SDK raises a bare Exception with the body."""
    with pytest.raises(Exception, match="ResponseMetadata") as raised:
        ask(client, kind)
    return facts_of(json.loads(raised.value.args[0]))


def facts_of(answer: dict[str, t.Any]) -> tuple[str, str, str]:
    metadata = answer["ResponseMetadata"]
    return metadata["Error"]["Code"], metadata["Error"]["Message"], metadata["RequestId"]


@pytest.mark.parametrize("kind", ["record", "relay"])
@pytest.mark.parametrize(
    ("scenario", "wrong", "code"),
    [
        (PERMANENT, {"access_key": "AKLTNOBODY"}, "InvalidAccessKey"),
        (PERMANENT, {"secret_key": "another"}, "SignatureDoesNotMatch"),
        (PERMANENT, {"session_token": "a-token"}, "InvalidSecretToken"),
        (TEMPORARY, {"session_token": "another"}, "InvalidSecretToken"),
        (TEMPORARY, {"session_token": None}, "InvalidSecretToken"),
        (EXPIRED, {}, "InvalidSecretToken"),
        ({**PERMANENT, "region": "cn-beijing"}, {}, "InvalidCredential"),
    ],
)
def test_the_same_refusal(
    emulator: Emulator, endpoint: str, scenario: dict[str, t.Any], wrong: dict[str, t.Any], code: str, kind: str
) -> None:
    given = {**emulator.use(scenario), **wrong}
    *theirs, their_id = their_refusal(sdks.volcengine(emulator.netloc(CLOUD), given), kind)
    assert their_id == emulator.last_request_id()
    error = ours.refusal(CLOUD, kind, **options(given, endpoint))
    assert error.request_id == emulator.last_request_id()
    assert [error.code, error.message] == theirs
    assert error.code == code
    assert len(emulator.requests()) == 2


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_wrong_clock(emulator: Emulator, endpoint: str, ahead: int) -> None:
    """The SDK gives up. We sign by the cloud's clock then, and are refused only where that does not help."""
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "clock", "seconds": ahead}])
    client = sdks.volcengine(emulator.netloc(CLOUD), account)
    assert their_refusal(client)[0] == "InvalidTimestamp"
    assert ours.list_tasks(CLOUD, **options(account, endpoint)).requests == 2

    jumping = [
        {"cloud": CLOUD, "do": "clock", "seconds": ahead, "requests": [1, 2]},
        {"cloud": CLOUD, "do": "clock", "seconds": 9 * ahead, "requests": [3]},
    ]
    emulator.use(PERMANENT, faults=jumping)
    code, message, _their_id = their_refusal(client)
    error = ours.refusal(CLOUD, **options(account, endpoint))
    assert (error.code, error.message) == (code, message)
    assert error.request_id == emulator.last_request_id()
    assert len(emulator.requests()) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "InvalidParam.OutOfRange"),
        (403, "RequestForbidden.BillingStatus"),
        (403, "AccessDenied"),
        (429, "AccountFlowLimitExceeded"),
        (400, "FlowLimitExceeded"),
        (500, "InternalError"),
        (504, "InternalServiceTimeout"),
        (418, "Somehow.New"),
    ],
)
def test_the_same_error_of_the_service(emulator: Emulator, endpoint: str, status: int, code: str) -> None:
    error_body = {"CodeN": 1, "Code": code, "Message": '说明: see "docs" %s'}
    body = {"ResponseMetadata": {"RequestId": "the-id", "Error": error_body}}
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "body", "status": status, "body": body}])
    theirs = their_refusal(sdks.volcengine(emulator.netloc(CLOUD), account))
    error = ours.refusal(CLOUD, retries=0, **options(account, endpoint))
    assert (error.code, error.message, error.request_id) == theirs
    assert error.http_status == status


def test_an_error_with_status_200(emulator: Emulator, endpoint: str) -> None:
    """A proven defect of the SDK: it gives such an error back as a success."""
    body = {"ResponseMetadata": {"RequestId": "the-id", "Error": {"Code": "CommonErr", "Message": "try again"}}}
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "body", "body": body}])
    client = sdks.volcengine(emulator.netloc(CLOUD), account)
    theirs = facts_of(client.list_pull_to_push_task_v2({"Page": 1, "Size": 20}))
    error = ours.refusal(CLOUD, retries=0, **options(account, endpoint))
    assert (error.code, error.message, error.request_id) == theirs
