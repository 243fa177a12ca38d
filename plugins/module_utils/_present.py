# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ._redact import (
    SHORTEST_KEY,
    hide_words,
    redact_args,
    redact_record,
    redact_text,
    redact_url,
    stream_keys,
    url_host,
)
from ._task import TASK_KEYS, RelayTask, format_time

_MAY_REPEAT = frozenset({"title", "source_urls", "backup_source_urls", "callback_url", "raw", "runtime"})
_TIMES = ("start_time", "end_time", "create_time", "update_time")


def task_dict(task: RelayTask, show_secrets: bool = False, fields: t.Collection[str] | None = None) -> dict[str, t.Any]:
    """A task as modules return it: the contract's keys, times as text, secrets hidden unless asked for."""
    shown: dict[str, t.Any] = {key: getattr(task, key) for key in TASK_KEYS if fields is None or key in fields}
    for key in _TIMES:
        if key in shown:
            shown[key] = format_time(shown[key])
    return shown if show_secrets else _redacted(task, shown)


def _redacted(task: RelayTask, shown: dict[str, t.Any]) -> dict[str, t.Any]:
    own_hosts = {task.domain.lower()} if task.domain else set()
    for key, value in shown.items():
        if not value:
            continue
        if key in ("source_urls", "backup_source_urls"):
            shown[key] = [redact_url(url) for url in value]
        elif key == "callback_url":
            shown[key] = redact_url(value)
        elif key == "destination_url":
            shown[key] = redact_url(value, own_destination=task.own_destination or url_host(value) in own_hosts)
        elif key == "push_args":
            shown[key] = redact_args(value)
        elif key in ("raw", "runtime"):
            shown[key] = redact_record(
                value, task.secret_fields, own_destination=task.own_destination, own_hosts=own_hosts
            )
        elif key == "callback_events":
            shown[key] = [redact_text(event) for event in value]
        elif isinstance(value, str):
            shown[key] = redact_text(value)
    if _MAY_REPEAT.isdisjoint(shown):
        return shown
    # Somebody may have written the stream key into a title, and a cloud may repeat it in a field of its own.
    keys = _stream_keys(task, own_hosts)
    return {key: hide_words(value, keys) if key in _MAY_REPEAT else value for key, value in shown.items()}


def _stream_keys(task: RelayTask, own_hosts: set[str]) -> set[str]:
    if task.own_destination:
        return set()
    found = stream_keys(task.raw, task.secret_fields, own_hosts)
    open_words = {task.task_id, task.app, task.stream}
    return {key for key in found if len(key) >= SHORTEST_KEY and key not in open_words}


def counts(tasks: t.Iterable[RelayTask]) -> dict[str, int]:
    """How many tasks are in each state; states without any are left out."""
    return dict(collections.Counter(task.state for task in tasks))


@dataclasses.dataclass(frozen=True)
class Presentation:
    """How tasks are to be given."""

    show_secrets: bool = False
    fields: tuple[str, ...] | None = None
    summary: bool = False

    def tasks(self, tasks: t.Sequence[RelayTask]) -> dict[str, t.Any]:
        """The ``tasks``, ``counts`` and, with ``summary``, ``not_running`` of a result."""
        if self.summary:
            not_running = [task.task_id for task in tasks if task.state != "running"]
            return {"tasks": [], "counts": counts(tasks), "not_running": not_running}
        return {
            "tasks": [task_dict(task, self.show_secrets, self.fields) for task in tasks],
            "counts": counts(tasks),
        }
