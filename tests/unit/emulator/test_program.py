# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program: how it starts, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest


def run(command: list[str], *options: str, **changes: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=20, check=False, **changes)


def get(url: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as answer:
        return json.load(answer)


def test_bundled_scenario_is_right(program: list[str]) -> None:
    checked = run(program, "--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bundled_scenario_shows_every_state(program: list[str], emulator: Any) -> None:
    text = (Path(program[-1]) / "default_scenario.json").read_text(encoding="utf-8")
    emulator.use(*json.loads(text)["accounts"])
    east = emulator.tencentcloud(body={"PageSize": 20}).json["Response"]["TaskInfos"]
    north = emulator.huaweicloud().json["task_infos"]
    south = [
        row
        for action in ("ListPullRecordTask", "ListPullToPushTaskV2")
        for row in emulator.volcengine(action).json["Result"]["List"]
    ]
    assert (len(east), len(north), len(south)) == (14, 9, 9)
    assert {task["Status"] for task in east} == {"enable", "pause"}
    assert {task["status"] for task in north} == {"enable", "pause", "suspend"}
    assert {task["Status"] for task in south} == {"停用", "未开始", "生效中", "已结束"}
    inactive = emulator.tencentcloud("DescribeLivePullStreamTaskStatus", {"TaskId": "564217"}).json
    assert inactive["Response"]["TaskStatusInfo"]["RunStatus"] == "inactive"


def test_wrong_scenario_is_one_line_and_exit_1(program: list[str], tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text('{"accounts": [\n  {"name": "a", "cloud": "tencentclod"}\n]}', encoding="utf-8")
    for option in ("--check", "--stop-after=0"):
        ended = run(program, "--scenario", str(scenario), option)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr == f"{scenario}:2: unknown cloud 'tencentclod'; did you mean 'tencentcloud'?\n"
    missing = run(program, "--scenario", str(tmp_path / "none.json"))
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop(program: list[str], tmp_path: Path, number: int) -> None:
    ready_file, pid_file = tmp_path / "ready.json", tmp_path / "pid"
    command = [*program, "--ready-file", str(ready_file), "--pid-file", str(pid_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        lines = [running.stdout.readline() for _number in range(10)]
        ready = json.loads(ready_file.read_text(encoding="utf-8"))
        assert ready["pid"] == running.pid == int(pid_file.read_text(encoding="utf-8"))
        assert stat.S_IMODE(ready_file.stat().st_mode) == 0o600
        said = dict(line.split() for line in lines[1:])
        assert said == ready["endpoints"]
        port = int(said["tencentcloud"].rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)):  # an open connection does not hold it back
            began = time.monotonic()
            running.send_signal(number)
            assert running.wait(5) == 0
            assert time.monotonic() - began < 1
        assert running.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_stop_after(program: list[str]) -> None:
    began = time.monotonic()
    assert run(program, "--stop-after", "0.2").returncode == 0
    assert time.monotonic() - began < 3


def test_given_port_and_one_that_is_taken(program: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(program, "--huaweicloud-port", str(port), "--stop-after", "0")
    assert refused.returncode == 1
    assert refused.stderr.startswith("cannot listen on 127.0.0.1: ")
    assert f":{port}\n" in run(program, "--huaweicloud-port", str(port), "--stop-after", "0").stdout


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "localhost", "::"])
def test_only_loopback_is_served(program: list[str], address: str) -> None:
    refused = run(program, "--address", address, "--stop-after", "0")
    assert refused.returncode == 2
    assert "not a loopback address" in refused.stderr


def test_folder_that_others_can_write_is_refused(program: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    refused = run(program, "--ready-file", str(folder / "ready.json"), "--stop-after", "0")
    assert refused.returncode == 1
    assert "others may write here" in refused.stderr


def test_detached(program: list[str], tmp_path: Path) -> None:
    files = ["--ready-file", str(tmp_path / "ready.json"), "--pid-file", str(tmp_path / "pid")]
    scenario = tmp_path / "scenario.json"
    scenario.write_text('{"accounts": [{"name": "a", "cloud": "tencentcloud"}]}', encoding="utf-8")
    start = [*files, "--detach", "--scenario", str(scenario)]
    try:
        assert run(program, *start).stdout == "started\n"
        ready = json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
        assert get(ready["endpoints"]["control"] + "/")["pid"] == ready["pid"]
        assert run(program, *start).stdout == "already running\n"
        scenario.write_text('{"accounts": [{"name": "b", "cloud": "volcengine"}]}', encoding="utf-8")
        assert run(program, *start).stdout == "scenario replaced\n"
        again = json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
        assert again["endpoints"] == ready["endpoints"]
        assert [account["name"] for account in again["accounts"]] == ["b", "b-record"]
    finally:
        stopped = run(program, *files, "--stop")
    assert stopped.stdout == "stopped\n"
    assert run(program, *files, "--stop").stdout == "not running\n"
    assert not (tmp_path / "ready.json").exists()


def test_detached_start_that_fails_says_why(program: list[str], tmp_path: Path) -> None:
    ready_file = str(tmp_path / "ready.json")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run(program, "--detach", "--ready-file", ready_file, "--control-port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot listen on 127.0.0.1: ")


def test_ready_file_of_one_that_was_killed_does_not_count(program: list[str], tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    options = ["--detach", "--ready-file", str(ready_file)]
    assert run(program, *options).stdout == "started\n"
    first = json.loads(ready_file.read_text(encoding="utf-8"))["pid"]
    os.kill(first, signal.SIGKILL)
    try:
        assert run(program, *options).stdout == "started\n"
        assert json.loads(ready_file.read_text(encoding="utf-8"))["pid"] != first
    finally:
        assert run(program, "--stop", "--ready-file", str(ready_file)).stdout == "stopped\n"


def test_log_and_control_port_tell_what_was_asked_and_no_secret(emulator: Any, log_file: Path, make_keys: Any) -> None:
    emulator.use(
        {"name": "east", "cloud": "tencentcloud", "fill": 3, "session_token": "tok-s3cret"},
        {"name": "north", "cloud": "huaweicloud", "tokens": ["auth-s3cret"]},
        {"name": "south", "cloud": "volcengine"},
    )
    emulator.tencentcloud(body={"PageNum": 2, "PageSize": 2})
    emulator.tencentcloud(body={"TaskId": "query-s3cret"}, keys=make_keys("AKID-s3cret", "s3cret", "s3cret"))
    emulator.huaweicloud({"task_id": "query-s3cret", "limit": 5})
    emulator.send("huaweicloud", "GET", f"/v1/{emulator.project_id}/pull/stream/task", {"X-Auth-Token": "auth-s3cret"})
    emulator.volcengine(body={"Title": "query-s3cret"})
    entries = emulator.control("GET", "/requests").json
    assert [(entry["number"], entry["account"], entry["action"], entry["status"]) for entry in entries] == [
        (1, "east", "DescribeLivePullStreamTasks", 200),
        (2, None, "DescribeLivePullStreamTasks", 200),
        (3, "north", "ListPullTasks", 404),
        (4, "north", "ListPullTasks", 200),
        (5, "south", "ListPullToPushTaskV2", 200),
    ]
    assert entries[0]["page"] == {"PageNum": 2, "PageSize": 2}
    assert (entries[1]["code"], entries[1]["refused"]) == ("AuthFailure.SecretIdNotFound", "unknown key")
    assert (entries[2]["page"], entries[2]["one_task"]) == ({"offset": 0, "limit": 5}, True)
    text = log_file.read_text(encoding="utf-8")
    assert entries == [json.loads(line) for line in text.splitlines()[-5:]]
    keys = [key.secret_key for key in emulator.keys.values()] + [key.access_key for key in emulator.keys.values()]
    for secret in ("s3cret", "Signature=", "http://", *keys):
        assert secret not in text
    stats = emulator.stats("DescribeLivePullStreamTasks")
    assert (stats["cloud"], stats["account"], stats["requests"]) == ("tencentcloud", "east", 1)
    emulator.control("POST", "/reset")
    assert emulator.control("GET", "/requests").json == []
    assert emulator.control("GET", "/stats").json == []
    assert emulator.control("GET", "/nothing").status == 404


def test_malformed_http(emulator: Any) -> None:
    host, port = emulator.endpoints["tencentcloud"][7:].split(":")
    for sent, expected in (
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nbad header\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 411"),
        (b"POST / HTTP/1.1\r\nX: " + b"x" * 70_000, b"HTTP/1.1 431"),
    ):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(sent)
            assert connection.recv(64).startswith(expected)


def test_https_to_a_plain_port_ends_at_once(emulator: Any) -> None:
    host, port = emulator.endpoints["tencentcloud"][7:].split(":")
    context = ssl.create_default_context()
    with socket.create_connection((host, int(port)), timeout=5) as connection, pytest.raises(ssl.SSLError):
        context.wrap_socket(connection, server_hostname=host)


def test_many_at_once(emulator: Any) -> None:
    emulator.use({"name": "east", "cloud": "tencentcloud", "fill": 200, "rate_limit": 0})
    began = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda number: emulator.tencentcloud(body={"PageNum": 1 + number % 10}), range(300)))
    assert all(len(answer.json["Response"]["TaskInfos"]) == 10 for answer in answers)
    assert time.monotonic() - began < 10
    assert emulator.stats("DescribeLivePullStreamTasks")["requests"] == 300
