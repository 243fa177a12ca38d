# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import typing as t

from .._redact import Fields
from .._task import RelayTask, Window, enabled_state, parse_time, paused_state, text, texts

# Field names and values: https://support.huaweicloud.com/intl/en-us/api-live/ListPullTasks.html
SECRET_FIELDS = Fields(
    push_args=frozenset({"push_args"}),
    urls=frozenset({"source_urls", "backup_source_urls", "callback_url"}),
    destinations=frozenset({"destination_url"}),
)
SOURCE_TYPES = {"PullLivePushLive": "live", "PullVodPushLive": "vod"}
# Guess: no page lists the words of `status`. `suspend` is in the example answer; `pause` and `enable` are what
# ModifyPullTask takes.
ENABLED = ("enable",)
PAUSED = ("pause", "suspend")


def to_task(record: dict[str, t.Any], task_id: str, now: datetime.datetime) -> RelayTask:
    """A LivePullTaskInfo in the collection's words."""
    window = Window.of(record.get("start_time"), record.get("end_time"))
    status = text(record.get("status"))
    unknown_word = None
    if status in ENABLED:
        state, source = enabled_state(window, now)
    elif status in PAUSED:
        state, source = paused_state(window, now)
    else:
        state, source, unknown_word = "unknown", "reported", status or ""
    return RelayTask(
        task_id=task_id,
        cloud="huaweicloud",
        kind="relay",
        region=text(record.get("region")),
        status=status,
        state=state,
        state_source=source,
        source_type=SOURCE_TYPES.get(text(record.get("source_type")) or ""),
        source_urls=texts(record.get("source_urls")),
        backup_source_type=SOURCE_TYPES.get(text(record.get("backup_source_type")) or ""),
        backup_source_urls=texts(record.get("backup_source_urls")),
        domain=text(record.get("domain")),
        app=text(record.get("app_name")),
        stream=text(record.get("stream_name")),
        destination_url=text(record.get("destination_url")),
        push_args=text(record.get("push_args")),
        start_time=window.start,
        end_time=window.end,
        create_time=parse_time(record.get("create_time")),
        update_time=parse_time(record.get("update_time")),
        callback_url=text(record.get("callback_url")),
        callback_events=texts(record.get("callback_events")),
        raw=record,
        secret_fields=SECRET_FIELDS,
        unreadable_times=window.unreadable,
        unknown_word=unknown_word,
    )
