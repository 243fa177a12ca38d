# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import os
import typing as t

from .._credentials import SESSION_NAME, FixedKeys, KeySource, key_pair, within
from .._errors import RelayError, config_error
from .._key_files import KeyFiles, object_in, seconds_in, text_in
from .._metadata import metadata_allowed, refused_metadata
from .metadata import instance_keys
from .sts import assumed, checked_role, sts_endpoint

# What the CLI (tccli) uses when nobody names a profile.
DEFAULT = "default"
# How to get new keys, by the ``type`` of a profile that somebody logged in to.
_LOGINS = {"oauth": "tccli auth login", "sso": "tccli sso login"}


def folder(files: KeyFiles, environment: t.Mapping[str, str]) -> str:
    """Where the CLI keeps its profiles; the variable is Terraform's."""
    given = environment.get("TENCENTCLOUD_SHARED_CREDENTIALS_DIR")
    return files.expand(given) if given else files.in_home(".tccli")


def check_name(name: str) -> None:
    """Raises RelayError (config) for a name that would lead out of the folder of profiles."""
    if not name or not name.isprintable() or "/" in name or "\\" in name or name in (".", "..") or len(name) > 200:
        raise config_error("profile is no name of a profile", "give it as tccli configure list --profile takes it")


class Profile:
    """One profile of the CLI: NAME.credential and NAME.configure, both JSON.

    Source: tccli, configure.py and parse_global_arg in each service's client.
    """

    def __init__(self, name: str, files: KeyFiles, environment: t.Mapping[str, str]) -> None:
        check_name(name)
        self.name = name
        self._files = files
        self._environment = environment
        self.path = os.path.join(folder(files, environment), f"{name}.credential")
        self._configuration: dict[str, t.Any] | None = None

    @property
    def place(self) -> str:
        """The profile as errors name it."""
        return f"profile {self.name!r} in {self.path}"

    def exists(self) -> bool:
        return self._files.exists(self.path)

    def region(self) -> str | None:
        with within(self._configure_path):
            return text_in(object_in(self._configure(), "_sys_param"), "region")[1]

    def keys(self, options: t.Mapping[str, t.Any], now: float) -> KeySource | None:
        """What the profile says to sign with; None when it says nothing. Raises RelayError (config)."""
        document = self._files.read_json(self.path)
        with within(self.place):
            kind = (text_in(document, "type")[1] or "").lower()
            if kind == "cvm-role":
                if not metadata_allowed(options):
                    raise refused_metadata("it", "use_metadata")
                return instance_keys(self._environment, source="profile")
            expires = seconds_in(document, "expiresAt") if kind in _LOGINS else None
            keys = key_pair(
                "profile",
                text_in(document, "secretId"),
                text_in(document, "secretKey"),
                text_in(document, "token"),
                expires,
            )
            if expires is not None and expires <= now:
                raise _ended(kind)
            if keys is None:
                if kind in _LOGINS:
                    raise _ended(kind)
                return None
            source: KeySource = FixedKeys(keys)
            role = text_in(document, "role-arn")[1]
            if role:
                session_name = text_in(document, "role-session-name")[1] or SESSION_NAME
                facts = {"role": role, "session_name": session_name, "duration": None, "external_id": None}
                source = assumed(source, checked_role(**facts), sts_endpoint(options, self._sts_endpoint()))
            return source

    @property
    def _configure_path(self) -> str:
        return f"{self.path[: -len('credential')]}configure"

    def _configure(self) -> dict[str, t.Any]:
        if self._configuration is None:
            path = self._configure_path
            self._configuration = self._files.read_json(path) if self._files.exists(path) else {}
        return self._configuration

    def _sts_endpoint(self) -> str | None:
        return text_in(object_in(self._configure(), "sts"), "endpoint")[1]


def _ended(kind: str) -> RelayError:
    return config_error(f"the keys of this {kind} login have ended", f"log in again: {_LOGINS[kind]}")
