# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsers of what a server, or a user's file, gives: whatever comes, an answer or one clear error."""

from __future__ import annotations

import json
import os
import random
import sys
import typing as t
from pathlib import Path

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import (
    check_endpoint,
    parse_body,
    parse_http_date,
    parse_retry_after,
)
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets
from ansible_collections.livestream.relay.plugins.module_utils._task import format_time, parse_time

from .ours import SECRET_KEY, TARGETS
from .rows import Row

PART = "Fuzzing"
EMULATOR = Path(__file__).parents[2] / "roles" / "emulator" / "files"


def rows(folder: Path, short: bool) -> t.Iterator[Row]:
    times = 1_000 if short else 20_000
    chance = random.Random(20261201)
    yield _answers(chance, times)
    yield _times(chance, times)
    yield _endpoints(chance, times)
    yield from _credential_files(folder, chance, times // 20)
    yield _scenarios(chance, times // 10)


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, cut, doubled or put elsewhere."""
    data = bytearray(raw)
    for dummy in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 12))
        what = chance.randrange(5)
        if what == 0:
            data[at:end] = bytes(chance.randrange(256) for dummy in range(chance.randint(0, 4)))
        elif what == 1:
            del data[at:end]
        elif what == 2:
            data[at:at] = data[at:end]
        elif what == 3:
            data[at:end] = chance.choice(
                (b"null", b"[]", b"{}", b'""', b"-1", b"1e999", b"NaN", b"\\ud800", b"\x00", b"%")
            )
        else:
            data = data[:at] if chance.random() < 0.1 else data
    return bytes(data)


def _safely(row: Row, do: t.Callable[[], t.Any], given: t.Any, expected: tuple[type[Exception], ...] = ()) -> t.Any:
    """Count one try: a result or one of the expected errors; anything else is a defect."""
    try:
        result = do()
    except expected as error:
        row.check(SECRET_KEY not in str(error), f"{given!r:.200}: a secret is shown")
        return None
    except Exception as problem:
        row.check(False, f"{given!r:.200}: {type(problem).__name__}: {problem}"[:300])
        return None
    row.check(True, "")
    return result


def _answers(chance: random.Random, times: int) -> Row:
    row = Row(PART, "bodies of answers: pages with bytes changed")
    pages = [json.dumps(target.good(), ensure_ascii=False).encode() for target in TARGETS]
    for dummy in range(times):
        raw = mutated(chance.choice(pages), chance)
        parsed = _safely(row, lambda raw=raw: parse_body(raw), raw)  # type: ignore[misc]
        if parsed and parsed[0] is not None:
            _safely(row, lambda parsed=parsed: json.dumps(parsed[0], allow_nan=False).encode(), raw)  # type: ignore[misc]
    return row


def _times(chance: random.Random, times: int) -> Row:
    row = Row(PART, "times: RFC 3339, HTTP dates and Retry-After with bytes changed")
    samples = [b"2026-12-01T03:00:00Z", b"2026-12-01T03:00:00.123+08:00", b"Tue, 01 Dec 2026 03:00:00 GMT", b"120"]
    for dummy in range(times):
        words = mutated(chance.choice(samples), chance).decode("utf-8", "replace")
        _safely(row, lambda words=words: format_time(parse_time(words)), words)  # type: ignore[misc]
        _safely(row, lambda words=words: parse_http_date(words), words)  # type: ignore[misc]
        seconds = _safely(row, lambda words=words: parse_retry_after(words, 0.0), words)  # type: ignore[misc]
        row.check(seconds is None or 0 <= seconds < float("inf"), f"{words!r}: waits {seconds}")
    return row


def _endpoints(chance: random.Random, times: int) -> Row:
    row = Row(PART, "endpoints with bytes changed: a base URL or a refusal, never plain http elsewhere")
    samples = [b"https://live.example.org", b"http://127.0.0.1:8080", b"live.example.org:443", b"https://[::1]:1/"]
    for dummy in range(times):
        words = mutated(chance.choice(samples), chance).decode("latin-1")
        url = _safely(row, lambda words=words: check_endpoint(words), words, (RelayError,))  # type: ignore[misc]
        if url is not None:
            safe = url.startswith(("https://", "http://127.", "http://localhost", "http://[::1]"))
            clean = all(32 < ord(char) < 127 and char not in "@\\" for char in url)
            row.check(safe and clean, f"{words!r} became {url!r}")
    return row


# By cloud: what stands in its CLI's file (path below the home, text), and the variable that names the profile.
_FILES = {
    "tencentcloud": (
        ".tccli/default.credential",
        {"secretId": "AKIDexample", "secretKey": SECRET_KEY, "token": "tok", "type": "oauth", "expiresAt": 4e9},
    ),
    "huaweicloud": (
        ".hcloud/config.json",
        {
            "current": "default",
            "profiles": [
                {
                    "name": "default",
                    "mode": "AKSK",
                    "accessKeyId": "HPUA",
                    "secretAccessKey": SECRET_KEY,
                    "region": "cn-north-4",
                }
            ],
        },
    ),
    "volcengine": (
        ".volcengine/config.json",
        {
            "current": "default",
            "profiles": {"default": {"name": "default", "mode": "ak", "access-key": "AKLT", "secret-key": SECRET_KEY}},
        },
    ),
}


def _credential_files(folder: Path, chance: random.Random, times: int) -> t.Iterator[Row]:
    for cloud, (name, document) in _FILES.items():
        row = Row(PART, f"{cloud}: the CLI's file of profiles with bytes changed")
        home = folder / f"home-{cloud}"
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = json.dumps(document).encode()
        for dummy in range(times):
            changed = mutated(raw, chance)
            path.write_bytes(changed)
            os.chmod(path, 0o600)
            _safely(row, lambda: _client(cloud, str(home)), changed, (RelayError,))  # noqa: B023 - called at once
        yield row


def _client(cloud: str, home: str, **given: t.Any) -> t.Any:
    its = CLOUDS[cloud]
    options = {**dict.fromkeys((*its.options, *its.account_options)), "use_metadata": False, **given}
    return its.client(Account(cloud, "relay", options), Query(), {"HOME": home}, Secrets())


def _scenarios(chance: random.Random, times: int) -> Row:
    row = Row(PART, "the emulator's scenario files with bytes changed")
    sys.path.insert(0, str(EMULATOR))
    try:
        from relay_emulator.reader import Document, ScenarioError  # type: ignore[import-not-found, unused-ignore]
    finally:
        sys.path.remove(str(EMULATOR))
    raw = (EMULATOR / "relay_emulator" / "default_scenario.json").read_bytes()
    for dummy in range(times):
        words = mutated(raw[: chance.randrange(200, 4000)], chance).decode("utf-8", "replace")
        _safely(row, lambda words=words: Document(words, "scenario.json"), words[:80], (ScenarioError,))  # type: ignore[misc]
    return row
