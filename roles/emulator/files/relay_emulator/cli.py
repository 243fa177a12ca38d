# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: start, detach, check, stop."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import os
import select
import signal
import stat
import sys
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any

from .emulator import PORTS, Emulator
from .log import Log
from .reader import ScenarioError
from .scenario import Scenario

_DEFAULT_SCENARIO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "default_scenario.json")
_STOP_SECONDS = 5.0


class _FailureError(Exception):
    """Something that the user must change; its text is one line."""


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        if options.stop:
            return _stop(options)
        scenario = _load(options.scenario)
        if options.check:
            print(f"{options.scenario}: {len(scenario.accounts)} accounts, all well")
            return 0
        _check_folder(options.ready_file)
        if options.detach:
            return _detach(options, scenario)
        return _run(options, scenario)
    except (_FailureError, ScenarioError) as error:
        print(error, file=sys.stderr)
        return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="relay_emulator",
        description="A local stand-in for the relay-task listings of Tencent Cloud, Huawei Cloud and Volcengine.",
    )
    parser.add_argument("--scenario", metavar="FILE", default=_DEFAULT_SCENARIO, help="what the clouds hold (JSON)")
    parser.add_argument("--address", default="127.0.0.1", type=_loopback, help="a loopback address (127.0.0.1)")
    for name in PORTS:
        parser.add_argument(f"--{name}-port", metavar="N", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--ready-file", metavar="FILE", help="written once all ports listen, removed at the end")
    parser.add_argument("--pid-file", metavar="FILE", help="holds the process id while the emulator runs")
    parser.add_argument("--log", metavar="FILE", help="one JSON line a request, without secrets")
    parser.add_argument("--latency", metavar="SECONDS", type=_seconds, default=0.0, help="added to each answer")
    parser.add_argument("--stop-after", metavar="SECONDS", type=_seconds, help="stop by itself after so long")
    parser.add_argument("--check", action="store_true", help="look whether the scenario is right, then exit")
    parser.add_argument(
        "--detach",
        action="store_true",
        help="return once all ports listen and go on in the background. Where --ready-file names an emulator that "
        "runs, that one is kept and given the scenario if it has another",
    )
    parser.add_argument("--stop", action="store_true", help="stop the emulator that --ready-file names")
    options = parser.parse_args(arguments)
    if (options.detach or options.stop) and not options.ready_file:
        parser.error("--detach and --stop need --ready-file")
    return options


def _loopback(text: str) -> str:
    try:
        if ipaddress.ip_address(text).is_loopback:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is not a loopback address; the emulator serves this machine only")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return seconds


def _load(path: str) -> Scenario:
    try:
        with open(path, encoding="utf-8") as file:
            return Scenario(file.read(), path)
    except OSError as error:
        raise _FailureError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _FailureError(f"{path}:1: the text is not UTF-8") from error


def _run(options: argparse.Namespace, scenario: Scenario, ready_pipe: int | None = None) -> int:
    """Serve until a signal or --stop-after. `ready_pipe` is told once all ports listen."""
    try:
        log = Log(options.log)
    except OSError as error:
        raise _FailureError(f"{options.log}: {error.strerror}") from error
    emulator = Emulator(scenario, log, options.latency)
    signals = _catch_signals()
    try:
        emulator.listen(options.address, {name: getattr(options, f"{name}_port") for name in PORTS})
    except (OSError, OverflowError) as error:
        raise _FailureError(f"cannot listen on {options.address}: {error}") from error
    try:
        emulator.start()
        _announce(options, emulator)
        emulator.on_scenario(lambda: _write_ready(options, emulator))
        if ready_pipe is None:
            _print_endpoints(emulator)
        else:
            os.write(ready_pipe, b"ready\n")
            os.close(ready_pipe)
        select.select([signals], [], [], options.stop_after)
    finally:
        emulator.close()
        for path in (options.pid_file, options.ready_file):  # the last one tells `--stop` that it is over
            if path:
                _remove(path)
    return 0


def _catch_signals() -> int:
    """A file descriptor that can be read once SIGTERM or SIGINT came: nothing is done inside a handler."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    return reader


def _print_endpoints(emulator: Emulator) -> None:
    print(f"The relay emulator runs (process {os.getpid()}). It listens here:")
    for name, url in emulator.endpoints.items():
        print(f"  {name:<17} {url}")
    sys.stdout.flush()


def _announce(options: argparse.Namespace, emulator: Emulator) -> None:
    if options.pid_file:
        _write_private(options.pid_file, f"{os.getpid()}\n")
    _write_ready(options, emulator)


def _write_ready(options: argparse.Namespace, emulator: Emulator) -> None:
    if options.ready_file:
        ready = {"pid": os.getpid(), "endpoints": emulator.endpoints, "accounts": emulator.accounts()}
        _write_private(options.ready_file, json.dumps(ready, indent=2) + "\n")


def _write_private(path: str, text: str) -> None:
    """Write the file in one move, readable by its owner alone."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)), prefix=".relay_emulator-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # somebody tidied up before
        os.unlink(path)


def _check_folder(ready_file: str | None) -> None:
    """Whoever can write beside the ready file can send the user's requests elsewhere."""
    if not ready_file:
        return
    folder = os.path.dirname(os.path.abspath(ready_file))
    try:
        found = os.stat(folder)
    except OSError as error:
        raise _FailureError(f"{folder}: {error.strerror}") from error
    open_to_others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if open_to_others and not found.st_mode & stat.S_ISVTX:
        raise _FailureError(f"{folder}: others may write here; keep the ready file in a folder of mode 0700")
    if found.st_uid not in (os.geteuid(), 0):
        raise _FailureError(f"{folder}: this folder is another user's; keep the ready file in one of your own")


# A running emulator


def _control(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, method=method, headers=headers)  # noqa: S310 (our own)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _running(ready_file: str) -> dict[str, Any] | None:
    """What the ready file says, if the emulator that wrote it still answers."""
    try:
        with open(ready_file, encoding="utf-8") as file:
            ready = json.load(file)
        status, about = _control(ready["endpoints"]["control"] + "/")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ready if status == 200 and about.get("pid") == ready.get("pid") else None


def _detach(options: argparse.Namespace, scenario: Scenario) -> int:
    running = _running(options.ready_file)
    if running:
        return _keep(running, scenario)
    for path in (options.ready_file, options.pid_file):
        if path:
            _remove(path)  # left behind by one that was killed
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            said = pipe.read()
        if said != "ready\n":
            raise _FailureError(said.strip() or "the emulator ended before it was ready")
        print("started")
        return 0
    os.close(reader)
    os.setsid()
    if os.fork():
        os._exit(0)
    return _background(options, scenario, writer)


def _background(options: argparse.Namespace, scenario: Scenario, writer: int) -> int:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    try:
        code = _run(options, scenario, writer)
    except _FailureError as error:
        os.write(writer, str(error).encode())
        code = 1
    os._exit(code)


def _keep(running: dict[str, Any], scenario: Scenario) -> int:
    control = running["endpoints"]["control"]
    _status, current = _control(control + "/scenario")
    if current.get("text") == scenario.text:
        print("already running")
        return 0
    status, answer = _control(control + "/scenario", "POST", scenario.text.encode("utf-8"))
    if status != 200:
        raise _FailureError(str(answer.get("error")))
    print("scenario replaced")
    return 0


def _stop(options: argparse.Namespace) -> int:
    running = _running(options.ready_file)
    if not running:
        print("not running")
        return 0
    os.kill(running["pid"], signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not os.path.exists(options.ready_file):
            print("stopped")
            return 0
        time.sleep(0.02)
    raise _FailureError(f"process {running['pid']} does not stop")
