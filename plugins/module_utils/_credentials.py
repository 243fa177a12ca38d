# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import typing as t

from ._errors import config_error
from ._http import header_value


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """A cloud's key pair, the token that temporary keys need, and where they were found."""

    access_key: str = dataclasses.field(repr=False)
    secret_key: str = dataclasses.field(repr=False)
    session_token: str | None = dataclasses.field(repr=False)
    source: str


def key_pair(
    source: str,
    access_key: tuple[str, str | None],
    secret_key: tuple[str, str | None],
    session_token: tuple[str, str | None],
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
    return KeyPair(t.cast(str, clean[0]), t.cast(str, clean[1]), clean[2], source)


def first_set(environment: t.Mapping[str, str], *names: str) -> tuple[str, str | None]:
    """The first of these variables that is set and not empty, with its name; else the first name and None."""
    for name in names:
        if environment.get(name):
            return name, environment[name]
    return names[0], None
