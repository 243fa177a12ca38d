# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary keys are used until they near their end, and fetched anew then: once for all threads."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Tools
from ansible_collections.livestream.relay.plugins.module_utils._credentials import (
    MARGIN,
    PATIENCE,
    FetchedKeys,
    FixedKeys,
    KeyPair,
)
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import Clock, Http, Settings
from ansible_collections.livestream.relay.plugins.module_utils._rate import RateLimit
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets

START = 1_000_000.0


class Service:
    """Hands out numbered keys that last ``seconds``, or raises ``problem``."""

    def __init__(self, seconds: float | None = 3600.0) -> None:
        self.seconds = seconds
        self.now = START
        self.given = 0
        self.problem: RelayError | None = None

    def fetch(self, tools: Tools) -> KeyPair:
        if self.problem:
            raise self.problem
        self.given += 1
        expires = None if self.seconds is None else self.now + self.seconds
        return KeyPair(f"AK-{self.given}", f"secret-{self.given}", f"token-{self.given}", "anything", expires)


def opened(service: Service, start: float = START) -> tuple[FetchedKeys, Secrets]:
    keys = FetchedKeys("metadata", "the role", service.fetch)
    secrets = Secrets()
    http = Http("tencentcloud", Settings(), Deadline(60), secrets, clock=Clock(lambda: start))
    keys.open(Tools(http, secrets, http.deadline, lambda action, rate: RateLimit(rate)))
    return keys, secrets


def at(keys: t.Any, service: Service, now: float) -> str:
    service.now = now
    return str(keys.current(now).access_key)


def test_keys_are_fetched_when_opened_and_anew_before_they_end() -> None:
    service = Service(3600)
    keys, dummy_secrets = opened(service)
    assert service.given == 1
    assert at(keys, service, START + 3600 - MARGIN - 1) == "AK-1"
    assert at(keys, service, START + 3600 - MARGIN) == "AK-2"
    assert at(keys, service, START + 7200 - 2 * MARGIN - 1) == "AK-2"


@pytest.mark.parametrize("left", [1.0, 20.0, 599.0])
def test_keys_that_come_near_their_end_are_used_for_half_of_what_is_left(left: float) -> None:
    service = Service(left)
    keys, dummy_secrets = opened(service)
    assert at(keys, service, START + left * 0.49) == "AK-1"
    assert at(keys, service, START + left * 0.51) == "AK-2"


def test_keys_without_an_end_are_fetched_once() -> None:
    service = Service(None)
    keys, dummy_secrets = opened(service)
    assert at(keys, service, START + 10_000_000) == "AK-1"


def test_keys_that_seem_over_are_used_all_the_same_since_the_clock_may_be_wrong() -> None:
    service = Service(-7200)
    keys, dummy_secrets = opened(service)
    assert at(keys, service, START + PATIENCE / 2) == "AK-1"
    assert at(keys, service, START + PATIENCE) == "AK-2"


def test_source_and_identity_stay_when_keys_are_fetched_anew() -> None:
    service = Service(600)
    keys, dummy_secrets = opened(service)
    before = (keys.source, keys.identity, keys.current(START).source)
    at(keys, service, START + 500)
    assert service.given == 2
    assert before == ("metadata", "the role", "metadata")
    assert (keys.source, keys.identity, keys.current(START + 500).source) == before


def test_all_that_was_ever_fetched_is_masked() -> None:
    service = Service(600)
    keys, secrets = opened(service)
    at(keys, service, START + 500)
    words = "AK-1 secret-1 token-1 AK-2 secret-2 token-2"
    assert set(secrets.scrub(words).split()) == {"***"}


def test_while_the_keys_are_good_a_failure_is_waited_out() -> None:
    service = Service(3600)
    keys, dummy_secrets = opened(service)
    service.problem = RelayError("network", "the connection failed", retry=True)
    near = START + 3600 - MARGIN
    assert at(keys, service, near) == "AK-1"
    service.problem = None
    assert at(keys, service, near + PATIENCE - 1) == "AK-1"
    assert at(keys, service, near + PATIENCE) == "AK-2"


def test_when_the_keys_have_ended_a_failure_is_raised_and_not_to_be_repeated_by_the_caller() -> None:
    service = Service(3600)
    keys, dummy_secrets = opened(service)
    service.problem = RelayError("auth", "refused", http_status=401, retry=True, clock_skew=True, stale_token=True)
    with pytest.raises(RelayError) as caught:
        at(keys, service, START + 3600)
    assert (caught.value.kind, caught.value.retry) == ("auth", False)
    assert not caught.value.clock_skew
    assert not caught.value.stale_token


def test_many_threads_fetch_once() -> None:
    service = Service(3600)
    keys, dummy_secrets = opened(service)
    slow = service.fetch

    def fetch(tools: Tools) -> KeyPair:
        time.sleep(0.05)
        return slow(tools)

    keys._fetch = fetch
    service.now = START + 3600
    got = []
    threads = [threading.Thread(target=lambda: got.append(keys.current(START + 3600))) for dummy in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [pair.access_key for pair in got] == ["AK-2"] * 16
    assert service.given == 2


def test_a_base_is_opened_first_and_is_as_secret() -> None:
    pair = KeyPair("AK-base", "secret-base", None, "file")
    service = Service()
    keys = FetchedKeys("file", "role", service.fetch, FixedKeys(pair))
    assert [each for each in keys.secrets() if each] == ["AK-base", "secret-base"]


def test_nothing_shows_a_key() -> None:
    pair = KeyPair("AK-private", "secret-private", "token-private", "file", 5.0)
    assert "private" not in repr(pair)
