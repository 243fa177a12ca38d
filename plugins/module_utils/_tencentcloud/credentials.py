# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import typing as t

from .._credentials import SESSION_NAME, FixedKeys, KeySource, first_set, key_pair, no_keys, pair_in, within
from .._errors import config_error
from .._key_files import KeyFiles
from .._metadata import metadata_allowed
from .metadata import instance_keys
from .profile import DEFAULT, Profile
from .sts import Workload, assumed, checked_role, role_from, sts_endpoint, workload_keys

_ID = ("TENCENTCLOUD_SECRET_ID",)
_KEY = ("TENCENTCLOUD_SECRET_KEY",)
# The CLI's name, then Terraform's.
_TOKEN = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
_PROFILE = ("TCCLI_PROFILE", "TENCENTCLOUD_PROFILE")
_ROLE = ("TENCENTCLOUD_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_ARN")
_ROLE_SESSION = ("TENCENTCLOUD_ROLE_SESSION_NAME", "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME")
_ROLE_DURATION = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION"
_ROLE_EXTERNAL_ID = "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"
_WORKLOAD = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
_REGION = "TENCENTCLOUD_REGION"
_FILE = "TENCENTCLOUD_CREDENTIALS_FILE"
_SYSTEM_FILE = "/etc/tencentcloud/credentials"
DEFAULT_REGION = "ap-guangzhou"


@dataclasses.dataclass(frozen=True)
class Found:
    """What to sign with, and the region to name in requests."""

    keys: KeySource
    region: str


def find_keys(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], files: KeyFiles, now: float) -> Found:
    """The first source that holds keys; nothing is sent yet. ``now`` in seconds since the epoch.

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
        self._looked: list[str] = []
        self._role = role_from(options)

    def find(self) -> Found:
        found = (
            self._from_options()
            or self._from_named_profile()
            or self._from_environment()
            or self._from_default_profile()
            or self._from_file()
            or self._from_metadata()
        )
        if self._role is None:
            return found
        keys = assumed(found.keys, self._role, sts_endpoint(self._options))
        return dataclasses.replace(found, keys=keys)

    def _from_options(self) -> Found | None:
        self._looked.append("the options access_key and secret_key")
        keys = pair_in("options", self._options, "access_key", "secret_key", "session_token")
        return self._found(FixedKeys(keys)) if keys else None

    def _from_named_profile(self) -> Found | None:
        name = self._options.get("profile")
        name = first_set(self._environment, *_PROFILE)[1] if name is None else name
        if name is None:
            return None
        profile = Profile(name, self._files, self._environment)
        if not profile.exists():
            raise config_error(
                f"there is no profile {name!r}: {profile.path} does not exist",
                "name another profile, or make it with tccli configure",
            )
        keys = profile.keys(self._options, self._now)
        if keys is None:
            raise config_error(f"{profile.place} holds no keys", "store keys in it with tccli configure")
        return Found(keys, self._region(profile.region(), self._environment.get(_REGION)))

    def _from_environment(self) -> Found | None:
        environment = self._environment
        keys = key_pair(
            "environment",
            first_set(environment, *_ID),
            first_set(environment, *_KEY),
            first_set(environment, *_TOKEN),
        )
        self._looked.append("the environment variables TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY")
        if keys:
            return self._found(self._in_environment_role(FixedKeys(keys)))
        workload = self._workload()
        if workload is None:
            return None
        endpoint = sts_endpoint(self._options)
        session_name = first_set(environment, *_ROLE_SESSION)[1] or SESSION_NAME
        return self._found(workload_keys(workload, self._files, endpoint, session_name))

    def _workload(self) -> Workload | None:
        values = [self._environment.get(name) for name in _WORKLOAD]
        # TKE_REGION alone says where something runs, not who it is.
        if not any(values[1:]):
            return None
        lacking = [name for name, value in zip(_WORKLOAD, values) if not value]
        if lacking:
            what = f"the role of a TKE workload is set, but not {' and '.join(lacking)}"
            raise config_error(what, f"set all of {', '.join(_WORKLOAD)}")
        return Workload(*t.cast("list[str]", values))

    def _in_environment_role(self, keys: KeySource) -> KeySource:
        """The keys of the role that the environment names, as the CLI and Terraform's provider take it."""
        environment = self._environment
        role = first_set(environment, *_ROLE)[1]
        if self._role is not None or not role:
            return keys
        with within("the environment's role"):
            facts = {
                "role": role,
                "session_name": first_set(environment, *_ROLE_SESSION)[1] or SESSION_NAME,
                "duration": _duration(environment.get(_ROLE_DURATION)),
                "external_id": environment.get(_ROLE_EXTERNAL_ID) or None,
            }
            return assumed(keys, checked_role(**facts), sts_endpoint(self._options))

    def _from_default_profile(self) -> Found | None:
        profile = Profile(DEFAULT, self._files, self._environment)
        self._looked.append(f"tccli's profile {profile.path}")
        keys = profile.keys(self._options, self._now) if profile.exists() else None
        if keys is None:
            return None
        # The CLI lets the environment's region and role win over a profile that nobody named.
        return Found(self._in_environment_role(keys), self._region(self._environment.get(_REGION), profile.region()))

    def _from_file(self) -> Found | None:
        named = self._environment.get(_FILE)
        if named:
            return self._in_file(self._files.expand(named))
        home = self._files.in_home(".tencentcloud", "credentials")
        for path in (home, _SYSTEM_FILE):
            if self._files.exists(path):
                # As the SDK does it: the second file is for those who have no first.
                return self._in_file(path)
            self._looked.append(path)
        return None

    def _in_file(self, path: str) -> Found | None:
        section = self._files.read_ini(path, "default", interpolation=False)
        if section is None:
            raise config_error(f"{path} has no section [default]", "put the keys under [default]")
        with within(f"[default] in {path}"):
            keys = pair_in("file", section, "secret_id", "secret_key", "token")
        self._looked.append(path)
        return self._found(FixedKeys(keys)) if keys else None

    def _from_metadata(self) -> Found:
        if not metadata_allowed(self._options):
            raise no_keys([*self._looked, "the metadata service, which use_metadata switches off"])
        return self._found(instance_keys(self._environment, looked=tuple(self._looked)))

    def _found(self, keys: KeySource) -> Found:
        return Found(keys, self._region(self._environment.get(_REGION)))

    def _region(self, *wanted: str | None) -> str:
        return str(next((each for each in (self._options["region"], *wanted) if each), DEFAULT_REGION))


def _duration(value: str | None) -> int | None:
    if not value:
        return None
    if not value.isdigit() or int(value) < 1:
        raise config_error(f"{_ROLE_DURATION} is no number of seconds", "give it as one, or leave it out")
    return int(value)
