# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the modules themselves: accounts and their options, and the keys of a result."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Cloud, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import AccountResult, FleetResult
from ansible_collections.livestream.relay.plugins.module_utils._module import (
    _account_options,
    _accounts,
    _many_accounts,
    _one_account,
    _passwords_in_endpoints,
    _refuse_empty,
    _settings,
)
from ansible_collections.livestream.relay.plugins.module_utils._options import QUERY, merged
from ansible_collections.livestream.relay.plugins.module_utils._present import Presentation
from ansible_collections.livestream.relay.plugins.module_utils._task import RelayTask

OPTIONS = _account_options(CLOUDS)


def given_account(cloud: str, **given: t.Any) -> dict[str, t.Any]:
    return {**dict.fromkeys(OPTIONS), "cloud": cloud, "kind": "relay", "use_metadata": True, **given}


def accounts(*given: dict[str, t.Any]) -> list[Account]:
    return _accounts({"accounts": list(given)}, CLOUDS, OPTIONS)


def refusal(*given: dict[str, t.Any]) -> RelayError:
    with pytest.raises(RelayError) as caught:
        accounts(*given)
    assert caught.value.kind == "config"
    return caught.value


@pytest.mark.parametrize(
    ("cloud", "name"),
    [(cloud, name) for cloud in CLOUDS.values() for name, option in cloud.options.items() if option["type"] == "str"],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_empty_text_is_refused_by_the_name_of_its_option(cloud: Cloud, name: str) -> None:
    # It is a variable that was never filled.
    given = dict.fromkeys((*cloud.options, *cloud.account_options))
    _refuse_empty(given, cloud)
    with pytest.raises(RelayError, match=f"^{name} is empty") as caught:
        _refuse_empty({**given, name: ""}, cloud)
    assert caught.value.kind == "config"


def test_every_cloud_has_its_options_with_the_words_of_all() -> None:
    assert set(OPTIONS["access_key"]["aliases"]) == {"secret_id", "ak", "access_key_id"}
    assert set(OPTIONS["secret_key"]["aliases"]) == {"sk", "secret_access_key"}
    assert set(OPTIONS["session_token"]["aliases"]) == {"token", "security_token"}
    assert OPTIONS["cloud"]["choices"] == list(CLOUDS)
    for cloud in CLOUDS.values():
        assert set(merged(cloud.options, cloud.account_options)) <= set(OPTIONS)
        inner = cloud.options["assume_role"]["options"]
        assert set(inner) <= set(OPTIONS["assume_role"]["options"])
        # What is put together is a copy.
        assert "domain_name" not in CLOUDS["tencentcloud"].options["assume_role"]["options"]


@pytest.mark.parametrize("name", ["access_key", "secret_key", "session_token", "auth_token", "password"])
def test_secrets_of_accounts_are_marked_as_such(name: str) -> None:
    assert OPTIONS[name]["no_log"] is True


def test_no_alias_is_the_name_of_another_option() -> None:
    aliases = [alias for option in OPTIONS.values() for alias in option.get("aliases", ())]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(OPTIONS)
    for cloud in CLOUDS.values():
        module_options = merged(QUERY, cloud.options)
        assert not {alias for option in cloud.options.values() for alias in option.get("aliases", ())} & set(
            module_options
        )
        assert not set(QUERY) & set(cloud.options)


def test_an_account_is_named_or_after_its_cloud_and_region() -> None:
    named, placed, plain = accounts(
        given_account("tencentcloud", name="prod"),
        given_account("huaweicloud", region="cn-north-4"),
        given_account("volcengine", kind="record"),
    )
    assert (named.name, named.named) == ("prod", True)
    assert (placed.name, placed.named) == ("huaweicloud cn-north-4", False)
    assert (plain.name, plain.named, plain.kind) == ("volcengine", False, "record")


def test_no_accounts_are_refused() -> None:
    assert str(refusal()) == "accounts is an empty list; name at least one account to ask."


@pytest.mark.parametrize(
    ("cloud", "given", "words"),
    [
        ("tencentcloud", {"project_id": "x"}, "tencentcloud has no option project_id"),
        ("tencentcloud", {"groups": ["x"], "title": "x"}, "tencentcloud has no option groups or title"),
        ("volcengine", {"auth_token": "x"}, "volcengine has no option auth_token"),
        ("huaweicloud", {"specify_task_id": "x"}, "huaweicloud has no option specify_task_id"),
        ("tencentcloud", {"kind": "record"}, "tencentcloud has no record tasks that could be listed"),
        ("huaweicloud", {"kind": "record"}, "huaweicloud has no record tasks that could be listed"),
        ("tencentcloud", {"region": ""}, "region is empty"),
        ("volcengine", {"title": ""}, "title is empty"),
        ("tencentcloud", {"assume_role": {"role": "r", "domain_name": "d"}}, "no option assume_role.domain_name"),
        ("huaweicloud", {"assume_role": {"role": "r", "account_id": "1"}}, "no option assume_role.account_id"),
    ],
)
def test_what_a_cloud_does_not_know_is_refused_by_name(cloud: str, given: dict[str, t.Any], words: str) -> None:
    error = refusal(given_account("volcengine", name="good"), given_account(cloud, name="bad", **given))
    assert words in str(error)
    assert str(error).startswith(f"{cloud} account 'bad': ")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_a_cloud_knows_is_taken(cloud: str) -> None:
    known: dict[str, t.Any] = {name: "x" for name, option in CLOUDS[cloud].options.items() if option["type"] == "str"}
    (account,) = accounts(given_account(cloud, **known, assume_role={"role": "r", "session_name": None}))
    assert account.options["region"] == "x"


@pytest.mark.parametrize(
    "params",
    [
        {"endpoint": "https://user:hunter2@h"},
        {"endpoint": "user:hunter2@h"},
        {"endpoint": "https://hunter2@h/"},
        {"iam_endpoint": "https://user:hunter2@h"},
        {"accounts": [{"endpoint": None}, {"endpoint": "https://user:hunter2@h", "iam_endpoint": ""}]},
    ],
)
def test_a_password_in_an_endpoint_is_known_before_it_is_refused(params: dict[str, t.Any]) -> None:
    assert "hunter2" in _passwords_in_endpoints(params)


def test_an_endpoint_without_a_password_keeps_its_words() -> None:
    found = _passwords_in_endpoints({"endpoint": "https://live.example.org", "accounts": None})
    assert not any(found)


def params(**given: t.Any) -> dict[str, t.Any]:
    return {**{name: option.get("default") for name, option in QUERY.items()}, **given}


def test_certificates_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RelayError, match=r"ca_path /nonexistent/ca\.pem does not exist") as caught:
        _settings(params(ca_path="/nonexistent/ca.pem"))
    assert caught.value.kind == "config"
    assert _settings(params(ca_path=str(tmp_path))).ca_path == str(tmp_path)


def test_the_settings_are_those_of_the_contract() -> None:
    settings = _settings(params())
    assert (settings.request_timeout, settings.retries, settings.concurrency) == (10, 4, 16)
    assert (settings.validate_certs, settings.ca_path) == (True, None)


class Answered(Client):
    max_page_size = 10
    credentials_source = "environment"
    region = "r1"


def result_of(name: str, total: int | None, error: RelayError | None = None) -> AccountResult:
    client = Answered(Account("tencentcloud", "relay", {}, name), Query())
    tasks = [RelayTask(str(number), "tencentcloud", "relay", "enable", "running", "reported") for number in range(2)]
    return AccountResult(
        client,
        tasks if total else [],
        total=total,
        complete=total is not None,
        quota=200,
        requests=3,
        request_ids=[f"{name}-1"],
        error=error,
    )


def test_the_result_of_one_account_has_the_keys_of_the_contract() -> None:
    account = result_of("a", 57)
    result = _one_account(FleetResult(account.tasks, [account], ["9"], []), Presentation(summary=True))
    assert result == {
        "tasks": [],
        "counts": {"running": 2},
        "not_running": [],
        "total": 57,
        "complete": True,
        "missing": ["9"],
        "quota": 200,
        "requests": 3,
        "request_ids": ["a-1"],
        "credentials_source": "environment",
    }


def test_the_result_of_many_accounts_adds_up() -> None:
    error = RelayError("service", "down").locate(cloud="tencentcloud", account="b")
    good, bad = result_of("a", 57), result_of("b", None, error)
    result = _many_accounts(FleetResult(good.tasks, [good, bad], [], []), Presentation(fields=("task_id",)))
    assert result["tasks"] == [{"task_id": "0"}, {"task_id": "1"}]
    assert (result["total"], result["requests"], result["complete"]) == (57, 6, False)
    assert (result["quota"], result["credentials_source"]) == (None, None)
    assert result["request_ids"] == ["a-1", "b-1"]
    assert result["accounts"][1] == {
        "name": "b",
        "cloud": "tencentcloud",
        "kind": "relay",
        "region": "r1",
        "total": None,
        "complete": False,
        "quota": 200,
        "requests": 3,
        "credentials_source": "environment",
    }
    assert result["errors"] == [{"msg": "tencentcloud account 'b': down.", **error.as_dict()}]
    json.dumps(result)
