# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home that holds what a test puts there, an emulator that runs, and a server that says what it is told to."""

from __future__ import annotations

import dataclasses
import http.server
import json
import subprocess
import sys
import threading
import time
import typing as t
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.livestream.relay.plugins.module_utils import _fleet
from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.credentials import find_credentials
from ansible_collections.livestream.relay.plugins.module_utils._key_files import KeyFiles
from ansible_collections.livestream.relay.plugins.module_utils._metadata import VARIABLE
from ansible_collections.livestream.relay.plugins.module_utils._options import QUERY, merged, query_from
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud import credentials as tencentcloud
from ansible_collections.livestream.relay.plugins.module_utils._volcengine import credentials as volcengine

PROGRAM = Path(__file__).parents[5] / "roles" / "emulator" / "files" / "relay_emulator"


@dataclasses.dataclass
class Found:
    """What a search came to: the source, what it keeps secret, the region, and what it warned of."""

    source: str
    secrets: tuple[str | None, ...]
    region: str | None
    warnings: list[str]
    keys: t.Any = None
    project_id: str | None = None

    @property
    def pair(self) -> tuple[str | None, ...]:
        return tuple(each for each in self.secrets if each)[:3]


@dataclasses.dataclass
class Home:
    """A user: the home folder and the environment."""

    folder: Path
    environment: dict[str, str]
    now: int = 1_800_000_000

    def write(self, path: str, content: str | dict[str, t.Any], mode: int = 0o600) -> Path:
        """Put a file into the home; what is no text becomes JSON."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        file.chmod(mode)
        return file

    def find(self, cloud: str, **given: t.Any) -> Found:
        """Look for keys, with the options given. Sends nothing. Raises RelayError."""
        files = KeyFiles(self.environment)
        options = all_options(cloud, given)
        if cloud == "tencentcloud":
            found = tencentcloud.find_keys(options, self.environment, files, self.now)
            keys = found.keys
            return Found(keys.source, keys.secrets(), found.region, files.warnings, keys)
        if cloud == "volcengine":
            keys = volcengine.find_keys(options, self.environment, files, self.now)
            return Found(keys.source, keys.secrets(), None, files.warnings, keys)
        login = find_credentials(options, self.environment, files)
        return Found(login.source, login.secrets(), login.region, files.warnings, login.keys, login.project_id)

    def problem(self, cloud: str, **given: t.Any) -> RelayError:
        with pytest.raises(RelayError) as caught:
            self.find(cloud, **given)
        return caught.value

    def list(self, cloud: str, timeout: float = 20.0, **given: t.Any) -> Listed:
        """List the tasks of one account. Raises RelayError."""
        secrets = Secrets()
        result = self.ask([Account(cloud, "relay", all_options(cloud, given))], timeout, secrets)
        account = result.accounts[0]
        return Listed(account.total, account.client.credentials_source, account.requests, result.warnings, secrets)

    @staticmethod
    def account(cloud: str, name: str, given: dict[str, t.Any]) -> Account:
        return Account(cloud, "relay", all_options(cloud, given), name)

    def ask(self, accounts: t.Sequence[Account], timeout: float, secrets: Secrets) -> _fleet.FleetResult:
        """List the tasks of many accounts; failures are in the result where there is more than one."""
        query = query_from(accounts[0].options)
        settings = Settings(retries=0)
        several = len(accounts) > 1
        return _fleet.ask(
            accounts, CLOUDS, query, settings, Deadline(timeout), secrets, self.environment, report_errors=several
        )


@dataclasses.dataclass
class Listed:
    """What a listing came to."""

    total: int | None
    source: str
    requests: int
    warnings: list[str]
    secrets: Secrets


def all_options(cloud: str, given: dict[str, t.Any]) -> dict[str, t.Any]:
    spec = merged(QUERY, CLOUDS[cloud].options, CLOUDS[cloud].account_options)
    unknown = set(given) - set(spec)
    if unknown:
        raise AssertionError(f"no such options: {unknown}")
    return {**{name: option.get("default") for name, option in spec.items()}, **given}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    # A metadata service that is not there, so that no test can ask a real one.
    return Home(folder, {"HOME": str(folder), VARIABLE: "http://127.0.0.1:9"})


@dataclasses.dataclass
class Emulator:
    """A running emulator."""

    endpoints: dict[str, str]

    def use(self, *accounts: dict[str, t.Any], **rest: t.Any) -> None:
        self._control("/scenario", {"accounts": accounts, **rest})

    def actions(self) -> list[str]:
        """What was asked since the scenario began, oldest first."""
        return [request["action"] for request in self._control("/requests")]

    def _control(self, path: str, body: dict[str, t.Any] | None = None) -> t.Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoints["control"] + path, data=data)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    ready = tmp_path_factory.mktemp("emulator") / "ready.json"
    process = subprocess.Popen([sys.executable, str(PROGRAM), "--ready-file", str(ready)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.02)
        yield Emulator(json.loads(ready.read_text(encoding="utf-8"))["endpoints"])
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def emulator(_process: Emulator, home: Home) -> Emulator:
    """An emulator whose metadata service the home's environment leads to."""
    home.environment[VARIABLE] = _process.endpoints["metadata"]
    return _process


@dataclasses.dataclass
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class Server:
    """Answers each request by a function of the test's; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: t.Callable[[Asked], tuple[int, dict[str, str], str]] = lambda asked: (404, {}, "")
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, self.rfile.read(length).decode())
                outer.asked.append(asked)
                status, extra, body = outer.answer(asked)
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: t.Any) -> None:
                pass

        for method in ("GET", "POST", "PUT", "CONNECT"):
            setattr(Handler, f"do_{method}", Handler.handle_one)

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *args: t.Any) -> None:
                """A client that did not wait is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()
