# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated URLs with planted secrets: no secret part survives, the rest stays, and twice is like once."""

from __future__ import annotations

import typing as t
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._redact import (
    Secrets,
    redact_args,
    redact_text,
    redact_url,
)

from .rows import Row

PART = "Redaction"
SECRET = "s3cr3tPLANTED"

_schemes = st.sampled_from(["rtmp", "rtmps", "srt", "rtsp", "https", "http", "HTTP", "webrtc", "hls+x"])
_hosts = st.sampled_from(["a.example.org", "[2001:db8::1]", "192.0.2.7", "xn--fsq.example.org", "LOCALHOST"])
_ports = st.sampled_from(["", ":1935", ":443"])
# With '@', ':' and encoded characters, as passwords have them.
_users = st.sampled_from(
    ["", f"u:{SECRET}@", f"{SECRET}@", f"u:p@{SECRET}@", f"u:{SECRET}%40@", f"u:%2F{SECRET}@", f"u:{SECRET}:x@"]
)
_paths = st.lists(st.sampled_from(["live", "app", "%E6%B5%81", "a-b_c", "v1.2", "{{ x }}"]), max_size=3)
_names = st.sampled_from(["txSecret", "auth_key", "a", "", "名", "x[]", "t.t"])
_values = st.sampled_from(
    [SECRET, f"{SECRET}=x", f"%26{SECRET}", f"a/{SECRET}", f"{SECRET}@b", f"#!::r=a,m={SECRET}", ""]
)
_queries = st.lists(st.tuples(_names, _values), max_size=3)
_fragments = st.sampled_from(["", f"#{SECRET}", "#"])
_marks = st.sampled_from(["?", "%3F", "%3f"])


@st.composite
def urls(draw: t.Any) -> tuple[str, str]:
    """A URL with secrets in it, and its host, which must stay readable."""
    host = draw(_hosts)
    path = "".join(f"/{part}" for part in draw(_paths))
    pairs = draw(_queries)
    query = "&".join(f"{name}={value}" for name, value in pairs)
    # Without a path, an encoded question mark before an '@' is a part of the user info by every rule.
    mark = "?" if "@" in query and not path else draw(_marks)
    query = f"{mark}{query}" if pairs else ""
    return f"{draw(_schemes)}://{draw(_users)}{host}{draw(_ports)}{path}{query}{draw(_fragments)}", host


def rows(dummy_folder: Path, short: bool) -> t.Iterator[Row]:
    examples = 400 if short else 8000
    yield _held("URLs with user info, IPv6, odd queries, fragments", examples, urls(), _url)
    yield _held("the same within free text", examples, urls(), _text)
    yield _held("destinations with a stream key", examples, urls(), _destination)
    yield _held("push arguments", examples, _queries, _args)
    yield _held("any text at all: redacting twice changes nothing", examples, st.text(max_size=60), _twice)
    values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=40)
    yield _held("keys of every sort in messages, plain and URL-encoded", examples, values, _scrubbed)


def _held(tried: str, examples: int, strategy: t.Any, wrong: t.Callable[[t.Any], str]) -> Row:
    row = Row(PART, tried)

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def try_one(value: t.Any) -> None:
        row.times += 1
        found = wrong(value)
        assert not found, f"{found}: {value!r}"

    try:
        try_one()
    except AssertionError as problem:
        row.broken.append(str(problem).splitlines()[0])
    return row


def _url(value: tuple[str, str]) -> str:
    url, host = value
    shown = redact_url(url)
    if SECRET in shown:
        return f"a secret is in {shown}"
    if host not in shown:
        return f"the host is gone from {shown}"
    return "" if redact_url(shown) == shown else "redacting twice changes it"


def _text(value: tuple[str, str]) -> str:
    url, host = value
    shown = redact_text(f"pulled from {url.replace(' ', '')} again")
    if SECRET in shown:
        return f"a secret is in {shown}"
    if host not in shown or not shown.startswith("pulled from "):
        return f"too much is gone from {shown}"
    return "" if redact_text(shown) == shown else "redacting twice changes it"


def _destination(value: tuple[str, str]) -> str:
    scheme, dummy_sep, rest = value[0].partition("://")
    authority = rest.partition("/")[0] if "/" in rest.partition("?")[0] else value[1]
    if "@" in authority or "?" in authority or "%3" in authority or "#" in authority:
        authority = value[1]
    shown = redact_url(f"{scheme}://{authority}/live/{SECRET}?a={SECRET}", own_destination=False)
    if SECRET in shown:
        return f"a stream key is in {shown}"
    return "" if redact_url(shown, own_destination=False) == shown else "redacting twice changes it"


def _args(pairs: list[tuple[str, str]]) -> str:
    shown = redact_args("&".join(f"{name}={value}" for name, value in pairs))
    if SECRET in shown:
        return f"a secret is in {shown}"
    return "" if redact_args(shown) == shown else "redacting twice changes it"


def _twice(words: str) -> str:
    for redact in (redact_text, redact_url, redact_args):
        once = redact(words)
        if redact(once) != once:
            return f"{redact.__name__} gives {once!r}, then {redact(once)!r}"
    return ""


def _scrubbed(value: str) -> str:
    import urllib.parse

    secret = f"Q{value}Q"
    shown = Secrets([secret]).scrub(f"before {secret} and {urllib.parse.quote(secret, safe='')} after")
    return f"it is in {shown!r}" if secret in shown or urllib.parse.quote(secret, safe="") in shown else ""
