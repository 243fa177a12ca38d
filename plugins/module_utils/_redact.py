# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import re
import typing as t
import urllib.parse

HIDDEN = "***"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# No scheme is longer. Without an end, a text of a million letters would be gone through from each of them.
_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s\"'<>|]+")
_HOST_AND_PORT = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::\d+)?")
_QUERY = re.compile(r"\?|%3[Ff]")
# A shorter last segment of a path is more likely a common word than a key.
SHORTEST_KEY = 6
_PATH_PARAMETER = re.compile(r";([^;/=]+)=[^;/]*")
# Names of fields that hold a secret on every cloud, new ones that nobody here has seen included.
_SECRET_NAME = re.compile(
    r"secret|passw|token|credential|signature|authorization|(?:push|auth|stream|private|access|api)_?-?key|push_?-?arg",
    re.IGNORECASE,
)
# What a cloud may echo of a signed request: the values behind these names are keys, tokens or signatures.
_ECHOED = re.compile(
    r"((?:x-security-token|x-auth-token|x-subject-token|x-tc-token|"
    r"(?<![a-z])(?:authorization|signature|(?<!\.)credential|access)|"  # not InvalidCredential: or default.credential:
    r"secret(?:_?id|_?key)?|password|session_?token|security_?token|\bak)\"?\s*[=:]\s*\"?)"
    r"((?:TC3-HMAC-SHA256|SDK-HMAC-SHA256|HMAC-SHA256|Bearer|Basic)\s+)?[^\s,;|&\"']+",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True)
class Fields:
    """Which keys of one cloud's record need more than the common rules, which find every URL by themselves."""

    push_args: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()  # may lack a scheme
    destinations: frozenset[str] = frozenset()  # the last path segment may be a stream key


class Secrets:
    """The literal keys, tokens and passwords of a call: none of them may stand in anything shown."""

    def __init__(self, values: t.Iterable[str | None] = ()) -> None:
        self._values: set[str] = set()
        self.add(*values)

    def add(self, *values: str | None) -> None:
        """Remember these, and how they look inside a URL. Shorter than four characters is no real secret."""
        for value in values:
            if value and len(value.strip()) >= 4:
                self._values |= {value, value.strip(), urllib.parse.quote(value.strip(), safe="")}

    def values(self) -> set[str]:
        return set(self._values)

    def scrub(self, words: str) -> str:
        """A text for people without keys, tokens, signatures and the secret parts of URLs."""
        for value in sorted(self._values, key=len, reverse=True):
            words = words.replace(value, HIDDEN)
        words = _URL_IN_TEXT.sub(lambda match: redact_url(match.group()), words)
        return _ECHOED.sub(rf"\g<1>{HIDDEN}", words)


def redact_args(args: str) -> str:
    """``a=1&b=2`` with each value hidden. A piece without a name may be a secret as a whole."""
    return "&".join(map(_redact_pair, args.split("&")))


def _redact_pair(pair: str) -> str:
    name, equals, dummy_value = pair.partition("=")
    if equals:
        # A URL that stands where a name should has secrets of its own.
        return f"{HIDDEN if '@' in name or '/' in name else name}={HIDDEN}"
    return HIDDEN if pair else ""


def redact_url(url: str, *, own_destination: bool = True) -> str:
    """The URL without user info, query values and fragment; names, host, port and path stay readable.

    Where it is a destination that is not the account's own (``own_destination`` false), its last path
    segment is the stream key and is hidden too. Redacting what is redacted changes nothing.
    """
    if url.startswith("data:"):
        return url
    scheme = _SCHEME.match(url)
    start = scheme.end() if scheme else (2 if url.startswith("//") else 0)
    prefix, rest = url[:start], url[start:]
    authority, rest = _split_authority(rest)
    if "@" in authority:
        authority = f"{HIDDEN}@{authority.rpartition('@')[2]}"
    rest, hash_sign, fragment = rest.partition("#")
    mark = _QUERY.search(rest)
    path, query = (rest[: mark.start()], rest[mark.end() :]) if mark else (rest, "")
    path = _PATH_PARAMETER.sub(rf";\1={HIDDEN}", path)
    if not own_destination:
        path = _hide_last_segment(path)
    question = mark.group() if mark else ""
    tail = f"#{HIDDEN}" if fragment else hash_sign
    return f"{prefix}{authority}{path}{question}{redact_args(query)}{tail}"


def _split_authority(rest: str) -> tuple[str, str]:
    """Split behind the authority. A query may follow its host at once, with its question mark encoded."""
    authority, rest = _split_at_slash(rest)
    mark = _QUERY.search(authority, authority.rfind("@") + 1)
    return (authority[: mark.start()], authority[mark.start() :] + rest) if mark else (authority, rest)


def _split_at_slash(rest: str) -> tuple[str, str]:
    """Split at the first of ``/?#``, unless a password holds one of them.

    In ``user:pa/ss@host`` what stands before the first slash is no host with a port, and in ``user:p@ss/word@host``
    there is user info for certain: then it reaches up to the last ``@`` that is not in a query's value.
    """
    end = _authority_end(rest, 0)
    if "@" not in rest[:end] and _HOST_AND_PORT.fullmatch(rest[:end]):
        return rest[:end], rest[end:]
    while True:
        at_sign = _at_sign_before_values(rest[end:])
        if at_sign < 0:
            break
        end = _authority_end(rest, end + at_sign)
    if "@" not in rest[:end] and "@" in rest:
        end = _authority_end(rest, rest.rindex("@"))
    return rest[:end], rest[end:]


def _authority_end(rest: str, start: int) -> int:
    return next((index for index in range(start, len(rest)) if rest[index] in "/?#"), len(rest))


def _at_sign_before_values(tail: str) -> int:
    """Where the last ``@`` before the first value of the query is, -1 where there is none."""
    mark = _QUERY.search(tail)
    values = tail.find("=", mark.end()) if mark else -1
    return tail.rfind("@") if values < 0 else tail.rfind("@", 0, values)


def _hide_last_segment(path: str) -> str:
    body = path.rstrip("/")
    if not body.strip("/"):
        return path
    slash = body.rfind("/")
    return body[: slash + 1] + HIDDEN + path[len(body) :]


def _is_bare_url(value: str) -> bool:
    """Whether a whole text is a URL without a scheme: ``//host/path``, or a host or path with a query behind it."""
    if any(char.isspace() for char in value):
        return False
    path, question, query = value.partition("?")
    return value.startswith("//") or bool(question and "=" in query and ("/" in path or "." in path))


def stream_keys(value: t.Any, fields: Fields, own_hosts: t.Collection[str], key: str = "") -> set[str]:
    """The stream keys in the destinations of a record that are not the account's own, at every depth."""
    if isinstance(value, dict):
        return set().union(*(stream_keys(inner, fields, own_hosts, str(name)) for name, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(stream_keys(inner, fields, own_hosts, key) for inner in value))
    if key not in fields.destinations or not isinstance(value, str) or url_host(value) in own_hosts:
        return set()
    return {_last_segment(value)}


def _last_segment(url: str) -> str:
    scheme = _SCHEME.match(url)
    dummy_authority, rest = _split_authority(url[scheme.end() :] if scheme else url)
    path = _QUERY.split(rest.partition("#")[0])[0]
    return path.rstrip("/").rpartition("/")[2]


def hide_words(value: t.Any, words: t.Collection[str]) -> t.Any:
    """The same value with these words hidden in each of its texts, at every depth."""
    if not words:
        return value
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])")
    return _hide(value, pattern)


def _hide(value: t.Any, pattern: re.Pattern[str]) -> t.Any:
    if isinstance(value, dict):
        return {name: _hide(inner, pattern) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hide(inner, pattern) for inner in value]
    return pattern.sub(HIDDEN, value) if isinstance(value, str) else value


def url_host(url: str) -> str:
    """The host of a URL in lower case, or an empty text."""
    scheme = _SCHEME.match(url)
    authority, dummy_rest = _split_authority(url[scheme.end() :] if scheme else url)
    host = authority.rpartition("@")[2]
    return host.partition("]")[0].lstrip("[").lower() if host.startswith("[") else host.partition(":")[0].lower()


def redact_text(words: str) -> str:
    """Free text with the secret parts of every URL in it hidden."""
    return _URL_IN_TEXT.sub(lambda match: redact_url(match.group()), words)


def redact_record(value: t.Any, fields: Fields, *, own_destination: bool, own_hosts: t.Collection[str]) -> t.Any:
    """A cloud's record as it may be shown: same keys, same types, secrets hidden at every depth."""
    return _redact_value(value, "", fields, own_destination, own_hosts)


def _redact_value(value: t.Any, key: str, fields: Fields, own_destination: bool, own_hosts: t.Collection[str]) -> t.Any:
    if isinstance(value, dict):
        return {
            name: _redact_value(inner, str(name), fields, own_destination, own_hosts) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_redact_value(inner, key, fields, own_destination, own_hosts) for inner in value]
    if not isinstance(value, str) or not value:
        return value
    if key in fields.destinations:
        return redact_url(value, own_destination=own_destination or url_host(value) in own_hosts)
    if key in fields.urls:
        return redact_url(value)
    if key in fields.push_args:
        return redact_args(value)
    if _SECRET_NAME.search(key):
        return redact_args(value)
    if "://" in value:
        return redact_text(value)
    return redact_url(value) if _is_bare_url(value) else value
