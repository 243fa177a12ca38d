# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import typing as t

from .._redact import Fields
from .._task import REPORTED, RelayTask, Window, text, texts

# Field names and values: https://www.volcengine.com/docs/6469/1111480 (record tasks),
# https://www.volcengine.com/docs/6469/1327383 (relay tasks) and the models of the official Go SDK.
SECRET_FIELDS = Fields(
    urls=frozenset({"SrcAddr", "SrcAddrS", "CallbackURL"}),
    destinations=frozenset({"DstAddr"}),
)
STATES = {"停用": "paused", "未开始": "scheduled", "生效中": "running", "已结束": "finished"}
OWN_DOMAIN = 1  # DstAddrType: 1 an own domain, 2 a third party's


def to_record_task(record: dict[str, t.Any], task_id: str, dummy_now: datetime.datetime) -> RelayTask:
    """An item of ListPullRecordTask in the collection's words."""
    return _to_task(
        record,
        task_id,
        kind="record",
        domain=text(record.get("Domain")),
        app=text(record.get("App")),
        stream=text(record.get("Stream")),
    )


def to_relay_task(record: dict[str, t.Any], task_id: str, dummy_now: datetime.datetime) -> RelayTask:
    """An item of ListPullToPushTaskV2 in the collection's words."""
    return _to_task(
        record,
        task_id,
        kind="relay",
        title=text(record.get("Title")),
        source_type=_source_type(record.get("Type")),
        source_urls=_source_urls(record),
        destination_url=text(record.get("DstAddr")),
        callback_url=text(record.get("CallbackURL")),
        own_destination=record.get("DstAddrType") == OWN_DOMAIN,
    )


def _to_task(record: dict[str, t.Any], task_id: str, **facts: t.Any) -> RelayTask:
    window = Window.of(record.get("StartTime"), record.get("EndTime"))
    status = text(record.get("Status"))
    state = STATES.get(status or "")
    return RelayTask(
        task_id=task_id,
        cloud="volcengine",
        status=status,
        state=state or "unknown",
        state_source=REPORTED,
        start_time=window.start,
        end_time=window.end,
        raw=record,
        secret_fields=SECRET_FIELDS,
        unreadable_times=window.unreadable,
        unknown_word=None if state else status or "",
        **facts,
    )


def _source_type(number: t.Any) -> str | None:
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return {0: "live", 1: "vod"}.get(number)


def _source_urls(record: dict[str, t.Any]) -> list[str]:
    """One live source, or the files of a VOD source in either of its two forms."""
    if _source_type(record.get("Type")) == "live":
        return texts(record.get("SrcAddr"))
    detailed = record.get("VodSrcAddrs")
    urls = [each.get("SrcAddr") for each in detailed if isinstance(each, dict)] if isinstance(detailed, list) else []
    return texts(record.get("SrcAddrS")) or texts(urls) or texts(record.get("SrcAddr"))
