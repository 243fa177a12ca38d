# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure is one sentence for people and the same facts for programs."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._errors import (
    KINDS,
    RelayError,
    config_error,
    refused,
)


def test_the_sentence_says_where_what_and_what_to_do() -> None:
    error = RelayError("auth", "no such key", advice="check it", http_status=401, request_id="r-1")
    error.locate(cloud="huaweicloud", account="prod", action="ListPullTasks", endpoint="https://h")
    assert str(error) == (
        "huaweicloud account 'prod': ListPullTasks: no such key (HTTP status 401, request id r-1); check it."
    )


@pytest.mark.parametrize(
    ("facts", "where", "sentence"),
    [
        ({}, {}, "broken."),
        ({}, {"cloud": "volcengine"}, "volcengine: broken."),
        ({}, {"account": "a b"}, "account 'a b': broken."),
        ({"advice": "mend it"}, {"action": "List"}, "List: broken; mend it."),
        ({"http_status": 500}, {}, "broken (HTTP status 500)."),
        ({"request_id": "r"}, {}, "broken (request id r)."),
    ],
)
def test_what_is_not_known_is_left_out(facts: dict[str, t.Any], where: dict[str, str], sentence: str) -> None:
    assert str(RelayError("service", "broken", **facts).locate(**where)) == sentence


def test_the_first_that_says_where_it_happened_is_right() -> None:
    error = RelayError("service", "broken").locate(cloud="tencentcloud", action="A")
    assert error.locate(cloud="volcengine", account="x", action="B", endpoint="https://h") is error
    assert (error.cloud, error.account, error.action, error.endpoint) == ("tencentcloud", "x", "A", "https://h")


def test_the_facts_for_programs_are_those_of_the_contract() -> None:
    error = RelayError("auth", "w", code="C", message="m", http_status=401, request_id="r", retry=True, retry_after=3)
    assert error.locate(cloud="c", account="a", action="x", endpoint="e").as_dict() == {
        "kind": "auth",
        "cloud": "c",
        "account": "a",
        "action": "x",
        "endpoint": "e",
        "code": "C",
        "message": "m",
        "http_status": 401,
        "request_id": "r",
    }


def test_a_kind_that_nobody_documented_is_refused() -> None:
    with pytest.raises(ValueError, match="'strange' is no kind"):
        assert RelayError("strange", "broken")


def test_the_same_error_for_another_account_says_the_same_and_is_not_tried_again() -> None:
    error = RelayError(
        "auth", "w", advice="v", code="C", message="m", http_status=401, request_id="r", retry=True, stale_token=True
    ).locate(cloud="c", account="first")
    again = error.again()
    assert again is not error
    assert (again.account, again.retry, again.stale_token) == (None, False, False)
    assert str(again.locate(cloud="c", account="first")) == str(error)


def test_bad_input_is_of_kind_config() -> None:
    error = config_error("limit is 0", "give limit as 1 or more")
    assert (error.kind, str(error), error.retry) == ("config", "limit is 0; give limit as 1 or more.", False)


@pytest.mark.parametrize(
    ("code", "message", "what"),
    [
        ("C", "it broke", "C: it broke"),
        ("C", None, "C"),
        (None, "it broke. ", "it broke"),
        ("C", "", "C"),
        (None, None, "the cloud gave no reason"),
        ("", "", "the cloud gave no reason"),
    ],
)
def test_the_clouds_own_words_come_first(code: str | None, message: str | None, what: str) -> None:
    error = refused("service", code, message, http_status=200, request_id=None)
    assert (error.what, error.code, error.message) == (what, code, message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_one_sentence(kind: str) -> None:
    for advice, status, cloud in itertools.product((None, "do this"), (None, 500), (None, "c")):
        sentence = str(RelayError(kind, "it broke", advice=advice, http_status=status).locate(cloud=cloud))
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert "\n" not in sentence
        assert ".." not in sentence
