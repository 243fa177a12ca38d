# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole `ansible` runs: what is printed at the highest verbosity, what the process list shows, what is a template."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

from . import ours
from .faults import _echo
from .ours import TARGETS, Target
from .rows import Row
from .servers import Pieces, Request, answer, serving

PART = "Programs"
# Where the collection that this file belongs to is found.
COLLECTIONS = str(Path(__file__).absolute().parents[5])
EXPRESSION = "{{ 7919 * 7907 }} {% raw %} !unsafe"
TEMPLATED = "62615533"
_KEYS_IN_ENVIRONMENT = {
    "tencentcloud": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
    "huaweicloud": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    "volcengine": ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"),
}


def rows(folder: Path, short: bool) -> t.Iterator[Row]:
    targets = TARGETS[:2] if short else TARGETS
    yield _sample(folder, targets)
    yield _processes(folder)
    yield _templates(folder, targets)
    yield _gate(folder)
    yield Row(
        PART,
        "HTML in fields of tasks, in the report",
        cannot="not tried: this release has no role that writes a report",
    )


def _task(target: Target, url: str, **more: t.Any) -> dict[str, t.Any]:
    given = {key: value for key, value in target.options(url).items() if value is not None}
    return {f"livestream.relay.{target.module}": {**given, "retries": 0, **more}}


def _start(folder: Path, tasks: list[dict[str, t.Any]], *arguments: str) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    path = folder / f"play-{time.monotonic_ns()}.json"
    path.write_text(json.dumps(play), encoding="utf-8")
    path.chmod(0o600)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_NOCOLOR": "1",
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    command = [sys.executable, str(program), "-i", "localhost,", *arguments, str(path)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def _run(folder: Path, tasks: list[dict[str, t.Any]], *arguments: str) -> str:
    process = _start(folder, tasks, *arguments)
    printed, dummy_none = process.communicate(timeout=120)
    return printed


def _sample(folder: Path, targets: t.Sequence[Target]) -> Row:
    row = Row(PART, "a good answer, HTML, an empty answer and an echo of the request, at -vvvv")
    cases: tuple[tuple[str, str, t.Callable[[Target, Request], Pieces]], ...] = (
        ("good", "complete", lambda target, dummy: answer(target.good())),
        ("HTML", "protocol", lambda dummy_target, dummy: answer(b"<html></html>")),
        ("empty", "protocol", lambda dummy_target, dummy: answer(b"")),
        ("echo", "NobodyKnowsThis", _echo),
    )
    for target in targets:
        tasks: list[dict[str, t.Any]] = []
        with _all(target, cases) as urls:
            tasks = [{**_task(target, url), "ignore_errors": True} for url in urls]
            printed = _run(folder / "sample", tasks, "-vvvv")
        for name, word, dummy_respond in cases:
            row.check(word in printed, f"{target.module}, {name}: {word} is not printed: {printed[-300:]}")
        row.check("Traceback" not in printed, f"{target.module}: a traceback")
        for secret in ours.SECRETS:
            row.check(secret not in printed, f"{target.module}: a secret is printed: {_around(printed, secret)}")
    return row


def _around(printed: str, secret: str) -> str:
    at = printed.find(secret)
    return printed[max(0, at - 80) : at].replace("\n", " ")


class _all:  # noqa: N801 - reads as what it is where it is used
    """Servers for all cases of a target, as one block."""

    def __init__(self, target: Target, cases: t.Sequence[tuple[str, str, t.Any]]) -> None:
        self._blocks = [serving(lambda request, do=do: do(target, request)) for dummy_n, dummy_w, do in cases]  # type: ignore[misc]

    def __enter__(self) -> list[str]:
        return [block.__enter__().url for block in self._blocks]

    def __exit__(self, *dummy: object) -> None:
        for block in self._blocks:
            block.__exit__(None, None, None)


def _processes(folder: Path) -> Row:
    row = Row(PART, "the process list and the environment of others show no key while a module waits for an answer")
    target = TARGETS[0]
    with serving(lambda dummy: [3.0, *answer(target.good())]) as server:
        process = _start(folder / "processes", [_task(target, server.url)])
        seen = 0
        while process.poll() is None:
            for secret in ours.SECRETS[:3]:
                row.check(secret not in _command_lines(), "a key is in a command line")
            seen += bool(server.requests)
            time.sleep(0.2)
        printed = process.communicate()[0]
    row.check(seen > 3, f"the module was not seen at work: {printed[-300:]}")
    return row


def _command_lines() -> str:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(lines)


def _templates(folder: Path, targets: t.Sequence[Target]) -> Row:
    row = Row(PART, "an expression of Jinja in each text of a task is data: it comes out as it went in")
    for target in targets:
        kept = ("TaskId", "task_id", "Status", "status", "StartTime", "EndTime", "start_time", "end_time")
        record = {
            key: EXPRESSION if isinstance(value, str) and key not in kept else value
            for key, value in target.record.items()
        }
        with serving(lambda dummy, record=record, target=target: answer(target.page([record], 1))) as server:  # type: ignore[misc]
            tasks = [
                {**_task(target, server.url), "register": "listed"},
                {"ansible.builtin.debug": {"msg": "{{ listed.tasks }} {{ listed.tasks[0].raw | to_json }}"}},
                {"ansible.builtin.set_fact": {"again": "{{ listed.tasks[0].raw }}"}},
                {"ansible.builtin.debug": {"msg": "{{ again }}"}},
            ]
            printed = _run(folder / "templates", tasks, "-v")
        row.check("7919 * 7907" in printed, f"{target.module}: the expression is not printed: {printed[-300:]}")
        row.check(TEMPLATED not in printed, f"{target.module}: it was templated")
        row.check("failed=0" in printed, f"{target.module}: {printed[-300:]}")
    return row


def _gate(folder: Path) -> Row:
    row = Row(PART, "the gate: expressions of Jinja in a task are not templated in its message, secrets are not shown")
    target = TARGETS[0]
    record = {**target.record, "Comment": EXPRESSION, "StreamName": EXPRESSION, "Status": "pause"}
    with serving(lambda dummy: answer(target.page([record], 1))) as server:
        given = {key: value for key, value in target.options(server.url).items() if value is not None}
        accounts = [{"cloud": target.cloud, "name": "proof", **given}]
        options = {"accounts": accounts, "task_id": [record["TaskId"]], "timeout": 3}
        tasks = [{"livestream.relay.gate": options, "ignore_errors": True, "register": "gated"}]
        tasks.append({"ansible.builtin.debug": {"msg": "{{ gated }}"}})
        printed = _run(folder / "gate", tasks, "-vvvv")
        asked = len(server.requests)
    row.check(asked > 0, f"the gate asked nothing: {printed[-600:]}")
    row.check(TEMPLATED not in printed, "it was templated")
    row.check("Traceback" not in printed, f"a traceback: {printed[-300:]}")
    for secret in ours.SECRETS:
        row.check(secret not in printed, f"a secret is printed: {_around(printed, secret)}")
    return row
