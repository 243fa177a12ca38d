# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks with every odd value that a record may hold, and how to compare what two clients make of them."""

from __future__ import annotations

import datetime
import json
import typing as t

JsonObject = dict[str, t.Any]

ABSENT = "@absent"  # the emulator's word for a field that is not there at all
# No text begins with an at sign: the emulator would read a time.
ODD_TEXTS: tuple[t.Any, ...] = (
    ABSENT,
    None,
    "",
    " padded ",
    "世界杯决赛 🎬 e\u0301\u200b\u202e",
    'quote " backslash \\ slash / line\n tab\t bell\u0007 del\u007f nul\u0000 separator\u2028',
    "%41 %zz + & = # ? ; ~ * ' ( ) <b>&amp;</b> ${x} {{ y }}",
    "null",
    "2031-02-03T04:05:06+08:00",
    "\ud7ff\ue000\uffff\U00010000\U0010ffff",
    "long " * 500,
    "rtmp://user:p%40ss@host.example.org:1935/app/stream?txSecret=0123&txTime=45#part",
)
ODD_WHOLES: tuple[t.Any, ...] = (ABSENT, None, 0, -1, 2**31, 2**53 + 1, -(2**63))
ODD_LISTS: tuple[t.Any, ...] = (ABSENT, None, [], [""], ["", "世界杯 🎬", "a?b=c&d=e", "a?b=c&d=e"])
ODD_ANYTHING: tuple[t.Any, ...] = (ABSENT, None, True, 1, 1.0, 0.1, 1e300, "", [], {}, [[{"a": [None, False]}]])
ODD_IDS = ("a b", "a/b?c=d&e", "标识", "%2F", "+", "~", "'\"\\", "0", "x" * 300)


def odd_tasks(fields: t.Mapping[str, t.Sequence[t.Any]], id_key: str, prefix: str = "") -> list[JsonObject]:
    """One task for each value of each field, and one for each odd id. Fields: name -> values."""
    tasks = [{name: value} for name, values in fields.items() for value in values]
    for index, task in enumerate(tasks):
        task[id_key] = f"{prefix}task-{index}"
    return tasks + [{id_key: prefix + odd} for odd in ODD_IDS]


def differences(model: JsonObject, record: JsonObject, new_fields: t.Collection[str] = ()) -> list[str]:
    """Where an SDK's model of a task says something else than our record of it. ``new_fields``: not in the model."""
    found = [name for name, value in model.items() if not _agree(value, record.get(name))]
    return found + [f"{name} is in no model" for name in record if name not in model and name not in new_fields]


def _agree(modelled: t.Any, value: t.Any) -> bool:
    if isinstance(modelled, dict) and isinstance(value, dict):
        return not differences(modelled, value)
    if isinstance(modelled, list) and isinstance(value, list):
        return len(modelled) == len(value) and all(map(_agree, modelled, value))
    if isinstance(modelled, datetime.datetime):
        # Huawei's SDK parses one of the times where python-dateutil is there.
        return isinstance(value, str) and modelled == datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return type(modelled) is type(value) and bool(modelled == value)


def exact(records: t.Any) -> str:
    """JSON in which no two different documents look the same: 1 is not 1.0, and order of keys is nothing."""
    return json.dumps(records, sort_keys=True, ensure_ascii=True)
