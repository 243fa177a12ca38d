# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import re
import typing as t

from .._credentials import KeyPair, pair_in, within
from .._errors import RelayError, config_error
from .._key_files import KeyFiles, object_in, text_in

# What KooCLI (hcloud) writes, as Terraform's provider reads it, too.
_FILE = "HW_SHARED_CONFIG_FILE"
_NO_KEY = re.compile(r"[^A-Za-z0-9_.-]|.{49}")


class CliConfig:
    """KooCLI's file of profiles, if there is one."""

    def __init__(self, files: KeyFiles, environment: t.Mapping[str, str]) -> None:
        given = environment.get(_FILE)
        self.path = files.expand(given) if given else files.in_home(".hcloud", "config.json")
        self.exists = files.exists(self.path)
        if given and not self.exists:
            raise config_error(f"{self.path}, which {_FILE} names, does not exist", f"correct {_FILE} or unset it")
        self._files = files
        self._document: dict[str, t.Any] | None = None

    def current(self) -> str | None:
        """The name of the profile that the CLI uses when nobody names one."""
        with within(self.path):
            return text_in(self._read(), "current")[1]

    def profile(self, name: str) -> Profile:
        """The profile of this name. Raises RelayError (config) when there is none."""
        profiles = self._read().get("profiles") or []
        if not isinstance(profiles, list):
            raise config_error(f"{self.path}: profiles is no list", "configure hcloud once more")
        for each in profiles:
            if isinstance(each, dict) and each.get("name") == name:
                encrypted = str(self._read().get("authEncrypt", "")).lower()
                return Profile(name, self.path, each, encrypted)
        raise config_error(
            f"there is no profile {name!r} in {self.path}", "name another profile, or make it with hcloud configure set"
        )

    def _read(self) -> dict[str, t.Any]:
        if self._document is None:
            self._document = self._files.read_json(self.path)
        return self._document


class Profile:
    """One profile of KooCLI. ``encrypted`` is what the file says of its secrets: true, false or nothing."""

    def __init__(self, name: str, path: str, document: dict[str, t.Any], encrypted: str) -> None:
        self.place = f"profile {name!r} in {path}"
        self._document = document
        self._encrypted = encrypted

    def text(self, key: str) -> str | None:
        with within(self.place):
            return text_in(self._document, key)[1]

    @property
    def mode(self) -> str:
        return (self.text("mode") or "AKSK").lower()

    def keys(self) -> KeyPair | None:
        """The key pair in it; None when it holds none. Raises RelayError (config)."""
        with within(self.place):
            document = self._document
            if self.mode == "sso":
                document = object_in(object_in(document, "ssoAuth"), "stsToken")
            names = ("accessKeyId", "secretAccessKey", "securityToken")
            values = dict(text_in(document, name) for name in names)
            # With half a pair this is told first, whatever the halves look like.
            keys = pair_in("profile", values, *names)
            if keys and self._is_encrypted(keys):
                raise _encrypted()
            return keys

    def _is_encrypted(self, keys: KeyPair) -> bool:
        if self._encrypted in ("true", "false"):
            return self._encrypted == "true"
        # Guess: where the file does not say, what is longer than a key or not of its letters is encrypted.
        return bool(_NO_KEY.search(keys.access_key)) or len(keys.secret_key) > 64


def _encrypted() -> RelayError:
    return config_error(
        "its keys are stored encrypted, which only hcloud can read",
        "store them readable: hcloud configure set --cli-auth-encrypt=false, then configure the profile once more",
    )
