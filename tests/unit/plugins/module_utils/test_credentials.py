# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts that all sources of credentials share: pairs, their halves, and keys that are fetched anew."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Tools
from ansible_collections.livestream.relay.plugins.module_utils._credentials import (
    MARGIN,
    PATIENCE,
    SESSION_NAME,
    FetchedKeys,
    FixedKeys,
    KeyPair,
    first_set,
    key_pair,
    no_keys,
    pair_in,
    role_facts,
    role_identity,
    within,
)
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError, config_error
from ansible_collections.livestream.relay.plugins.module_utils._http import Http, Settings
from ansible_collections.livestream.relay.plugins.module_utils._rate import RateLimit
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets


def pair(access_key: str | None, secret_key: str | None, token: str | None = None) -> KeyPair | None:
    return key_pair("environment", ("AK", access_key), ("SK", secret_key), ("TOKEN", token))


def test_a_whole_pair() -> None:
    assert pair(" AKID\n", "secret", None) == KeyPair("AKID", "secret", None, "environment")
    assert pair("AKID", "secret", "token") == KeyPair("AKID", "secret", "token", "environment")
    assert pair("AKID", "secret", "") == KeyPair("AKID", "secret", None, "environment")


def test_nothing_is_no_pair_and_no_failure() -> None:
    assert pair(None, None) is None
    assert pair("", "", "") is None


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("AKID", None, None), "AK is set, but not SK"),
        ((None, "secret", None), "SK is set, but not AK"),
        (("AKID", "", "token"), "AK and TOKEN are set, but not SK"),
        ((None, None, "token"), "TOKEN is set, but not AK and SK"),
        (("AKID", "sec ret", None), "SK holds a space"),
        (("   ", "secret", None), "AK is empty"),
        (("AKID", "secret", "tok\nen"), "TOKEN holds a space"),
    ],
)
def test_half_a_pair_is_broken(parts: tuple[str | None, ...], words: str) -> None:
    with pytest.raises(RelayError) as caught:
        pair(*parts)
    assert caught.value.kind == "config"
    assert str(caught.value).startswith(words)
    assert not [part for part in parts if part and part.strip() and part in str(caught.value)]


def test_a_pair_in_a_mapping() -> None:
    found = pair_in("file", {"a": "AKID", "s": "secret", "x": 1}, "a", "s", "t")
    assert found == KeyPair("AKID", "secret", None, "file")
    assert pair_in("file", {}, "a", "s", "t") is None


def test_the_first_variable_that_holds_something() -> None:
    environment = {"A": "", "B": "b", "C": "c"}
    assert first_set(environment, "A", "B", "C") == ("B", "b")
    assert first_set(environment, "X", "A") == ("X", None)


def test_a_failure_says_in_which_file_it_was() -> None:
    with pytest.raises(RelayError, match=r"^profile 'x' in /f: half a pair; do it\.$"), within("profile 'x' in /f"):
        raise config_error("half a pair", "do it")


def test_all_places_are_named_where_no_keys_are() -> None:
    assert str(no_keys(["the options", "~/.x"])) == (
        "no keys were found: not in the options; not in ~/.x; give the keys in one of these places."
    )


def test_keys_show_nothing_of_themselves() -> None:
    keys = KeyPair("AKIDexample", "example-secret", "example-token", "options")
    assert "example" not in repr(keys)
    fixed = FixedKeys(keys)
    assert (fixed.source, fixed.current(0), fixed.secrets()) == (
        "options",
        keys,
        ("AKIDexample", "example-secret", "example-token"),
    )


def tools() -> Tools:
    deadline = Deadline(30)
    secrets = Secrets()
    return Tools(
        Http("nowhere", Settings(), deadline, secrets), secrets, deadline, lambda dummy_action, rate: RateLimit(rate)
    )


class Service:
    """Hands out keys that last so long, or fails."""

    def __init__(self, lasts: float | None, now: float = 0.0) -> None:
        self.now = now
        self.lasts = lasts
        self.asked = 0
        self.problem: RelayError | None = None

    def fetch(self, dummy_tools: Tools) -> KeyPair:
        self.asked += 1
        time.sleep(0.001)
        if self.problem:
            raise self.problem
        expires = None if self.lasts is None else self.now + self.lasts
        return KeyPair(f"AKID{self.asked}", f"fetched-secret-{self.asked}", None, "elsewhere", expires)


def opened(service: Service) -> tuple[FetchedKeys, Tools]:
    """Keys that were fetched by this machine's clock, and what they were opened with."""
    service.now = time.time()
    keys = FetchedKeys("metadata", "me", service.fetch)
    given = tools()
    keys.open(given)
    return keys, given


def test_fetched_keys_are_kept_until_they_near_their_end() -> None:
    service = Service(3600)
    keys, given = opened(service)
    first = keys.current(service.now)
    assert (first.source, first.access_key, service.asked) == ("metadata", "AKID1", 1)
    assert keys.current(service.now + 3600 - MARGIN - 1) is first
    service.now += 3600 - MARGIN + 1
    assert keys.current(service.now).access_key == "AKID2"
    assert given.secrets.scrub("fetched-secret-1 fetched-secret-2") == "*** ***"


def test_keys_without_an_end_are_fetched_once() -> None:
    service = Service(None)
    keys, dummy_tools = opened(service)
    assert keys.current(1e12) is keys.current(0)
    assert service.asked == 1


def test_short_keys_are_not_fetched_for_every_request() -> None:
    service = Service(60)
    keys, dummy_tools = opened(service)
    for second in range(25):
        keys.current(service.now + second)
    assert service.asked == 1
    keys.current(service.now + 31)
    assert service.asked == 2


def test_keys_that_seem_to_have_ended_already_are_tried() -> None:
    service = Service(-100)
    keys, dummy_tools = opened(service)
    for second in range(int(PATIENCE) - 1):
        assert keys.current(service.now + second).access_key == "AKID1"
    assert service.asked == 1


def test_old_keys_that_are_still_good_serve_while_the_service_is_down() -> None:
    service = Service(3600)
    keys, dummy_tools = opened(service)
    service.problem = RelayError("service", "down", retry=True)
    late = service.now + 3600 - 100
    assert keys.current(late).access_key == "AKID1"
    assert keys.current(late + 1).access_key == "AKID1"
    assert service.asked == 2  # it is left alone for a while
    with pytest.raises(RelayError, match="down") as caught:
        keys.current(service.now + 3601)
    assert not caught.value.retry


def test_many_threads_fetch_once() -> None:
    service = Service(3600)
    keys, dummy_tools = opened(service)
    late = service.now + 3600 - MARGIN + 1
    service.now = late
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(keys.current(late).access_key)) for dummy in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == ["AKID2"] * 8
    assert service.asked == 2


@pytest.mark.parametrize(
    ("given_role", "facts"),
    [
        (None, None),
        (
            {"role": " qcs::x "},
            {"role": "qcs::x", "session_name": SESSION_NAME, "duration": None, "external_id": None},
        ),
        (
            {"role": "r", "session_name": "s", "duration": 900, "external_id": "e"},
            {"role": "r", "session_name": "s", "duration": 900, "external_id": "e"},
        ),
    ],
)
def test_a_role(given_role: dict[str, t.Any] | None, facts: dict[str, t.Any] | None) -> None:
    assert role_facts(given_role) == facts


@pytest.mark.parametrize(
    "given_role",
    [
        {"role": ""},
        {"role": "  "},
        {"role": "r", "session_name": " "},
        {"role": "r", "external_id": ""},
        {"role": "r", "duration": 0},
        {"role": "r", "duration": -900},
    ],
)
def test_a_role_that_is_refused(given_role: dict[str, t.Any]) -> None:
    with pytest.raises(RelayError) as caught:
        role_facts(given_role)
    assert caught.value.kind == "config"
    assert "assume_role" in str(caught.value)


def test_roles_of_different_keys_are_different() -> None:
    identities = {role_identity(base, *names) for base in ("a", "b") for names in (("r",), ("r", None), ("s",))}
    assert len(identities) == 6
