# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator that runs, and clients of these tests' own: they share no code with it and none with the modules."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

PROGRAM = Path(__file__).parents[3] / "roles" / "emulator" / "files" / "relay_emulator"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


def keyed(key: bytes, *parts: str) -> bytes:
    for part in parts:
        key = hmac.new(key, part.encode(), "sha256").digest()
    return key


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Keys:
    access_key: str
    secret_key: str
    token: str | None = None


@dataclass
class Emulator:
    """A running emulator. `keys` are those of the account by which the clients sign."""

    endpoints: dict[str, str]
    keys: dict[str, Keys] = field(default_factory=dict)
    project_id: str = ""

    def send(
        self, service: str, method: str, target: str, headers: dict[str, str] | None = None, body: str = ""
    ) -> Reply:
        """One request exactly as it is given, on a connection of its own."""
        netloc = urlsplit(self.endpoints[service]).netloc
        connection = http.client.HTTPConnection(netloc, timeout=10)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            given = {"Host": netloc, **(headers or {}), "Content-Length": str(len(body.encode()))}
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders(body.encode())
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def control(self, method: str, path: str, body: str = "") -> Reply:
        return self.send("control", method, path, {"Content-Type": "application/json"}, body)

    def use(self, *accounts: dict[str, Any], **rest: Any) -> list[dict[str, Any]]:
        """Begin a scenario of these accounts. Returns them as the role hands them out."""
        answer = self.control("POST", "/scenario", json.dumps({"accounts": accounts, **rest}))
        assert answer.status == 200, answer.body
        given: list[dict[str, Any]] = answer.json["accounts"]
        self.keys = {
            entry["cloud"]: Keys(entry["access_key"], entry["secret_key"], entry.get("session_token"))
            for entry in reversed(given)
        }
        self.project_id = next((entry["project_id"] for entry in given if "project_id" in entry), "")
        return given

    def stats(self, action: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.control("GET", "/stats").json
        return next(row for row in rows if row["action"] == action)

    def burst(self, send: Callable[[], Reply], count: int) -> list[Reply]:
        """So many requests within one second. A machine that was busy meanwhile is given two more tries."""
        for _attempt in range(3):
            self.control("POST", "/reset")
            began = time.monotonic()
            answers = [send() for _number in range(count)]
            if time.monotonic() - began < 1:
                return answers
        raise AssertionError(f"this machine does not send {count} requests in a second")

    # Signing clients. `headers` replace or, with None, remove what would be sent; `keys` sign instead of the account's.

    def tencentcloud(
        self,
        action: str = "DescribeLivePullStreamTasks",
        body: dict[str, Any] | str | None = None,
        headers: dict[str, str | None] | None = None,
        keys: Keys | None = None,
        at: float | None = None,
        date: str | None = None,
        service: str | None = None,
        signed: str = "content-type;host",
    ) -> Reply:
        keys = keys or self.keys["tencentcloud"]
        text = body if isinstance(body, str) else json.dumps(body or {})
        stamp = int(time.time() if at is None else at)
        date = date or time.strftime("%Y-%m-%d", time.gmtime(stamp))
        sts = action.startswith("Assume")
        service = service or ("sts" if sts else "live")
        sent: dict[str, str] = {
            "Host": urlsplit(self.endpoints["tencentcloud"]).netloc,
            "Content-Type": "application/json",
            "X-TC-Action": action,
            "X-TC-Version": "2018-08-13" if sts else "2018-08-01",
            "X-TC-Region": "ap-guangzhou",
            "X-TC-Timestamp": str(stamp),
            "X-TC-Language": "en-US",
        }
        if keys.token:
            sent["X-TC-Token"] = keys.token
        change(sent, headers)
        values = {name.lower(): value for name, value in sent.items()}
        lines = "".join(f"{name}:{values.get(name, '').lower()}\n" for name in signed.split(";"))
        canonical = f"POST\n/\n\n{lines}\n{signed}\n{sha256(text)}"
        scope = f"{date}/{service}/tc3_request"
        key = keyed(b"TC3" + keys.secret_key.encode(), date, service, "tc3_request")
        signature = keyed(key, f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical)}").hex()
        sent.setdefault(
            "Authorization",
            f"TC3-HMAC-SHA256 Credential={keys.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}",
        )
        return self.send("tencentcloud", "POST", "/", sent, text)

    def huaweicloud(
        self,
        query: dict[str, Any] | None = None,
        path: str | None = None,
        body: Any = None,
        headers: dict[str, str | None] | None = None,
        keys: Keys | None = None,
        at: float | None = None,
        unsigned: tuple[str, ...] = (),
    ) -> Reply:
        keys = keys or self.keys["huaweicloud"]
        path = path or f"/v1/{self.project_id}/pull/stream/task"
        text = json.dumps(body) if body is not None else ""
        method = "POST" if text else "GET"
        sent = {
            "Host": urlsplit(self.endpoints["huaweicloud"]).netloc,
            "X-Sdk-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if at is None else at)),
        }
        if text:
            sent["Content-Type"] = "application/json"
        if keys.token:
            sent["X-Security-Token"] = keys.token
        change(sent, headers)
        values = {name.lower(): value for name, value in sent.items() if name.lower() not in unsigned}
        names = sorted(values)
        encoded = "&".join(
            f"{quote(name, safe='~')}={quote(str(value), safe='~')}" for name, value in sorted((query or {}).items())
        )
        lines = "".join(f"{name}:{values[name]}\n" for name in names)
        canonical = f"{method}\n{path}/\n{encoded}\n{lines}\n{';'.join(names)}\n{sha256(text)}"
        to_sign = f"SDK-HMAC-SHA256\n{sent.get('X-Sdk-Date', '')}\n{sha256(canonical)}"
        signature = keyed(keys.secret_key.encode(), to_sign).hex()
        sent.setdefault(
            "Authorization",
            f"SDK-HMAC-SHA256 Access={keys.access_key}, SignedHeaders={';'.join(names)}, Signature={signature}",
        )
        return self.send("huaweicloud", method, f"{path}?{encoded}" if encoded else path, sent, text)

    def volcengine(
        self,
        action: str = "ListPullToPushTaskV2",
        body: dict[str, Any] | str | None = None,
        query: dict[str, str] | None = None,
        method: str = "POST",
        headers: dict[str, str | None] | None = None,
        keys: Keys | None = None,
        at: float | None = None,
        scope: str | None = None,
        unsigned: tuple[str, ...] = (),
        sent_host: str | None = None,
    ) -> Reply:
        keys = keys or self.keys["volcengine"]
        text = body if isinstance(body, str) else json.dumps(body or {}) if method == "POST" else ""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if at is None else at))
        sts = action.startswith("Assume")
        sent = {
            "Host": urlsplit(self.endpoints["volcengine"]).netloc,
            "X-Date": stamp,
            "X-Content-Sha256": sha256(text),
        }
        if text:
            sent["Content-Type"] = "application/json"
        if keys.token:
            sent["X-Security-Token"] = keys.token
        change(sent, headers)
        asked = {"Action": action, "Version": "2018-01-01" if sts else "2023-01-01", **(query or {})}
        encoded = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(asked.items())
        )
        values = {name.lower(): value for name, value in sent.items() if name.lower() not in unsigned}
        names = ";".join(sorted(values))
        lines = "".join(f"{name}:{values[name]}\n" for name in sorted(values))
        canonical = f"{method}\n/\n{encoded}\n{lines}\n{names}\n{sha256(text)}"
        scope = scope or f"{stamp[:8]}/cn-north-1/{'sts' if sts else 'live'}/request"
        to_sign = f"HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical)}"
        signature = keyed(keys.secret_key.encode(), *scope.split("/"), to_sign).hex()
        sent.setdefault(
            "Authorization",
            f"HMAC-SHA256 Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}",
        )
        if sent_host:
            sent["Host"] = sent_host
        return self.send("volcengine", method, f"/?{encoded}", sent, text)


def change(sent: dict[str, str], headers: dict[str, str | None] | None) -> None:
    for name, value in (headers or {}).items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One emulator for all tests: each of them gives it a scenario of its own."""
    folder = tmp_path_factory.mktemp("emulator")
    ready_file, log_file = folder / "ready.json", folder / "log.jsonl"
    command = [sys.executable, str(PROGRAM), "--ready-file", str(ready_file), "--log", str(log_file)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 10
        while not ready_file.exists():
            assert running.poll() is None, "the emulator ended at once"
            assert time.monotonic() < deadline, "the emulator is not ready in time"
            time.sleep(0.02)
        yield {"endpoints": json.loads(ready_file.read_text())["endpoints"], "log": log_file}
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture
def emulator(process: dict[str, Any]) -> Emulator:
    return Emulator(process["endpoints"])


@pytest.fixture
def log_file(process: dict[str, Any]) -> Path:
    return Path(process["log"])


@pytest.fixture
def program() -> list[str]:
    """The command that starts the program."""
    return [sys.executable, str(PROGRAM)]


@pytest.fixture
def make_keys() -> type[Keys]:
    return Keys
