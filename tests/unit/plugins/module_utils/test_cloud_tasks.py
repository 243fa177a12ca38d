# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud's record in the contract's words: the examples of the API pages, and records that no page promises."""

from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.task import to_task as to_huawei_task
from ansible_collections.livestream.relay.plugins.module_utils._present import task_dict
from ansible_collections.livestream.relay.plugins.module_utils._task import STATES, TASK_KEYS, RelayTask
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud.task import (
    apply_runtime,
    should_run,
    snake_case,
)
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud.task import to_task as to_tencent_task
from ansible_collections.livestream.relay.plugins.module_utils._volcengine.task import to_record_task, to_relay_task

ToTask = t.Callable[[dict[str, t.Any], str, datetime.datetime], RelayTask]
Record = dict[str, t.Any]
NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.timezone.utc)

TENCENT: Record = {
    "AppName": "live",
    "Region": "ap-beijing",
    "CallbackInfo": "",
    "CallbackEvents": ["TaskStart", "TaskExit"],
    "CallbackUrl": "",
    "CreateBy": "yourname",
    "DomainName": "yourdomain.com",
    "EndTime": "2020-04-25T00:30:00Z",
    "ErrorInfo": "",
    "PushArgs": "txsecret=7cbb8f382a21e8d2f6cd8098100d3b8e&txtime=5ea0450d",
    "SourceType": "PullLivePushLive",
    "SourceUrls": ["http://yourdomain/live/test.flv"],
    "StartTime": "2020-04-20T00:30:00Z",
    "Status": "enable",
    "StreamName": "teststream",
    "Comment": "xx",
    "TaskId": "10054",
    "UpdateBy": "",
    "UpdateTime": "2020-04-23T05:07:43Z",
    "CreateTime": "2020-04-20T05:07:43Z",
    "VodLoopTimes": -1,
    "BackupSourceType": "",
    "BackupSourceUrl": "",
    "WatermarkList": [],
    "RecentPullInfo": {"FileUrl": "http://yourdomain/live/test.flv", "OffsetTime": 95},
}
HUAWEI: Record = {
    "task_id": "7864b3dc-e92f-42db-a754-08e627b6d8dd",
    "status": "suspend",
    "create_time": "2018-05-19T10:00:00Z",
    "region": "cn-north-4",
    "source_type": "PullLivePushLive",
    "source_urls": ["rtmp://play.example.huawei.com/live/stream1"],
    "domain": "publish.example.huawei.com",
    "app_name": "live",
    "stream_name": "test",
    "start_time": "2018-05-19T18:00:00Z",
    "end_time": "2018-05-19T21:00:00Z",
    "push_args": "arg1=value1",
    "destination_url": "",
    "callback_events": ["TaskStart", "TaskExit", "TaskAlarm"],
    "callback_url": "callback.example.com",
    "backup_source_type": "PullLivePushLive",
    "backup_source_urls": ["rtmp://play.example.huawei.com/live/stream1_bak"],
}
RECORD: Record = {
    "App": "Live",
    "Domain": "live.example.push.com",
    "EndTime": "2023-07-07T16:19:24+08:00",
    "StartTime": "2023-07-07T16:16:07+08:00",
    "Status": "已结束",
    "Stream": "livestream001",
    "TaskId": "f831f3b0dc******aa4dcf7621",
    "Vhost": "live.example.push.com",
}
NOTHING: Record = {
    **dict.fromkeys(TASK_KEYS),
    **{key: [] for key in ("source_urls", "backup_source_urls", "callback_events")},
}


def shown(to_task: ToTask, record: Record, id_key: str, now: datetime.datetime = NOW) -> Record:
    return task_dict(to_task(record, record[id_key], now))


def test_the_example_of_tencents_page() -> None:
    expected = {
        **NOTHING,
        "task_id": "10054",
        "cloud": "tencentcloud",
        "kind": "relay",
        "region": "ap-beijing",
        "title": "xx",
        "state": "finished",
        "state_source": "schedule",
        "status": "enable",
        "source_type": "live",
        "source_urls": ["http://yourdomain/live/test.flv"],
        "domain": "yourdomain.com",
        "app": "live",
        "stream": "teststream",
        "push_args": "txsecret=***&txtime=***",
        "start_time": "2020-04-20T00:30:00Z",
        "end_time": "2020-04-25T00:30:00Z",
        "create_time": "2020-04-20T05:07:43Z",
        "update_time": "2020-04-23T05:07:43Z",
        "callback_events": ["TaskStart", "TaskExit"],
        "raw": {**TENCENT, "PushArgs": "txsecret=***&txtime=***"},
    }
    assert shown(to_tencent_task, TENCENT, "TaskId") == expected


def test_the_example_of_huaweis_page() -> None:
    expected = {
        **NOTHING,
        "task_id": "7864b3dc-e92f-42db-a754-08e627b6d8dd",
        "cloud": "huaweicloud",
        "kind": "relay",
        "region": "cn-north-4",
        "state": "finished",
        "state_source": "schedule",
        "status": "suspend",
        "source_type": "live",
        "source_urls": ["rtmp://play.example.huawei.com/live/stream1"],
        "backup_source_type": "live",
        "backup_source_urls": ["rtmp://play.example.huawei.com/live/stream1_bak"],
        "domain": "publish.example.huawei.com",
        "app": "live",
        "stream": "test",
        "push_args": "arg1=***",
        "start_time": "2018-05-19T18:00:00Z",
        "end_time": "2018-05-19T21:00:00Z",
        "create_time": "2018-05-19T10:00:00Z",
        "callback_url": "callback.example.com",
        "callback_events": ["TaskStart", "TaskExit", "TaskAlarm"],
        "raw": {**HUAWEI, "push_args": "arg1=***"},
    }
    assert shown(to_huawei_task, HUAWEI, "task_id") == expected


def test_the_example_of_volcengines_page() -> None:
    expected = {
        **NOTHING,
        "task_id": "f831f3b0dc******aa4dcf7621",
        "cloud": "volcengine",
        "kind": "record",
        "state": "finished",
        "state_source": "reported",
        "status": "已结束",
        "domain": "live.example.push.com",
        "app": "Live",
        "stream": "livestream001",
        "start_time": "2023-07-07T08:16:07Z",
        "end_time": "2023-07-07T08:19:24Z",
        "raw": RECORD,
    }
    assert shown(to_record_task, RECORD, "TaskId") == expected


def test_the_keys_are_those_of_the_contract_in_their_order() -> None:
    assert tuple(shown(to_tencent_task, TENCENT, "TaskId")) == TASK_KEYS


@pytest.mark.parametrize(
    ("word", "state"),
    [("停用", "paused"), ("未开始", "scheduled"), ("生效中", "running"), ("已结束", "finished"), ("新", "unknown")],
)
@pytest.mark.parametrize("to_task", [to_record_task, to_relay_task])
def test_volcengines_words(to_task: ToTask, word: str, state: str) -> None:
    # The window says something else: here the cloud's word alone counts.
    task = to_task({**RECORD, "Status": word}, "1", NOW)
    assert (task.state, task.state_source, task.status) == (state, "reported", word)
    assert task.unknown_word == (word if state == "unknown" else None)


BOTH: list[tuple[ToTask, str, str, str]] = [
    (to_tencent_task, "Status", "StartTime", "EndTime"),
    (to_huawei_task, "status", "start_time", "end_time"),
]


@pytest.mark.parametrize(("to_task", "status", "start", "end"), BOTH, ids=["tencentcloud", "huaweicloud"])
@pytest.mark.parametrize(
    ("word", "window", "state", "source"),
    [
        ("enable", ("2026-06-01T12:00:01Z", "2026-06-02T00:00:00Z"), "scheduled", "schedule"),
        ("enable", ("2026-06-01T12:00:00Z", "2026-06-02T00:00:00Z"), "running", "schedule"),
        ("enable", ("2026-06-01T00:00:00Z", "2026-06-01T12:00:00Z"), "finished", "schedule"),
        ("enable", ("2026-06-01T20:00:00+08:00", "2026-06-01T20:00:01+08:00"), "running", "schedule"),
        ("enable", ("", ""), "running", "reported"),
        ("enable", (None, None), "running", "reported"),
        ("enable", ("2026-06-01 00:00:00", "2026-06-02 00:00:00"), "unknown", "schedule"),
        ("pause", ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"), "paused", "schedule"),
        ("suspend", ("2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z"), "paused", "schedule"),
        ("pause", ("2026-06-01T00:00:00Z", "2026-06-01T12:00:00Z"), "finished", "schedule"),
        ("suspend", ("", ""), "paused", "reported"),
        ("ENABLE", ("", ""), "unknown", "reported"),
        ("brand-new", ("", ""), "unknown", "reported"),
        ("", ("", ""), "unknown", "reported"),
        (None, ("", ""), "unknown", "reported"),
        (True, ("", ""), "unknown", "reported"),
    ],
)
def test_the_states_of_tencent_and_huawei(
    to_task: ToTask,
    status: str,
    start: str,
    end: str,
    word: t.Any,
    window: tuple[t.Any, t.Any],
    state: str,
    source: str,
) -> None:
    task = to_task({status: word, start: window[0], end: window[1]}, "1", NOW)
    assert (task.state, task.state_source) == (state, source)
    assert (task.unknown_word is not None) == (state == "unknown" and source == "reported")


@pytest.mark.parametrize(
    ("word", "state"), [("active", "running"), ("inactive", "degraded"), ("odd", "unknown"), (None, "unknown")]
)
def test_tencents_run_time_status_decides(word: str | None, state: str) -> None:
    task = to_tencent_task({"Status": "enable"}, "1", NOW)
    assert should_run(task)
    status = {"RunStatus": word, "FileUrl": "http://h/a?token=s3cr3t", "LoopedTimes": 2, "NextFileUrl": None}
    apply_runtime(task, status)
    assert (task.state, task.state_source) == (state, "runtime")
    assert task_dict(task)["runtime"] == {
        "run_status": word,
        "file_url": "http://h/a?token=***",
        "looped_times": 2,
        "next_file_url": None,
    }


@pytest.mark.parametrize(
    ("name", "snake"),
    [("RunStatus", "run_status"), ("FileUrl", "file_url"), ("already_so", "already_so"), ("X", "x"), ("", "")],
)
def test_a_name_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


@pytest.mark.parametrize(
    ("record", "source_type", "urls"),
    [
        ({"Type": 0, "SrcAddr": "rtmp://a"}, "live", ["rtmp://a"]),
        ({"Type": 1, "SrcAddrS": ["http://a", "http://b"]}, "vod", ["http://a", "http://b"]),
        ({"Type": 1, "VodSrcAddrs": [{"SrcAddr": "http://a"}, "x", {}, None]}, "vod", ["http://a"]),
        ({"Type": 1, "SrcAddr": "http://a"}, "vod", ["http://a"]),
        ({"Type": 1}, "vod", []),
        ({"Type": True, "SrcAddr": "rtmp://a"}, None, ["rtmp://a"]),
        ({"Type": 7}, None, []),
        ({"Type": [0]}, None, []),
    ],
)
def test_the_sources_of_a_volcengine_relay_task(record: Record, source_type: str | None, urls: list[str]) -> None:
    task = to_relay_task(record, "1", NOW)
    assert (task.source_type, task.source_urls) == (source_type, urls)


@pytest.mark.parametrize(
    ("address_type", "destination"),
    [
        (1, "rtmp://push.example.org/live/finals"),
        (2, "rtmp://push.example.org/live/***"),
        (None, "rtmp://push.example.org/live/***"),
    ],
)
def test_only_an_own_domain_of_volcengine_shows_its_stream(address_type: int | None, destination: str) -> None:
    record = {"DstAddr": "rtmp://push.example.org/live/finals", "DstAddrType": address_type}
    task = task_dict(to_relay_task(record, "1", NOW))
    assert task["destination_url"] == destination
    assert task["raw"]["DstAddr"] == destination


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.sampled_from(["enable", "pause", "生效中", "2026-06-01T12:00:00Z", "rtmp://u:p@h/a?b=c", 0, 1, 2]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("to_task", "example"),
    [
        (to_tencent_task, {**TENCENT, "BackupToUrl": ""}),
        (to_huawei_task, HUAWEI),
        (to_record_task, RECORD),
        (to_relay_task, dict.fromkeys(["Type", "Title", "SrcAddr", "SrcAddrS", "VodSrcAddrs", "DstAddr", "DstAddrType",
                                       "Status", "StartTime", "EndTime", "CallbackURL"])),
    ],
    ids=["tencentcloud", "huaweicloud", "record", "relay"],
)  # fmt: skip
def test_no_record_makes_the_reader_fail(to_task: ToTask, example: Record) -> None:
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(example, values)), values)
    def check(record: Record, strange: t.Any) -> None:
        record = {**record, "Strange": strange}
        task = to_task(record, "1", NOW)
        assert task.state in STATES
        for show_secrets in (False, True):
            facts = task_dict(task, show_secrets)
            json.dumps(facts)
            assert tuple(facts) == TASK_KEYS
            for key in ("source_urls", "backup_source_urls", "callback_events"):
                assert all(isinstance(each, str) for each in facts[key])
            for key in ("title", "status", "region", "domain", "app", "stream", "push_args", "destination_url"):
                assert facts[key] is None or (isinstance(facts[key], str) and facts[key])
        assert facts["raw"] == record

    check()
