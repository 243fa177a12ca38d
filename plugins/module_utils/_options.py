# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import copy
import math
import typing as t

from ._cloud import Query
from ._errors import config_error
from ._task import STATES, TASK_KEYS

Spec = t.Mapping[str, t.Mapping[str, t.Any]]


def merged(*specs: Spec) -> dict[str, dict[str, t.Any]]:
    """Argument specs as one, copied: AnsibleModule changes what it is given."""
    result: dict[str, dict[str, t.Any]] = {}
    for spec in specs:
        for name, option in spec.items():
            result[name] = copy.deepcopy(dict(option))
    return result


# Eleven days, in seconds. What is far longer cannot be waited for by every system.
LONGEST = 1_000_000

# What every module has: filters, limits, policies.
QUERY: Spec = {
    "task_id": {"type": "list", "elements": "str"},
    "state": {"type": "list", "elements": "str", "choices": list(STATES)},
    "domain": {"type": "str"},
    "app": {"type": "str"},
    "stream": {"type": "str"},
    "task_region": {"type": "str"},
    "limit": {"type": "int"},
    "page_size": {"type": "int"},
    "timeout": {"type": "float", "default": 60.0},
    "request_timeout": {"type": "float", "default": 10.0},
    "retries": {"type": "int", "default": 4},
    "concurrency": {"type": "int", "default": 16},
    "rate_limit": {"type": "float"},
    "show_secrets": {"type": "bool", "default": False},
    "fields": {"type": "list", "elements": "str", "choices": list(TASK_KEYS)},
    "summary": {"type": "bool", "default": False},
    "on_incomplete": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}


# A role to assume, on every cloud.
ROLE: Spec = {
    "role": {"type": "str", "required": True},
    "session_name": {"type": "str"},
    "duration": {"type": "int"},
    "external_id": {"type": "str"},
}


def connection(
    access_key: t.Sequence[str],
    secret_key: t.Sequence[str],
    session_token: t.Sequence[str],
    role_options: Spec | None = None,
) -> Spec:
    """How to reach an account and with which keys, with the cloud's own words as aliases.

    ``role_options`` are what this cloud wants to know of a role besides what all want to know.

    The access key is no secret, but it is as little use in a log as the others: it is masked too.
    """
    return {
        "access_key": {"type": "str", "no_log": True, "aliases": list(access_key)},
        "secret_key": {"type": "str", "no_log": True, "aliases": list(secret_key)},
        "session_token": {"type": "str", "no_log": True, "aliases": list(session_token)},
        "profile": {"type": "str"},
        "assume_role": {"type": "dict", "options": {**merged(ROLE), **(role_options or {})}},
        "sts_endpoint": {"type": "str"},
        "use_metadata": {"type": "bool", "default": True},
        "region": {"type": "str"},
        "endpoint": {"type": "str"},
    }


def query_from(params: t.Mapping[str, t.Any]) -> Query:
    """The checked query of a module's parameters. Raises RelayError (config) with what to change."""
    for name in ("timeout", "request_timeout", "rate_limit"):
        _above_zero(name, params[name])
    for name in ("timeout", "request_timeout"):
        if params[name] > LONGEST:
            raise config_error(f"{name} is {params[name]:g}", f"give {name} as at most {LONGEST} seconds")
    for name, least in (("limit", 1), ("page_size", 1), ("concurrency", 1), ("retries", 0)):
        if params[name] is not None and params[name] < least:
            raise config_error(f"{name} is {params[name]}", f"give {name} as {least} or more")
    for name in ("task_id", "state", "fields"):
        if params[name] is not None and not params[name]:
            raise config_error(f"{name} is an empty list", f"leave {name} out, or give it something")
    for name in ("domain", "app", "stream", "task_region", "ca_path"):
        if params[name] == "":
            raise config_error(f"{name} is empty", f"leave {name} out, or give it something")
    task_ids = tuple(dict.fromkeys(params["task_id"] or ()))
    if "" in task_ids:
        raise config_error("task_id holds an empty text", "give each task's id, or leave task_id out")
    return Query(
        task_ids=task_ids,
        states=frozenset(params["state"] or ()),
        domain=params["domain"],
        app=params["app"],
        stream=params["stream"],
        task_region=params["task_region"],
        limit=params["limit"],
        page_size=params["page_size"],
        concurrency=params["concurrency"],
        rate_limit=params["rate_limit"],
        on_incomplete=params["on_incomplete"],
        runtime_status=bool(params.get("runtime_status")),
    )


def _above_zero(name: str, value: float | None) -> None:
    if value is not None and not (value > 0 and math.isfinite(value)):
        raise config_error(f"{name} is {value:g}", f"give {name} as a number above 0")
