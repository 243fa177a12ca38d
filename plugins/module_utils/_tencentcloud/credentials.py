# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t

from .._credentials import KeyPair, first_set, key_pair
from .._errors import config_error

_ID = ("TENCENTCLOUD_SECRET_ID",)
_KEY = ("TENCENTCLOUD_SECRET_KEY",)
# The CLI's name, then Terraform's.
_TOKEN = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
_REGION = "TENCENTCLOUD_REGION"
DEFAULT_REGION = "ap-guangzhou"


def find_keys(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> KeyPair:
    """The key pair to use: the first source that holds one. Raises RelayError (config) when none does."""
    keys = _from_options(options) or _from_environment(environment)
    if keys:
        return keys
    raise config_error(
        "no keys were found: not in the options access_key and secret_key, and not in the environment variables "
        "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        "give the keys in one of these places",
    )


def _from_options(options: t.Mapping[str, t.Any]) -> KeyPair | None:
    return key_pair(
        "options",
        ("access_key", options["access_key"]),
        ("secret_key", options["secret_key"]),
        ("session_token", options["session_token"]),
    )


def _from_environment(environment: t.Mapping[str, str]) -> KeyPair | None:
    return key_pair(
        "environment",
        first_set(environment, *_ID),
        first_set(environment, *_KEY),
        first_set(environment, *_TOKEN),
    )


def find_region(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> str:
    """The region to name in requests."""
    return str(options["region"] or environment.get(_REGION) or DEFAULT_REGION)
