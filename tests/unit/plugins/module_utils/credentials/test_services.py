# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that are asked for over the network: metadata services, STS and IAM, by sockets."""

from __future__ import annotations

import json
import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud import metadata as huawei_metadata
from ansible_collections.livestream.relay.plugins.module_utils._metadata import VARIABLE
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud import metadata as tencent_metadata
from ansible_collections.livestream.relay.plugins.module_utils._volcengine import metadata as volc_metadata

if t.TYPE_CHECKING:
    from ansible_collections.livestream.relay.tests.unit.plugins.module_utils.credentials.conftest import (
        Asked,
        Emulator,
        Home,
        Server,
    )


ACCOUNTS = {
    "tencentcloud": {
        "name": "east",
        "cloud": "tencentcloud",
        "fill": 3,
        "metadata_role": "relay-role",
        "role": ["reader"],
        "external_id": "ticket-7",
        "web_identity_token": "header.claims.signature",
    },
    "huaweicloud": {
        "name": "north",
        "cloud": "huaweicloud",
        "fill": 4,
        "metadata_role": "relay-agency",
        "role": ["reader"],
        "domain_name": "owner",
        "username": "relay",
        "password": "a-long-password",
        "tokens": ["MIIknown-token"],
    },
    "volcengine": {
        "name": "south",
        "cloud": "volcengine",
        "fill_relay": 5,
        "metadata_role": "relay-role",
        "role": ["reader"],
        "account_id": "2100000001",
        "web_identity_token": "header.claims.signature",
    },
}
TOTALS = {"tencentcloud": 3, "huaweicloud": 4, "volcengine": 5}
KEYS = {
    "tencentcloud": ("AKIDEMULATOREAST", "emulator-secret-key-of-east"),
    "huaweicloud": ("HPUAEMULATORNORTH", "emulator-secret-key-of-north"),
    "volcengine": ("AKLTEMULATORSOUTH", "emulator-secret-key-of-south"),
}
LISTS = {
    "tencentcloud": "DescribeLivePullStreamTasks",
    "huaweicloud": "ListPullTasks",
    "volcengine": "ListPullToPushTaskV2",
}
ROLES = {
    "tencentcloud": {"role": "qcs::cam::uin/100:roleName/reader", "external_id": "ticket-7"},
    "huaweicloud": {"role": "reader", "domain_name": "owner"},
    "volcengine": {"role": "reader", "account_id": "2100000001"},
}
CLOUDS = list(ACCOUNTS)


@pytest.fixture
def listing(emulator: Emulator, home: Home) -> t.Any:
    """Lists by the emulator; the options that lead there are given."""
    emulator.use(*ACCOUNTS.values())

    def ask(cloud: str, **given: t.Any) -> t.Any:
        endpoint = emulator.endpoints[cloud]
        options = {"endpoint": endpoint, "sts_endpoint": endpoint, **given}
        if cloud == "huaweicloud":
            options = {"region": "cn-north-4", "iam_endpoint": endpoint, **options}
        listed = home.list(cloud, **options)
        assert listed.total == TOTALS[cloud]
        return listed

    return ask


def pair(cloud: str) -> dict[str, str]:
    return dict(zip(("access_key", "secret_key"), KEYS[cloud]))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_instance_role_is_enough(emulator: Emulator, listing: t.Any, cloud: str) -> None:
    assert listing(cloud).source == "metadata"
    assert emulator.actions()[-1] == LISTS[cloud]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_metadata_service_is_not_asked_where_other_keys_are(emulator: Emulator, listing: t.Any, cloud: str) -> None:
    assert listing(cloud, **pair(cloud)).source == "options"
    assert {"TencentRole", "HuaweiToken", "VolcengineToken"} & set(emulator.actions()) == set()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_keys_of_a_metadata_service_are_masked(listing: t.Any, cloud: str) -> None:
    listed = listing(cloud)
    prefixes = {"tencentcloud": "AKIDEMULATORCVM", "huaweicloud": "HSTEMULATORECS", "volcengine": "AKTPEMULATORECS"}
    assert len([value for value in listed.secrets.values() if value.startswith(prefixes[cloud])]) == 1
    assert len(listed.secrets.values()) >= 3


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("base", ["options", "metadata"])
def test_a_role_is_assumed_over_any_keys(emulator: Emulator, listing: t.Any, cloud: str, base: str) -> None:
    given = pair(cloud) if base == "options" else {}
    assert listing(cloud, assume_role=ROLES[cloud], **given).source == base
    assume = "CreateTemporaryAccessKey" if cloud == "huaweicloud" else "AssumeRole"
    assert emulator.actions().count(assume) == 1


def test_requests_for_a_role_are_counted_and_those_to_a_metadata_service_are_not(listing: t.Any) -> None:
    assert listing("tencentcloud").requests == 1
    assert listing("tencentcloud", assume_role=ROLES["tencentcloud"]).requests == 2


@pytest.mark.parametrize(
    ("cloud", "role"),
    [
        ("tencentcloud", {"role": "qcs::cam::uin/100:roleName/nobody"}),
        ("tencentcloud", {"role": "qcs::cam::uin/100:roleName/reader", "external_id": "wrong"}),
        ("huaweicloud", {"role": "nobody", "domain_name": "owner"}),
        ("huaweicloud", {"role": "iam::0123:agency:nobody"}),
        ("volcengine", {"role": "trn:iam::2100000001:role/nobody"}),
        ("volcengine", {"role": "trn:iam::999:role/reader"}),
    ],
)
def test_a_role_that_is_refused_is_told_with_what_to_do(
    emulator: Emulator, listing: t.Any, cloud: str, role: t.Any
) -> None:
    with pytest.raises(RelayError) as caught:
        listing(cloud, assume_role=role, **pair(cloud))
    assert caught.value.kind in ("permission", "not_found")
    assert caught.value.action in ("AssumeRole", "CreateTemporaryAccessKeyByAgency", "AssumeAgency")
    assert "assume it" in str(caught.value) or "trusts" in str(caught.value)
    assert LISTS[cloud] not in emulator.actions()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_wrong_keys_for_a_role_are_one_request(emulator: Emulator, listing: t.Any, cloud: str) -> None:
    access_key, dummy_secret = KEYS[cloud]
    with pytest.raises(RelayError) as caught:
        listing(cloud, access_key=access_key, secret_key="wrong-secret", assume_role=ROLES[cloud])
    assert caught.value.kind == "auth"
    assert len(emulator.actions()) == 1


def test_wrong_keys_for_many_roles_are_one_request(emulator: Emulator, home: Home) -> None:
    """Huawei Cloud locks a key after five refusals."""
    emulator.use(ACCOUNTS["huaweicloud"])
    endpoint = emulator.endpoints["huaweicloud"]
    options = {"access_key": KEYS["huaweicloud"][0], "secret_key": "wrong-secret", "region": "cn-north-4"}
    options.update(endpoint=endpoint, iam_endpoint=endpoint)
    accounts = [
        home.account("huaweicloud", role["role"], {**options, "assume_role": role})
        for role in ({"role": f"reader-{number}", "domain_name": "owner"} for number in range(12))
    ]
    result = home.ask(accounts, 20, Secrets())
    assert [error.kind for error in result.errors] == ["auth"] * 12
    assert [error.account for error in result.errors] == [f"reader-{number}" for number in range(12)]
    assert len(emulator.actions()) == 1


@pytest.mark.parametrize(
    ("cloud", "role", "said"),
    [
        ("tencentcloud", {"role": "reader"}, "qcs::"),
        ("tencentcloud", {"role": "  "}, "role in assume_role is empty"),
        ("tencentcloud", {"role": "qcs::cam::uin/1:roleName/r", "duration": 0}, "duration"),
        ("huaweicloud", {"role": "reader"}, "domain_name or domain_id"),
        ("huaweicloud", {"role": "reader", "domain_name": "owner", "external_id": "x"}, "external_id"),
        ("volcengine", {"role": "reader"}, "account_id"),
        ("volcengine", {"role": "reader", "account_id": "owner"}, "account_id"),
    ],
)
def test_a_role_that_cannot_be_is_refused_before_a_request(
    emulator: Emulator, home: Home, cloud: str, role: t.Any, said: t.Any
) -> None:
    emulator.use(*ACCOUNTS.values())
    error = home.problem(cloud, region="cn-north-4", assume_role=role, **pair(cloud))
    assert error.kind == "config"
    assert said in str(error)
    assert emulator.actions() == []


def test_a_huawei_agency_by_its_urn_is_asked_of_sts(emulator: Emulator, listing: t.Any) -> None:
    listing(
        "huaweicloud", assume_role={"role": "iam::0123:agency:reader", "session_name": "tonight"}, **pair("huaweicloud")
    )
    assert "AssumeAgency" in emulator.actions()


def test_a_huawei_agency_is_assumed_by_a_user_with_a_password(emulator: Emulator, listing: t.Any) -> None:
    login = {"username": "relay", "password": "a-long-password", "domain_name": "owner"}
    listed = listing("huaweicloud", assume_role=ROLES["huaweicloud"], **login)
    assert emulator.actions()[:2] == ["KeystoneCreateToken", "CreateTemporaryAccessKey"]
    assert [value for value in listed.secrets.values() if value.startswith("MIIEMULATOR")]


def test_a_huawei_agency_is_assumed_by_a_token(emulator: Emulator, listing: t.Any) -> None:
    listing("huaweicloud", assume_role=ROLES["huaweicloud"], auth_token="MIIknown-token")
    assert emulator.actions()[0] == "CreateTemporaryAccessKey"


def test_a_token_cannot_assume_a_huawei_agency_by_its_urn(home: Home) -> None:
    role = {"role": "iam::0123:agency:reader"}
    error = home.problem("huaweicloud", region="cn-north-4", assume_role=role, auth_token="MIIknown-token")
    assert (error.kind, "key pair" in str(error)) == ("config", True)


def test_temporary_keys_that_end_within_a_call_are_fetched_anew(home: Home, server: Server) -> None:
    """Keys that last two seconds, and a list that takes longer: each request has keys that are still good."""
    ends: dict[str, float] = {}
    late: list[str] = []

    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        now = time.time()
        if asked.path.endswith("/security-credentials/"):
            return 200, {}, "relay-role"
        if asked.path.endswith("/relay-role"):
            name = f"AKID{len(ends)}"
            ends[name] = now + 2
            keys = {
                "TmpSecretId": name,
                "TmpSecretKey": "k",
                "Token": f"t-{name}",
                "ExpiredTime": now + 2,
                "Code": "Success",
            }
            return 200, {}, json.dumps(keys)
        name = asked.headers["authorization"].partition("Credential=")[2].partition("/")[0]
        if now >= ends[name] or asked.headers["x-tc-token"] != f"t-{name}":
            late.append(name)
        number = json.loads(asked.body)["PageNum"]
        rows = [{"TaskId": str(number * 100 + index), "Status": "pause"} for index in range(20)]
        page = {"TaskInfos": rows, "TotalNum": 140, "PageNum": number, "PageSize": 20, "TotalPage": 7, "RequestId": "r"}
        return 200, {}, json.dumps({"Response": page})

    server.answer = answer
    home.environment[VARIABLE] = server.url
    listed = home.list("tencentcloud", endpoint=server.url, rate_limit=2.0)
    assert listed.total == 140
    assert len(ends) >= 3
    assert late == []
    assert set(ends) <= listed.secrets.values()


# Terraform's, the CLIs' and the platforms' ways, which only the environment or a profile knows.


def test_a_tke_workload_shows_its_token(emulator: Emulator, home: Home, listing: t.Any) -> None:
    token = home.write("token", "header.claims.signature\n", 0o644)
    home.environment.update(
        TKE_REGION="ap-guangzhou",
        TKE_PROVIDER_ID="cls-1",
        TKE_WEB_IDENTITY_TOKEN_FILE=str(token),
        TKE_ROLE_ARN="qcs::cam::uin/100:roleName/reader",
    )
    listed = listing("tencentcloud")
    assert listed.source == "environment"
    assert emulator.actions()[0] == "AssumeRoleWithWebIdentity"
    assert "header.claims.signature" in listed.secrets.values()
    assert listed.warnings == []


def test_a_tke_region_alone_is_no_workload(home: Home) -> None:
    home.environment["TKE_REGION"] = "ap-guangzhou"
    assert home.find("tencentcloud").source == "metadata"
    home.environment["TKE_ROLE_ARN"] = "qcs::cam::uin/100:roleName/reader"
    assert "TKE_PROVIDER_ID and TKE_WEB_IDENTITY_TOKEN_FILE" in str(home.problem("tencentcloud"))


def test_a_volcengine_workload_shows_its_token(emulator: Emulator, home: Home, listing: t.Any) -> None:
    token = home.write("token", "header.claims.signature", 0o644)
    home.environment.update(
        VOLCENGINE_OIDC_ROLE_TRN="trn:iam::2100000001:role/reader", VOLCENGINE_OIDC_TOKEN_FILE=str(token)
    )
    assert listing("volcengine").source == "environment"
    assert emulator.actions()[0] == "AssumeRoleWithOIDC"


@pytest.mark.parametrize("content", ["", "  \n", "two words", "caf\u00e9"])
def test_a_token_file_without_a_token_is_told(home: Home, listing: t.Any, content: t.Any) -> None:
    token = home.write("token", content, 0o644)
    home.environment.update(
        VOLCENGINE_OIDC_ROLE_TRN="trn:iam::2100000001:role/reader", VOLCENGINE_OIDC_TOKEN_FILE=str(token)
    )
    with pytest.raises(RelayError) as caught:
        listing("volcengine")
    assert caught.value.kind == "config"
    assert str(token) in str(caught.value)
    assert "VOLCENGINE_OIDC_TOKEN_FILE" in str(caught.value)


def test_roles_of_profiles(emulator: Emulator, home: Home, listing: t.Any) -> None:
    key, secret = KEYS["tencentcloud"]
    home.write(
        ".tccli/east.credential",
        {
            "secretId": key,
            "secretKey": secret,
            "role-arn": "qcs::cam::uin/100:roleName/reader",
            "role-session-name": "me",
        },
    )
    without_ticket = {name: value for name, value in ACCOUNTS["tencentcloud"].items() if name != "external_id"}
    emulator.use(without_ticket, ACCOUNTS["huaweicloud"], ACCOUNTS["volcengine"])
    assert listing("tencentcloud", profile="east").source == "profile"
    key, secret = KEYS["huaweicloud"]
    home.write(
        ".hcloud/config.json",
        {
            "authEncrypt": "false",
            "profiles": [
                {"name": "trustee", "mode": "AKSK", "accessKeyId": key, "secretAccessKey": secret},
                {
                    "name": "north",
                    "mode": "AssumeRole",
                    "accessKeyId": key,
                    "secretAccessKey": secret,
                    "agencyName": "reader",
                    "agencyDomainName": "owner",
                },
                {
                    "name": "by-other",
                    "mode": "AssumeRole",
                    "sourceProfile": "trustee",
                    "agencyName": "reader",
                    "agencyDomainName": "owner",
                },
            ],
        },
    )
    assert listing("huaweicloud", profile="north").source == "profile"
    assert listing("huaweicloud", profile="by-other").source == "profile"
    key, secret = KEYS["volcengine"]
    token = home.write("token", "header.claims.signature", 0o644)
    home.write(
        ".volcengine/config.json",
        {
            "profiles": {
                "role": {
                    "mode": "RamRoleArn",
                    "access-key": key,
                    "secret-key": secret,
                    "role-name": "reader",
                    "account-id": "2100000001",
                },
                "oidc": {"mode": "OIDC", "role-trn": "trn:iam::2100000001:role/reader", "oidc-token-file": str(token)},
            }
        },
    )
    assert listing("volcengine", profile="role").source == "profile"
    assert listing("volcengine", profile="oidc").source == "profile"
    assert emulator.actions().count("AssumeRole") == 2
    assert emulator.actions().count("CreateTemporaryAccessKey") == 2
    assert emulator.actions().count("AssumeRoleWithOIDC") == 1


@pytest.mark.parametrize(
    ("cloud", "file", "content"),
    [
        ("tencentcloud", ".tccli/work.credential", {"type": "cvm-role"}),
        ("huaweicloud", ".hcloud/config.json", {"profiles": [{"name": "work", "mode": "ecsAgency"}]}),
        (
            "volcengine",
            ".volcengine/config.json",
            {"profiles": {"work": {"mode": "EcsRole", "role-name": "relay-role"}}},
        ),
    ],
)
def test_a_profile_may_lead_to_the_metadata_service(
    home: Home, listing: t.Any, cloud: str, file: str, content: t.Any
) -> None:
    home.write(file, content)
    assert listing(cloud, profile="work").source == "profile"
    error = home.problem(cloud, profile="work", use_metadata=False, region="cn-north-4")
    assert error.kind == "config"
    assert "use_metadata" in str(error)
    home.environment[VARIABLE] = "http://127.0.0.1:9"
    with pytest.raises(RelayError) as caught:
        listing(cloud, profile="work")
    assert (caught.value.kind, caught.value.action) == ("network", "metadata")


@pytest.mark.parametrize(
    ("cloud", "environment"),
    [
        (
            "tencentcloud",
            {
                "TENCENTCLOUD_SECRET_ID": "{key}",
                "TENCENTCLOUD_SECRET_KEY": "{secret}",
                "TENCENTCLOUD_ASSUME_ROLE_ARN": "qcs::cam::uin/100:roleName/reader",
                "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "ticket-7",
                "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1800",
            },
        ),
        (
            "huaweicloud",
            {
                "HW_ACCESS_KEY": "{key}",
                "HW_SECRET_KEY": "{secret}",
                "HW_ASSUME_ROLE_AGENCY_NAME": "reader",
                "HW_ASSUME_ROLE_DOMAIN_NAME": "owner",
                "HW_ASSUME_ROLE_DURATION": "900",
            },
        ),
        (
            "volcengine",
            {
                "VOLCENGINE_ACCESS_KEY": "{key}",
                "VOLCENGINE_SECRET_KEY": "{secret}",
                "VOLCENGINE_ASSUME_ROLE_TRN": "trn:iam::2100000001:role/reader",
                "VOLCENGINE_ASSUME_ROLE_DURATION_SECONDS": "900",
            },
        ),
    ],
)
def test_the_environment_may_name_a_role(
    emulator: Emulator, home: Home, listing: t.Any, cloud: str, environment: t.Any
) -> None:
    key, secret = KEYS[cloud]
    home.environment.update({name: value.format(key=key, secret=secret) for name, value in environment.items()})
    assert listing(cloud).source == "environment"
    assert [action for action in emulator.actions() if "Assume" in action or "Temporary" in action]
    duration = next(name for name in environment if "DURATION" in name)
    home.environment[duration] = "soon"
    assert duration in str(home.problem(cloud, region="cn-north-4"))


# Services that the emulator does not play.


def test_a_huawei_workload_assumes_an_agency_by_oidc(
    home: Home, emulator: Emulator, listing: t.Any, server: Server
) -> None:
    home.environment.update(
        HUAWEICLOUD_OIDC_PROVIDER_URN="iam::0123:oidc-provider:p",
        HUAWEICLOUD_OIDC_AGENCY_URN="iam::0123:agency:reader",
        HUAWEICLOUD_OIDC_ID_TOKEN="header.claims.signature",
        HUAWEICLOUD_OIDC_POLICY_IDS="one, two",
    )
    key, secret = KEYS["huaweicloud"]
    # A pair without a token would be wrong here, so the listing must fail with the token that the server gives.
    server.answer = lambda asked: (
        200,
        {},
        json.dumps(
            {
                "credentials": {
                    "access_key_id": key,
                    "secret_access_key": secret,
                    "security_token": "not-the-token",
                    "expiration": "2033-01-01T00:00:00Z",
                }
            }
        ),
    )
    with pytest.raises(RelayError) as caught:
        listing("huaweicloud", sts_endpoint=server.url)
    assert caught.value.kind == "auth"
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v5/agencies/assume-with-oidc")
    assert "authorization" not in asked.headers
    assert json.loads(asked.body) == {
        "provider_urn": "iam::0123:oidc-provider:p",
        "agency_urn": "iam::0123:agency:reader",
        "agency_session_name": "oidc-sts-session",
        "id_token": "header.claims.signature",
        "duration_seconds": 3600,
        "policy_ids": ["one", "two"],
    }


@pytest.mark.parametrize("lacking", ["HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_ID_TOKEN"])
def test_half_an_oidc_login_is_an_error(home: Home, lacking: str) -> None:
    home.environment.update(
        HUAWEICLOUD_OIDC_PROVIDER_URN="a", HUAWEICLOUD_OIDC_AGENCY_URN="b", HUAWEICLOUD_OIDC_ID_TOKEN="c"
    )
    del home.environment[lacking]
    assert lacking in str(home.problem("huaweicloud", region="cn-north-4"))


@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_huawei_identity_provider_vouches_for_a_user(home: Home, server: Server, place: str) -> None:
    token = home.write("token", "header.claims.signature", 0o644)
    if place == "environment":
        home.environment.update(HUAWEICLOUD_SDK_IDP_ID="my-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE=str(token))
    else:
        text = f"[basic]\nidp_id = my-idp\nid_token_file = {token}\niam_endpoint = {server.url}\n"
        home.write(".huaweicloud/credentials", text)

    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        if asked.path == "/v3.0/OS-AUTH/id-token/tokens":
            return 201, {"X-Subject-Token": "MIIunscoped"}, '{"token": {}}'
        if asked.path == "/v3.0/OS-CREDENTIAL/securitytokens":
            keys = {
                "access": "AKtemporary",
                "secret": "SKtemporary",
                "securitytoken": "STtemporary",
                "expires_at": "2033-01-01T00:00:00.000000Z",
            }
            return 201, {}, json.dumps({"credential": keys})
        return 200, {}, json.dumps({"task_infos": [], "total": 0})

    server.answer = answer
    listed = home.list(
        "huaweicloud",
        region="cn-north-4",
        project_id="0123",
        endpoint=server.url,
        iam_endpoint=server.url if place == "environment" else None,
    )
    assert (listed.source, listed.total) == (place, 0)
    first, second, third = server.asked
    assert first.headers["x-idp-id"] == "my-idp"
    assert json.loads(first.body) == {"auth": {"id_token": {"id": "header.claims.signature"}}}
    assert json.loads(second.body)["auth"]["identity"]["token"] == {"id": "MIIunscoped", "duration_seconds": 21600}
    assert third.headers["x-security-token"] == "STtemporary"
    assert "Access=AKtemporary," in third.headers["authorization"]
    assert {"MIIunscoped", "SKtemporary", "STtemporary", "header.claims.signature"} <= listed.secrets.values()


@pytest.mark.parametrize(
    "document",
    [
        {
            "credential": {
                "access": "AKpod",
                "secret": "SKpod",
                "securitytoken": "STpod",
                "expires_at": "2033-01-01T00:00:00Z",
            }
        },
        {
            "accessKeyId": "AKpod",
            "secretAccessKey": "SKpod",
            "securityToken": "STpod",
            "expiration": "2033-01-01T00:00:00Z",
        },
    ],
)
def test_a_huawei_pod_has_an_identity(home: Home, server: Server, document: dict[str, t.Any]) -> None:
    token = home.write("token", "pod-proof", 0o644)
    home.environment.update(
        HC_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/v1/credentials",
        HC_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token),
    )
    server.answer = lambda asked: (
        (200, {}, json.dumps(document)) if asked.method == "POST" else (200, {}, '{"task_infos": [], "total": 0}')
    )
    listed = home.list("huaweicloud", region="cn-north-4", project_id="0123", endpoint=server.url)
    assert listed.source == "metadata"
    assert server.asked[0].headers["authorization"] == "pod-proof"
    assert (server.asked[0].path, server.asked[0].body) == ("/v1/credentials", "{}")
    assert server.asked[1].headers["x-security-token"] == "STpod"


@pytest.mark.parametrize(
    "uri",
    ["http://credentials.example.com/v1", "ftp://127.0.0.1/", "http://user@127.0.0.1/", "127.0.0.1", "http://[::1"],
)
def test_the_proof_of_a_pod_never_leaves_the_machine_in_the_clear(home: Home, uri: str) -> None:
    home.environment.update(HC_CONTAINER_CREDENTIALS_FULL_URI=uri, HC_CONTAINER_AUTHORIZATION_TOKEN_FILE="/token")
    error = home.problem("huaweicloud", region="cn-north-4")
    assert error.kind == "config"
    assert "HC_CONTAINER_CREDENTIALS_FULL_URI" in str(error)


# How metadata services are asked.


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_metadata_service_that_hangs_costs_two_seconds(home: Home, server: Server, cloud: str) -> None:
    answered = threading.Event()

    def hang(asked: Asked) -> tuple[int, dict[str, str], str]:
        answered.wait(30)
        return 200, {}, "late"

    server.answer = hang
    home.environment[VARIABLE] = server.url
    started = time.monotonic()
    options: dict[str, t.Any] = {"region": "cn-north-4", "project_id": "0123"} if cloud == "huaweicloud" else {}
    with pytest.raises(RelayError) as caught:
        home.list(cloud, endpoint=server.url, **options)
    assert time.monotonic() - started < 3.0
    answered.set()
    assert caught.value.kind == "config"
    assert "no keys were found" in str(caught.value)
    assert server.url in str(caught.value)


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, ""),
        (401, "Please configure Cloud Service Agency first"),
        (403, "no"),
        (500, ""),
        (200, "<html>sign in</html>"),
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (200, "7"),
        (302, ""),
    ],
)
def test_whatever_else_answers_there_has_no_keys(
    home: Home, server: Server, cloud: str, status: int, body: str
) -> None:
    server.answer = lambda asked: (status, {"Location": "http://192.0.2.1/"} if status == 302 else {}, body)
    home.environment[VARIABLE] = server.url
    options: dict[str, t.Any] = {"region": "cn-north-4", "project_id": "0123"} if cloud == "huaweicloud" else {}
    with pytest.raises(RelayError) as caught:
        home.list(cloud, endpoint="http://127.0.0.1:9", **options)
    assert caught.value.kind == "config"
    assert "no keys were found" in str(caught.value)


@pytest.mark.parametrize("module", [huawei_metadata, tencent_metadata, volc_metadata])
def test_a_metadata_service_is_never_asked_through_a_proxy(
    home: Home, server: Server, module: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    # Not the real address: whoever runs this may be on an instance of that cloud.
    monkeypatch.setattr(module, "ENDPOINT", "http://metadata.invalid")
    del home.environment[VARIABLE]
    cloud = module.__name__.split(".")[-2].strip("_")
    options: dict[str, t.Any] = {"region": "cn-north-4", "project_id": "0123"} if cloud == "huaweicloud" else {}
    with pytest.raises(RelayError, match=r"no keys were found.*http://metadata\.invalid"):
        home.list(cloud, endpoint="http://127.0.0.1:9", **options)
    assert server.asked == []


@pytest.mark.parametrize(
    "value", ["http://192.0.2.1", "https://metadata.example.com", "http://metadata.tencentyun.com", "x y"]
)
def test_the_stand_in_for_a_metadata_service_must_be_on_this_machine(home: Home, value: str) -> None:
    home.environment[VARIABLE] = value
    error = home.problem("tencentcloud")
    assert error.kind == "config"
    assert VARIABLE in str(error)


def test_the_clouds_own_variable_switches_the_metadata_service_off(home: Home) -> None:
    home.environment["VOLCENGINE_ECS_METADATA_DISABLED"] = "TRUE"
    assert "VOLCENGINE_ECS_METADATA_DISABLED" in str(home.problem("volcengine"))
    home.environment["VOLCENGINE_ECS_METADATA_DISABLED"] = "false"
    assert home.find("volcengine").source == "metadata"


def test_an_older_huawei_instance_has_no_metadata_tokens(home: Home, server: Server) -> None:
    keys = {"access": "AKecs", "secret": "SKecs", "securitytoken": "STecs", "expires_at": "2033-01-01T00:00:00.000000Z"}

    def answer(asked: Asked) -> tuple[int, dict[str, str], str]:
        if asked.path == "/meta-data/latest/api/token":
            return 405, {}, ""
        if asked.path == "/openstack/latest/securitykey":
            return 200, {}, json.dumps({"credential": keys})
        return 200, {}, '{"task_infos": [], "total": 0}'

    server.answer = answer
    home.environment[VARIABLE] = server.url
    assert home.list("huaweicloud", region="cn-north-4", project_id="0123", endpoint=server.url).total == 0
    assert "x-metadata-token" not in server.asked[1].headers


def test_a_role_of_an_instance_may_be_named(home: Home, server: Server) -> None:
    server.answer = lambda asked: (404, {}, "")
    home.environment[VARIABLE] = server.url
    home.environment["TENCENTCLOUD_CAM_ROLE_NAME"] = "a/b"
    with pytest.raises(RelayError):
        home.list("tencentcloud", endpoint="http://127.0.0.1:9")
    assert [asked.path for asked in server.asked] == ["/latest/meta-data/cam/security-credentials/a%2Fb"]
