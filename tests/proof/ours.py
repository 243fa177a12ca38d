# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings by the collection's own engine in this process, up to the text that a module prints."""

from __future__ import annotations

import dataclasses
import json
import time
import traceback
import typing as t

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import KINDS, RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._module import _many_accounts
from ansible_collections.livestream.relay.plugins.module_utils._present import Presentation
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets

JsonObject = dict[str, t.Any]

ACCESS_KEY = "AKIDplantedaccesskey"
SECRET_KEY = "planted-secret-key-of-the-proof"
SESSION_TOKEN = "planted-session-token-of-the-proof"
# In the tasks themselves: in a query, in user info, in push arguments, as a stream key.
PLANTED = "planted-in-the-task"
SECRETS = (ACCESS_KEY, SECRET_KEY, SESSION_TOKEN, PLANTED)

# As many requests as fit: limits are shown by the part about load.
FAST = 100_000.0


@dataclasses.dataclass(frozen=True)
class Target:
    """One listing of a cloud: how it words an answer and an error."""

    module: str
    cloud: str
    kind: str
    record: JsonObject
    id_key: str

    def page(self, records: t.Any, total: t.Any, size: int = 20) -> JsonObject:
        if self.cloud == "tencentcloud":
            facts = {"TotalNum": total, "PageNum": 1, "PageSize": size, "TotalPage": 1, "LimitTaskNum": 20}
            return {"Response": {"TaskInfos": records, **facts, "RequestId": "id-of-page"}}
        if self.cloud == "huaweicloud":
            return {"task_infos": records, "total": total, "request_id": "id-of-page"}
        pagination = {"PageCur": 1, "PageSize": size, "PageTotal": 1, "TotalCount": total}
        return {
            "ResponseMetadata": {"RequestId": "id-of-page", "Service": "live"},
            "Result": {"List": records, "Pagination": pagination},
        }

    def good(self) -> JsonObject:
        return self.page([self.record], 1)

    def error(self, code: str, message: str) -> JsonObject:
        if self.cloud == "tencentcloud":
            return {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "id-of-error"}}
        if self.cloud == "huaweicloud":
            return {"error_code": code, "error_msg": message, "request_id": "id-of-error"}
        return {"ResponseMetadata": {"RequestId": "id-of-error", "Error": {"Code": code, "Message": message}}}

    def account(self, endpoint: str, /, **more: t.Any) -> Account:
        return Account(self.cloud, self.kind, {**self.options(endpoint), **more}, self.module)

    def options(self, endpoint: str) -> JsonObject:
        cloud = CLOUDS[self.cloud]
        options = dict.fromkeys((*cloud.options, *cloud.account_options))
        options |= {"endpoint": endpoint, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
        options |= {"session_token": SESSION_TOKEN, "use_metadata": False}
        if self.cloud == "huaweicloud":
            options |= {"project_id": "0123456789abcdef0123456789abcdef", "region": "cn-north-4"}
        return options


_SOURCE = f"rtmp://user:{PLANTED}@source.example.org/live/in?token={PLANTED}"
_KEYED = f"rtmp://elsewhere.example.org/live/{PLANTED}"
_TIMES = ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
TARGETS = (
    Target(
        "tencentcloud_relay_task_info",
        "tencentcloud",
        "relay",
        {
            "TaskId": "1000",
            "SourceType": "PullLivePushLive",
            "SourceUrls": [_SOURCE],
            "DomainName": "push.example.org",
            "AppName": "live",
            "StreamName": "finals",
            "PushArgs": f"txSecret={PLANTED}&txTime=1",
            "StartTime": _TIMES[0],
            "EndTime": _TIMES[1],
            "Region": "ap-guangzhou",
            "CallbackUrl": f"https://cb.example.org/x?sign={PLANTED}",
            "CallbackEvents": ["TaskStart"],
            "CreateTime": _TIMES[0],
            "UpdateTime": _TIMES[0],
            "Status": "enable",
            "Comment": "finals",
            "BackupSourceType": "PullLivePushLive",
            "BackupSourceUrl": _SOURCE,
            "ToUrl": _KEYED,
        },
        "TaskId",
    ),
    Target(
        "huaweicloud_relay_task_info",
        "huaweicloud",
        "relay",
        {
            "task_id": "1000",
            "source_type": "PullLivePushLive",
            "source_urls": [_SOURCE],
            "domain": "push.example.org",
            "app_name": "live",
            "stream_name": "finals",
            "destination_url": _KEYED,
            "push_args": f"auth_key={PLANTED}",
            "start_time": _TIMES[0],
            "end_time": _TIMES[1],
            "region": "cn-north-4",
            "status": "enable",
            "callback_url": f"https://cb.example.org/x?sign={PLANTED}",
            "callback_events": ["TaskStart"],
            "create_time": _TIMES[0],
            "update_time": _TIMES[0],
            "backup_source_type": "PullLivePushLive",
            "backup_source_urls": [_SOURCE],
        },
        "task_id",
    ),
    Target(
        "volcengine_record_task_info",
        "volcengine",
        "record",
        {
            "TaskId": "1000",
            "Domain": "push.example.org",
            "App": "live",
            "Stream": "finals",
            "StartTime": 1767225600,
            "EndTime": 4070908800,
            "Status": "生效中",
            "Callback": f"https://cb.example.org/x?sign={PLANTED}",
        },
        "TaskId",
    ),
    Target(
        "volcengine_relay_task_info",
        "volcengine",
        "relay",
        {
            "TaskId": "1000",
            "Title": "finals",
            "StartTime": 1767225600,
            "EndTime": 4070908800,
            "Type": 0,
            "SrcAddr": _SOURCE,
            "DstAddrType": 2,
            "DstAddr": _KEYED,
            "CallbackURL": f"https://cb.example.org/x?sign={PLANTED}",
            "Status": "生效中",
        },
        "TaskId",
    ),
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a listing ended: ``end`` is ``complete``, ``partial``, a kind of error, or ``crash``."""

    end: str
    seconds: float
    text: str  # all that a module would print
    tasks: list[JsonObject] = dataclasses.field(default_factory=list)
    total: int = 0

    def leaks(self, *more: str) -> str:
        """The first secret that is shown, or an empty text."""
        return next((secret for secret in (*SECRETS, *more) if secret in self.text), "")


def listed(
    accounts: t.Sequence[Account],
    *,
    timeout: float = 20.0,
    query: Query | None = None,
    environment: t.Mapping[str, str] | None = None,
    report_errors: bool = False,
    **settings: t.Any,
) -> Outcome:
    """Ask these accounts as the modules do, and print as they do."""
    secrets = Secrets()
    given = Settings(**{"retries": 1, "request_timeout": 5.0, **settings})
    begun = time.monotonic()
    try:
        result = ask(
            accounts,
            CLOUDS,
            query or Query(rate_limit=FAST),
            given,
            Deadline(timeout),
            secrets,
            environment or {"HOME": "/nonexistent"},
            report_errors=report_errors,
        )
        shown = _many_accounts(result, Presentation(False, None, False))
        text = json.dumps([shown, [secrets.scrub(warning) for warning in result.warnings]], ensure_ascii=False)
        text.encode("utf-8")
    except RelayError as error:
        told = json.dumps([secrets.scrub(str(error)), error.as_dict()], ensure_ascii=False)
        return Outcome(error.kind if error.kind in KINDS else "crash", time.monotonic() - begun, told)
    except Exception:  # what a user would see as a traceback
        return Outcome("crash", time.monotonic() - begun, traceback.format_exc())
    end = "complete" if result.complete else "partial"
    return Outcome(end, time.monotonic() - begun, text, shown["tasks"], shown["total"])
