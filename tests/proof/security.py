# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attacker on the network, in a list or in an option could try, and what two judges say of the source."""

from __future__ import annotations

import base64
import contextlib
import importlib.metadata
import itertools
import json
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path
from unittest import mock

from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import _proxies

from . import ours
from .fuzzing import _client
from .ours import TARGETS
from .rows import Row
from .servers import answer, serving

PART = "Security"
ROOT = Path(__file__).parents[2]
# What pip-audit cannot look up, it leaves out without an error.
UNREACHED = "not tried: the database of known defects was out of reach where this page was made"
NETRC = "netrc-password-of-the-proof"


def rows(folder: Path, short: bool) -> t.Iterator[Row]:
    yield _netrc(folder)
    yield from _proxy()
    yield _plain_http()
    yield _redirects()
    yield _headers()
    yield _profiles(folder)
    yield _files_left(folder)
    yield _bandit()
    yield _pip_audit()


def _netrc(folder: Path) -> Row:
    row = Row(PART, "a ~/.netrc for the cloud's host touches no request")
    home = folder / "netrc-home"
    home.mkdir()
    (home / ".netrc").write_text(f"machine 127.0.0.1 login somebody password {NETRC}\n", encoding="utf-8")
    there = {"HOME": str(home), "NETRC": str(home / ".netrc")}
    basic = base64.b64encode(f"somebody:{NETRC}".encode()).decode()
    with mock.patch.dict(os.environ, there):
        for target in TARGETS:
            with serving(lambda dummy, target=target: answer(target.good())) as server:  # type: ignore[misc]
                outcome = ours.listed([target.account(server.url)])
                sent = " ".join(itertools.chain.from_iterable(each.headers.values() for each in server.requests))
            row.check(outcome.end == "complete", f"{target.module}: ended as {outcome.end}")
            row.check("HMAC-SHA256" in sent, f"{target.module}: the request is not signed")
            row.check(NETRC not in sent and basic not in sent, f"{target.module}: the password was sent")
    return row


def _proxy() -> t.Iterator[Row]:
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    inside = Row(PART, "proxies of the environment are not used for loopback addresses")
    outside = Row(PART, "proxies of the environment are used for the clouds")
    metadata = Row(PART, "proxies of the environment are not used for metadata services")
    with (
        serving(lambda dummy: answer(b"a proxy", 502)) as proxy,
        mock.patch.dict(os.environ, dict.fromkeys(names, proxy.url) | {"no_proxy": "", "NO_PROXY": ""}),
    ):
        for target in TARGETS:
            with serving(lambda dummy, target=target: answer(target.good())) as server:  # type: ignore[misc]
                outcome = ours.listed([target.account(server.url)])
            inside.check(outcome.end == "complete", f"{target.module}: ended as {outcome.end}")
        inside.check(not proxy.requests, f"{len(proxy.requests)} requests came to the proxy")
        for target in TARGETS:
            before = len(proxy.requests)
            ours.listed([target.account("https://relay.invalid")], retries=0)
            lines = [each.line for each in proxy.requests[before:]]
            outside.check(
                bool(lines) and all(line.startswith("CONNECT relay.invalid:443") for line in lines),
                f"{target.module}: the proxy saw {lines}",
            )
        outside.check(_proxies("https://live.example.org")["https"] == proxy.url, "no proxy for a cloud")
        before = len(proxy.requests)
        for cloud in CLOUDS:
            _ask_with_metadata(metadata, cloud)
        metadata.check(len(proxy.requests) == before, "a request for metadata came to the proxy")
    yield inside
    yield outside
    yield metadata


def _ask_with_metadata(row: Row, cloud: str) -> None:
    """No key anywhere but at the metadata service, which is not there on this machine: an error, and no proxy."""
    target = next(each for each in TARGETS if each.cloud == cloud)
    nothing = {"access_key": None, "secret_key": None, "session_token": None, "use_metadata": True}
    outcome = ours.listed(
        [target.account("http://127.0.0.1:9", **nothing)], timeout=4.0, retries=0, request_timeout=0.5
    )
    row.check(
        outcome.end in ("config", "network", "timeout"), f"{cloud}: ended as {outcome.end}: {outcome.text[-200:]}"
    )


def _plain_http() -> Row:
    row = Row(PART, "plain http to anything but this machine is refused before anything is sent")
    hosts = (
        "live.example.org",
        "192.0.2.1",
        "127.0.0.1.example.org",
        "localhost.example.org",
        "0.0.0.0",
        "[2001:db8::1]",
    )
    for target, host in itertools.product(TARGETS, hosts):
        outcome = ours.listed([target.account(f"http://{host}")], timeout=3.0)
        row.check(outcome.end == "config", f"{target.module} to {host}: ended as {outcome.end}")
        row.check(outcome.seconds < 1.0, f"{target.module} to {host}: took {outcome.seconds:.1f} s")
    return row


def _redirects() -> Row:
    row = Row(PART, "a redirect is not followed: the place that it names gets no request")
    with serving(lambda dummy: answer(b"{}")) as thief:
        for target, status in itertools.product(TARGETS, (301, 302, 303, 307, 308)):
            with serving(lambda dummy, status=status: answer(b"", status, Location=thief.url)) as server:  # type: ignore[misc]
                outcome = ours.listed([target.account(server.url)])
            row.check(outcome.end == "protocol", f"{target.module}, {status}: ended as {outcome.end}")
        row.check(not thief.requests, f"{len(thief.requests)} requests went elsewhere")
    return row


def _headers() -> Row:
    row = Row(PART, "header injection through options: line breaks in keys, tokens, regions, projects and endpoints")
    evil = ("a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\x00b", "a\rX-Evil: 1", "a b", "ключ")
    names = ("access_key", "secret_key", "session_token", "region", "project_id", "endpoint", "auth_token")
    for target, name, value in itertools.product(TARGETS, names, evil):
        if name not in CLOUDS[target.cloud].options:
            continue
        with serving(lambda dummy, target=target: answer(target.good())) as server:  # type: ignore[misc]
            given = server.url + value if name == "endpoint" else value
            more = {"access_key": None, "secret_key": None, "session_token": None} if name == "auth_token" else {}
            outcome = ours.listed([target.account(server.url, **{**more, name: given})], timeout=5.0)
            injected = [each for each in server.requests if "X-Evil" in each.headers or "X-Evil" in each.line]
        row.check(not injected, f"{target.module}: {name}={value!r} was sent as a header")
        row.check(outcome.end != "crash", f"{target.module}: {name}={value!r}: {outcome.text[-200:]}")
    return row


def _profiles(folder: Path) -> Row:
    row = Row(PART, "paths through names of profiles: ../../etc/passwd and its kin read no file")
    names = (
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "../secret",
        "a/../../secret",
        "..\\secret",
        "a\x00b",
        "~root",
        "%2e%2e/x",
    )
    home = folder / "profiles" / "home"
    home.mkdir(parents=True)
    trap = {"secretId": "AKIDtrap", "secretKey": "trapped-secret"}
    for place in (home / "secret.credential", folder / "profiles" / "secret.credential"):
        place.write_text(json.dumps(trap), encoding="utf-8")
    for cloud, name in itertools.product(CLOUDS, names):
        try:
            client = _client(cloud, str(home), profile=name, region="cn-north-4")
        except RelayError as error:
            row.check(error.kind == "config", f"{cloud}: {name!r} is {error.kind}")
            row.check("root:" not in str(error) and "trapped" not in str(error), f"{cloud}: {name!r} shows a file")
        except Exception as problem:
            row.check(False, f"{cloud}: {name!r}: {type(problem).__name__}")
        else:
            row.check(False, f"{cloud}: {name!r} was taken, from {client.credentials_source}")
    return row


def _files_left(folder: Path) -> Row:
    """The engine writes nothing at all."""
    row = Row(PART, "no temporary file is made by a listing, and no file is opened for writing")
    opened: list[str] = []
    listening = True

    def audit(event: str, args: tuple[t.Any, ...]) -> None:
        if listening and event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            opened.append(str(args[0]))

    sys.addaudithook(audit)
    with contextlib.ExitStack() as stack:
        stack.callback(opened.clear)
        for target in TARGETS:
            with serving(lambda dummy, target=target: answer(target.good())) as server:  # type: ignore[misc]
                opened.clear()
                outcome = ours.listed([target.account(server.url)])
                # The sockets of the server are opened by number.
                named = [path for path in opened if not path.isdigit()]
            row.check(outcome.end == "complete", f"{target.module}: ended as {outcome.end}")
            row.check(not named, f"{target.module}: wrote {named[:3]}")
        listening = False
    return row


def _bandit() -> Row:
    row = Row(PART, "bandit on plugins and the emulator: findings of medium and high severity")
    program = Path(sys.executable).with_name("bandit")
    if not program.exists():
        row.cannot = "not tried: bandit is not installed here"
        return row
    command = [
        str(program),
        "-r",
        str(ROOT / "plugins"),
        str(ROOT / "roles" / "emulator" / "files"),
        "-f",
        "json",
        "-q",
        "-ll",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    report = json.loads(done.stdout)
    row.times = len(report["metrics"]) - 1
    for each in report["results"]:
        reason = _REASONS.get((each["test_id"], Path(each["filename"]).name))
        if reason is None:
            where = f"{Path(each['filename']).name}:{each['line_number']}"
            row.broken.append(f"{each['test_id']} in {where}: {each['issue_text']}")
        else:
            row.note = "; ".join(part for part in (row.note, f"{each['test_id']}: {reason}") if part)
    return row


# Why a finding is none, by bandit's id and the file.
_REASONS: dict[tuple[str, str], str] = {}


def _pip_audit() -> Row:
    row = Row(PART, "pip-audit on what modules need where they run")
    program = Path(sys.executable).with_name("pip-audit")
    if not program.exists() or shutil.which("true") is None:
        row.cannot = "not tried: pip-audit is not installed here"
        return row
    names = ("requests", "urllib3", "idna", "certifi", "charset-normalizer")
    needed = "".join(f"{name}=={importlib.metadata.version(name)}\n" for name in names)
    command = [
        str(program),
        "-r",
        "/dev/stdin",
        "--no-deps",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        "5",
    ]
    try:
        done = subprocess.run(command, input=needed, capture_output=True, text=True, timeout=60, check=False)
        audited = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        row.cannot = UNREACHED
        return row
    if any("skip_reason" in each for each in audited):
        row.cannot = UNREACHED
        return row
    for each in audited:
        found = [flaw["id"] for flaw in each.get("vulns", [])]
        row.check(not found, f"{each['name']} {each.get('version')}: {', '.join(found)}")
    return row
