# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import hashlib
import json
import os
import typing as t

from .._credentials import SESSION_NAME, FixedKeys, KeyPair, KeySource, key_pair, pair_in, within
from .._errors import RelayError, config_error
from .._key_files import KeyFiles, object_in, seconds_in, text_in
from .._metadata import metadata_allowed, refused_metadata, time_in
from .metadata import DISABLED, instance_keys, is_disabled
from .sts import assumed, checked_role, sts_endpoint, workload_keys

_FILE = "VOLCENGINE_CLI_CONFIG_FILE"
_LOGIN_CACHE = "VOLCENGINE_LOGIN_CACHE_DIRECTORY"
DEFAULT = "default"


class CliConfig:
    """The file of profiles of the CLI (ve), if there is one.

    Source: the official SDK (cli_config_provider.py), and cmd/configure.go of the CLI.
    """

    def __init__(self, files: KeyFiles, environment: t.Mapping[str, str]) -> None:
        given = environment.get(_FILE)
        self.path = files.expand(given) if given else files.in_home(".volcengine", "config.json")
        self.exists = files.exists(self.path)
        if given and not self.exists:
            raise config_error(f"{self.path}, which {_FILE} names, does not exist", f"correct {_FILE} or unset it")
        self._files = files
        self._environment = environment
        self._document: dict[str, t.Any] | None = None

    def current(self) -> str | None:
        """The profile that the CLI uses when nobody names one: its current one, or the one named default."""
        with within(self.path):
            current = text_in(self._read(), "current")[1]
        return current or (DEFAULT if DEFAULT in self._profiles() else None)

    def profile(self, name: str) -> Profile:
        """The profile of this name. Raises RelayError (config) when there is none."""
        document = self._profiles().get(name)
        if not isinstance(document, dict):
            raise config_error(
                f"there is no profile {name!r} in {self.path}", "name another profile, or make it with ve configure set"
            )
        return Profile(name, self.path, document, self._files, self._environment)

    def _profiles(self) -> dict[str, t.Any]:
        with within(self.path):
            return object_in(self._read(), "profiles")

    def _read(self) -> dict[str, t.Any]:
        if self._document is None:
            self._document = self._files.read_json(self.path)
        return self._document


class Profile:
    """One profile of the CLI."""

    def __init__(
        self, name: str, path: str, document: dict[str, t.Any], files: KeyFiles, environment: t.Mapping[str, str]
    ) -> None:
        self.place = f"profile {name!r} in {path}"
        self._folder = os.path.dirname(path)
        self._document = document
        self._files = files
        self._environment = environment

    def keys(self, options: t.Mapping[str, t.Any], now: float) -> KeySource | None:
        """What the profile says to sign with; None when it says nothing. Raises RelayError (config)."""
        with within(self.place):
            mode = (self._text("mode") or "ak").lower()
            if mode in ("ak", "ststoken"):
                pair = self._pair()
                return FixedKeys(pair) if pair else None
            if mode == "sso":
                return FixedKeys(self._sso_keys(now))
            if mode == "console-login":
                return FixedKeys(self._console_keys(now))
            if mode == "ramrolearn":
                return self._role_keys(options)
            if mode == "oidc":
                return self._oidc_keys(options)
            if mode == "ecsrole":
                return self._instance_keys(options)
            raise config_error(f"its mode {mode[:40]!r} is not known here", "use another profile")

    def _text(self, key: str) -> str | None:
        return text_in(self._document, key)[1]

    def _needed(self, key: str) -> str:
        value = self._text(key)
        if value is None:
            raise config_error(f"{key} is not set", "set it with ve configure set")
        return value

    def _pair(self, expires: float | None = None) -> KeyPair | None:
        names = ("access-key", "secret-key", "session-token")
        access_key, secret_key, session_token = (text_in(self._document, name) for name in names)
        return key_pair("profile", access_key, secret_key, session_token, expires)

    def _sso_keys(self, now: float) -> KeyPair:
        expires = _seconds(seconds_in(self._document, "sts-expiration"))
        keys = self._pair(expires) if expires is not None and expires > now else None
        if keys is None:
            raise _ended("SSO login", "ve sso login")
        return keys

    def _console_keys(self, now: float) -> KeyPair:
        """The keys that ``ve login`` keeps in a file of its own, named by the hash of the session's name."""
        name = hashlib.sha1(self._needed("login-session").encode(), usedforsecurity=False).hexdigest()
        folder = self._environment.get(_LOGIN_CACHE) or os.path.join(self._folder, "login", "cache")
        path = os.path.join(self._files.expand(folder), f"{name}.json")
        if not self._files.exists(path):
            raise _ended("console login", "ve login")
        document = self._files.read_json(path)
        issued, seconds = time_in(document, "issued_at"), seconds_in(document, "expires_in")
        if issued is None or seconds is None or issued + seconds <= now:
            raise _ended("console login", "ve login")
        token = document.get("access_token")
        if isinstance(token, str):
            try:
                token = json.loads(token)
            except ValueError:
                token = None
        with within(path):
            names = ("access_key_id", "secret_access_key", "session_token")
            keys = pair_in("profile", object_in({"access_token": token}, "access_token"), *names)
        if keys is None:
            raise _ended("console login", "ve login")
        return KeyPair(keys.access_key, keys.secret_key, keys.session_token, "profile", issued + seconds)

    def _role_keys(self, options: t.Mapping[str, t.Any]) -> KeySource:
        pair = self._pair()
        if pair is None:
            raise config_error("access-key and secret-key are not set", "set them with ve configure set")
        facts = {
            "role": self._needed("role-name"),
            "session_name": SESSION_NAME,
            "duration": None,
            "external_id": None,
        }
        role = checked_role(self._needed("account-id"), **facts)
        return assumed(FixedKeys(pair), role, sts_endpoint(options, {}))

    def _oidc_keys(self, options: t.Mapping[str, t.Any]) -> KeySource:
        return workload_keys(
            "profile",
            self._needed("role-trn"),
            self._needed("oidc-token-file"),
            "oidc-token-file",
            self._files,
            sts_endpoint(options, self._environment),
            session_name=SESSION_NAME,
            policy=self._text("policy"),
        )

    def _instance_keys(self, options: t.Mapping[str, t.Any]) -> KeySource:
        if not metadata_allowed(options):
            raise refused_metadata("it", "use_metadata")
        if is_disabled(self._environment):
            raise refused_metadata("it", DISABLED)
        return instance_keys(self._environment, source="profile", role=self._needed("role-name"))


def _seconds(moment: float | None) -> float | None:
    """The CLI writes seconds, milliseconds, microseconds or nanoseconds, told apart by their size as the SDK does."""
    if moment is None:
        return None
    for least, parts in ((1e18, 1e9), (1e15, 1e6), (1e12, 1e3)):
        if moment >= least:
            return moment / parts
    return moment


def _ended(what: str, command: str) -> RelayError:
    return config_error(f"this {what} holds no keys that are still good", f"log in again: {command}")
