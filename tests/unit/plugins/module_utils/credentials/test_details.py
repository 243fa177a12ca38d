# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each cloud's files and variables say besides a plain pair of keys."""

from __future__ import annotations

import hashlib
import json
import typing as t

import pytest

if t.TYPE_CHECKING:
    from ansible_collections.livestream.relay.tests.unit.plugins.module_utils.credentials.conftest import (
        Home,
    )


# Tencent Cloud


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"])
def test_a_token_of_the_environment_is_not_dropped(home: Home, variable: str) -> None:
    home.environment.update({"TENCENTCLOUD_SECRET_ID": "AKID", "TENCENTCLOUD_SECRET_KEY": "secret", variable: "token"})
    assert home.find("tencentcloud").pair == ("AKID", "secret", "token")


def test_a_token_of_the_environment_does_not_join_keys_of_a_file(home: Home) -> None:
    home.environment["TENCENTCLOUD_TOKEN"] = "token"
    home.write(".tccli/default.credential", {"secretId": "AKID", "secretKey": "secret"})
    assert "not TENCENTCLOUD_SECRET_ID" in str(home.problem("tencentcloud"))


def configure(home: Home, name: str, region: str) -> None:
    home.write(f".tccli/{name}.credential", {"secretId": "AKID", "secretKey": "secret"})
    home.write(f".tccli/{name}.configure", {"_sys_param": {"region": region, "output": "json"}})


def test_the_region_of_a_profile_that_is_named_wins_over_the_environment(home: Home) -> None:
    configure(home, "prod", "ap-singapore")
    home.environment["TENCENTCLOUD_REGION"] = "ap-tokyo"
    assert home.find("tencentcloud", profile="prod").region == "ap-singapore"
    home.environment["TCCLI_PROFILE"] = "prod"
    assert home.find("tencentcloud").region == "ap-singapore"
    assert home.find("tencentcloud", region="ap-seoul").region == "ap-seoul"


def test_the_environment_wins_over_the_region_of_the_default_profile(home: Home) -> None:
    configure(home, "default", "ap-singapore")
    assert home.find("tencentcloud").region == "ap-singapore"
    home.environment["TENCENTCLOUD_REGION"] = "ap-tokyo"
    assert home.find("tencentcloud").region == "ap-tokyo"


def test_the_region_of_a_profile_is_not_used_with_other_keys(home: Home) -> None:
    configure(home, "default", "ap-singapore")
    assert home.find("tencentcloud", access_key="AKID", secret_key="secret").region == "ap-guangzhou"


def test_a_profile_without_a_region_is_good(home: Home) -> None:
    home.write(".tccli/prod.credential", {"secretId": "AKID", "secretKey": "secret"})
    assert home.find("tencentcloud", profile="prod").region == "ap-guangzhou"
    path = home.write(".tccli/prod.configure", "{")
    assert str(path) in str(home.problem("tencentcloud", profile="prod"))


@pytest.mark.parametrize(("kind", "command"), [("oauth", "tccli auth login"), ("sso", "tccli sso login")])
def test_a_login_is_good_until_it_ends(home: Home, kind: str, command: str) -> None:
    credential = {"type": kind, "secretId": "AKID", "secretKey": "secret", "token": "token", "expiresAt": home.now + 60}
    home.write(".tccli/default.credential", credential)
    assert home.find("tencentcloud").pair == ("AKID", "secret", "token")
    home.write(".tccli/default.credential", {**credential, "expiresAt": home.now})
    assert command in str(home.problem("tencentcloud"))
    home.write(".tccli/default.credential", {"type": kind, "expiresAt": home.now + 60})
    assert command in str(home.problem("tencentcloud"))
    home.write(".tccli/default.credential", {**credential, "expiresAt": "soon"})
    assert "expiresAt is no time" in str(home.problem("tencentcloud"))


def test_a_role_of_the_environment_is_taken_over_the_default_profile_only(home: Home) -> None:
    configure(home, "default", "ap-tokyo")
    configure(home, "prod", "ap-tokyo")
    home.environment["TENCENTCLOUD_ROLE_ARN"] = "qcs::cam::uin/1:roleName/reader"
    assert "reader" in home.find("tencentcloud").keys.identity
    assert home.find("tencentcloud", profile="prod").keys.identity == "AKID"
    other = {"role": "qcs::cam::uin/1:roleName/other"}
    identity = home.find("tencentcloud", assume_role=other).keys.identity
    assert "other" in identity
    assert "reader" not in identity


def test_the_ini_file_may_be_elsewhere_and_has_quotes_taken_off(home: Home) -> None:
    path = home.write("elsewhere", "[default]\nsecret_id = \"AKID\"\nsecret_key='secret'\n")
    home.environment["TENCENTCLOUD_CREDENTIALS_FILE"] = "~/elsewhere"
    assert home.find("tencentcloud").pair == ("AKID", "secret")
    path.unlink()
    assert str(path) in str(home.problem("tencentcloud"))


def test_profiles_may_be_elsewhere(home: Home) -> None:
    home.write("shared/default.credential", {"secretId": "AKID", "secretKey": "secret"})
    home.environment["TENCENTCLOUD_SHARED_CREDENTIALS_DIR"] = str(home.folder / "shared")
    assert home.find("tencentcloud").pair == ("AKID", "secret")


# Huawei Cloud


def hcloud(home: Home, *profiles: t.Any, **rest: t.Any) -> None:
    home.write(".hcloud/config.json", {"profiles": list(profiles), **rest})


PLAIN = {"name": "work", "mode": "AKSK", "accessKeyId": "AKPLAIN", "secretAccessKey": "secret"}


def test_region_and_project_of_a_profile_come_with_its_keys(home: Home) -> None:
    hcloud(home, {**PLAIN, "region": "ap-southeast-3", "projectId": "0123"}, current="work")
    found = home.find("huaweicloud")
    assert (found.region, found.project_id) == ("ap-southeast-3", "0123")
    home.environment.update(HW_REGION_NAME="cn-north-4", HW_PROJECT_ID="4567")
    found = home.find("huaweicloud")
    assert (found.region, found.project_id) == ("cn-north-4", "0123")
    found = home.find("huaweicloud", profile="work")
    assert (found.region, found.project_id) == ("ap-southeast-3", "0123")
    found = home.find("huaweicloud", access_key="AK", secret_key="secret")
    assert (found.region, found.project_id) == ("cn-north-4", None)


@pytest.mark.parametrize(
    ("rest", "keys", "readable"),
    [
        ({"authEncrypt": "true"}, {}, False),
        ({"authEncrypt": True}, {}, False),
        ({"authEncrypt": "false"}, {"accessKeyId": "x/+=" * 20}, True),
        ({}, {}, True),
        ({}, {"accessKeyId": "c2VjcmV0IGtleSBvZiBzb21lYm9keQ=="}, False),
        ({}, {"accessKeyId": "0f" * 48}, False),
        ({}, {"secretAccessKey": "0f" * 68}, False),
    ],
)
def test_encrypted_keys_are_recognised(home: Home, rest: t.Any, keys: t.Any, readable: bool) -> None:
    hcloud(home, {**PLAIN, **keys}, current="work", **rest)
    if readable:
        assert home.find("huaweicloud", region="x").source == "profile"
        return
    error = str(home.problem("huaweicloud", region="x"))
    assert "encrypted" in error
    assert "--cli-auth-encrypt=false" in error
    assert "profile 'work'" in error


def test_an_sso_login_leaves_keys_of_its_own(home: Home) -> None:
    token = {"accessKeyId": "AKSSO", "secretAccessKey": "secret-sso", "securityToken": "token-sso"}
    hcloud(home, {"name": "work", "mode": "SSO", "ssoAuth": {"stsToken": token}}, current="work", authEncrypt="false")
    assert home.find("huaweicloud", region="x").pair == ("AKSSO", "secret-sso", "token-sso")


def test_the_file_of_profiles_may_be_elsewhere(home: Home) -> None:
    path = home.write("shared.json", {"current": "work", "profiles": [PLAIN]})
    home.environment["HW_SHARED_CONFIG_FILE"] = "~/shared.json"
    assert home.find("huaweicloud", region="x").source == "profile"
    path.unlink()
    assert "HW_SHARED_CONFIG_FILE" in str(home.problem("huaweicloud", region="x"))


def test_the_file_of_the_sdk_may_be_elsewhere_and_writes_percent_twice(home: Home) -> None:
    path = home.write(
        "sdk", "[basic]\nak = AK\nsk = se%%cret\nproject_id = 0123\niam_endpoint = https://iam.example.org\n"
    )
    home.environment["HUAWEICLOUD_SDK_CREDENTIALS_FILE"] = str(path)
    found = home.find("huaweicloud", region="x")
    assert (found.pair, found.project_id) == (("AK", "se%cret"), "0123")
    home.write("sdk", "[basic]\nak = AK\nsk = secret\niam_endpoint = http://iam.example.org\n")
    assert "iam_endpoint" in str(home.problem("huaweicloud", region="x"))
    path.unlink()
    assert str(path) in str(home.problem("huaweicloud", region="x"))


def test_an_identity_provider_wins_over_keys_as_in_the_sdk(home: Home) -> None:
    home.environment.update(HUAWEICLOUD_SDK_AK="AK", HUAWEICLOUD_SDK_SK="secret", HUAWEICLOUD_SDK_IDP_ID="idp")
    assert home.find("huaweicloud", region="x").pair == ("AK", "secret")
    home.environment["HUAWEICLOUD_SDK_ID_TOKEN_FILE"] = "/token"
    found = home.find("huaweicloud", region="x")
    assert (found.source, found.pair) == ("environment", ())


@pytest.mark.parametrize(
    ("environment", "secret"),
    [
        ({"HW_AUTH_TOKEN": "MIItoken", "HW_ACCESS_KEY": "AK", "HW_SECRET_KEY": "secret"}, "MIItoken"),
        ({"OS_ACCESS_KEY": "AK", "OS_SECRET_KEY": "secret", "OS_USERNAME": "u", "OS_PASSWORD": "p"}, "secret"),
        ({"OS_USERNAME": "u", "OS_PASSWORD": "pass-word", "OS_DOMAIN_NAME": "d"}, "pass-word"),
    ],
)
def test_tokens_and_passwords_of_the_environment(home: Home, environment: dict[str, str], secret: str) -> None:
    home.environment.update(environment)
    found = home.find("huaweicloud", region="x")
    assert found.source == "environment"
    assert secret in found.secrets


# Volcengine


def ve(home: Home, profile: dict[str, t.Any], **rest: t.Any) -> None:
    home.write(".volcengine/config.json", {"profiles": {"work": profile}, "current": "work", **rest})


@pytest.mark.parametrize("mode", ["ak", "AK", "", None, "StsToken"])
def test_the_plain_modes(home: Home, mode: t.Any) -> None:
    ve(home, {"mode": mode, "access-key": "AKLT", "secret-key": "secret"})
    assert home.find("volcengine").pair == ("AKLT", "secret")


@pytest.mark.parametrize("parts", [1, 1_000, 1_000_000, 1_000_000_000])
def test_an_sso_login_is_good_until_it_ends_in_whichever_unit_it_is_written(home: Home, parts: int) -> None:
    profile = {"mode": "sso", "access-key": "AKTP", "secret-key": "secret", "session-token": "token"}
    ve(home, {**profile, "sts-expiration": (home.now + 60) * parts})
    assert home.find("volcengine").pair == ("AKTP", "secret", "token")
    ve(home, {**profile, "sts-expiration": (home.now - 60) * parts})
    assert "ve sso login" in str(home.problem("volcengine"))


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_console_login_keeps_its_keys_in_a_file_of_its_own(home: Home, as_text: bool, elsewhere: bool) -> None:
    keys = {"access_key_id": "AKTP", "secret_access_key": "secret", "session_token": "token"}
    ve(home, {"mode": "console-login", "login-session": "me@example.org"})
    name = hashlib.sha1(b"me@example.org").hexdigest()
    folder = "logins" if elsewhere else ".volcengine/login/cache"
    if elsewhere:
        home.environment["VOLCENGINE_LOGIN_CACHE_DIRECTORY"] = str(home.folder / "logins")
    cache = {"access_token": json.dumps(keys) if as_text else keys, "issued_at": "2027-01-15T07:00:00Z"}
    home.write(f"{folder}/{name}.json", {**cache, "expires_in": 7200})
    assert home.find("volcengine").pair == ("AKTP", "secret", "token")
    home.write(f"{folder}/{name}.json", {**cache, "expires_in": 60})
    assert "ve login" in str(home.problem("volcengine"))
    home.write(f"{folder}/{name}.json", {**cache, "expires_in": 7200, "access_token": "opaque"})
    assert "ve login" in str(home.problem("volcengine"))


def test_the_older_sdk_reads_its_second_file_only_without_the_first(home: Home) -> None:
    home.write(".volc/config", {"ak": "AKLT2", "sk": "secret2"})
    assert home.find("volcengine").pair == ("AKLT2", "secret2")
    home.write(".volc/credentials", "[default]\naccess_key_id = AKLT1\nsecret_access_key = secret1\n")
    assert home.find("volcengine").pair == ("AKLT1", "secret1")


def test_the_profile_default_is_used_where_none_is_current(home: Home) -> None:
    profile = {"access-key": "AKLT", "secret-key": "secret"}
    home.write(".volcengine/config.json", {"profiles": {"default": profile}})
    assert home.find("volcengine").source == "profile"
    home.write(".volcengine/config.json", {"profiles": {"other": profile}})
    assert home.find("volcengine").source == "metadata"


def test_half_a_workload_is_an_error(home: Home) -> None:
    home.environment["VOLCENGINE_OIDC_TOKEN_FILE"] = "/token"
    assert "VOLCENGINE_OIDC_TOKEN_FILE is set alone" in str(home.problem("volcengine"))


# All


@pytest.mark.parametrize("cloud", ["tencentcloud", "huaweicloud", "volcengine"])
def test_options_read_no_file_and_open_no_metadata_service(home: Home, cloud: str) -> None:
    for path in (".tccli/default.credential", ".hcloud/config.json", ".volcengine/config.json", ".volc/credentials"):
        home.write(path, "broken {")
    found = home.find(cloud, access_key="AK", secret_key="secret", region="x")
    assert (found.source, found.warnings) == ("options", [])
