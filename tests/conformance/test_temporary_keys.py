# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary keys that the official SDKs obtain from the emulator's STS, IAM and metadata are good for us too."""

from __future__ import annotations

import typing as t
import urllib.parse
from unittest import mock

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.auth.internal import MetadataAccessor
from huaweicloudsdkiam import v3 as iam
from tencentcloud.common.credential import CVMRoleCredential, STSAssumeRoleCredential
from volcengine.sts.StsService import StsService
from volcenginesdkcore.auth.providers import ecs_role_provider
from volcenginesdkcore.auth.providers.sts_provider import StsCredentialProvider

from ansible_collections.livestream.relay.tests.conformance import ours
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator
from ansible_collections.livestream.relay.tests.conformance.sdk_signers import Keys

ROLE = {"role": ["reader"], "metadata_role": "instance-role"}
EAST = {"name": "east", "cloud": "tencentcloud", "fill": 3, **ROLE}
NORTH = {"name": "north", "cloud": "huaweicloud", "fill": 3, "domain_name": "the-account", **ROLE}
SOUTH = {"name": "south", "cloud": "volcengine", "fill_relay": 3, **ROLE}


def tencentcloud_role(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    given = STSAssumeRoleCredential(
        account["access_key"], account["secret_key"], "qcs::cam::uin/100000000001:roleName/reader", "conformance", 900,
        endpoint=emulator.endpoints["tencentcloud_sts"],
    )  # fmt: skip
    return Keys(*given.get_credential_info())


def tencentcloud_instance(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    path = urllib.parse.urlsplit(CVMRoleCredential._role_endpoint).path
    with mock.patch.object(CVMRoleCredential, "_role_endpoint", emulator.endpoints["metadata"] + path):
        return Keys(*CVMRoleCredential().get_credential_info())


def huaweicloud_role(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    credentials = GlobalCredentials(account["access_key"], account["secret_key"], "the-domain-id")
    builder = iam.IamClient.new_builder().with_credentials(credentials)
    role = iam.IdentityAssumerole(agency_name="reader", domain_name="the-account", duration_seconds=900)
    auth = iam.AgencyAuth(iam.AgencyAuthIdentity(methods=["assume_role"], assume_role=role))
    request = iam.CreateTemporaryAccessKeyByAgencyRequest(iam.CreateTemporaryAccessKeyByAgencyRequestBody(auth))
    client = builder.with_endpoint(emulator.endpoints["huaweicloud"]).build()
    given = client.create_temporary_access_key_by_agency(request).credential
    return Keys(given.access, given.secret, given.securitytoken)


def huaweicloud_instance(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    with mock.patch.object(MetadataAccessor, "_METADATA_ENDPOINT", emulator.endpoints["metadata"]):
        given = MetadataAccessor().get_credential()
    return Keys(given.access, given.secret, given.security_token)


def volcengine_role(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    client = StsService()
    client.set_host(emulator.netloc("volcengine_sts"))
    client.set_scheme("http")
    client.set_ak(account["access_key"])
    client.set_sk(account["secret_key"])
    params = {"DurationSeconds": 900, "RoleSessionName": "a b", "RoleTrn": "trn:iam::2100000000:role/reader"}
    given = client.assume_role(params)["Result"]["Credentials"]
    return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def volcengine_role_of_the_other_sdk(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    given = StsCredentialProvider(
        account["access_key"], account["secret_key"], "reader", "2100000000", scheme="http",
        host=emulator.netloc("volcengine_sts"), max_retries=1,
    ).get_credentials()  # fmt: skip
    return Keys(given.ak, given.sk, given.session_token)


def volcengine_instance(emulator: Emulator, account: dict[str, t.Any]) -> Keys:
    with mock.patch.object(ecs_role_provider, "_IMDS_ENDPOINT", emulator.endpoints["metadata"]):
        given = ecs_role_provider.EcsRoleCredentialProvider(max_retries=1).get_credentials()
    return Keys(given.ak, given.sk, given.session_token)


@pytest.mark.parametrize(
    ("scenario", "obtain"),
    [
        (EAST, tencentcloud_role),
        (EAST, tencentcloud_instance),
        (NORTH, huaweicloud_role),
        (NORTH, huaweicloud_instance),
        (SOUTH, volcengine_role),
        (SOUTH, volcengine_role_of_the_other_sdk),
        (SOUTH, volcengine_instance),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else value.__name__,
)
def test_their_keys_are_good_for_us(
    emulator: Emulator, scenario: dict[str, t.Any], obtain: t.Callable[[Emulator, dict[str, t.Any]], Keys]
) -> None:
    account = emulator.use(scenario)
    keys = obtain(emulator, account)
    assert keys.session_token
    assert keys.access_key != account["access_key"]
    place = {"endpoint": emulator.endpoints[account["cloud"]]}
    if "project_id" in account:
        place["project_id"] = account["project_id"]
    pair = {"access_key": keys.access_key, "secret_key": keys.secret_key}
    seen = ours.list_tasks(account["cloud"], session_token=keys.session_token, **pair, **place)
    assert len(seen.tasks) == 3
    assert ours.refusal(account["cloud"], **pair, **place).kind == "auth"
