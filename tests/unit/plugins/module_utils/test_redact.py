# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is secret in URLs, arguments, records and words is hidden; what people need to read stays."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._redact import (
    Fields,
    Secrets,
    hide_words,
    redact_args,
    redact_record,
    redact_text,
    redact_url,
    stream_keys,
    url_host,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://h/live/a", "rtmp://h/live/a"),
        ("rtmp://h:1935/live/a", "rtmp://h:1935/live/a"),
        ("rtmp://h", "rtmp://h"),
        ("", ""),
        ("rtmp://", "rtmp://"),
        ("rtmp://cam:pw@h/live", "rtmp://***@h/live"),
        ("rtmp://cam@h/live", "rtmp://***@h/live"),
        ("rtmp://@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:p@ss@h:1935/live", "rtmp://***@h:1935/live"),
        ("rtmp://cam:p/ss@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:p?ss@h/live?x=1", "rtmp://***@h/live?x=***"),
        ("rtmp://cam:p#ss@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:p@ss/word@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:p@ss?word@h/live?x=1@2", "rtmp://***@h/live?x=***"),
        ("rtmp://cam:p?s=s@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:/pw@h/live", "rtmp://***@h/live"),
        ("rtmp://cam:pw@h/live?mail=a@b", "rtmp://***@h/live?mail=***"),
        ("rtsp://cam:pw@[2001:db8::1]:554/a", "rtsp://***@[2001:db8::1]:554/a"),
        ("srt://h:9000?streamid=publish:a&passphrase=x", "srt://h:9000?streamid=***&passphrase=***"),
        ("https://h/a?x=1&y=2#frag", "https://h/a?x=***&y=***#***"),
        ("https://h/a#", "https://h/a#"),
        ("https://h/a?", "https://h/a?"),
        ("https://h/a?token", "https://h/a?***"),
        ("https://h/a?x=1&&y", "https://h/a?x=***&&***"),
        ("https://h/a?x=1=2", "https://h/a?x=***"),
        ("https://h/a?x=b?c=d", "https://h/a?x=***"),
        ("https://h/a%3Fx=1", "https://h/a%3Fx=***"),
        ("https://h/a;jsessionid=1/b", "https://h/a;jsessionid=***/b"),
        ("https://h/a@b/c", "https://h/a@b/c"),
        ("//cam:pw@h/a?x=1", "//***@h/a?x=***"),
        ("h/a?x=1", "h/a?x=***"),
        ("callback.example.com", "callback.example.com"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
    ],
)
def test_a_url(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://h/live2/abcd-efgh", "rtmp://h/live2/***"),
        ("rtmp://h/live2/abcd-efgh/", "rtmp://h/live2/***/"),
        ("rtmp://h/abcd-efgh?x=1", "rtmp://h/***?x=***"),
        ("rtmp://h", "rtmp://h"),
        ("rtmp://h/", "rtmp://h/"),
        ("rtmp://h//", "rtmp://h//"),
        ("srt://h:9000?streamid=abcd-efgh", "srt://h:9000?streamid=***"),
        ("rtmp://h/live2/abcd?k=%2F", "rtmp://h/live2/***?k=***"),
        ("rtmp://u:p@h/live2/abcd#f", "rtmp://***@h/live2/***#***"),
    ],
)
def test_a_destination_that_is_not_the_accounts_own(url: str, shown: str) -> None:
    assert redact_url(url, own_destination=False) == shown


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        ("", ""),
        ("txsecret=7cbb&txtime=5ea0", "txsecret=***&txtime=***"),
        ("arg1=value1", "arg1=***"),
        ("lonely", "***"),
        ("a=1&lonely&b=", "a=***&***&b=***"),
        ("=x", "=***"),
        ("&&", "&&"),
    ],
)
def test_push_arguments(args: str, shown: str) -> None:
    assert redact_args(args) == shown


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("rtmp://Push.Example.org:1935/live/a", "push.example.org"),
        ("rtmp://cam:p/s@s@push.example.org/live", "push.example.org"),
        ("rtsp://[2001:DB8::1]:554/a", "2001:db8::1"),
        ("push.example.org/live", "push.example.org"),
        ("push.example.org", "push.example.org"),
        ("", ""),
        ("rtmp://", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert url_host(url) == host


# A planted secret is made of letters that nothing else here holds.
secrets = st.text("QXZ", min_size=8, max_size=12)
names = st.text("abcdef", min_size=1, max_size=8)
schemes = st.sampled_from(["rtmp", "rtmps", "rtsp", "srt", "http", "https"])
hosts = st.sampled_from(["h.example.org", "10.0.0.1", "[2001:db8::1]", "localhost"])
ports = st.sampled_from(["", ":1935", ":443"])
# What may stand in a password besides the secret itself. With "?x=" it would be a query by every reading.
odd = st.text("@:/?#&%[]~+!,;.", max_size=4)


@st.composite
def urls(draw: t.Callable[..., t.Any]) -> tuple[str, str, list[str], list[str]]:
    """A URL, what must be read of it: its beginning, its path, its names; and what may not."""
    hidden: list[str] = []

    def secret(around: t.Any) -> str:
        hidden.append(draw(secrets))
        return f"{draw(around)}{hidden[-1]}{draw(around)}"

    scheme, host, port = draw(schemes), draw(hosts), draw(ports)
    user = f"{draw(names)}:{secret(odd)}@" if draw(st.booleans()) else ""
    path = "".join(f"/{each}" for each in draw(st.lists(names, max_size=3)))
    query_names = draw(st.lists(names, max_size=3, unique=True))
    value = st.text("@:/?=%[]~+!,;.", max_size=4)
    query = "&".join(f"{name}={secret(value)}" for name in query_names)
    fragment = f"#{secret(st.just(''))}" if draw(st.booleans()) else ""
    # An @ behind the host makes it a matter of taste where a password ends: there, only hiding counts.
    readable = "@" not in query or not user
    shown = [f"{scheme}://", host + port + path, *query_names] if readable else [f"{scheme}://"]
    return f"{scheme}://{user}{host}{port}{path}{'?' if query else ''}{query}{fragment}", scheme, shown, hidden


@given(urls(), st.booleans())
def test_no_secret_of_a_url_survives(made: tuple[str, str, list[str], list[str]], own: bool) -> None:
    url, dummy_scheme, readable, hidden = made
    shown = redact_url(url, own_destination=own)
    assert not [secret for secret in hidden if secret in shown]
    if own:
        assert [each for each in readable if each not in shown] == []


@given(st.text("ab:/?#@&=%3F;[]*.", max_size=40), st.booleans())
@example("a://b@c/d?e=f#g", False)
def test_redacting_twice_changes_nothing(url: str, own: bool) -> None:
    once = redact_url(url, own_destination=own)
    assert redact_url(once, own_destination=own) == once


@given(st.text(max_size=60))
def test_no_text_makes_redaction_fail(words: str) -> None:
    redact_url(words)
    redact_url(words, own_destination=False)
    url_host(words)
    once = redact_text(words)
    assert redact_text(once) == once
    args = redact_args(words)
    assert redact_args(args) == args


@given(st.lists(urls(), min_size=1, max_size=3), st.sampled_from([" ", ", then ", "\n", '" "', "|", "<br>"]))
def test_no_secret_of_a_url_in_free_text_survives(
    made: list[tuple[str, str, list[str], list[str]]], between: str
) -> None:
    words = f"pulled {between.join(each[0] for each in made)} and failed"
    shown = redact_text(words)
    assert shown.startswith("pulled ")
    assert shown.endswith(" and failed")
    assert not [secret for each in made for secret in each[3] if secret in shown]


@given(st.lists(st.text("abcXYZ/+=%& ", min_size=4, max_size=20), min_size=1, max_size=4), st.text(max_size=20))
def test_no_key_of_a_call_survives_in_words(keys: list[str], words: str) -> None:
    assume(all(len(key.strip()) >= 4 for key in keys))
    shown = Secrets(keys).scrub(words.join(["", *keys, ""]))
    assert not [key for key in keys if key.strip() in shown]


def test_a_key_that_holds_another_is_hidden_as_a_whole() -> None:
    assert Secrets(["abcd", "abcdefgh"]).scrub("x abcdefgh y abcd") == "x *** y ***"


def test_a_key_is_hidden_as_it_stands_in_a_url_too() -> None:
    assert Secrets(["a/b+c=="]).scrub("path a%2Fb%2Bc%3D%3D ends") == "path *** ends"


def test_a_key_is_hidden_with_and_without_the_space_around_it() -> None:
    assert Secrets([" ab/def\n"]).scrub("key ab/def ends") == "key *** ends"


def test_what_is_too_short_for_a_key_stays() -> None:
    assert Secrets(["abc", "", None, "   "]).scrub("abc   of it") == "abc   of it"


FIELDS = Fields(
    push_args=frozenset({"PushArgs"}), urls=frozenset({"Source"}), destinations=frozenset({"To", "BackupTo"})
)


def redacted(record: t.Any, *, own: bool = False, hosts: t.Collection[str] = ()) -> t.Any:
    return redact_record(record, FIELDS, own_destination=own, own_hosts=hosts)


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ({"PushArgs": "a=1&b"}, {"PushArgs": "a=***&***"}),
        ({"Source": ["h/a?x=1", "rtmp://u:p@h/a"]}, {"Source": ["h/a?x=***", "rtmp://***@h/a"]}),
        ({"To": "rtmp://yt/live2/abcd-efgh"}, {"To": "rtmp://yt/live2/***"}),
        ({"To": {"To": ["rtmp://yt/live2/abcd"]}}, {"To": {"To": ["rtmp://yt/live2/***"]}}),
        ({"New": {"Deep": [{"Er": "see rtmp://u:p@h/a now"}]}}, {"New": {"Deep": [{"Er": "see rtmp://***@h/a now"}]}}),
        ({"apiKey": "abc", "Stream_Key": "x=1"}, {"apiKey": "***", "Stream_Key": "x=***"}),
        ({"Password": 17, "n": None, "b": True, "f": 1.5}, {"Password": 17, "n": None, "b": True, "f": 1.5}),
        ({"Comment": "a?b", "e": ""}, {"Comment": "a?b", "e": ""}),
        (["rtmp://u:p@h/a"], ["rtmp://***@h/a"]),
        ("rtmp://u:p@h/a", "rtmp://***@h/a"),
        (None, None),
    ],
)
def test_a_record(record: t.Any, shown: t.Any) -> None:
    assert redacted(record) == shown


def test_an_own_destination_keeps_its_last_segment() -> None:
    record = {"To": "rtmp://Push.example.org/live/finals?k=1", "BackupTo": "rtmp://yt/live2/abcd"}
    assert redacted(record, hosts={"push.example.org"}) == {
        "To": "rtmp://Push.example.org/live/finals?k=***",
        "BackupTo": "rtmp://yt/live2/***",
    }
    assert redacted(record, own=True)["BackupTo"] == "rtmp://yt/live2/abcd"


leaves = st.none() | st.booleans() | st.integers() | st.text("abc 1", max_size=8)


@st.composite
def planted_records(draw: t.Callable[..., t.Any]) -> tuple[t.Any, str]:
    """A record with one secret, in a URL, somewhere."""
    secret = draw(secrets)
    value: t.Any = draw(
        st.sampled_from(
            [f"rtmp://u:{secret}@h/a", f"https://h/a?k={secret}", f"x https://h/#{secret} y", f"//h/a?t={secret}"]
        )
    )
    for dummy_level in range(draw(st.integers(1, 6))):
        other = draw(leaves)
        value = draw(st.sampled_from([[other, value], {"a": other, "b": value}]))
    return value, secret


def shape(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value)


@given(planted_records())
def test_no_secret_survives_at_any_depth_of_a_record(made: tuple[t.Any, str]) -> None:
    record, secret = made
    before = json.dumps(record)
    shown = redacted(record)
    assert secret not in json.dumps(shown)
    assert shape(shown) == shape(record)
    assert json.dumps(record) == before  # what was read is not changed
    assert redacted(shown) == shown


def test_stream_keys_are_found_at_every_depth() -> None:
    record = {
        "To": ["rtmp://yt/live2/abcd-efgh", "rtmp://own.example.org/live/finals"],
        "List": [{"BackupTo": "rtmp://u:p@yt/live2/wxyz-1234/?k=1"}],
        "Other": "rtmp://yt/live2/not-asked-for",
    }
    assert stream_keys(record, FIELDS, {"own.example.org"}) == {"abcd-efgh", "wxyz-1234"}


def test_words_are_hidden_only_as_whole_words() -> None:
    value = {"a": ["key: abcd-efgh", "abcd-efghi", "xabcd-efgh"], "b": 3}
    assert hide_words(value, {"abcd-efgh", "abcd"}) == {"a": ["key: ***", "***-efghi", "xabcd-efgh"], "b": 3}
    assert hide_words(value, set()) is value


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
        ("x-auth-token:MIIabc and x", "x-auth-token:*** and x"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
    ],
)
def test_an_echoed_secret_is_hidden(words: str, shown: str) -> None:
    assert Secrets().scrub(words) == shown


def test_a_url_in_place_of_a_query_is_hidden() -> None:
    assert redact_args("rtmp://cam:hunter2@host/live?token=abc") == "***=***"
    assert redact_url("rtmp://h/live?rtmp://cam:hunter2@host/live?token=abc&x=1") == "rtmp://h/live?***=***&x=***"
    assert redact_args("***=***") == "***=***"
