# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import contextlib
import dataclasses
import math
import threading
import typing as t

from ._cloud import Tools
from ._errors import RelayError, config_error
from ._http import header_value

# Keys are fetched anew this many seconds before they end. Tencent's and Volcengine's own SDKs keep the same distance.
MARGIN = 300.0
# When fetching anew failed and the keys are still good: how many seconds to leave the service alone.
PATIENCE = 10.0
SESSION_NAME = "livestream-relay"


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """A cloud's key pair, the token that temporary keys need, and where they were found.

    ``expires`` is when temporary keys end, in seconds since the epoch; None when that is not known or never.
    """

    access_key: str = dataclasses.field(repr=False)
    secret_key: str = dataclasses.field(repr=False)
    session_token: str | None = dataclasses.field(repr=False)
    source: str
    expires: float | None = None


def key_pair(
    source: str,
    access_key: tuple[str, str | None],
    secret_key: tuple[str, str | None],
    session_token: tuple[str, str | None],
    expires: float | None = None,
) -> KeyPair | None:
    """The pair that a source holds, from (name, value) of each part; None when it holds nothing.

    Raises RelayError (config) for half a pair: nothing falls through from a source that is there but broken.
    """
    parts = (access_key, secret_key, session_token)
    given = [name for name, value in parts if value]
    if not given:
        return None
    lacking = [name for name, value in (access_key, secret_key) if not value]
    if lacking:
        raise config_error(
            f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} set, but not {' and '.join(lacking)}",
            "set both halves of the key pair, or none",
        )
    clean = [header_value(value, name) if value else None for name, value in parts]
    return KeyPair(t.cast(str, clean[0]), t.cast(str, clean[1]), clean[2], source, expires)


def pair_in(source: str, values: t.Mapping[str, t.Any], *names: str) -> KeyPair | None:
    """The pair under three names of a mapping, see key_pair."""
    access_key, secret_key, session_token = ((name, values.get(name)) for name in names)
    return key_pair(source, access_key, secret_key, session_token)


def first_set(environment: t.Mapping[str, str], *names: str) -> tuple[str, str | None]:
    """The first of these variables that is set and not empty, with its name; else the first name and None."""
    for name in names:
        if environment.get(name):
            return name, environment[name]
    return names[0], None


@contextlib.contextmanager
def within(place: str) -> t.Iterator[None]:
    """Errors about values that were read here say where: the file and its profile."""
    try:
        yield
    except RelayError as error:
        error.what = f"{place}: {error.what}"
        raise


def no_keys(looked: t.Iterable[str]) -> RelayError:
    """The error for keys that are nowhere, with all the places that were looked at."""
    return config_error(
        f"no keys were found: not in {'; not in '.join(looked)}", "give the keys in one of these places"
    )


class KeySource:
    """Where the key pair of each request comes from; every signed attempt asks for the current one. Thread-safe.

    ``source`` is what ``credentials_source`` names. ``identity`` is the same for all that work with the same keys or
    role, and stays when keys are fetched anew; it is never shown.
    """

    source: str
    identity: str

    def open(self, tools: Tools) -> None:
        """Get ready to be asked; called once, before the first request. Raises RelayError."""

    def current(self, now: float) -> KeyPair:
        """The pair to sign with at ``now``, in seconds since the epoch. Raises RelayError."""
        raise NotImplementedError

    def secrets(self) -> tuple[str | None, ...]:
        """Everything that is known before the first request and may never be shown."""
        raise NotImplementedError


class FixedKeys(KeySource):
    """Keys that were there before the call, and stay as they are."""

    def __init__(self, keys: KeyPair) -> None:
        self._keys = keys
        self.source = keys.source
        self.identity = keys.access_key

    def current(self, now: float) -> KeyPair:
        del now  # they are what they are
        return self._keys

    def secrets(self) -> tuple[str | None, ...]:
        return (self._keys.access_key, self._keys.secret_key, self._keys.session_token)


class FetchedKeys(KeySource):
    """Temporary keys that a service hands out: fetched when opened, and anew when they near their end.

    ``base`` is what the service wants to see first, for a role that is assumed.
    """

    def __init__(
        self, source: str, identity: str, fetch: t.Callable[[Tools], KeyPair], base: KeySource | None = None
    ) -> None:
        self.source = source
        self.identity = identity
        self._fetch = fetch
        self._base = base
        self._lock = threading.Lock()
        self._tools: Tools | None = None
        self._keys: KeyPair | None = None
        self._renew_at = -math.inf

    def open(self, tools: Tools) -> None:
        if self._base:
            self._base.open(tools)
        self._tools = tools
        self.current(tools.http.clock.signing_time())

    def current(self, now: float) -> KeyPair:
        with self._lock:
            if self._keys is not None and now < self._renew_at:
                return self._keys
            self._keys = self._renewed(self._keys, now)
            return self._keys

    def secrets(self) -> tuple[str | None, ...]:
        return self._base.secrets() if self._base else ()

    def _renewed(self, old: KeyPair | None, now: float) -> KeyPair:
        tools = t.cast(Tools, self._tools)
        try:
            keys = self._fetch(tools)
        except RelayError as error:
            if old is not None and old.expires is not None and now < old.expires:
                self._renew_at = min(now + PATIENCE, old.expires)
                return old
            # This was tried as often as it may be, by the clock that is right: the request that wanted to be signed
            # is not to be repeated for it.
            error.retry = error.clock_skew = error.stale_token = False
            raise
        tools.secrets.add(keys.access_key, keys.secret_key, keys.session_token)
        self._renew_at = _renewal_time(keys.expires, now)
        return dataclasses.replace(keys, source=self.source)


def _renewal_time(expires: float | None, now: float) -> float:
    if expires is None:
        return math.inf
    left = expires - now
    if left <= 0:
        # By this machine's clock they have ended already, so the clock is likely wrong: the cloud shall decide.
        return now + PATIENCE
    return expires - min(MARGIN, left / 2)


@dataclasses.dataclass(frozen=True)
class Role:
    """A role to assume: what the clouds have in common. ``duration`` in seconds; None leaves it to the cloud."""

    role: str
    session_name: str = SESSION_NAME
    duration: int | None = None
    external_id: str | None = None


def role_facts(given: t.Mapping[str, t.Any] | None) -> dict[str, t.Any] | None:
    """The facts of Role in the option ``assume_role``, checked; None when no role is to be assumed."""
    if given is None:
        return None
    for name in ("role", "session_name", "external_id"):
        if given.get(name) is not None and not given[name].strip():
            raise config_error(f"{name} in assume_role is empty", f"give {name}, or leave it out")
    duration = given.get("duration")
    if duration is not None and duration < 1:
        raise config_error(f"duration in assume_role is {duration}", "give it as a number of seconds, 900 or more")
    return {
        "role": given["role"].strip(),
        "session_name": (given.get("session_name") or SESSION_NAME).strip(),
        "duration": duration,
        "external_id": given.get("external_id"),
    }


def role_identity(base: str, *names: str | None) -> str:
    """The identity of a role that the keys of ``base`` assume."""
    return " > ".join(("role", *(name or "" for name in names), base))
