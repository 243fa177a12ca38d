# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that are timed: our modules, and what a user would do instead."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import typing as t
import urllib.parse
from pathlib import Path

from ansible_collections.livestream.relay.tests.benchmark import timing

BIN = Path(sys.executable).parent
PROGRAMS = Path(__file__).parent / "programs"
COLLECTIONS = Path(timing.__file__).absolute().parents[5]
MODULES = {
    ("tencentcloud", "relay"): "tencentcloud_relay_task_info",
    ("huaweicloud", "relay"): "huaweicloud_relay_task_info",
    ("volcengine", "relay"): "volcengine_relay_task_info",
    ("volcengine", "record"): "volcengine_record_task_info",
}
# A module of one cloud has no name or cloud to be told.
_NOT_OPTIONS = ("name", "cloud", "kind")
_SETTINGS = ("TENCENTCLOUD_", "TCCLI_", "HUAWEICLOUD_", "HW_", "OS_", "VOLC", "ANSIBLE_")

JsonObject = dict[str, t.Any]
Command = list[str]


@dataclasses.dataclass(frozen=True)
class Workshop:
    """A folder of its own for playbooks, homes and temporary files, and an environment without the user's settings."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_SETTINGS) and not name.upper().endswith("_PROXY")
        }
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHONPATH": str(COLLECTIONS),
            "ANSIBLE_CONFIG": str(self.write("ansible.cfg", "")),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
        }

    def write(self, name: str, content: t.Any) -> Path:
        """Write a file: a text as it is, anything else as JSON, which Ansible reads as YAML."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def run(self, command: Command) -> timing.Ran:
        return timing.run(command, self.env, self.folder)

    # Ours

    def ad_hoc(self, module: str, options: JsonObject | None = None) -> Command:
        command = [str(BIN / "ansible"), "localhost", "-c", "local", "-m", module]
        return [*command, "-a", json.dumps(options)] if options else command

    def playbook(self, name: str, *tasks: JsonObject, hosts: str = "localhost") -> Command:
        play = {"name": name, "hosts": hosts, "connection": "local", "gather_facts": False, "tasks": list(tasks)}
        number = len(list(self.folder.glob("*.playbook.yml"))) + 1
        return [str(BIN / "ansible-playbook"), str(self.write(f"{name}-{number}.playbook.yml", [play]))]

    def ping(self) -> Command:
        return self.playbook("ping", {"name": "Ping", "ansible.builtin.ping": {}})

    def registered(self, account: JsonObject, **options: t.Any) -> Command:
        """One account's tasks, registered in a play."""
        return self.playbook("list", {**listing(account, **options), "register": "listed"})

    def fleet(self, accounts: list[JsonObject], **options: t.Any) -> Command:
        task = {"name": "List", "livestream.relay.relay_task_info": {"accounts": accounts, **options}}
        return self.playbook("fleet", {**task, "register": "listed"})

    # What a user would do without relay_task_info

    def loop(self, accounts: list[JsonObject], **options: t.Any) -> Command:
        """A task loop over accounts."""
        task = {**looped(accounts, **options), "register": "listed"}
        return self.playbook("loop", task)

    def background(self, accounts: list[JsonObject], **options: t.Any) -> Command:
        """All accounts started in the background, then waited for."""
        start = {**looped(accounts, **options), "async": 300, "poll": 0, "register": "started"}
        wait = {
            "name": "Wait",
            "ansible.builtin.async_status": {"jid": "{{ item.ansible_job_id }}"},
            "loop": "{{ started.results }}",
            "loop_control": {"label": "{{ item.ansible_job_id }}"},
            "register": "listed",
            "until": "listed.finished",
            "retries": 300,
            "delay": 1,
        }
        return self.playbook("async", start, wait)

    def hosts(self, accounts: list[JsonObject], **options: t.Any) -> Command:
        """A host for each account, five at a time."""
        variables = {account["name"]: {"account": connection(account)} for account in accounts}
        settings = {"ansible_python_interpreter": sys.executable}
        inventory = self.write("inventory.yml", {"all": {"hosts": variables, "vars": settings}})
        module = f"livestream.relay.{module_of(accounts[0])}"
        task = {"name": "List", module: {**loop_options(accounts[0], "account"), **options}, "register": "listed"}
        return [*self.playbook("hosts", task, hosts="all"), "-i", str(inventory), "--forks", "5"]

    def program(self, name: str, *arguments: str) -> Command:
        return [sys.executable, str(PROGRAMS / f"{name}.py"), *arguments]

    def sdk_loop(self, account: JsonObject) -> Command:
        endpoint = account["endpoint"]
        keys = [account["access_key"], account["secret_key"]]
        if account["cloud"] == "huaweicloud":
            return self.program("huaweicloud_loop", endpoint, *keys, account["project_id"])
        return self.program(f"{account['cloud']}_loop", urllib.parse.urlsplit(endpoint).netloc, *keys)

    def tccli(self, account: JsonObject) -> Command:
        options = {
            "PageSize": "20",
            "endpoint": urllib.parse.urlsplit(account["endpoint"]).netloc,
            "secretId": account["access_key"],
            "secretKey": account["secret_key"],
            "region": account["region"],
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return self.program("tccli_http", "live", "DescribeLivePullStreamTasks", *words)

    def shipped_module(self, account: JsonObject, **options: t.Any) -> Command:
        """The module as Ansible ships it, to be run without Ansible: its process alone."""
        kept = self.folder / "shipped"
        env = {**self.env, "ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(kept)}
        before = set(kept.rglob("AnsiballZ_*.py"))
        module = f"livestream.relay.{module_of(account)}"
        timing.run(self.ad_hoc(module, {**connection(account), **options}), env, self.folder)
        (shipped,) = set(kept.rglob("AnsiballZ_*.py")) - before
        return [sys.executable, str(shipped)]


def module_of(account: JsonObject) -> str:
    return MODULES[account["cloud"], account["kind"]]


def connection(account: JsonObject) -> JsonObject:
    """What a module of one cloud is told of an account."""
    return {name: value for name, value in account.items() if name not in _NOT_OPTIONS and value is not None}


def listing(account: JsonObject, **options: t.Any) -> JsonObject:
    return {"name": "List", f"livestream.relay.{module_of(account)}": {**connection(account), **options}}


def looped(accounts: list[JsonObject], **options: t.Any) -> JsonObject:
    module = f"livestream.relay.{module_of(accounts[0])}"
    return {
        "name": "List",
        module: {**loop_options(accounts[0], "item"), **options},
        "loop": [connection(account) | {"name": account["name"]} for account in accounts],
        "loop_control": {"label": "{{ item.name }}"},
    }


def loop_options(account: JsonObject, variable: str) -> JsonObject:
    return {name: f"{{{{ {variable}.{name} }}}}" for name in connection(account)}
