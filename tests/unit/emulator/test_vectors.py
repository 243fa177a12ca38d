# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that the official SDKs signed are accepted as they stand, and refused with anything changed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
REFUSED = {
    "tencentcloud": "AuthFailure.SignatureFailure",
    "huaweicloud": "APIGW.0301",
    "volcengine": "SignatureDoesNotMatch",
}
PROJECT = "0123456789abcdef0123456789abcdef"


def code_of(answer: Any) -> str:
    found = answer.json
    for name in ("Response", "ResponseMetadata"):
        if name in found:
            return str(found[name].get("Error", {}).get("Code"))
    return str(found.get("error_code"))


def scenario(vector: dict[str, Any]) -> dict[str, Any]:
    account: dict[str, Any] = {
        "name": "sdk",
        "cloud": vector["cloud"],
        "access_key": vector["access_key"],
        "secret_key": vector["secret_key"],
        "role": ["a", "Reader"],
    }
    if vector["token"]:
        account["session_token"] = vector["token"]
    if vector["cloud"] == "huaweicloud":
        account.update(project_id=PROJECT, tasks=[{"task_id": "xxxxxx"}])
    return account


@pytest.fixture(params=VECTORS, ids=lambda vector: vector["name"])
def vector(request: pytest.FixtureRequest, emulator: Any) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    offset = found["at"] - time.time()
    emulator.use(scenario(found), faults=[{"do": "clock", "seconds": offset}])
    return found


def test_signature_of_the_sdk_is_accepted(emulator: Any, vector: dict[str, Any]) -> None:
    answer = emulator.send(vector["cloud"], vector["method"], vector["target"], vector["headers"], vector["body"])
    assert answer.status in (200, 201), answer.body
    assert code_of(answer) == "None"


def test_one_changed_digit_is_refused(emulator: Any, vector: dict[str, Any]) -> None:
    authorization = vector["headers"]["Authorization"]
    changed = authorization[:-1] + ("0" if authorization[-1] != "0" else "1")
    headers = {**vector["headers"], "Authorization": changed}
    answer = emulator.send(vector["cloud"], vector["method"], vector["target"], headers, vector["body"])
    assert code_of(answer) == REFUSED[vector["cloud"]]


def test_changed_body_is_refused(emulator: Any, vector: dict[str, Any]) -> None:
    answer = emulator.send(vector["cloud"], vector["method"], vector["target"], vector["headers"], vector["body"] + " ")
    assert code_of(answer) == REFUSED[vector["cloud"]]
