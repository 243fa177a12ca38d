# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each source of keys, alone and above all those that come after it: the first that is there is used."""

from __future__ import annotations

import json
import typing as t

import pytest

if t.TYPE_CHECKING:
    from ansible_collections.livestream.relay.tests.unit.plugins.module_utils.credentials.conftest import (
        Home,
    )


def named(prefix: str) -> tuple[str, str, str]:
    """The parts of a key pair that tell where they come from."""
    return f"AK{prefix}", f"secret-of-{prefix}", f"token-of-{prefix}"


def put_tencent(home: Home, options: dict[str, t.Any], place: str) -> None:
    key, secret, token = named(place)
    credential = {"secretId": key, "secretKey": secret, "token": token}
    if place == "options":
        options.update(access_key=key, secret_key=secret, session_token=token)
    elif place == "profile-option":
        options["profile"] = "by-option"
        home.write(".tccli/by-option.credential", credential)
    elif place == "profile-variable":
        home.environment["TCCLI_PROFILE"] = "by-variable"
        home.write(".tccli/by-variable.credential", credential)
    elif place == "environment":
        home.environment.update(TENCENTCLOUD_SECRET_ID=key, TENCENTCLOUD_SECRET_KEY=secret, TENCENTCLOUD_TOKEN=token)
    elif place == "profile-current":
        home.write(".tccli/default.credential", credential)
    elif place == "file":
        text = f"[default]\nsecret_id = {key}\nsecret_key = {secret}\ntoken = {token}\n"
        home.write(".tencentcloud/credentials", text)


def put_huawei(home: Home, options: dict[str, t.Any], place: str) -> None:
    key, secret, token = named(place)
    options["region"] = "cn-north-4"
    profile = {"accessKeyId": key, "secretAccessKey": secret, "securityToken": token, "mode": "AKSK"}
    if place == "options":
        options.update(access_key=key, secret_key=secret, session_token=token)
    elif place.startswith("profile-"):
        path = home.folder / ".hcloud" / "config.json"
        known: t.Any = {"profiles": [], "authEncrypt": "false"}
        if path.exists():
            known = json.loads(path.read_text())
        known["profiles"].append({**profile, "name": place})
        if place == "profile-option":
            options["profile"] = place
        elif place == "profile-variable":
            home.environment["HW_PROFILE"] = place
        else:
            known["current"] = place
        home.write(".hcloud/config.json", known)
    elif place == "environment":
        home.environment.update(HUAWEICLOUD_SDK_AK=key, HUAWEICLOUD_SDK_SK=secret, HUAWEICLOUD_SDK_SECURITY_TOKEN=token)
    elif place == "file":
        home.write(".huaweicloud/credentials", f"[basic]\nak = {key}\nsk = {secret}\nsecurity_token = {token}\n")


def put_volc(home: Home, options: dict[str, t.Any], place: str) -> None:
    key, secret, token = named(place)
    profile = {"access-key": key, "secret-key": secret, "session-token": token, "mode": "ak"}
    if place == "options":
        options.update(access_key=key, secret_key=secret, session_token=token)
    elif place.startswith("profile-"):
        path = home.folder / ".volcengine" / "config.json"
        known = json.loads(path.read_text()) if path.exists() else {"profiles": {}}
        known["profiles"][place] = profile
        if place == "profile-option":
            options["profile"] = place
        elif place == "profile-variable":
            home.environment["VOLCENGINE_PROFILE"] = place
        else:
            known["current"] = place
        home.write(".volcengine/config.json", known)
    elif place == "environment":
        home.environment.update(VOLCENGINE_ACCESS_KEY=key, VOLCENGINE_SECRET_KEY=secret, VOLCENGINE_SESSION_TOKEN=token)
    elif place == "file":
        text = f"[default]\naccess_key_id = {key}\nsecret_access_key = {secret}\nsession_token = {token}\n"
        home.write(".volc/credentials", text)


PUT: dict[str, t.Any] = {"tencentcloud": put_tencent, "huaweicloud": put_huawei, "volcengine": put_volc}
PLACES = ["options", "profile-option", "profile-variable", "environment", "profile-current", "file", "metadata"]


@pytest.mark.parametrize("cloud", PUT)
@pytest.mark.parametrize("place", PLACES)
def test_a_source_alone_is_found(home: Home, cloud: str, place: str) -> None:
    options: dict[str, t.Any] = {"region": "cn-north-4"} if cloud == "huaweicloud" else {}
    PUT[cloud](home, options, place)
    found = home.find(cloud, **options)
    assert found.source == place.partition("-")[0]
    assert found.pair == (() if place == "metadata" else named(place))


@pytest.mark.parametrize("cloud", PUT)
@pytest.mark.parametrize("index", range(len(PLACES)))
def test_a_source_is_used_before_all_that_come_after_it(home: Home, cloud: str, index: int) -> None:
    options: dict[str, t.Any] = {"region": "cn-north-4"} if cloud == "huaweicloud" else {}
    for place in reversed(PLACES[index:]):
        PUT[cloud](home, options, place)
    found = home.find(cloud, **options)
    assert found.source == PLACES[index].partition("-")[0]
    assert found.pair == (() if PLACES[index] == "metadata" else named(PLACES[index]))


@pytest.mark.parametrize("cloud", PUT)
def test_without_keys_all_places_are_named_and_no_more_is_asked(home: Home, cloud: str) -> None:
    options = {"region": "cn-north-4"} if cloud == "huaweicloud" else {}
    error = home.problem(cloud, use_metadata=False, **options)
    assert error.kind == "config"
    wanted = {
        "tencentcloud": (
            "secret_key",
            "TENCENTCLOUD_SECRET_ID",
            ".tccli/default.credential",
            ".tencentcloud/credentials",
            "/etc/tencentcloud/credentials",
            "use_metadata",
        ),
        "huaweicloud": (
            "secret_key",
            "auth_token",
            "HW_ACCESS_KEY",
            ".hcloud/config.json",
            ".huaweicloud/credentials",
            "use_metadata",
        ),
        "volcengine": (
            "secret_key",
            "VOLC_ACCESSKEY",
            ".volcengine/config.json",
            ".volc/credentials",
            ".volc/config",
            "use_metadata",
        ),
    }[cloud]
    assert [word for word in wanted if word not in str(error)] == []
