# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Huawei Cloud: the official SDK and we list the emulator's tasks, and are refused alike."""

from __future__ import annotations

import typing as t

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException, ServiceResponseException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdklive.v1 import ListPullTasksRequest, LiveClient, LivePullTaskInfo

from ansible_collections.livestream.relay.tests.conformance import ours, sdks
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator
from ansible_collections.livestream.relay.tests.conformance.tasks import (
    ABSENT,
    ODD_ANYTHING,
    ODD_IDS,
    ODD_LISTS,
    ODD_TEXTS,
    differences,
    exact,
    odd_tasks,
)

CLOUD = "huaweicloud"
REGION = "cn-north-4"
TEXTS = (
    "status", "region", "source_type", "domain", "app_name", "stream_name", "push_args", "destination_url",
    "start_time", "end_time", "callback_url", "backup_source_type", "vod_loop_time", "vod_refresh_type",
)  # fmt: skip
# The SDK fails at a text where it expects a number, and with python-dateutil reads a time into nearly any text.
WHOLES = (ABSENT, None, 0, -1, 2**31, 2**53 + 1, 2**70)
TIMES = (ABSENT, None, "2018-05-19T10:00:00Z", "2030-12-31T23:59:59Z")
FIELDS: dict[str, tuple[t.Any, ...]] = {
    **dict.fromkeys(TEXTS, ODD_TEXTS),
    **dict.fromkeys(("source_urls", "backup_source_urls", "callback_events"), ODD_LISTS),
    **dict.fromkeys(("vod_start_video_index", "vod_start_video_time"), WHOLES),
    "create_time": TIMES,
    "brand_new": ODD_ANYTHING,
}
NORTH: dict[str, t.Any] = {"name": "north", "cloud": CLOUD, "rate_limit": 0}


@pytest.fixture
def account(emulator: Emulator) -> dict[str, t.Any]:
    tasks = odd_tasks(FIELDS, "task_id")
    return emulator.use({**NORTH, "new_fields": ["brand_new"], "tasks": tasks, "fill": 200})


@pytest.fixture
def endpoint(emulator: Emulator) -> str:
    return emulator.endpoints[CLOUD]


@pytest.fixture
def client(endpoint: str, account: dict[str, t.Any]) -> LiveClient:
    return sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account))


def options(account: dict[str, t.Any], endpoint: str) -> dict[str, t.Any]:
    names = ("access_key", "secret_key", "session_token", "project_id")
    return {"endpoint": endpoint, "rate_limit": 1000, **{name: account[name] for name in names if name in account}}


def test_these_are_the_fields_of_the_sdk() -> None:
    assert set(LivePullTaskInfo.attribute_map.values()) == {"task_id", *FIELDS} - {"brand_new"}


@pytest.mark.parametrize("size", [100, 33])
def test_the_same_list(
    emulator: Emulator, endpoint: str, account: dict[str, t.Any], client: LiveClient, size: int
) -> None:
    theirs = sdks.huaweicloud_list(client, size)
    seen = ours.list_tasks(CLOUD, page_size=size, **options(account, endpoint))
    assert len(theirs.records) > 400
    assert exact(seen.raw) == exact(theirs.records)
    assert [
        (record["task_id"], found)
        for model, record in zip(theirs.models, seen.raw)
        if (found := differences(model, record, ["brand_new"]))
    ] == []
    assert {seen.total, len(seen.raw)} == theirs.totals
    assert seen.complete
    assert seen.quota is None
    assert seen.requests == len(seen.request_ids) == len(theirs.request_ids)
    assert sorted(seen.request_ids) == sorted(entry["request_id"] for entry in emulator.requests()[-seen.requests :])


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_the_same_number_of_tasks(emulator: Emulator, endpoint: str, count: int) -> None:
    account = emulator.use({**NORTH, "fill": count})
    theirs = sdks.huaweicloud_list(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account)), 100)
    seen = ours.list_tasks(CLOUD, **options(account, endpoint))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == {seen.total} == {count}


@pytest.mark.parametrize("task_id", [*ODD_IDS, "task-1"])
def test_the_same_single_task(endpoint: str, account: dict[str, t.Any], client: LiveClient, task_id: str) -> None:
    theirs = sdks.huaweicloud_list(client, 100, task_id=task_id)
    seen = ours.list_tasks(CLOUD, task_id=[task_id], **options(account, endpoint))
    assert [record["task_id"] for record in seen.raw] == [task_id]
    assert exact(seen.raw) == exact(theirs.records)


def test_a_task_that_does_not_exist(
    emulator: Emulator, endpoint: str, account: dict[str, t.Any], client: LiveClient
) -> None:
    """The SDK tells it as a bad request; it is missing, and no error."""
    with pytest.raises(ClientRequestException) as raised:
        sdks.huaweicloud_list(client, 100, task_id="nobody")
    assert (raised.value.status_code, raised.value.error_code) == (404, "LIVE.100011001")
    seen = ours.list_tasks(CLOUD, task_id=["nobody"], **options(account, endpoint))
    assert (seen.raw, seen.missing) == ([], ["nobody"])
    assert seen.request_ids == [emulator.last_request_id()]


@pytest.mark.parametrize("region", ["cn-north-4", "世界杯决赛 🎬 e\u0301\u200b\u202e", "%41 %zz + & = # ? ; ~ * ' ( )"])
def test_the_same_tasks_of_a_region(emulator: Emulator, endpoint: str, region: str) -> None:
    tasks = [{"region": region}, {"region": "elsewhere"}, {"region": None}]
    account = emulator.use({**NORTH, "tasks": tasks})
    client = sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account))
    theirs = sdks.huaweicloud_list(client, 100, region=region)
    seen = ours.list_tasks(CLOUD, task_region=region, **options(account, endpoint))
    assert exact(seen.raw) == exact(theirs.records)
    assert theirs.totals == {seen.total} == {1}


def test_temporary_keys(emulator: Emulator, endpoint: str) -> None:
    account = emulator.use({**NORTH, "session_token": "Token/+==._~", "fill": 3})
    theirs = sdks.huaweicloud_list(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account)), 100)
    seen = ours.list_tasks(CLOUD, **options(account, endpoint))
    assert len(seen.raw) == 3
    assert exact(seen.raw) == exact(theirs.records)


# IAM: tokens and projects

USER = {"domain_name": "企业 & co", "username": "relay/用户", "password": 'pass"word\\ ü'}


def iam_client(endpoint: str, account: dict[str, t.Any]) -> iam.IamClient:
    credentials = GlobalCredentials(account["access_key"], account["secret_key"], "the-domain-id")
    return iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()


def their_token(client: iam.IamClient, password: str, scope: iam.AuthScope) -> t.Any:
    user = iam.PwdPasswordUser(iam.PwdPasswordUserDomain(USER["domain_name"]), USER["username"], password)
    identity = iam.PwdIdentity(["password"], iam.PwdPassword(user))
    request = iam.KeystoneCreateUserTokenByPasswordRequest(
        nocatalog="true",
        body=iam.KeystoneCreateUserTokenByPasswordRequestBody(iam.PwdAuth(identity=identity, scope=scope)),
    )
    return client.keystone_create_user_token_by_password(request)


def test_a_token_of_the_sdk_is_good_for_us_and_for_it(emulator: Emulator, endpoint: str) -> None:
    account = emulator.use({**NORTH, **USER, "fill": 130})
    scope = iam.AuthScope(project=iam.AuthScopeProject(name=REGION))
    answer = their_token(iam_client(endpoint, account), USER["password"], scope)
    assert answer.token.project.id == account["project_id"]
    credentials = sdks.TokenCredentials(answer.x_subject_token, account["project_id"])
    theirs = sdks.huaweicloud_list(sdks.huaweicloud(endpoint, credentials), 100)
    seen = ours.list_tasks(
        CLOUD, endpoint=endpoint, auth_token=answer.x_subject_token, project_id=account["project_id"]
    )
    assert len(seen.raw) == 130
    assert exact(seen.raw) == exact(theirs.records)


def test_our_login_asks_iam_as_the_sdk_does(emulator: Emulator, endpoint: str) -> None:
    account = emulator.use({**NORTH, **USER, "fill": 3})
    scope = iam.AuthScope(project=iam.AuthScopeProject(name=REGION))
    their_token(iam_client(endpoint, account), USER["password"], scope)
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, iam_endpoint=endpoint, region=REGION, **USER)
    assert len(seen.raw) == 3
    actions = [entry["action"] for entry in emulator.requests()]
    assert actions == ["KeystoneCreateToken", "KeystoneCreateToken", "ListPullTasks"]


def test_the_same_refusal_of_a_wrong_password(emulator: Emulator, endpoint: str) -> None:
    account = emulator.use({**NORTH, **USER, "fill": 3})
    scope = iam.AuthScope(project=iam.AuthScopeProject(id=account["project_id"]))
    with pytest.raises(ClientRequestException) as raised:
        their_token(iam_client(endpoint, account), "another", scope)
    login = {**USER, "password": "another", "project_id": account["project_id"], "region": REGION}
    error = ours.refusal(CLOUD, endpoint=endpoint, iam_endpoint=endpoint, **login)
    theirs = raised.value
    assert (error.http_status, error.message) == (theirs.status_code, theirs.error_msg)
    assert error.code == str(theirs.error_code) == "401"
    assert len(emulator.requests()) == 2


PROJECTS = [{"name": f"{REGION}_trial", "fill": 2}, {"name": "cn-east-3", "fill": 3}]


def test_the_same_project_is_found_by_its_region(emulator: Emulator, endpoint: str) -> None:
    # The SDK remembers projects by key and region for as long as the process runs: a key of this test's own.
    account = emulator.use({**NORTH, "access_key": "HPUAFORPROJECTS", "fill": 5, "projects": PROJECTS})
    listed = {}
    for region, count in ((REGION, 5), ("cn-east-3", 3)):
        credentials = BasicCredentials(account["access_key"], account["secret_key"]).with_iam_endpoint(endpoint)
        builder = LiveClient.new_builder().with_credentials(credentials)
        theirs = sdks.huaweicloud_list(builder.with_region(Region(region, endpoint)).build(), 100)
        keys = {name: account[name] for name in ("access_key", "secret_key")}
        seen = ours.list_tasks(CLOUD, endpoint=endpoint, iam_endpoint=endpoint, region=region, **keys)
        assert len(seen.raw) == count
        assert exact(seen.raw) == exact(theirs.records)
        listed[region] = seen.raw
    assert listed[REGION][0]["task_id"] != listed["cn-east-3"][0]["task_id"]


def test_a_project_that_may_not_be_listed(emulator: Emulator, endpoint: str) -> None:
    """The SDK gives up; we ask for the projects that the user can reach, which needs no permission."""
    account = emulator.use({**NORTH, "access_key": "HPUAMAYNOTLIST", "fill": 5, "list_projects": False})
    credentials = BasicCredentials(account["access_key"], account["secret_key"]).with_iam_endpoint(endpoint)
    with pytest.raises(SdkException, match="Failed to get project id"):
        LiveClient.new_builder().with_credentials(credentials).with_region(Region(REGION, endpoint)).build()
    reachable = iam_client(endpoint, account).keystone_list_auth_projects(iam.KeystoneListAuthProjectsRequest())
    assert [project.id for project in reachable.projects] == [account["project_id"]]
    keys = {name: account[name] for name in ("access_key", "secret_key")}
    seen = ours.list_tasks(CLOUD, endpoint=endpoint, iam_endpoint=endpoint, region=REGION, **keys)
    assert len(seen.raw) == 5


# Refusals

PERMANENT = {**NORTH, "fill": 1, "tokens": ["good-token"]}
TEMPORARY = {**PERMANENT, "session_token": "token-of-the-key"}
EXPIRED = {**TEMPORARY, "expires": "@now-1m"}


def their_refusal(client: LiveClient) -> ServiceResponseException:
    with pytest.raises(ServiceResponseException) as raised:
        sdks.huaweicloud_list(client, 100)
    return raised.value


@pytest.mark.parametrize(
    ("scenario", "wrong", "status", "code", "words"),
    [
        (PERMANENT, {"access_key": "HPUANOBODY"}, 401, "APIGW.0301", "ak not exist"),
        (PERMANENT, {"secret_key": "another"}, 401, "APIGW.0301", "verify aksk signature fail"),
        (PERMANENT, {"session_token": "a-token"}, 401, "APIGW.0301", "decrypt token fail"),
        (TEMPORARY, {"session_token": "another"}, 401, "APIGW.0301", "decrypt token fail"),
        (TEMPORARY, {"session_token": None}, 401, "APIGW.0301", "decrypt token fail"),
        (EXPIRED, {}, 401, "APIGW.0301", "decrypt token fail"),
        (PERMANENT, {"project_id": "another"}, 403, "APIGW.0302", "does not belong"),
    ],
)
def test_the_same_refusal(
    emulator: Emulator, endpoint: str, scenario: dict[str, t.Any], wrong: dict[str, t.Any], status: int, code: str,
    words: str,
) -> None:  # fmt: skip
    given = {**emulator.use(scenario), **wrong}
    theirs = their_refusal(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(given)))
    assert theirs.request_id == emulator.last_request_id()
    error = ours.refusal(CLOUD, **options(given, endpoint))
    assert error.request_id == emulator.last_request_id()
    assert (error.http_status, error.code) == (theirs.status_code, theirs.error_code) == (status, code)
    # The words hold the key or the whole request as it was signed, which we do not show.
    assert words in theirs.error_msg
    assert words in str(error.message)
    assert given["access_key"] not in str(error)
    assert len(emulator.requests()) == 2


@pytest.mark.parametrize(
    ("token", "project", "status", "code"),
    [("another-token", None, 401, "APIGW.0307"), ("good-token", "another", 401, "APIGW.0301")],
)
def test_the_same_refusal_of_a_token(
    emulator: Emulator, endpoint: str, token: str, project: str | None, status: int, code: str
) -> None:
    project_id = project or emulator.use(PERMANENT)["project_id"]
    emulator.use(PERMANENT)
    theirs = their_refusal(sdks.huaweicloud(endpoint, sdks.TokenCredentials(token, project_id)))
    assert theirs.request_id == emulator.last_request_id()
    error = ours.refusal(CLOUD, endpoint=endpoint, auth_token=token, project_id=project_id)
    assert error.request_id == emulator.last_request_id()
    assert (error.http_status, error.code) == (theirs.status_code, theirs.error_code) == (status, code)
    assert error.message == theirs.error_msg
    assert len(emulator.requests()) == 2


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_wrong_clock(emulator: Emulator, endpoint: str, ahead: int) -> None:
    """The SDK gives up. We sign by the cloud's clock then, and are refused only where that does not help."""
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "clock", "seconds": ahead}])
    client = sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account))
    assert "signature expired" in their_refusal(client).error_msg
    assert ours.list_tasks(CLOUD, **options(account, endpoint)).requests == 2

    jumping = [
        {"cloud": CLOUD, "do": "clock", "seconds": ahead, "requests": [1, 2]},
        {"cloud": CLOUD, "do": "clock", "seconds": 9 * ahead, "requests": [3]},
    ]
    emulator.use(PERMANENT, faults=jumping)
    theirs = their_refusal(client)
    error = ours.refusal(CLOUD, **options(account, endpoint))
    assert (error.http_status, error.code) == (theirs.status_code, theirs.error_code) == (401, "APIGW.0301")
    assert error.request_id == emulator.last_request_id()
    assert len(emulator.requests()) == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error_code": "LIVE.100011001", "error_msg": "Request Illegal"}),
        (401, {"error_code": "LIVE.100011014", "error_msg": '说明 "%s"'}),
        (403, {"error_code": "APIGW.0302", "error_msg": "not allowed"}),
        (404, {"error_code": "APIG.0101", "error_msg": "The API does not exist"}),
        (500, {"error_code": "APIGW.0202", "error_msg": "Backend timeout"}),
        (400, {"errorCode": "OTHER.1", "errorMsg": "in other words"}),
        (400, {"code": "OTHER.2", "message": "in other words still"}),
        (403, {"error": {"code": 403, "message": "no", "title": "Forbidden"}}),
    ],
)
def test_the_same_error_of_the_service(emulator: Emulator, endpoint: str, status: int, body: dict[str, t.Any]) -> None:
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "body", "status": status, "body": body}])
    theirs = their_refusal(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account)))
    error = ours.refusal(CLOUD, retries=0, **options(account, endpoint))
    assert (error.http_status, error.message) == (status, theirs.error_msg)
    assert (error.http_status, error.code) == (theirs.status_code, str(theirs.error_code))


# Proven defects of the SDK, which we must not share


def test_throttling_keeps_its_code(emulator: Emulator, endpoint: str) -> None:
    """The SDK loses code and request id of a 429."""
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "throttle"}])
    theirs = their_refusal(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account)))
    assert (theirs.status_code, theirs.request_id) == (429, "")
    error = ours.refusal(CLOUD, retries=0, **options(account, endpoint))
    assert (error.http_status, error.code) == (429, "APIGW.0308")
    assert error.request_id == emulator.last_request_id()


@pytest.mark.parametrize("fault", ["html", "empty", "redirect"])
def test_what_is_not_the_api_is_no_empty_list(emulator: Emulator, endpoint: str, fault: str) -> None:
    """The SDK takes a sign-in page, nothing at all and a redirect for an answer without tasks."""
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": fault, "first": 9}])
    client = sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account))
    if fault != "redirect":  # it follows one, to whatever host
        assert client.list_pull_tasks(ListPullTasksRequest()).task_infos is None
    assert ours.refusal(CLOUD, retries=0, **options(account, endpoint)).kind == "protocol"


def test_the_request_id_of_an_errors_body(emulator: Emulator, endpoint: str) -> None:
    """The SDK knows only the header's."""
    body = {"error_code": "LIVE.100011001", "error_msg": "Request Illegal", "request_id": "the-id"}
    account = emulator.use(PERMANENT, faults=[{"cloud": CLOUD, "do": "body", "status": 400, "body": body}])
    assert their_refusal(sdks.huaweicloud(endpoint, sdks.huaweicloud_keys(account))).request_id is None
    assert ours.refusal(CLOUD, retries=0, **options(account, endpoint)).request_id == "the-id"
