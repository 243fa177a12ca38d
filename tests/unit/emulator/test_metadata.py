# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

ROLE = {"metadata_role": "reader"}


def get(emulator: Any, path: str, method: str = "GET", **headers: str) -> Any:
    return emulator.send("metadata", method, path, {name.replace("_", "-"): value for name, value in headers.items()})


def test_tencent(emulator: Any, make_keys: Any) -> None:
    emulator.use({"name": "a", "cloud": "tencentcloud", "fill": 2, **ROLE})
    path = "/latest/meta-data/cam/security-credentials/"
    assert get(emulator, path).body == b"reader"
    given = get(emulator, path + "reader").json
    assert given["Code"] == "Success"
    keys = make_keys(given["TmpSecretId"], given["TmpSecretKey"], given["Token"])
    assert emulator.tencentcloud(keys=keys).json["Response"]["TotalNum"] == 2
    assert get(emulator, path + "nobody").status == 404


def test_huawei_demands_a_token(emulator: Any, make_keys: Any) -> None:
    emulator.use({"name": "a", "cloud": "huaweicloud", "fill": 2, **ROLE})
    key_path, token_path = "/openstack/latest/securitykey", "/meta-data/latest/api/token"
    assert get(emulator, key_path).status == 401
    assert get(emulator, key_path, X_Metadata_Token="wrong").status == 401
    assert get(emulator, token_path, "PUT").status == 400
    assert get(emulator, token_path, X_Metadata_Token_Ttl_Seconds="60").status == 405
    token = get(emulator, token_path, "PUT", X_Metadata_Token_Ttl_Seconds="21600").body.decode()
    given = get(emulator, key_path, X_Metadata_Token=token).json["credential"]
    assert given["expires_at"].endswith("000000Z")
    keys = make_keys(given["access"], given["secret"], given["securitytoken"])
    assert emulator.huaweicloud(keys=keys).json["total"] == 2


def test_volcengine_demands_a_token(emulator: Any, make_keys: Any) -> None:
    emulator.use({"name": "a", "cloud": "volcengine", "fill_relay": 2, **ROLE})
    path = "/volcstack/latest/iam/security_credentials"
    assert get(emulator, path + "/reader").status == 401
    ttl = {"X_volc_ecs_metadata_token_ttl_seconds": "21600"}
    token = {"X_volc_ecs_metadata_token": get(emulator, "/latest/api/token", "PUT", **ttl).body.decode()}
    assert get(emulator, path + "?type=user&format=json", **token).json == ["reader"]
    given = get(emulator, path + "/reader", **token).json
    keys = make_keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert emulator.volcengine(keys=keys).json["Result"]["Pagination"]["TotalCount"] == 2
    assert get(emulator, path + "/nobody", **token).status == 404


@pytest.mark.parametrize("cloud", ["tencentcloud", "huaweicloud", "volcengine"])
def test_instance_without_a_role(emulator: Any, cloud: str) -> None:
    emulator.use({"name": "a", "cloud": cloud})
    assert get(emulator, "/latest/meta-data/cam/security-credentials/").status == 404
    token = get(emulator, "/meta-data/latest/api/token", "PUT", X_Metadata_Token_Ttl_Seconds="60").body.decode()
    answer = get(emulator, "/openstack/latest/securitykey", X_Metadata_Token=token)
    assert (answer.status, answer.body) == (401, b"Please configure Cloud Service Agency first")
    assert get(emulator, "/nothing").status == 404
