# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import datetime
import re
import typing as t

from .._redact import Fields
from .._task import RUNTIME, RelayTask, Window, enabled_state, parse_time, paused_state, text, texts

# Field names and values: https://www.tencentcloud.com/document/api/267/48355 and the SDK's PullStreamTaskInfo.
SECRET_FIELDS = Fields(
    push_args=frozenset({"PushArgs"}),
    urls=frozenset(
        {"SourceUrls", "BackupSourceUrl", "CallbackUrl", "FileUrl", "NextFileUrl", "file_url", "next_file_url"}
    ),
    destinations=frozenset({"BackupToUrl", "ToUrl"}),
)
SOURCE_TYPES = {"PullLivePushLive": "live", "PullVodPushLive": "vod", "PullPicPushLive": "image"}
# `pause` is Tencent's own; `suspend` is how Huawei's sibling of this API calls it.
PAUSED = ("pause", "suspend")


def to_task(record: dict[str, t.Any], task_id: str, now: datetime.datetime) -> RelayTask:
    """A PullStreamTaskInfo in the collection's words."""
    window = Window.of(record.get("StartTime"), record.get("EndTime"))
    status = text(record.get("Status"))
    unknown_word = None
    if status == "enable":
        state, source = enabled_state(window, now)
    elif status in PAUSED:
        state, source = paused_state(window, now)
    else:
        state, source, unknown_word = "unknown", "reported", status or ""
    return RelayTask(
        task_id=task_id,
        cloud="tencentcloud",
        kind="relay",
        region=text(record.get("Region")),
        title=text(record.get("Comment")),
        status=status,
        state=state,
        state_source=source,
        source_type=SOURCE_TYPES.get(text(record.get("SourceType")) or ""),
        source_urls=texts(record.get("SourceUrls")),
        backup_source_type=SOURCE_TYPES.get(text(record.get("BackupSourceType")) or ""),
        backup_source_urls=texts(record.get("BackupSourceUrl")),
        domain=text(record.get("DomainName")),
        app=text(record.get("AppName")),
        stream=text(record.get("StreamName")),
        push_args=text(record.get("PushArgs")),
        start_time=window.start,
        end_time=window.end,
        create_time=parse_time(record.get("CreateTime")),
        update_time=parse_time(record.get("UpdateTime")),
        callback_url=text(record.get("CallbackUrl")),
        callback_events=texts(record.get("CallbackEvents")),
        raw=record,
        secret_fields=SECRET_FIELDS,
        unreadable_times=window.unreadable,
        unknown_word=unknown_word,
    )


def should_run(task: RelayTask) -> bool:
    """Whether the task is switched on and inside its window: only then its run-time status says something."""
    return task.state == "running"


def apply_runtime(task: RelayTask, status: dict[str, t.Any]) -> None:
    """Let the run-time status (a TaskStatusInfo) decide the state of a task that should be running."""
    word = text(status.get("RunStatus"))
    task.runtime = {snake_case(key): value for key, value in status.items()}
    task.state = {"active": "running", "inactive": "degraded"}.get(word or "", "unknown")
    task.state_source = RUNTIME
    if task.state == "unknown":
        task.unknown_word = word or ""


def snake_case(name: str) -> str:
    """``LoopedTimes`` as ``looped_times``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
