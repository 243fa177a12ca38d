# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a process of its own, told over its control port what to be."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import time
import typing as t
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "roles" / "emulator" / "files" / "relay_emulator"

JsonObject = dict[str, t.Any]


@dataclasses.dataclass
class Emulator:
    """A running emulator. ``endpoints``: base URLs by cloud, and of ``control``."""

    endpoints: dict[str, str]

    def use(self, account: JsonObject, **rest: t.Any) -> JsonObject:
        """Begin a scenario of one account. Returns it as the emulator understands it, keys and all."""
        return self.use_all(account, **rest)[0]

    def use_all(self, *accounts: JsonObject, **rest: t.Any) -> list[JsonObject]:
        """Begin a scenario of these accounts; ``rest`` are its other keys. An account of two lists comes back twice."""
        given: list[JsonObject] = self._control("/scenario", {"accounts": accounts, **rest})["accounts"]
        return given

    def requests(self) -> list[JsonObject]:
        """What was asked since the scenario began, oldest first."""
        entries: list[JsonObject] = self._control("/requests")
        return entries

    def last_request_id(self) -> str:
        return str(self.requests()[-1]["request_id"])

    def netloc(self, cloud: str) -> str:
        return urllib.parse.urlsplit(self.endpoints[cloud]).netloc

    def _control(self, path: str, body: JsonObject | None = None) -> t.Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoints["control"] + path, data=data)  # POST where there is a body
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Run an emulator until the block ends; its files go into ``folder``."""
    ready_file = folder / "ready.json"
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), "--ready-file", str(ready_file)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while not ready_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.02)
        yield Emulator(json.loads(ready_file.read_text(encoding="utf-8"))["endpoints"])
    finally:
        process.terminate()
        process.wait(10)
