# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import json
import re
import time
import typing as t

from .._cloud import Account, Client, Cloud, Page, Query, Tools, checked_page
from .._errors import RelayError, config_error
from .._http import Answer, Call, check_endpoint
from .._key_files import KeyFiles
from .._options import connection
from .._parallel import as_done
from .._redact import Secrets
from .._task import RelayTask
from .auth import TC3Auth
from .errors import request_id_of, response_of
from .task import apply_runtime, should_run, to_task

NAME = "tencentcloud"
# https://cloud.tencent.com/document/api/267/56243
LIST = "DescribeLivePullStreamTasks"
# https://cloud.tencent.com/document/api/267/94221
STATUS = "DescribeLivePullStreamTaskStatus"
VERSION = "2018-08-01"
ENDPOINT = "https://live.tencentcloudapi.com"
# A little under what the pages above allow: 30 and 20 requests in a second.
RATES = {LIST: 29.0, STATUS: 19.0}

# The international site has no run-time status.
NO_SUCH_API = ("InvalidAction", "NoSuch", "ActionOffline", "UnsupportedOperation")
Read = t.TypeVar("Read")

GONE = ("ResourceNotFound.TaskId", "InvalidParameter.TaskNotExist")

OWN_OPTIONS: dict[str, dict[str, t.Any]] = {
    "runtime_status": {"type": "bool", "default": False},
}


class TencentClient(Client):
    """Lists pull-and-push tasks of Tencent Cloud CSS."""

    max_page_size = 20
    action = LIST

    def __init__(self, account: Account, query: Query, environment: t.Mapping[str, str], secrets: Secrets) -> None:
        # Only here: a fleet without an account of this cloud spares the time that this takes.
        from .credentials import find_keys

        super().__init__(account, query)
        options = account.options
        self._specify_task_id: str | None = options["specify_task_id"]
        if self._specify_task_id is not None and query.task_ids:
            raise config_error("task_id and specify_task_id are both given", "give one of them")
        if self._specify_task_id == "":
            raise config_error("specify_task_id is empty", "leave it out, or give the id chosen at creation")
        self.endpoint = check_endpoint(options["endpoint"] or ENDPOINT)
        files = KeyFiles(environment)
        found = find_keys(options, environment, files, time.time())
        self._keys = found.keys
        secrets.add(*self._keys.secrets())
        self.credentials_source = self._keys.source
        self.region = found.region
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self.region):
            raise config_error("region holds characters that no region's name has", "give one like ap-guangzhou")
        self._statuses: dict[str, dict[str, t.Any] | None] = {}
        self._warnings: dict[str, None] = dict.fromkeys(f"{NAME}: {warning}" for warning in files.warnings)
        self._specified_found = False

    @property
    def identity(self) -> str:
        return self._keys.identity

    def open(self, tools: Tools) -> None:
        self._tools = tools
        self._keys.open(tools)
        self._rates = {action: tools.rate_limit(action, rate) for action, rate in RATES.items()}

    def page(self, position: int, size: int) -> Page:
        body: dict[str, t.Any] = {"PageNum": position, "PageSize": size}
        if self.query.only_task_id is not None:
            body["TaskId"] = self.query.only_task_id
        if self._specify_task_id is not None:
            body["SpecifyTaskId"] = self._specify_task_id
        page = self._send(LIST, body, read_page)
        self._specified_found = self._specified_found or bool(page.records)
        return page

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["TaskId"])

    def task(self, record: dict[str, t.Any], now: datetime.datetime) -> RelayTask:
        return to_task(record, self.record_id(record), now)

    def asked_ids(self) -> list[str]:
        if self._specify_task_id is not None and not self._specified_found:
            return [self._specify_task_id]
        return super().asked_ids()

    def refine(self, tasks: list[RelayTask]) -> None:
        """Ask the run-time status of the tasks that should be running, one request each."""
        if not self.query.runtime_status:
            return
        if self.query.states and not self.query.states & {"running", "degraded", "unknown"}:
            return
        wanted = [task for task in tasks if should_run(task)]
        unasked = [task.task_id for task in wanted if task.task_id not in self._statuses]
        if unasked and not self._ask_statuses(unasked):
            self._warnings[f"{NAME}: this endpoint has no {STATUS}, so states are told from the schedule alone"] = None
            return
        for task in wanted:
            self._refine_one(task)

    def _refine_one(self, task: RelayTask) -> None:
        status = self._statuses[task.task_id]
        if status is not None:
            apply_runtime(task, status)
            return
        # It was in the list and has no status: it went away meanwhile. Nobody can say that it runs.
        task.state, task.state_source = "unknown", "runtime"
        self._warnings[f"{NAME}: task {task.task_id} has no run-time status; was it deleted just now?"] = None

    def _ask_statuses(self, task_ids: list[str]) -> bool:
        """Fetch the statuses; False when this site has no such API."""
        workers = min(self.query.concurrency, len(task_ids))
        try:
            for task_id, status in as_done(self._status, task_ids, workers, self._tools.deadline):
                self._statuses[task_id] = status
        except RelayError as error:
            if (error.code or "").startswith(NO_SUCH_API):
                return False
            raise
        return True

    def _status(self, task_id: str) -> dict[str, t.Any] | None:
        try:
            return self._send(STATUS, {"TaskId": task_id}, read_status)
        except RelayError as error:
            if (error.code or "").startswith(GONE):
                return None
            raise

    def warnings(self) -> list[str]:
        return list(self._warnings)

    def _send(self, action: str, body: dict[str, t.Any], read: t.Callable[[Answer], Read]) -> Read:
        call = Call(
            action=action,
            method="POST",
            url=f"{self.endpoint}/",
            headers={
                "Content-Type": "application/json",
                "X-TC-Action": action,
                "X-TC-Version": VERSION,
                "X-TC-Region": self.region or "",
                "X-TC-Language": "en-US",
            },
            body=json.dumps(body, separators=(",", ":")).encode(),
            sign=lambda moment: TC3Auth(self._keys.current(moment), "live", moment),
            rate=self._rates[action],
        )
        return self._tools.http.send(call, read)


def read_page(answer: Answer) -> Page:
    """A page from the answer to DescribeLivePullStreamTasks. Raises RelayError."""
    response = response_of(answer)
    return checked_page(
        answer,
        records=("TaskInfos", response.get("TaskInfos")),
        total=("TotalNum", response.get("TotalNum")),
        id_key="TaskId",
        request_id=request_id_of(response, answer),
        quota=response.get("LimitTaskNum"),
        size=response.get("PageSize"),
    )


def read_status(answer: Answer) -> dict[str, t.Any]:
    """The TaskStatusInfo from the answer to DescribeLivePullStreamTaskStatus. Raises RelayError."""
    status = response_of(answer).get("TaskStatusInfo")
    if not isinstance(status, dict):
        raise answer.not_the_api("the answer has no TaskStatusInfo")
    return status


CLOUD = Cloud(
    name=NAME,
    kinds=("relay",),
    options={
        **connection(("secret_id",), (), ("token",)),
        "specify_task_id": {"type": "str"},
    },
    client=TencentClient,
)
