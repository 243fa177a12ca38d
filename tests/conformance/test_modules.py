# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules themselves, as ``ansible`` runs them, see what the official SDKs see."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.livestream.relay.tests.conformance import ours, sdks
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator
from ansible_collections.livestream.relay.tests.conformance.tasks import ODD_TEXTS, exact

EAST = {
    "name": "east",
    "cloud": "tencentcloud",
    "quota": 300,
    "tasks": [{"TaskId": f"task-{index}", "Comment": text} for index, text in enumerate(ODD_TEXTS)],
    "fill": 60,
}
NORTH = {
    "name": "north",
    "cloud": "huaweicloud",
    "tasks": [{"task_id": f"task-{index}", "stream_name": text} for index, text in enumerate(ODD_TEXTS)],
    "fill": 200,
}
SOUTH = {
    "name": "south",
    "cloud": "volcengine",
    "record_tasks": [{"TaskId": f"record-{index}", "Stream": text} for index, text in enumerate(ODD_TEXTS)],
    "relay_tasks": [{"TaskId": f"relay-{index}", "Title": text} for index, text in enumerate(ODD_TEXTS)],
    "fill_record": 600,
    "fill_relay": 30,
}


def keys(account: dict[str, t.Any]) -> dict[str, t.Any]:
    return {name: account[name] for name in ("access_key", "secret_key", "project_id") if name in account}


def assert_same(result: dict[str, t.Any], theirs: sdks.Listed) -> None:
    assert not result["failed"], result
    assert exact([task["raw"] for task in result["tasks"]]) == exact(theirs.records)
    assert {result["total"], len(result["tasks"]), sum(result["counts"].values())} == theirs.totals
    assert {result["quota"]} == theirs.quotas
    assert len(result["request_ids"]) == result["requests"] == len(theirs.request_ids)
    assert result["complete"]
    assert not result["changed"]


def their_list(emulator: Emulator, account: dict[str, t.Any], kind: str = "relay") -> sdks.Listed:
    cloud = account["cloud"]
    if cloud == "tencentcloud":
        return sdks.tencentcloud_list(sdks.tencentcloud(emulator.netloc(cloud), account), 20)
    if cloud == "huaweicloud":
        return sdks.huaweicloud_list(sdks.huaweicloud(emulator.endpoints[cloud], sdks.huaweicloud_keys(account)), 100)
    client = sdks.volcengine(emulator.netloc(cloud), account)
    if kind == "record":
        return sdks.volcengine_record_list(client, 500)
    return sdks.volcengine_relay_list(client, 500)


@pytest.mark.parametrize(
    ("module", "scenario", "kind"),
    [
        ("tencentcloud_relay_task_info", EAST, "relay"),
        ("huaweicloud_relay_task_info", NORTH, "relay"),
        ("volcengine_record_task_info", SOUTH, "record"),
        ("volcengine_relay_task_info", SOUTH, "relay"),
    ],
)
def test_the_same_list(emulator: Emulator, module: str, scenario: dict[str, t.Any], kind: str) -> None:
    account = emulator.use(scenario)
    result = ours.run_module(module, endpoint=emulator.endpoints[account["cloud"]], **keys(account))
    assert_same(result, their_list(emulator, account, kind))


def test_the_same_lists_of_a_fleet(emulator: Emulator) -> None:
    asked = emulator.use_all(EAST, NORTH, SOUTH)
    accounts = [
        {
            "name": f"{account['name']} {account['kind']}",
            "cloud": account["cloud"],
            "kind": account["kind"],
            "endpoint": emulator.endpoints[account["cloud"]],
            **keys(account),
        }
        for account in asked
    ]
    result = ours.run_module("relay_task_info", accounts=accounts)
    assert not result["failed"], result
    assert result["complete"]
    assert [account["kind"] for account in asked].count("record") == 1
    theirs = [their_list(emulator, account, account["kind"]) for account in asked]
    assert exact([task["raw"] for task in result["tasks"]]) == exact([raw for each in theirs for raw in each.records])
    assert [{entry["total"]} for entry in result["accounts"]] == [each.totals for each in theirs]
    assert [{entry["quota"]} for entry in result["accounts"]] == [each.quotas for each in theirs]


def test_the_same_refusal(emulator: Emulator) -> None:
    account = {**emulator.use(EAST), "secret_key": "another"}
    with pytest.raises(sdks.TencentCloudSDKException) as raised:
        their_list(emulator, account)
    result = ours.run_module(
        "tencentcloud_relay_task_info", endpoint=emulator.endpoints["tencentcloud"], **keys(account)
    )
    assert result["failed"]
    assert (result["error"]["code"], result["error"]["message"]) == (raised.value.code, raised.value.message)
    assert result["error"]["request_id"] == emulator.last_request_id()
