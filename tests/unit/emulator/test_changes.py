# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that change with time, and lists that move while they are read."""

from __future__ import annotations

import time
from typing import Any

import pytest

EAST = {"name": "east", "cloud": "tencentcloud", "rate_limit": 0}
NORTH = {"name": "north", "cloud": "huaweicloud", "rate_limit": 0}
SOUTH = {"name": "south", "cloud": "volcengine", "rate_limit": 0}


def page(emulator: Any, number: int = 1, size: int = 2) -> tuple[list[str], int]:
    response = emulator.tencentcloud(body={"PageNum": number, "PageSize": size}).json["Response"]
    return [task["TaskId"] for task in response["TaskInfos"]], response["TotalNum"]


def five() -> dict[str, Any]:
    return {**EAST, "tasks": [{"TaskId": str(number)} for number in range(1, 6)]}


def shift(do: str, after_page: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [{"account": "east", "do": do, "after_page": after_page, **more}]


def wait_for(look: Any, wanted: Any) -> None:
    deadline = time.monotonic() + 3
    while look() != wanted:
        assert time.monotonic() < deadline, look()
        time.sleep(0.05)


def test_timeline(emulator: Any) -> None:
    emulator.use(
        five(),
        timeline=[
            {"at": 0.3, "account": "east", "task_id": "4", "set": {"Status": "pause", "EndTime": "@now+1h"}},
            {"at": 0.6, "account": "east", "task_id": "1", "delete": True},
            {"at": 0.9, "account": "east", "create": {"TaskId": "6", "Comment": "new"}},
        ],
    )
    assert page(emulator) == (["1", "2"], 5)
    wait_for(lambda: page(emulator), (["4", "1"], 5))
    changed = emulator.tencentcloud(body={"TaskId": "4"}).json["Response"]["TaskInfos"][0]
    assert changed["Status"] == "pause"
    assert changed["EndTime"] > changed["UpdateTime"] > changed["CreateTime"]
    wait_for(lambda: page(emulator), (["4", "2"], 4))
    wait_for(lambda: page(emulator)[1], 5)
    assert emulator.tencentcloud(body={"TaskId": "6"}).json["Response"]["TaskInfos"][0]["Comment"] == "new"
    emulator.control("POST", "/reset")
    assert page(emulator) == (["1", "2"], 5)


def test_timeline_of_the_run_time_status(emulator: Any) -> None:
    emulator.use(
        five(),
        timeline=[
            {"at": 0.3, "account": "east", "task_id": "1", "runtime": {"RunStatus": "inactive"}},
        ],
    )

    def status() -> str:
        answer = emulator.tencentcloud("DescribeLivePullStreamTaskStatus", {"TaskId": "1"})
        return str(answer.json["Response"]["TaskStatusInfo"]["RunStatus"])

    assert status() == "active"
    wait_for(status, "inactive")


def test_timeline_of_the_other_clouds(emulator: Any) -> None:
    emulator.use(
        {**NORTH, "tasks": [{"task_id": "n", "status": "enable", "push_args": "a=b"}]},
        {**SOUTH, "relay_tasks": [{"TaskId": "s", "StartTime": "@now-1h", "EndTime": "@now+1h"}], "fill_record": 1},
        timeline=[
            {"at": 0.2, "account": "north", "task_id": "n", "set": {"status": "suspend", "push_args": "@absent"}},
            {"at": 0.2, "account": "south", "task_id": "s", "set": {"stopped": True}},
            {"at": 0.2, "account": "south", "kind": "record", "create": {"TaskId": "r"}},
        ],
    )

    def north() -> dict[str, Any]:
        found: dict[str, Any] = emulator.huaweicloud().json["task_infos"][0]
        return found

    assert (north()["status"], north()["push_args"]) == ("enable", "a=b")
    wait_for(lambda: north()["status"], "suspend")
    assert "push_args" not in north()
    assert [row["Status"] for row in emulator.volcengine().json["Result"]["List"]] == ["停用"]
    assert emulator.volcengine("ListPullRecordTask").json["Result"]["List"][0]["TaskId"] == "r"


def test_task_of_an_unread_page_jumps_to_the_front(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("update"))
    assert page(emulator, 1) == (["1", "2"], 5)
    assert page(emulator, 2) == (["2", "3"], 5)  # one row is seen twice
    assert page(emulator, 3) == (["4"], 5)
    assert page(emulator, 1) == (["5", "1"], 5)  # and this was the one that was missed
    assert page(emulator, 2) == (["2", "3"], 5), "once means once"


def test_task_of_a_read_page_is_deleted(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("delete"))
    assert page(emulator, 1) == (["1", "2"], 5)
    assert page(emulator, 2) == (["4", "5"], 4)  # "3" is skipped
    assert page(emulator, 1) == (["2", "3"], 4)


def test_task_is_created_while_the_list_is_read(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("create", after_page=2, times=2))
    for total in (5, 6):
        assert page(emulator, 1)[1] == total
        assert page(emulator, 2)[1] == total
    assert page(emulator, 1)[1] == 7
    assert page(emulator, 2)[1] == 7
    assert page(emulator, 3)[1] == 7


def test_endless_churn(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("update", times="always"))
    fronts = []
    for _pass in range(4):
        fronts.append(page(emulator, 1)[0][0])
        assert page(emulator, 2)[1] == 5
    assert len(set(fronts)) == 4


def test_total_that_grows(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("grow_total", after_page=0, times="always", by=2))
    assert [page(emulator, number)[1] for number in (1, 2, 3, 4)] == [7, 9, 11, 13]


def test_ignored_page_and_repeated_page(emulator: Any) -> None:
    emulator.use(five(), shifts=shift("ignore_page", after_page=0, times="always"))
    assert [page(emulator, number)[0] for number in (1, 2, 3)] == [["1", "2"]] * 3
    emulator.use(five(), shifts=shift("repeat_page", after_page=2))
    assert [page(emulator, number)[0] for number in (1, 2, 3)] == [["1", "2"], ["3", "4"], ["3", "4"]]
    assert page(emulator, 3)[0] == ["5"]


@pytest.mark.parametrize("kind", ["relay", "record"])
def test_shift_of_one_kind(emulator: Any, kind: str) -> None:
    emulator.use(
        {**SOUTH, "fill_relay": 3, "fill_record": 3},
        shifts=[
            {"account": "south", "do": "delete", "kind": kind},
        ],
    )
    totals = {}
    for name, action in (("relay", "ListPullToPushTaskV2"), ("record", "ListPullRecordTask")):
        emulator.volcengine(action)
        totals[name] = emulator.volcengine(action).json["Result"]["Pagination"]["TotalCount"]
    assert totals[kind] == 2
    assert sum(totals.values()) == 5


def test_shift_of_huawei(emulator: Any) -> None:
    emulator.use(
        {**NORTH, "tasks": [{"task_id": str(number)} for number in range(4)]},
        shifts=[
            {"account": "north", "do": "update"},
        ],
    )
    seen = [
        [task["task_id"] for task in emulator.huaweicloud({"offset": offset, "limit": 2}).json["task_infos"]]
        for offset in (0, 2, 0)
    ]
    assert seen == [["0", "1"], ["1", "2"], ["3", "0"]]


def test_served_answer_is_given_as_it_stands_and_only_to_who_may_see_it(emulator: Any, make_keys: Any) -> None:
    answer = {"Response": {"TaskInfos": [{"TaskId": "10054", "Neu": "é"}], "TotalNum": 1, "RequestId": "r"}}
    emulator.use(five(), serve={"account": "east", "action": "DescribeLivePullStreamTasks", "answer": answer})
    assert emulator.tencentcloud().json == answer
    wrong = make_keys(emulator.keys["tencentcloud"].access_key, "wrong")
    assert "Error" in emulator.tencentcloud(keys=wrong).json["Response"]
