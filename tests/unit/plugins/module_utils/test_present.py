# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as modules return them: what is shown, what is hidden, and how they are counted."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._present import Presentation, counts, task_dict
from ansible_collections.livestream.relay.plugins.module_utils._redact import Fields
from ansible_collections.livestream.relay.plugins.module_utils._task import STATES, TASK_KEYS, RelayTask

FIELDS = Fields(push_args=frozenset({"Args"}), urls=frozenset({"Source"}), destinations=frozenset({"To"}))


def task(task_id: str = "1", state: str = "running", **facts: t.Any) -> RelayTask:
    facts.setdefault("secret_fields", FIELDS)
    return RelayTask(
        task_id=task_id, cloud="c", kind="relay", status="enable", state=state, state_source="reported", **facts
    )


def test_times_are_given_in_utc_to_the_second() -> None:
    moment = datetime.datetime(2026, 6, 1, 18, 0, 0, 999, tzinfo=datetime.timezone.utc)
    shown = task_dict(task(start_time=moment, end_time=None))
    assert shown["start_time"] == "2026-06-01T18:00:00Z"
    assert shown["end_time"] is None


SECRET = task(
    title="see rtmp://u:pa55@h/a",
    source_urls=["rtmp://u:pa55@h/a?t=s3cr3t"],
    backup_source_urls=["h/a?t=s3cr3t"],
    destination_url="rtmp://yt.example.org/live2/abcd-efgh",
    push_args="t=s3cr3t&s3cr3t",
    callback_url="https://h/cb?t=s3cr3t",
    runtime={"file": "http://h/a?t=s3cr3t", "note": "abcd-efgh"},
    raw={
        "To": "rtmp://yt.example.org/live2/abcd-efgh",
        "Args": "t=s3cr3t",
        "Source": ["h/a?t=s3cr3t"],
        "Deep": [{"note": "key abcd-efgh", "x": "rtmp://u:pa55@h/a"}],
    },
)


@pytest.mark.parametrize("secret", ["pa55", "s3cr3t", "abcd-efgh"])
def test_secrets_are_shown_only_when_asked_for(secret: str) -> None:
    before = json.dumps(task_dict(SECRET, show_secrets=True))
    assert secret in before
    assert secret not in json.dumps(task_dict(SECRET))
    assert json.dumps(task_dict(SECRET, show_secrets=True)) == before  # the task itself is not changed


@pytest.mark.parametrize("key", TASK_KEYS)
@pytest.mark.parametrize("secret", ["pa55", "s3cr3t", "abcd-efgh"])
def test_each_key_alone_hides_what_it_hides_among_the_others(key: str, secret: str) -> None:
    alone = task_dict(SECRET, fields=(key,))
    assert list(alone) == [key]
    assert secret not in json.dumps(alone)
    assert alone[key] == task_dict(SECRET)[key]


def test_what_people_need_to_read_stays() -> None:
    shown = task_dict(SECRET)
    assert shown["source_urls"] == ["rtmp://***@h/a?t=***"]
    assert shown["destination_url"] == "rtmp://yt.example.org/live2/***"
    assert shown["push_args"] == "t=***&***"
    assert shown["title"] == "see rtmp://***@h/a"
    assert shown["raw"]["Deep"] == [{"note": "key ***", "x": "rtmp://***@h/a"}]


def test_a_destination_in_the_tasks_own_domain_stays() -> None:
    url = "rtmp://Push.Example.org/live/finals?k=1"
    shown = task_dict(task(domain="push.example.org", destination_url=url, raw={"To": url, "note": "finals-night"}))
    assert shown["destination_url"] == shown["raw"]["To"] == "rtmp://Push.Example.org/live/finals?k=***"
    assert shown["raw"]["note"] == "finals-night"


@pytest.mark.parametrize("word", ["live", "1234567", "finals"])
def test_a_word_that_stands_open_elsewhere_is_no_key(word: str) -> None:
    # Too short for a key, the task's own id, or its own stream.
    raw = {"To": f"rtmp://yt/live2/{word}", "note": f"the {word} one"}
    shown = task_dict(task("1234567", stream="finals", raw=raw))
    assert shown["raw"] == {"To": "rtmp://yt/live2/***", "note": f"the {word} one"}


@given(st.lists(st.sampled_from(STATES), max_size=20))
def test_counts_add_up(states: list[str]) -> None:
    tasks = [task(str(number), state) for number, state in enumerate(states)]
    counted = counts(tasks)
    assert sum(counted.values()) == len(states)
    assert 0 not in counted.values()
    for summary in (False, True):
        assert Presentation(summary=summary).tasks(tasks)["counts"] == counted


def test_a_summary_names_what_does_not_run() -> None:
    tasks = [task("1"), task("2", "paused"), task("3", "unknown")]
    assert Presentation(summary=True).tasks(tasks) == {
        "tasks": [],
        "counts": {"running": 1, "paused": 1, "unknown": 1},
        "not_running": ["2", "3"],
    }


def test_only_the_fields_that_were_asked_for_in_their_usual_order() -> None:
    shown = Presentation(fields=("state", "task_id", "end_time")).tasks([task("1")])
    assert shown == {"tasks": [{"task_id": "1", "state": "running", "end_time": None}], "counts": {"running": 1}}
    assert list(shown["tasks"][0]) == ["task_id", "state", "end_time"]
    assert "not_running" not in shown
