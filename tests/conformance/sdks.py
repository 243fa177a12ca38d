# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the official SDKs see, by their own code, page by page."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.client import ClientBuilder
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdklive.v1 import ListPullTasksRequest, LiveClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.live.v20180801 import live_client, models
from volcengine.live.v20230101.live_service import LiveService
from volcenginesdkcore import ApiClient, Configuration, UniversalApi, UniversalInfo

__all__ = ["TencentCloudSDKException"]

JsonObject = dict[str, t.Any]


@dataclasses.dataclass
class Listed:
    """A list as an SDK gives it: its own models as dicts, the records as they came, and each page's facts."""

    models: list[JsonObject]
    records: list[JsonObject]
    totals: set[int]
    request_ids: list[str]
    quotas: set[int | None]


def tencentcloud(endpoint: str, account: JsonObject, region: str = "ap-guangzhou") -> live_client.LiveClient:
    """Tencent's client for an endpoint HOST:PORT on plain http, with English messages as we ask for them."""
    credential = Credential(account["access_key"], account["secret_key"], account.get("session_token"))
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint), language="en-US")
    return live_client.LiveClient(credential, region, profile)


def tencentcloud_list(client: live_client.LiveClient, size: int, **filters: str) -> Listed:
    listed = Listed([], [], set(), [], set())
    number = 1
    while True:
        request = models.DescribeLivePullStreamTasksRequest()
        request.from_json_string(json.dumps({"PageNum": number, "PageSize": size, **filters}))
        page = client.DescribeLivePullStreamTasks(request)
        # The model drops what it does not know; the untyped call does not.
        answer = client.call_json("DescribeLivePullStreamTasks", {"PageNum": number, "PageSize": size, **filters})
        listed.models += [task._serialize(allow_none=True) for task in page.TaskInfos]
        listed.records += answer["Response"]["TaskInfos"]
        listed.totals |= {page.TotalNum, answer["Response"]["TotalNum"]}
        listed.quotas.add(page.LimitTaskNum)
        listed.request_ids.append(page.RequestId)
        if (page.PageNum, page.PageSize) != (number, size):
            raise AssertionError("the answer is about another page")
        if number >= page.TotalPage:
            return listed
        number += 1


class TokenCredentials(BasicCredentials):  # type: ignore[misc]
    """A token of IAM instead of a key pair. The SDK has no such class, and leaves room for one."""

    def __init__(self, token: str, project_id: str) -> None:
        super().__init__("unused", "unused", project_id)
        self._token = token

    def sign_request(self, request: SdkRequest) -> SdkRequest:
        request.header_params["X-Auth-Token"] = self._token
        Signer.process_request_uri(request)
        return request


def huaweicloud_keys(account: JsonObject) -> BasicCredentials:
    credentials = BasicCredentials(account["access_key"], account["secret_key"], account["project_id"])
    return credentials.with_security_token(account.get("session_token"))


def huaweicloud(endpoint: str, credentials: BasicCredentials) -> LiveClient:
    """Huawei's client for an endpoint http://HOST:PORT."""
    builder = ClientBuilder(LiveClient, type(credentials).__name__)
    return builder.with_credentials(credentials).with_endpoint(endpoint).build()


def huaweicloud_list(client: LiveClient, size: int, **filters: str) -> Listed:
    listed = Listed([], [], set(), [], {None})
    offset = 0
    while True:
        page = client.list_pull_tasks(ListPullTasksRequest(limit=size, offset=offset, **filters))
        listed.models += [_model(task) for task in page.task_infos]
        listed.records += page.to_json_object()["task_infos"]
        listed.totals.add(page.total)
        listed.request_ids.append(page.request_id)
        offset += size
        if offset >= page.total:
            return listed


def _model(task: t.Any) -> JsonObject:
    return {task.attribute_map[name]: getattr(task, name) for name in task.openapi_types}


def volcengine(endpoint: str, account: JsonObject) -> LiveService:
    """Volcengine's client for an endpoint HOST:PORT on plain http.

    Its clients share one object of settings, and making one replaces the keys given: all is set afterwards.
    """
    client = LiveService(host=endpoint)
    client.set_scheme("http")
    client.set_ak(account["access_key"])
    client.set_sk(account["secret_key"])
    client.set_session_token(account.get("session_token") or "")
    return client


def volcengine_record_list(client: LiveService, size: int) -> Listed:
    return _volcengine_pages(lambda number: client.list_pull_record_task({"PageNum": number, "PageSize": size}))


def volcengine_relay_list(client: LiveService, size: int, **filters: t.Any) -> Listed:
    return _volcengine_pages(lambda number: client.list_pull_to_push_task_v2({"Page": number, "Size": size, **filters}))


def volcengine_old_relay_list(client: LiveService, size: int, **filters: t.Any) -> Listed:
    """The first version of the list, a GET with all in its query."""
    return _volcengine_pages(lambda number: client.list_pull_to_push_task({"Page": number, "Size": size, **filters}))


def _volcengine_pages(ask: t.Callable[[int], JsonObject]) -> Listed:
    listed = Listed([], [], set(), [], {None})
    number = 1
    while True:
        answer = ask(number)
        result = answer["Result"]
        listed.records += result["List"]
        listed.totals.add(result["Pagination"]["TotalCount"])
        listed.request_ids.append(answer["ResponseMetadata"]["RequestId"])
        if number >= result["Pagination"]["PageTotal"]:
            return listed
        number += 1


def volcengine_core_call(endpoint: str, account: JsonObject, action: str, body: JsonObject) -> JsonObject:
    """One call by the other SDK, which gives the Result alone."""
    settings = Configuration()
    settings.scheme, settings.host, settings.region = "http", endpoint, "cn-north-1"
    settings.ak, settings.sk, settings.auto_retry = account["access_key"], account["secret_key"], False
    call = UniversalInfo(
        method="POST", service="live", version="2023-01-01", action=action, content_type="application/json"
    )
    result: JsonObject = UniversalApi(ApiClient(settings)).do_call(call, body)
    return result
