# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are checked before anything is sent, and each refusal is one sentence that says what to change."""

from __future__ import annotations

import math
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._options import (
    QUERY,
    connection,
    merged,
    query_from,
)
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets
from ansible_collections.livestream.relay.plugins.module_utils._task import STATES


def params(**given: t.Any) -> dict[str, t.Any]:
    return {**{name: option.get("default") for name, option in QUERY.items()}, **given}


def refusal(**given: t.Any) -> RelayError:
    with pytest.raises(RelayError) as caught:
        query_from(params(**given))
    return caught.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", 0.0),
        ("timeout", -1.0),
        ("timeout", math.nan),
        ("timeout", math.inf),
        ("timeout", 1_000_001.0),
        ("request_timeout", 0.0),
        ("request_timeout", -0.5),
        ("request_timeout", math.inf),
        ("request_timeout", 1e300),
        ("rate_limit", 0.0),
        ("rate_limit", -3.0),
        ("rate_limit", math.nan),
        ("rate_limit", math.inf),
        ("limit", 0),
        ("limit", -1),
        ("page_size", 0),
        ("page_size", -20),
        ("concurrency", 0),
        ("retries", -1),
        ("task_id", []),
        ("task_id", [""]),
        ("task_id", ["1", ""]),
        ("state", []),
        ("fields", []),
        ("domain", ""),
        ("app", ""),
        ("stream", ""),
        ("task_region", ""),
        ("ca_path", ""),
    ],
)
def test_bad_input_is_refused_in_one_sentence(name: str, value: t.Any) -> None:
    error = refusal(**{name: value})
    sentence = str(error)
    assert error.kind == "config"
    assert sentence.startswith(f"{name} ")
    assert "; " in sentence  # what to do about it
    assert sentence.endswith(".")
    assert sentence.count(".") == 1 or str(value) in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", 0.001),
        ("timeout", 1_000_000.0),
        ("rate_limit", 0.01),
        ("limit", 1),
        ("page_size", 1),
        ("concurrency", 1),
        ("retries", 0),
        ("task_id", ["0"]),
        ("state", ["running"]),
        ("domain", "*"),
        ("stream", " "),
    ],
)
def test_what_is_just_good_enough_is_taken(name: str, value: t.Any) -> None:
    query_from(params(**{name: value}))


def test_what_is_left_out_asks_for_everything() -> None:
    assert query_from(params()) == Query()


def test_what_is_given_is_asked_for() -> None:
    query = query_from(
        params(
            task_id=["b", "a", "b"],
            state=["running", "paused", "running"],
            domain="d*",
            app="a",
            stream="s",
            task_region="r",
            limit=3,
            page_size=20,
            concurrency=2,
            rate_limit=1.5,
            on_incomplete="warn",
            runtime_status=True,
        )
    )
    assert query == Query(
        task_ids=("b", "a"),
        states=frozenset({"running", "paused"}),
        domain="d*",
        app="a",
        stream="s",
        task_region="r",
        limit=3,
        page_size=20,
        concurrency=2,
        rate_limit=1.5,
        on_incomplete="warn",
        runtime_status=True,
    )
    assert query.only_task_id is None
    assert query_from(params(task_id=["a", "a"])).only_task_id == "a"


def test_states_are_those_of_the_contract() -> None:
    assert QUERY["state"]["choices"] == list(STATES)


def test_a_merged_spec_is_a_copy() -> None:
    first: dict[str, dict[str, t.Any]] = {"a": {"type": "str", "aliases": ["x"]}, "b": {"type": "int"}}
    both = merged(first, {"b": {"type": "bool"}})
    both["a"]["aliases"].append("y")
    assert first["a"]["aliases"] == ["x"]
    assert both["b"] == {"type": "bool"}


def test_what_is_secret_is_marked_as_such() -> None:
    spec = connection(("ak",), ("sk",), ("token",))
    assert {name for name, option in spec.items() if option.get("no_log")} == {
        "access_key",
        "secret_key",
        "session_token",
    }


KEYS = {"access_key": "AKIDexample", "secret_key": "example-secret"}


@pytest.mark.parametrize(
    ("cloud", "given_options", "query", "words"),
    [
        ("tencentcloud", {**KEYS, "endpoint": "http://live.example.org"}, Query(), "plain http"),
        ("tencentcloud", {**KEYS, "endpoint": "https://u:p@h"}, Query(), "user name or password"),
        ("tencentcloud", {**KEYS, "region": "a b"}, Query(), "region"),
        ("tencentcloud", {"access_key": "AKIDexample"}, Query(), "not secret_key"),
        ("tencentcloud", {"secret_key": "example-secret"}, Query(), "not access_key"),
        ("tencentcloud", {"session_token": "example-token"}, Query(), "not access_key and secret_key"),
        ("tencentcloud", {"access_key": "AKID example", "secret_key": "x"}, Query(), "access_key holds a space"),
        ("tencentcloud", KEYS, Query(page_size=21), "page_size is 21"),
        ("tencentcloud", {**KEYS, "specify_task_id": "x"}, Query(task_ids=("1",)), "give one of them"),
        ("tencentcloud", {**KEYS, "specify_task_id": ""}, Query(), "specify_task_id is empty"),
        ("huaweicloud", {**KEYS, "region": "cn-north-4"}, Query(page_size=101), "page_size is 101"),
        ("huaweicloud", KEYS, Query(), "region"),
        ("huaweicloud", {"username": "u", "region": "cn-north-4"}, Query(), "password"),
        ("volcengine", KEYS, Query(page_size=501), "page_size is 501"),
        ("volcengine", {**KEYS, "region": "a/b"}, Query(), "region"),
        ("volcengine", {**KEYS, "title": ""}, Query(), "title is empty"),
        ("volcengine", {**KEYS, "groups": []}, Query(), "groups is empty"),
        ("volcengine", {**KEYS, "groups": ["a", ""]}, Query(), "groups is empty"),
    ],
)
def test_what_a_cloud_cannot_do_is_refused_before_a_request(
    cloud: str, given_options: dict[str, t.Any], query: Query, words: str
) -> None:
    options: dict[str, t.Any] = dict.fromkeys((*CLOUDS[cloud].options, *CLOUDS[cloud].account_options))
    options.update({"endpoint": "http://127.0.0.1:9", "use_metadata": False, **given_options})
    account = Account(cloud, "relay", options, "prod")
    with pytest.raises(RelayError) as caught:
        # Nobody listens there: a request would be a failure of kind network.
        ask([account], CLOUDS, query, Settings(retries=0), Deadline(5), Secrets(), {"HOME": "/nonexistent"})
    error = caught.value
    assert error.kind == "config"
    assert words in str(error)
    assert str(error).startswith(f"{cloud} account 'prod': ")
    assert "example-secret" not in str(error)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_places_where_no_keys_are_found_are_named(cloud: str) -> None:
    options: dict[str, t.Any] = dict.fromkeys((*CLOUDS[cloud].options, *CLOUDS[cloud].account_options))
    options.update({"region": "cn-north-4", "use_metadata": False})
    with pytest.raises(RelayError, match="no keys were found") as caught:
        ask([Account(cloud, "relay", options)], CLOUDS, Query(), Settings(), Deadline(5), Secrets(), {"HOME": "/none"})
    assert caught.value.kind == "config"
    assert "options" in str(caught.value)
