# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import typing as t
import urllib.parse

from ._cloud import Tools
from ._credentials import FetchedKeys, KeyPair, no_keys
from ._deadline import Deadline
from ._errors import RelayError, config_error
from ._http import Answer, AuthBase, Call, Http, Read, check_endpoint, is_loopback
from ._parallel import as_done
from ._task import parse_time

if t.TYPE_CHECKING:
    import requests

# For all that is asked of a metadata service at one time, name lookup included.
SECONDS = 2.0
# Leads to a stand-in for the clouds' metadata services on this machine, for tests.
VARIABLE = "LIVESTREAM_RELAY_METADATA_ENDPOINT"


class Unsigned(AuthBase):
    """For requests that nobody signs."""

    def __init__(self, dummy_moment: float) -> None:
        pass

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Metadata:
    """One cloud's metadata service, which tells the programs on an instance the keys of its role.

    It is asked in the clear, at its documented address alone, within two seconds and past every proxy.
    """

    def __init__(self, cloud: str, documented: str, environment: t.Mapping[str, str]) -> None:
        self.cloud = cloud
        self.endpoint = _endpoint(documented, environment)

    def get(
        self,
        http: Http,
        path: str,
        read: t.Callable[[Answer], Read],
        *,
        method: str = "GET",
        headers: t.Mapping[str, str] | None = None,
    ) -> Read:
        """Ask for one thing. Raises RelayError; ``not_found`` says that this is no instance with a role."""
        call = Call("metadata", method, self.endpoint + path, Unsigned, {"Accept": "*/*", **(headers or {})})
        return http.send(call, read)

    def keys(self, tools: Tools, ask: t.Callable[[Http], KeyPair], looked: t.Sequence[str] | None) -> KeyPair:
        """The keys that ``ask`` gets. Raises RelayError.

        With ``looked``, the metadata service is only the last place of all to look at: that it has no keys is then
        told together with the other places.
        """
        deadline = Deadline(min(SECONDS, tools.deadline.remaining()))
        http = tools.http.aside(deadline, request_timeout=SECONDS / 2, retries=1)
        try:
            # A name lookup knows no timeout, so it is left behind in its thread.
            for dummy_job, keys in as_done(lambda dummy: ask(http), [None], 1, deadline, grace=0.2):
                return keys
            raise RelayError("timeout", "no answer")
        except RelayError as error:
            if looked is not None:
                # Whatever answers at this address on another cloud: this is not the user's way to keep keys.
                place = f"the metadata service at {self.endpoint} ({error.what})"
                raise no_keys([*looked, place]) from None
            if error.kind in ("network", "timeout", "not_found"):
                error.advice = "this works on an instance of the cloud that has a role"
            raise error.locate(cloud=self.cloud, action="metadata", endpoint=self.endpoint) from None


def metadata_keys(
    metadata: Metadata,
    ask: t.Callable[[Http], KeyPair],
    *,
    source: str = "metadata",
    role: str | None = None,
    looked: t.Sequence[str] | None = None,
) -> FetchedKeys:
    """Keys of the instance's role; see Metadata.keys."""
    identity = f"metadata {metadata.endpoint} {role or ''}"
    return FetchedKeys(source, identity, lambda tools: metadata.keys(tools, ask, looked))


def metadata_allowed(options: t.Mapping[str, t.Any]) -> bool:
    """Whether the option ``use_metadata`` lets the metadata service be asked; left out, it does."""
    return options.get("use_metadata") is not False


def refused_metadata(place: str, reason: str) -> RelayError:
    """The error for a profile that wants the metadata service asked where that is switched off."""
    return config_error(
        f"{place} takes its keys from the metadata service, which {reason} switches off",
        f"change {reason}, or use another profile",
    )


def _endpoint(documented: str, environment: t.Mapping[str, str]) -> str:
    given = environment.get(VARIABLE)
    if not given:
        return documented
    endpoint = check_endpoint(given, VARIABLE)
    if not is_loopback(urllib.parse.urlsplit(endpoint).hostname or ""):
        raise config_error(f"{VARIABLE} leads off this machine", "it is for tests: give a loopback address")
    return endpoint


def text_answer(answer: Answer) -> str:
    """A short plain text that a metadata service answers with. Raises RelayError."""
    check_found(answer)
    if not answer.text or len(answer.text) > 4096 or "<" in answer.text:
        raise answer.not_the_api("the answer is no plain text")
    return answer.text


def check_found(answer: Answer) -> None:
    """Raises RelayError unless the service has what it was asked for; ``not_found`` where it has no such thing."""
    if answer.status == 404:
        raise RelayError("not_found", "no role is bound to this instance, or it is no instance of this cloud")
    if answer.status != 200:
        raise answer.not_the_api(f"it answered with HTTP status {answer.status}")


def keys_in(
    document: t.Any, names: tuple[str, str, str], expires: float | None, answer: Answer, source: str = "metadata"
) -> KeyPair:
    """The temporary keys in an answer, from the names of their three parts. Raises RelayError (protocol)."""
    parts = [_part(document, name, answer) for name in names]
    return KeyPair(parts[0], parts[1], parts[2], source, expires)


def _part(document: t.Any, name: str, answer: Answer) -> str:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable() or " " in value:
        raise answer.not_the_api(f"the answer has no {name}")
    return value


def time_in(document: t.Any, *names: str) -> float | None:
    """When keys end: the first of these that is a number of seconds or an ISO 8601 time. None when none is."""
    for name in names:
        value = document.get(name) if isinstance(document, dict) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
        moment = parse_time(value)
        if moment is not None:
            return moment.timestamp()
    return None
