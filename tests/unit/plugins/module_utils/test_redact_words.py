# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud echoes of a request is hidden. Its codes, and the words after them, stay readable."""

from __future__ import annotations

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets, redact_args, redact_url


@pytest.mark.parametrize(
    "words",
    [
        "AuthFailure.InvalidAuthorization: The Authorization is not valid",
        "InvalidCredential: The credential scope is not valid",
        "MissingSignature: The request is not signed",
        "check session_token, which may have expired",
    ],
)
def test_a_code_is_no_name_of_a_secret(words: str) -> None:
    assert Secrets().scrub(words) == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Authorization: SDK-HMAC-SHA256 abcdef", "Authorization: ***"),
        ("|authorization:abcdef|", "|authorization:***|"),
        ("Signature=0a1b, Credential=AKID/2026", "Signature=***, Credential=***"),
        ('{"SecretKey": "abcdef", "secret_id":"abc"}', '{"SecretKey": "***", "secret_id":"***"}'),
        ("SDK-HMAC-SHA256 Access=HPUA01, x", "SDK-HMAC-SHA256 Access=***, x"),
    ],
)
def test_an_echoed_secret_is_hidden(words: str, shown: str) -> None:
    assert Secrets().scrub(words) == shown


def test_a_url_in_place_of_a_query_is_hidden() -> None:
    assert redact_args("rtmp://cam:hunter2@host/live?token=abc") == "***=***"
    assert redact_url("rtmp://h/live?rtmp://cam:hunter2@host/live?token=abc&x=1") == "rtmp://h/live?***=***&x=***"
    assert redact_args("***=***") == "***=***"
