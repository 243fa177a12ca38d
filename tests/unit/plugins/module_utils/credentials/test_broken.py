# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A source that is there but broken ends the call, names file, profile and key, and shows no value."""

from __future__ import annotations

import errno
import json
import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.livestream.relay.plugins.module_utils import _key_files

if t.TYPE_CHECKING:
    from ansible_collections.livestream.relay.tests.unit.plugins.module_utils.credentials.conftest import (
        Home,
    )


PRIVATE = "Zq8Private0Value1Never2Shown"


def profiles(cloud: str, profile: dict[str, t.Any]) -> tuple[str, dict[str, t.Any]]:
    """The file and the content by which a CLI keeps this profile as its current one."""
    if cloud == "huaweicloud":
        return ".hcloud/config.json", {"current": "work", "profiles": [{"name": "work", **profile}]}
    return ".volcengine/config.json", {"current": "work", "profiles": {"work": profile}}


BROKEN = [
    # cloud, file, content, what the error must say
    ("tencentcloud", ".tccli/default.credential", '{"secretId": "' + PRIVATE, ["default.credential", "JSON", "line 1"]),
    ("tencentcloud", ".tccli/default.credential", f'["{PRIVATE}"]', ["default.credential", "object"]),
    ("tencentcloud", ".tccli/default.credential", {"secretId": PRIVATE}, ["'default'", "secretId", "not secretKey"]),
    ("tencentcloud", ".tccli/default.credential", {"secretKey": PRIVATE}, ["'default'", "not secretId"]),
    ("tencentcloud", ".tccli/default.credential", {"token": PRIVATE}, ["token", "not secretId and secretKey"]),
    ("tencentcloud", ".tccli/default.credential", {"secretId": [PRIVATE], "secretKey": "x"}, ["secretId is no text"]),
    ("tencentcloud", ".tccli/default.credential", {"secretId": PRIVATE, "secretKey": f"{PRIVATE} x"}, ["secretKey"]),
    (
        "tencentcloud",
        ".tccli/default.credential",
        {"secretId": PRIVATE, "secretKey": PRIVATE, "role-arn": "relay-reader"},
        ["'default'", "qcs::"],
    ),
    ("tencentcloud", ".tencentcloud/credentials", f"[other]\nsecret_id = {PRIVATE}\n", ["credentials", "[default]"]),
    ("tencentcloud", ".tencentcloud/credentials", f"secret_id = {PRIVATE}\n", ["credentials", "INI"]),
    ("tencentcloud", ".tencentcloud/credentials", f"[default]\nsecret_id = {PRIVATE}\n", ["[default]", "secret_key"]),
    ("huaweicloud", ".hcloud/config.json", "{" + PRIVATE, ["config.json", "JSON"]),
    ("huaweicloud", *profiles("huaweicloud", {"accessKeyId": PRIVATE}), ["'work'", "not secretAccessKey"]),
    ("huaweicloud", ".hcloud/config.json", {"current": "gone", "profiles": []}, ["'gone'", "config.json"]),
    ("huaweicloud", ".hcloud/config.json", {"current": "work", "profiles": {"work": 1}}, ["profiles is no list"]),
    (
        "huaweicloud",
        *profiles("huaweicloud", {"accessKeyId": PRIVATE, "secretAccessKey": PRIVATE, "agencyName": "reader"}),
        ["'work'", "domain"],
    ),
    ("huaweicloud", *profiles("huaweicloud", {"mode": "SSO", "ssoAuth": {}}), ["'work'", "hcloud configure sso"]),
    ("huaweicloud", ".huaweicloud/credentials", f"[basic]\nak = {PRIVATE}\n", ["[basic]", "ak", "not sk"]),
    ("huaweicloud", ".huaweicloud/credentials", f"[basic]\nak = A\nsk = {PRIVATE}%s\n", ["sk", "[basic]", "%%"]),
    ("volcengine", ".volcengine/config.json", f'{{"current": {PRIVATE}}}', ["config.json", "JSON"]),
    ("volcengine", *profiles("volcengine", {"access-key": PRIVATE}), ["'work'", "access-key", "not secret-key"]),
    ("volcengine", *profiles("volcengine", {"mode": "magic"}), ["'work'", "mode", "'magic'"]),
    ("volcengine", ".volcengine/config.json", {"current": "gone", "profiles": {}}, ["'gone'", "config.json"]),
    (
        "volcengine",
        *profiles(
            "volcengine", {"mode": "RamRoleArn", "access-key": PRIVATE, "secret-key": PRIVATE, "role-name": "reader"}
        ),
        ["'work'", "account-id"],
    ),
    ("volcengine", *profiles("volcengine", {"mode": "oidc", "role-trn": "trn:iam::1:role/r"}), ["oidc-token-file"]),
    (
        "volcengine",
        *profiles(
            "volcengine", {"mode": "sso", "access-key": PRIVATE, "secret-key": PRIVATE, "sts-expiration": 1_700_000_000}
        ),
        ["'work'", "ve sso login"],
    ),
    ("volcengine", *profiles("volcengine", {"mode": "console-login", "login-session": "me"}), ["'work'", "ve login"]),
    ("volcengine", ".volc/credentials", f"[default]\naccess_key_id = {PRIVATE}\n", ["[default]", "secret_access_key"]),
    ("volcengine", ".volc/config", {"sk": PRIVATE}, [".volc/config", "not ak"]),
]


@pytest.mark.parametrize(("cloud", "file", "content", "said"), BROKEN)
def test_a_broken_file_ends_the_search(home: Home, cloud: str, file: str, content: t.Any, said: t.Any) -> None:
    path = home.write(file, content)
    options = {"region": "cn-north-4"} if cloud == "huaweicloud" else {}
    error = home.problem(cloud, **options)
    assert error.kind == "config"
    assert str(path) in str(error)
    assert [word for word in said if word not in str(error)] == []
    assert PRIVATE not in str(error)
    assert PRIVATE not in json.dumps(error.as_dict())


@pytest.mark.parametrize(
    ("cloud", "file", "command"),
    [
        ("tencentcloud", ".tccli/gone.credential", "tccli configure"),
        ("huaweicloud", ".hcloud/config.json", "hcloud configure"),
        ("volcengine", ".volcengine/config.json", "ve configure"),
    ],
)
def test_a_profile_that_is_named_must_be_there(home: Home, cloud: str, file: str, command: str) -> None:
    error = home.problem(cloud, profile="gone", region="cn-north-4")
    assert error.kind == "config"
    for word in ("'gone'", str(home.folder / file), command):
        assert word in str(error)


@pytest.mark.parametrize(
    ("cloud", "file", "content"),
    [
        ("tencentcloud", ".tccli/work.credential", {"secretId": "", "secretKey": None}),
        ("huaweicloud", ".hcloud/config.json", {"profiles": [{"name": "work"}]}),
        ("volcengine", ".volcengine/config.json", {"profiles": {"work": {"mode": "ak"}}}),
    ],
)
def test_a_profile_that_is_named_must_hold_keys(home: Home, cloud: str, file: str, content: t.Any) -> None:
    home.write(file, content)
    error = home.problem(cloud, profile="work", region="cn-north-4")
    assert "profile 'work'" in str(error)
    assert "holds no keys" in str(error)


@pytest.mark.parametrize(
    ("cloud", "file", "content"),
    [
        ("tencentcloud", ".tccli/default.credential", {}),
        ("tencentcloud", ".tencentcloud/credentials", '[default]\nsecret_id=""\nsecret_key=""\n'),
        ("huaweicloud", ".hcloud/config.json", {"current": "work", "profiles": [{"name": "work", "region": "x"}]}),
        ("huaweicloud", ".hcloud/config.json", {"profiles": []}),
        ("huaweicloud", ".huaweicloud/credentials", "[global]\nak = a\nsk = b\n"),
        ("volcengine", ".volcengine/config.json", {"profiles": {}}),
        ("volcengine", ".volcengine/config.json", {"current": "work", "profiles": {"work": {}}}),
        ("volcengine", ".volc/config", {}),
    ],
)
def test_a_file_of_a_tool_that_holds_nothing_is_passed_over(home: Home, cloud: str, file: str, content: t.Any) -> None:
    home.write(file, content)
    assert home.find(cloud, region="cn-north-4").source == "metadata"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", ".", "a\\b", "a\x00b", "a\nb", "x" * 201, ""])
def test_a_profile_name_cannot_leave_the_folder(home: Home, name: str) -> None:
    home.write(".tccli/default.credential", {"secretId": "A", "secretKey": "B"})
    error = home.problem("tencentcloud", profile=name)
    assert error.kind == "config"
    assert "no name of a profile" in str(error)


def test_a_file_that_cannot_be_read_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.write(".tencentcloud/credentials", "[default]\n")

    def deny(*args: t.Any, **kwargs: t.Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Whoever runs this may be root, who can read everything.
    monkeypatch.setattr(_key_files, "open", deny, raising=False)
    error = home.problem("tencentcloud")
    assert str(path) in str(error)
    assert "Permission denied" in str(error)


@pytest.mark.parametrize("what", ["folder", "bytes", "large", "pipe"])
def test_what_is_no_file_of_keys_is_named(home: Home, what: str) -> None:
    path: Path = home.folder / ".tencentcloud" / "credentials"
    path.parent.mkdir()
    if what == "folder":
        path.mkdir()
    elif what == "bytes":
        path.write_bytes(b"\xff\xfe\x00[default]")
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("#" * (1024 * 1024 + 2))
    error = home.problem("tencentcloud")
    assert error.kind == "config"
    assert str(path) in str(error)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o640, 1), (0o604, 1), (0o644, 1), (0o400, 0)])
@pytest.mark.parametrize(
    ("cloud", "file", "content"),
    [
        ("tencentcloud", ".tccli/default.credential", {"secretId": "A", "secretKey": PRIVATE}),
        ("huaweicloud", ".huaweicloud/credentials", f"[basic]\nak = A\nsk = {PRIVATE}\n"),
        ("volcengine", ".volc/config", {"ak": "A", "sk": PRIVATE}),
    ],
)
def test_a_file_that_others_can_read_is_warned_of(
    home: Home, cloud: str, file: str, content: t.Any, mode: t.Any, warned: int
) -> None:
    path = home.write(file, content, mode)
    warnings = home.find(cloud, region="cn-north-4").warnings
    assert len(warnings) == warned
    assert all(str(path) in warning and "chmod 600" in warning and PRIVATE not in warning for warning in warnings)


def test_half_a_pair_in_the_environment_is_an_error_even_above_a_good_file(home: Home) -> None:
    home.write(".tccli/default.credential", {"secretId": "A", "secretKey": "B"})
    home.environment["TENCENTCLOUD_SECRET_ID"] = PRIVATE
    error = home.problem("tencentcloud")
    assert "TENCENTCLOUD_SECRET_ID is set, but not TENCENTCLOUD_SECRET_KEY" in str(error)
    assert PRIVATE not in str(error)
