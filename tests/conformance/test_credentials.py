# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the same files and the same environment we take the keys that the official SDKs take.

Where we differ on purpose, the last tests say how; the guides say why.
"""

from __future__ import annotations

import json
import os
import time
import typing as t
from pathlib import Path

import pytest
from huaweicloudsdkcore.auth.internal import MetadataAccessor
from huaweicloudsdkcore.auth.provider import CredentialProviderChain
from huaweicloudsdkcore.exceptions.exceptions import ApiValueError, SdkException
from tencentcloud.common.credential import CVMRoleCredential, DefaultCredentialProvider
from volcengine.base.Service import Service
from volcengine.Credentials import Credentials
from volcengine.ServiceInfo import ServiceInfo
from volcenginesdkcore.auth.providers import ecs_role_provider
from volcenginesdkcore.auth.providers.cli_config_provider import CLIConfigCredentialProvider
from volcenginesdkcore.auth.providers.default_provider import DefaultCredentialProvider as VolcengineProvider

from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._credentials import KeySource
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud import credentials as huaweicloud
from ansible_collections.livestream.relay.plugins.module_utils._key_files import KeyFiles
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud import credentials as tencentcloud
from ansible_collections.livestream.relay.plugins.module_utils._volcengine import credentials as volcengine

Pair = tuple[str, str, t.Optional[str]]
NOWHERE = "http://127.0.0.1:9"


class User:
    """A home folder and an environment, for the SDKs and for us."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("HOME", str(folder))

    def has(self, files: dict[str, t.Any], environment: dict[str, str]) -> None:
        for path, content in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
            file.chmod(0o600)
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value.replace("~", str(self.folder)))

    def ours(self, cloud: str, **given: t.Any) -> Pair | None:
        """The keys that we find, None when none. Raises RelayError for a broken source."""
        options = {**dict.fromkeys(CLOUDS[cloud].options), "use_metadata": False, "region": "cn-north-4", **given}
        files = KeyFiles(os.environ)
        try:
            keys: KeySource | None
            if cloud == "tencentcloud":
                keys = tencentcloud.find_keys(options, os.environ, files, time.time()).keys
            elif cloud == "huaweicloud":
                keys = huaweicloud.find_credentials(options, os.environ, files).keys
            else:
                keys = volcengine.find_keys(options, os.environ, files, time.time())
        except RelayError as error:
            if "no keys were found" in error.what:
                return None
            raise
        assert keys is not None
        pair = keys.current(time.time())
        return pair.access_key, pair.secret_key, pair.session_token


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(CVMRoleCredential, "_role_endpoint", f"{NOWHERE}/")
    monkeypatch.setattr(MetadataAccessor, "_METADATA_ENDPOINT", NOWHERE)
    monkeypatch.setattr(ecs_role_provider, "_IMDS_ENDPOINT", NOWHERE)
    monkeypatch.setenv("VOLCENGINE_ECS_METADATA_DISABLED", "true")
    return User(tmp_path, monkeypatch)


def tencentcloud_sdk() -> Pair | None:
    try:
        found = DefaultCredentialProvider().get_credentials()
    except OSError:  # what it raises for "no keys": the last of its places is not set up
        return None
    return found.secret_id, found.secret_key, found.token


def huaweicloud_sdk() -> Pair | None:
    try:
        found = CredentialProviderChain.get_basic_credential_provider_chain().get_credentials()
    except (ApiValueError, SdkException, OSError):
        return None
    return found.ak, found.sk, found.security_token


def volcengine_sdk() -> Pair | None:
    """Today's SDK."""
    try:
        found = VolcengineProvider().get_credentials()
    except RuntimeError:
        return None
    return found.ak, found.sk, found.session_token


def volcengine_old_sdk() -> Pair | None:
    """The SDK that has a client for Live."""
    info = ServiceInfo("127.0.0.1", {}, Credentials("", "", "live", "cn-north-1"), 1, 1)
    Service(info, {})
    found = info.credentials
    return (found.ak, found.sk, found.session_token or None) if found.ak else None


TENCENT_ENVIRONMENT = {"TENCENTCLOUD_SECRET_ID": "AKIDenv", "TENCENTCLOUD_SECRET_KEY": "secret-env"}
TENCENT_FILE = {".tencentcloud/credentials": "[default]\nsecret_id = AKIDfile\nsecret_key=secret-file=+/\n"}
HUAWEI_ENVIRONMENT = {
    "HUAWEICLOUD_SDK_AK": "AKenv", "HUAWEICLOUD_SDK_SK": "secret-env", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "token-env",
}  # fmt: skip
HUAWEI_FILE = {".huaweicloud/credentials": "[basic]\nak = AKfile\nsk = se%%cret-file\nsecurity_token = token-file\n"}
VOLC_ENVIRONMENT = {
    "VOLCENGINE_ACCESS_KEY": "AKLTenv", "VOLCENGINE_SECRET_KEY": "secret-env", "VOLCENGINE_SESSION_TOKEN": "token-env",
}  # fmt: skip
VOLC_PROFILE = {"mode": "ak", "access-key": "AKLTcli", "secret-key": "secret-cli", "session-token": "token-cli"}
VOLC_CLI = {".volcengine/config.json": {"current": "prod", "profiles": {"prod": VOLC_PROFILE}}}
OLD_ENVIRONMENT = {"VOLC_ACCESSKEY": "AKLTold", "VOLC_SECRETKEY": "secret-old"}
OLD_INI = {".volc/credentials": "[default]\naccess_key_id = AKLTini\nsecret_access_key = secret-ini\n"}
OLD_JSON = {".volc/config": {"ak": "AKLTjson", "sk": "secret-json"}}

SAME: list[tuple[str, t.Callable[[], Pair | None], dict[str, t.Any], dict[str, str]]] = [
    ("tencentcloud", tencentcloud_sdk, {}, {}),
    ("tencentcloud", tencentcloud_sdk, {}, TENCENT_ENVIRONMENT),
    ("tencentcloud", tencentcloud_sdk, TENCENT_FILE, {}),
    ("tencentcloud", tencentcloud_sdk, TENCENT_FILE, TENCENT_ENVIRONMENT),
    ("tencentcloud", tencentcloud_sdk, {".tencentcloud/credentials": "[default]\nsecret_id = \n"}, {}),
    ("huaweicloud", huaweicloud_sdk, {}, {}),
    ("huaweicloud", huaweicloud_sdk, {}, HUAWEI_ENVIRONMENT),
    ("huaweicloud", huaweicloud_sdk, HUAWEI_FILE, {}),
    ("huaweicloud", huaweicloud_sdk, HUAWEI_FILE, HUAWEI_ENVIRONMENT),
    ("huaweicloud", huaweicloud_sdk, HUAWEI_FILE, {"HUAWEICLOUD_SDK_IDP_ID": "one-half"}),
    ("huaweicloud", huaweicloud_sdk, {"other": HUAWEI_FILE[".huaweicloud/credentials"]},
     {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": "~/other"}),
    ("huaweicloud", huaweicloud_sdk, {".huaweicloud/credentials": "[global]\nak = a\nsk = b\n"}, {}),
    ("volcengine", volcengine_sdk, {}, {}),
    ("volcengine", volcengine_sdk, {}, VOLC_ENVIRONMENT),
    ("volcengine", volcengine_sdk, VOLC_CLI, {}),
    ("volcengine", volcengine_sdk, VOLC_CLI, VOLC_ENVIRONMENT),
    ("volcengine", volcengine_sdk, VOLC_CLI, {"VOLCENGINE_PROFILE": "prod"}),
    ("volcengine", volcengine_sdk, {"cli.json": VOLC_CLI[".volcengine/config.json"]},
     {"VOLCENGINE_CLI_CONFIG_FILE": "~/cli.json"}),
    ("volcengine", volcengine_sdk, {".volcengine/config.json": {"profiles": {"default": VOLC_PROFILE}}}, {}),
    ("volcengine", volcengine_old_sdk, {}, OLD_ENVIRONMENT),
    ("volcengine", volcengine_old_sdk, OLD_INI, {}),
    ("volcengine", volcengine_old_sdk, OLD_JSON, {}),
    ("volcengine", volcengine_old_sdk, {**OLD_INI, **OLD_JSON}, {}),
    ("volcengine", volcengine_old_sdk, {**OLD_INI, **OLD_JSON}, OLD_ENVIRONMENT),
]  # fmt: skip


@pytest.mark.parametrize(("cloud", "sdk", "files", "environment"), SAME)
def test_we_take_the_keys_that_the_sdk_takes(
    user: User, cloud: str, sdk: t.Callable[[], Pair | None], files: dict[str, t.Any], environment: dict[str, str]
) -> None:
    user.has(files, environment)
    assert user.ours(cloud) == sdk()


def test_these_comparisons_can_fail(user: User) -> None:
    """The SDKs read this home and this environment, and no other."""
    user.has({**TENCENT_FILE, **HUAWEI_FILE, **VOLC_CLI, **OLD_INI}, {})
    assert tencentcloud_sdk() == ("AKIDfile", "secret-file=+/", None)
    assert huaweicloud_sdk() == ("AKfile", "se%cret-file", "token-file")
    assert volcengine_sdk() == ("AKLTcli", "secret-cli", "token-cli")
    assert volcengine_old_sdk() == ("AKLTini", "secret-ini", None)


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_an_sso_login_of_volcengines_cli_is_used_as_the_sdk_uses_it(user: User, unit: int) -> None:
    session = {"start-url": "https://example.org", "region": "cn-beijing"}
    profile = {
        **VOLC_PROFILE, "mode": "sso", "sso-session-name": "s", "account-id": "1", "role-name": "r",
        "sts-expiration": (int(time.time()) + 600) * unit,
    }  # fmt: skip
    config = {"current": "work", "profiles": {"work": profile}, "sso-session": {"s": session}}
    user.has({".volcengine/config.json": config}, {})
    found = CLIConfigCredentialProvider().get_credentials()
    assert user.ours("volcengine") == (found.ak, found.sk, found.session_token)


def test_a_console_login_of_volcengines_cli_is_used_as_the_sdk_uses_it(user: User) -> None:
    from volcenginesdkcore.auth.providers.cli_config_provider import _login_cache_filename

    keys = {"access_key_id": "AKTP", "secret_access_key": "secret", "session_token": "token"}
    issued = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    cache = {"access_token": json.dumps(keys), "issued_at": issued, "expires_in": 3600}
    config = {"current": "work", "profiles": {"work": {"mode": "console-login", "login-session": "me@example.org"}}}
    path = f".volcengine/login/cache/{_login_cache_filename('me@example.org')}"
    user.has({".volcengine/config.json": config, path: cache}, {})
    found = CLIConfigCredentialProvider().get_credentials()
    assert user.ours("volcengine") == (found.ak, found.sk, found.session_token) == ("AKTP", "secret", "token")


# What we do differently, on purpose.


def test_tencents_sdk_drops_a_token_that_we_send(user: User) -> None:
    user.has({}, {**TENCENT_ENVIRONMENT, "TENCENTCLOUD_TOKEN": "token-env"})
    assert tencentcloud_sdk() == ("AKIDenv", "secret-env", None)
    assert user.ours("tencentcloud") == ("AKIDenv", "secret-env", "token-env")


def test_tencents_sdk_keeps_quotes_that_we_take_off(user: User) -> None:
    user.has({".tencentcloud/credentials": '[default]\nsecret_id="AKIDfile"\nsecret_key="secret"\n'}, {})
    assert tencentcloud_sdk() == ('"AKIDfile"', '"secret"', None)
    assert user.ours("tencentcloud") == ("AKIDfile", "secret", None)


@pytest.mark.parametrize(
    ("cloud", "sdk", "files", "environment"),
    [
        ("tencentcloud", tencentcloud_sdk, TENCENT_FILE, {"TENCENTCLOUD_SECRET_ID": "AKIDhalf"}),
        ("huaweicloud", huaweicloud_sdk, HUAWEI_FILE, {"HUAWEICLOUD_SDK_AK": "AKhalf"}),
        ("volcengine", volcengine_sdk, VOLC_CLI, {"VOLCENGINE_ACCESS_KEY": "AKLThalf"}),
        ("volcengine", volcengine_old_sdk, OLD_INI, {"VOLC_ACCESSKEY": "AKLThalf"}),
    ],
)
def test_the_sdks_pass_over_half_a_pair_that_we_refuse(
    user: User, cloud: str, sdk: t.Callable[[], Pair | None], files: dict[str, t.Any], environment: dict[str, str]
) -> None:
    user.has(files, environment)
    assert sdk() is not None
    with pytest.raises(RelayError, match=" is set, but not ") as caught:
        user.ours(cloud)
    assert caught.value.kind == "config"


def test_a_profile_that_the_environment_names_wins_here_over_the_environments_keys(user: User) -> None:
    user.has(VOLC_CLI, {**VOLC_ENVIRONMENT, "VOLCENGINE_PROFILE": "prod"})
    assert volcengine_sdk() == ("AKLTenv", "secret-env", "token-env")
    assert user.ours("volcengine") == ("AKLTcli", "secret-cli", "token-cli")
