# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t

from .._credentials import KeyPair, first_set, key_pair
from .._errors import config_error

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
# The only region in the official SDKs' tables for this service; it is part of the signature.
DEFAULT_REGION = "cn-north-1"


def find_keys(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> KeyPair:
    """The key pair to use: the first source that holds one. Raises RelayError (config) when none does."""
    keys = _from_options(options) or _from_environment(environment)
    if keys:
        return keys
    raise config_error(
        "no keys were found: not in the options access_key and secret_key, and not in the environment variables "
        "VOLCENGINE_ACCESS_KEY and VOLCENGINE_SECRET_KEY, VOLC_ACCESSKEY and VOLC_SECRETKEY, or "
        "VOLCSTACK_ACCESS_KEY_ID and VOLCSTACK_SECRET_ACCESS_KEY",
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
