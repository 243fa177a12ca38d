# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import time
import typing as t

from .._cloud import Account, Client, Cloud, Page, Query, Tools, checked_page
from .._errors import config_error
from .._http import Answer, Call, check_endpoint
from .._key_files import KeyFiles
from .._options import connection
from .._redact import Secrets
from .._task import RelayTask
from .auth import VolcAuth
from .errors import result_of
from .task import to_record_task, to_relay_task

NAME = "volcengine"
VERSION = "2023-01-01"
ENDPOINT = "https://live.volcengineapi.com"


@dataclasses.dataclass(frozen=True)
class Api:
    """One of the two listings: what it is called and how it words its pages."""

    action: str
    rate: float  # a little under what its page allows in a second
    page_number: str
    page_size: str
    to_task: t.Callable[[dict[str, t.Any], str, datetime.datetime], RelayTask]


APIS = {
    # https://www.volcengine.com/docs/6469/1111480: 50 requests in a second
    "record": Api("ListPullRecordTask", 48.0, "PageNum", "PageSize", to_record_task),
    # https://www.volcengine.com/docs/6469/1327383: 15 requests in a second
    "relay": Api("ListPullToPushTaskV2", 14.0, "Page", "Size", to_relay_task),
}

# Filters of the relay listing alone.
RELAY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "title": {"type": "str"},
    "groups": {"type": "list", "elements": "str"},
}


class VolcClient(Client):
    """Lists record tasks or relay tasks of Volcengine Live."""

    max_page_size = 500

    def __init__(self, account: Account, query: Query, environment: t.Mapping[str, str], secrets: Secrets) -> None:
        # Only here: a fleet without an account of this cloud spares the time that this takes.
        from .credentials import find_keys, find_region

        super().__init__(account, query)
        self._api = APIS[account.kind]
        self.action = self._api.action
        self._filters = _filters(account)
        self._signing_region = self.region = find_region(account.options)
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self._signing_region):
            raise config_error("region holds characters that no region's name has", "give one like cn-north-1")
        self.endpoint = check_endpoint(account.options["endpoint"] or ENDPOINT)
        self._files = KeyFiles(environment)
        self._keys = find_keys(account.options, environment, self._files, time.time())
        secrets.add(*self._keys.secrets())
        self.credentials_source = self._keys.source

    @property
    def identity(self) -> str:
        return self._keys.identity

    def open(self, tools: Tools) -> None:
        self._tools = tools
        self._keys.open(tools)
        self._rate = tools.rate_limit(self._api.action, self._api.rate)

    def page(self, position: int, size: int) -> Page:
        body = {**self._filters, self._api.page_number: position, self._api.page_size: size}
        call = Call(
            action=self._api.action,
            method="POST",
            url=f"{self.endpoint}/?Action={self._api.action}&Version={VERSION}",
            headers={"Content-Type": "application/json", "Accept-Language": "en-US"},
            body=json.dumps(body, separators=(",", ":")).encode(),
            sign=lambda moment: VolcAuth(self._keys.current(moment), self._signing_region, "live", moment),
            rate=self._rate,
        )
        return self._tools.http.send(call, read_page)

    def warnings(self) -> list[str]:
        return [f"{NAME}: {warning}" for warning in self._files.warnings]

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["TaskId"])

    def task(self, record: dict[str, t.Any], now: datetime.datetime) -> RelayTask:
        return self._api.to_task(record, self.record_id(record), now)


def _filters(account: Account) -> dict[str, t.Any]:
    title, groups = account.options.get("title"), account.options.get("groups")
    if account.kind != "relay" and (title is not None or groups is not None):
        raise config_error("title and groups are filters of relay tasks", "take them out, or use kind: relay")
    if title == "":
        raise config_error("title is empty", "leave title out, or give a part of the title")
    if groups is not None and not all(groups or [""]):
        raise config_error("groups is empty or holds an empty text", "leave groups out, or name the groups")
    filters: dict[str, t.Any] = {}
    if title is not None:
        filters["Title"] = title
    if groups is not None:
        filters["GroupNames"] = list(groups)
    return filters


def read_page(answer: Answer) -> Page:
    """A page from the answer to one of the two listings. Raises RelayError, for an error in it whatever the status."""
    result, request_id = result_of(answer)
    pagination = result.get("Pagination")
    if not isinstance(pagination, dict):
        raise answer.not_the_api("the answer has no Pagination")
    return checked_page(
        answer,
        records=("List", result.get("List")),
        # PageTotal is documented in two ways, as pages and as rows; TotalCount in one.
        total=("TotalCount", pagination.get("TotalCount")),
        id_key="TaskId",
        request_id=request_id,
        size=pagination.get("PageSize"),
    )


CLOUD = Cloud(
    name=NAME,
    kinds=("relay", "record"),
    options=connection(("access_key_id",), ("secret_access_key",), (), {"account_id": {"type": "str"}}),
    client=VolcClient,
    account_options=RELAY_OPTIONS,
)
