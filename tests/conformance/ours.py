# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our side sees: the engine in this process, and the modules as ``ansible`` runs them."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

from ansible_collections.livestream.relay.plugins.module_utils import _fleet
from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._options import QUERY, merged, query_from
from ansible_collections.livestream.relay.plugins.module_utils._present import Presentation
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets

COLLECTIONS = Path(_fleet.__file__).parents[5]


@dataclasses.dataclass
class Seen:
    """A listing as a module would return it, secrets shown."""

    tasks: list[dict[str, t.Any]]
    total: int | None
    complete: bool
    quota: int | None
    missing: list[str]
    request_ids: list[str]
    requests: int

    @property
    def raw(self) -> list[dict[str, t.Any]]:
        return [task["raw"] for task in self.tasks]


def list_tasks(cloud: str, kind: str = "relay", **given: t.Any) -> Seen:
    """List the tasks of one account; ``given`` are a module's options. Raises RelayError."""
    spec = merged(QUERY, CLOUDS[cloud].options, CLOUDS[cloud].account_options)
    params: dict[str, t.Any] = {name: option.get("default") for name, option in spec.items()}
    params.update(given)
    result = _fleet.ask(
        [Account(cloud, kind, params)],
        CLOUDS,
        query_from(params),
        Settings(retries=params["retries"], concurrency=params["concurrency"]),
        Deadline(params["timeout"]),
        Secrets(),
        environment={},
    )
    account = result.accounts[0]
    return Seen(
        tasks=Presentation(show_secrets=True).tasks(result.tasks)["tasks"],
        total=account.total,
        complete=result.complete,
        quota=account.quota,
        missing=result.missing,
        request_ids=account.request_ids,
        requests=account.requests,
    )


def refusal(cloud: str, kind: str = "relay", **given: t.Any) -> RelayError:
    """The error that a listing ends with."""
    try:
        list_tasks(cloud, kind, **given)
    except RelayError as error:
        return error
    raise AssertionError("the listing was not refused")


def run_module(module: str, **options: t.Any) -> dict[str, t.Any]:
    """What ``ansible localhost -m module`` prints, secrets shown, and whether it failed."""
    ansible = Path(sys.executable).with_name("ansible")
    arguments = json.dumps({**options, "show_secrets": True})
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [str(ansible), "localhost", "-c", "local", "-m", f"livestream.relay.{module}", "-a", arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    _host, arrow, result = ran.stdout.partition(" => ")
    if not arrow:
        raise AssertionError(f"ansible printed no result: {ran.stdout[-2000:]} {ran.stderr[-2000:]}")
    return {**json.loads(result), "failed": ran.returncode != 0}
