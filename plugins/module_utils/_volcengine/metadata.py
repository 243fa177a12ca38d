# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t
import urllib.parse

from .._credentials import FetchedKeys, KeyPair
from .._errors import RelayError
from .._http import Answer, Http
from .._metadata import Metadata, check_found, keys_in, metadata_keys, text_answer, time_in

# Source: the official SDK (ecs_role_provider.py).
ENDPOINT = "http://100.96.0.96"
ROLE = "VOLCENGINE_ECS_METADATA"
DISABLED = "VOLCENGINE_ECS_METADATA_DISABLED"
_START = "/latest/api/token"
_ROLES = "/volcstack/latest/iam/security_credentials"
_PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


def is_disabled(environment: t.Mapping[str, str]) -> bool:
    """Whether the environment forbids to ask, as the SDK reads it."""
    return environment.get(DISABLED, "").lower() == "true"


def instance_keys(
    environment: t.Mapping[str, str],
    *,
    source: str = "metadata",
    role: str | None = None,
    looked: t.Sequence[str] | None = None,
) -> FetchedKeys:
    """The keys of the role of this ECS instance: the one named, or its first. Raises RelayError (config)."""
    metadata = Metadata("volcengine", ENDPOINT, environment)
    named = role or environment.get(ROLE, "").strip() or None

    def ask(http: Http) -> KeyPair:
        ttl = {"X-volc-ecs-metadata-token-ttl-seconds": "21600"}
        headers = {"X-volc-ecs-metadata-token": metadata.get(http, _START, text_answer, method="PUT", headers=ttl)}
        name = named or metadata.get(http, f"{_ROLES}?type=user&format=json", _read_role, headers=headers)
        return metadata.get(http, f"{_ROLES}/{urllib.parse.quote(name, safe='')}", _read_keys, headers=headers)

    return metadata_keys(metadata, ask, source=source, role=named, looked=looked)


def _read_role(answer: Answer) -> str:
    """The first role, as the SDK takes it, of a JSON list or of lines."""
    check_found(answer)
    names = answer.document if isinstance(answer.document, list) else text_answer(answer).splitlines()
    found = [name.strip() for name in names if isinstance(name, str) and name.strip()]
    if not found:
        raise RelayError("not_found", "no role is bound to this instance")
    return found[0]


def _read_keys(answer: Answer) -> KeyPair:
    check_found(answer)
    return keys_in(answer.document, _PARTS, time_in(answer.document, "ExpiredTime"), answer)
