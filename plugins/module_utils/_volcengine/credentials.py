# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import functools
import typing as t

from .._credentials import (
    SESSION_NAME,
    FixedKeys,
    KeyPair,
    KeySource,
    first_set,
    key_pair,
    no_keys,
    pair_in,
    within,
)
from .._errors import config_error
from .._key_files import KeyFiles, text_in
from .._metadata import metadata_allowed
from .metadata import DISABLED, instance_keys, is_disabled
from .profile import CliConfig
from .sts import assumed, checked_role, role_from, sts_endpoint, workload_keys

# The names of one family belong together: today's SDKs and CLI, the older SDK, and a still older one.
_FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("VOLCENGINE_ACCESS_KEY",), ("VOLCENGINE_SECRET_KEY",), ("VOLCENGINE_SESSION_TOKEN",)),
    # The older SDK knows no token in the environment. Guess: people name it like this.
    (("VOLC_ACCESSKEY",), ("VOLC_SECRETKEY",), ("VOLC_SESSION_TOKEN",)),
    (
        ("VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_ACCESS_KEY"),
        ("VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SECRET_KEY"),
        ("VOLCSTACK_SESSION_TOKEN",),
    ),
)
_PROFILE = ("VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE")
_OIDC = ("VOLCENGINE_OIDC_ROLE_TRN", "VOLCENGINE_OIDC_TOKEN_FILE")
# Terraform's names.
_ROLE = "VOLCENGINE_ASSUME_ROLE_TRN"
_ROLE_SESSION = "VOLCENGINE_ASSUME_ROLE_SESSION_NAME"
_ROLE_DURATION = "VOLCENGINE_ASSUME_ROLE_DURATION_SECONDS"
# The only region in the official SDKs' tables for this service; it is part of the signature.
DEFAULT_REGION = "cn-north-1"


def find_keys(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], files: KeyFiles, now: float
) -> KeySource:
    """What to sign with: the first source that holds keys; nothing is sent yet. ``now`` in seconds since the epoch.

    Raises RelayError (config) for a source that is there but broken, and when no place is left to look at.
    """
    return _Search(options, environment, files, now).find()


class _Search:
    def __init__(
        self, options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], files: KeyFiles, now: float
    ) -> None:
        self._options = options
        self._environment = environment
        self._files = files
        self._now = now
        self._cli = functools.lru_cache(maxsize=None)(lambda: CliConfig(files, environment))
        self._looked: list[str] = []
        self._role = role_from(options)

    def find(self) -> KeySource:
        found = (
            self._from_options()
            or self._from_named_profile()
            or self._from_environment()
            or self._from_current_profile()
            or self._from_file()
            or self._from_metadata()
        )
        return assumed(found, self._role, self._sts()) if self._role else found

    def _sts(self) -> str:
        return sts_endpoint(self._options, self._environment)

    def _from_options(self) -> KeySource | None:
        self._looked.append("the options access_key and secret_key")
        return _fixed(pair_in("options", self._options, "access_key", "secret_key", "session_token"))

    def _from_named_profile(self) -> KeySource | None:
        name = self._options.get("profile")
        name = first_set(self._environment, *_PROFILE)[1] if name is None else name
        if name is None:
            return None
        if not name:
            raise config_error("profile is empty", "name a profile of ve, or leave profile out")
        cli = self._cli()
        if not cli.exists:
            raise config_error(
                f"there is no profile {name!r}: {cli.path} does not exist", "make the profile with ve configure set"
            )
        profile = cli.profile(name)
        keys = profile.keys(self._options, self._now)
        if keys is None:
            raise config_error(f"{profile.place} holds no keys", "store keys in it with ve configure set")
        return keys

    def _from_environment(self) -> KeySource | None:
        self._looked.append(
            "the environment variables VOLCENGINE_ACCESS_KEY and VOLCENGINE_SECRET_KEY, VOLC_ACCESSKEY and "
            "VOLC_SECRETKEY, or VOLCSTACK_ACCESS_KEY_ID and VOLCSTACK_SECRET_ACCESS_KEY"
        )
        keys = _fixed(_from_environment(self._environment))
        return self._in_environment_role(keys) if keys else self._from_workload()

    def _in_environment_role(self, keys: KeySource) -> KeySource:
        """The keys of the role that the environment names, as Terraform's provider takes it."""
        environment = self._environment
        role = environment.get(_ROLE)
        if self._role is not None or not role:
            return keys
        with within("the environment's role"):
            facts = {
                "role": role,
                "session_name": environment.get(_ROLE_SESSION) or SESSION_NAME,
                "duration": _duration(environment.get(_ROLE_DURATION)),
                "external_id": None,
            }
            return assumed(keys, checked_role(None, **facts), self._sts())

    def _from_workload(self) -> KeySource | None:
        environment = self._environment
        role, path = (environment.get(name) for name in _OIDC)
        if not role and not path:
            return None
        if not role or not path:
            raise config_error(f"{_OIDC[0 if role else 1]} is set alone", f"set {' and '.join(_OIDC)}, or none")
        return workload_keys(
            "environment",
            role,
            path,
            _OIDC[1],
            self._files,
            self._sts(),
            session_name=environment.get("VOLCENGINE_OIDC_ROLE_SESSION_NAME") or SESSION_NAME,
            policy=environment.get("VOLCENGINE_OIDC_ROLE_POLICY") or None,
        )

    def _from_current_profile(self) -> KeySource | None:
        cli = self._cli()
        self._looked.append(f"ve's profiles in {cli.path}")
        name = cli.current() if cli.exists else None
        return cli.profile(name).keys(self._options, self._now) if name else None

    def _from_file(self) -> KeySource | None:
        """The older SDK's files: the second is for those who have no first."""
        path = self._files.in_home(".volc", "credentials")
        if self._files.exists(path):
            section = self._files.read_ini(path, "default", interpolation=True) or {}
            with within(f"[default] in {path}"):
                keys = pair_in("file", section, "access_key_id", "secret_access_key", "session_token")
            self._looked.append(path)
            return _fixed(keys)
        self._looked.append(path)
        path = self._files.in_home(".volc", "config")
        self._looked.append(path)
        if not self._files.exists(path):
            return None
        document = self._files.read_json(path)
        with within(path):
            return _fixed(pair_in("file", dict(text_in(document, name) for name in _JSON), *_JSON))

    def _from_metadata(self) -> KeySource:
        if not metadata_allowed(self._options):
            raise no_keys([*self._looked, "the metadata service, which use_metadata switches off"])
        if is_disabled(self._environment):
            raise no_keys([*self._looked, f"the metadata service, which {DISABLED} switches off"])
        return instance_keys(self._environment, looked=tuple(self._looked))


_JSON = ("ak", "sk", "session_token")


def _fixed(keys: KeyPair | None) -> KeySource | None:
    return FixedKeys(keys) if keys else None


def _duration(value: str | None) -> int | None:
    if not value:
        return None
    if not value.isdigit() or int(value) < 1:
        raise config_error(f"{_ROLE_DURATION} is no number of seconds", "give it as one, or leave it out")
    return int(value)


def _from_environment(environment: t.Mapping[str, str]) -> KeyPair | None:
    for access_key, secret_key, token in _FAMILIES:
        keys = key_pair(
            "environment",
            first_set(environment, *access_key),
            first_set(environment, *secret_key),
            first_set(environment, *token),
        )
        if keys:
            return keys
    return None


def find_region(options: t.Mapping[str, t.Any]) -> str:
    """The region to sign for.

    VOLCENGINE_REGION is not asked: it names where servers run (cn-beijing, say), and Live knows one region only.
    """
    return str(options["region"] or DEFAULT_REGION)
