# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clouds' own SDKs make of the same answers. They are not judged, they show why a listing checks so much."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

from . import ours
from .faults import _cut
from .ours import TARGETS, Target
from .rows import Row
from .servers import Pieces, answer, serving

PART = "Beside SDKs"
Answers = t.Callable[[Target], Pieces]

_HTML = answer(b"<html><body>Sign in to the hotel's network</body></html>", Content_Type="text/html")
CASES: tuple[tuple[str, str, Answers], ...] = (
    ("HTML with status 200", "protocol", lambda dummy: _HTML),
    ("an empty body with status 200", "protocol", lambda dummy: answer(b"")),
    ("an empty JSON object", "protocol", lambda dummy: answer({})),
    ("truncated JSON", "protocol", lambda target: _cut(target, 0.7, True)),
    ("a redirect", "protocol", lambda dummy: answer(b"{}", 302, Location="http://127.0.0.1:9/")),
    ("an error in a body with status 200", "auth", lambda target: answer(_refusal(target))),
    ("a list that is null though the total is 3", "protocol", lambda target: answer(target.page(None, 3))),
    ("one task of three, and no more", "incomplete", lambda target: answer(target.page([target.record], 3))),
)


def _refusal(target: Target) -> t.Any:
    code = {
        "tencentcloud": "AuthFailure.SecretIdNotFound",
        "huaweicloud": "APIGW.0301",
        "volcengine": "InvalidAccessKey",
    }
    return target.error(code[target.cloud], "refused by the proof")


def rows(dummy_folder: Path, short: bool) -> t.Iterator[Row]:
    try:
        from ansible_collections.livestream.relay.tests.conformance import sdks
    except ImportError:
        yield Row(PART, "the same answers to the SDKs", cannot="not tried: the SDKs are not installed here")
        return
    for tried, kind, respond in CASES:
        row = Row(PART, tried)
        words = []
        for target in TARGETS:
            if short and target.kind == "record":
                continue
            with serving(lambda dummy, target=target, respond=respond: respond(target)) as server:  # type: ignore[misc]
                outcome = ours.listed([target.account(server.url)])
                row.check(outcome.end == kind, f"{target.module}: ended as {outcome.end}, not {kind}")
                words.append(f"{target.cloud} {target.kind} {_sdk(sdks, target, server.url)}")
        row.note = f"{kind}. SDKs: {', '.join(words)}"
        yield row


def _sdk(sdks: t.Any, target: Target, url: str) -> str:
    """What one page by the SDK gives, in a word or two."""
    try:
        count = _ask(sdks, target, url)
    except Exception as problem:
        return type(problem).__name__
    if isinstance(count, int):
        return f"a list of {count}"
    return "no list and no exception" if count == "null" else f"a list that is {count}"


def _ask(sdks: t.Any, target: Target, url: str) -> t.Any:
    keys = {"access_key": ours.ACCESS_KEY, "secret_key": ours.SECRET_KEY, "project_id": "0" * 32, "session_token": None}
    netloc = urlsplit(url).netloc
    if target.cloud == "tencentcloud":
        request = sdks.models.DescribeLivePullStreamTasksRequest()
        request.from_json_string(json.dumps({"PageNum": 1, "PageSize": 20}))
        return _length(sdks.tencentcloud(netloc, keys).DescribeLivePullStreamTasks(request).TaskInfos)
    if target.cloud == "huaweicloud":
        client = sdks.huaweicloud(url, sdks.huaweicloud_keys(keys))
        return _length(client.list_pull_tasks(sdks.ListPullTasksRequest(limit=20, offset=0)).task_infos)
    client = sdks.volcengine(netloc, keys)
    if target.kind == "record":
        given = client.list_pull_record_task({"PageNum": 1, "PageSize": 20})
    else:
        given = client.list_pull_to_push_task_v2({"Page": 1, "Size": 20})
    result = given.get("Result") if isinstance(given, dict) else None
    return _length(result.get("List") if isinstance(result, dict) else None)


def _length(value: t.Any) -> t.Any:
    return len(value) if isinstance(value, list) else "null" if value is None else type(value).__name__
