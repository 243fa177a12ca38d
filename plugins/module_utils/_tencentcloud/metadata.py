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

# Source: the official SDK, https://cloud.tencent.com/document/product/598/85616
ENDPOINT = "http://metadata.tencentyun.com"
_PATH = "/latest/meta-data/cam/security-credentials/"
_PARTS = ("TmpSecretId", "TmpSecretKey", "Token")


def instance_keys(
    environment: t.Mapping[str, str], *, source: str = "metadata", looked: t.Sequence[str] | None = None
) -> FetchedKeys:
    """The keys of the role that is bound to this CVM instance. Raises RelayError (config)."""
    metadata = Metadata("tencentcloud", ENDPOINT, environment)
    # Terraform's name for it.
    given = environment.get("TENCENTCLOUD_CAM_ROLE_NAME")

    def ask(http: Http) -> KeyPair:
        role = given or metadata.get(http, _PATH, _read_role)
        return metadata.get(http, _PATH + urllib.parse.quote(role, safe=""), _read_keys)

    return metadata_keys(metadata, ask, source=source, role=given, looked=looked)


def _read_role(answer: Answer) -> str:
    return text_answer(answer).splitlines()[0].strip()


def _read_keys(answer: Answer) -> KeyPair:
    check_found(answer)
    document = answer.document
    code = document.get("Code") if isinstance(document, dict) else None
    if isinstance(code, str) and code != "Success":
        raise RelayError("not_found", f"the role has no keys ({code[:60]})")
    return keys_in(document, _PARTS, time_in(document, "ExpiredTime", "Expiration"), answer)
