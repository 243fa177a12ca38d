# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import email.utils
import ipaddress
import json
import math
import os
import random
import re
import threading
import time
import traceback
import typing as t
import urllib.parse

from ._deadline import Deadline
from ._errors import RelayError, config_error
from ._rate import FirstAnswer, RateLimit
from ._redact import Secrets

REQUESTS_PROBLEM: str | None = None

if t.TYPE_CHECKING:
    import requests
    import requests.auth

    AuthBase = requests.auth.AuthBase
else:
    try:
        import requests
        from requests.auth import AuthBase
    except ImportError:  # _module says so in one clear sentence
        REQUESTS_PROBLEM = traceback.format_exc()
        requests = None
        AuthBase = object

# Tencent documents answers of at most 50 MB; nobody's page of tasks is larger.
MOST_BYTES = 64 * 1024 * 1024
MOST_TEXT = 64 * 1024
MOST_WORDS = 2000
LONGEST_PAUSE = 20.0
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})

# The clouds' answers are five levels deep. Ansible itself fails on some hundred.
DEEPEST = 64

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]+")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_NO_PROXY: dict[str, t.Any] = {"http": None, "https": None, "all": None}

Read = t.TypeVar("Read")


def check_endpoint(endpoint: str, option: str = "endpoint") -> str:
    """The base URL of an API, without a slash at its end; without a scheme, https.

    Raises RelayError (config) for what is not a plain base URL, and for plain http to anything that is not this
    machine: a key or a token never crosses a network in the clear.
    """
    advice = f"give {option} as https://HOST or https://HOST:PORT"
    url = endpoint if "://" in endpoint else f"https://{endpoint}"
    if not url.isascii() or any(char.isspace() or ord(char) < 32 for char in url):
        raise config_error(f"{option} holds characters that no URL has", advice)
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        raise config_error(f"{option} is not a URL", advice) from None
    if "@" in parts.netloc:
        raise config_error(f"{option} holds a user name or password", f"{advice}, and keys by their own options")
    if parts.scheme not in ("http", "https"):
        raise config_error(f"{option} has the scheme {parts.scheme!r}", advice)
    host = parts.hostname or ""
    if not _is_host(host) or port == 0 or ("[" in parts.netloc and ":" not in host):
        raise config_error(f"{option} names no valid host and port", advice)
    if parts.path.strip("/") or parts.query or parts.fragment or "?" in url or "#" in url:
        raise config_error(f"{option} has something behind its host", advice)
    if parts.scheme == "http" and not is_loopback(host):
        raise config_error(
            f"{option} is plain http to {host}, which would send requests in the clear",
            "use https; plain http is only for this machine's loopback addresses",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return "%" not in host and bool(ipaddress.IPv6Address(host))  # no Host header holds a zone
        except ValueError:
            return False
    return bool(_HOST.fullmatch(host)) and ".." not in host and all(len(label) < 64 for label in host.split("."))


def is_loopback(host: str) -> bool:
    """Whether a host as it stands in a URL is this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_header(url: str) -> str:
    """The Host header for a URL: the port is in it unless it is the scheme's own. Signers sign this."""
    parts = urllib.parse.urlsplit(url)
    own = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in (None, own) else f"{shown}:{parts.port}"


def header_value(value: str, option: str) -> str:
    """A key, token or name as it may stand in a header: no spaces around it, printable ASCII.

    Raises RelayError (config); the value itself is not shown.
    """
    clean = value.strip()
    if not clean:
        raise config_error(f"{option} is empty", f"give {option}, or leave it out")
    if not clean.isascii() or not clean.isprintable() or " " in clean:
        raise config_error(f"{option} holds a space or a character that no such value has", "copy it again")
    return clean


class Clock:
    """The cloud's clock, read off the Date header of its answers.

    ``now`` is what states are decided by. Requests are signed by this machine's clock, until the cloud refused a
    signature for its time: then by the cloud's.
    """

    def __init__(self, local: t.Callable[[], float] = time.time, key: FirstAnswer | None = None) -> None:
        """``key`` keeps the correction for all that sign with the same key."""
        self._local = local
        self._offset = 0.0
        self._key = key or FirstAnswer()
        self.known = False

    def seen(self, date: str | None) -> None:
        """Take the time of a Date header; one that cannot be read is left alone."""
        moment = parse_http_date(date)
        if moment is not None:
            self.set(moment)

    def set(self, moment: float) -> None:
        self._offset = moment - self._local()
        self.known = True

    def now(self) -> float:
        """Seconds since the epoch by the cloud's clock; by this machine's when the cloud never told."""
        return self._local() + self._offset

    def signing_time(self) -> float:
        """Seconds since the epoch to sign a request with."""
        return self._local() + self._key.signing_offset

    def correct(self) -> None:
        """From now on, sign by the cloud's clock."""
        self._key.signing_offset = self._offset

    @property
    def offset(self) -> float:
        """Seconds by which the cloud's clock is ahead of this machine's."""
        return self._offset


def parse_http_date(date: str | None) -> float | None:
    """Seconds since the epoch from an HTTP date, or None."""
    if not date:
        return None
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@dataclasses.dataclass(frozen=True)
class Call:
    """One API call, before it is signed.

    ``sign`` gives the signer of an attempt from the time in seconds since the epoch, so that each attempt is
    signed anew. ``url`` holds the query, encoded.
    """

    action: str
    method: str
    url: str
    sign: t.Callable[[float], AuthBase]
    headers: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    rate: RateLimit | None = None


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a server sent back: ``document`` is its JSON, or None when it is none (``flaw`` then says why)."""

    status: int
    headers: t.Mapping[str, str]
    document: t.Any
    flaw: str = ""
    text: str = dataclasses.field(default="", repr=False)  # only of a body that is no JSON object or list

    @property
    def request_id(self) -> str | None:
        """The id that gateways put into a header; the clouds' own, in the body, is better."""
        for name in ("X-Request-Id", "X-Tt-Logid", "X-TC-RequestId"):
            value = self.headers.get(name)
            if value:
                return str(value)[:200]
        return None

    def not_the_api(self, what: str | None = None) -> RelayError:
        """The error for an answer that has not the API's shape, by its HTTP status."""
        facts: dict[str, t.Any] = {"http_status": self.status, "request_id": self.request_id}
        if self.status == 429:
            return RelayError("throttled", "too many requests", retry=True, advice=SLOWER, **facts)
        if self.status in RETRIED_STATUSES:
            return RelayError("service", "the service or its gateway is in trouble", retry=True, advice=LATER, **facts)
        if 300 <= self.status < 400:
            what = "the answer is a redirect, which a signed request never follows"
        elif self.status == 407:
            return RelayError("network", "the proxy wants to know who asks", advice="check the proxy settings", **facts)
        what = what or f"the answer is not the API's: {self.flaw or 'it has another shape'}"
        return RelayError("protocol", what, advice="check endpoint, and any proxy on the way", **facts)


SLOWER = "lower rate_limit or concurrency, or ask less often"
LATER = "try again later"


def parse_body(body: bytes) -> tuple[t.Any, str]:
    """The JSON document of a body and an empty text, or None and what is wrong with it."""
    if not body.strip():
        return None, "it is empty"
    try:
        document = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        return None, "it is not UTF-8"
    except (ValueError, RecursionError):
        looks_like_page = body.lstrip()[:1] == b"<"
        return None, "it is an HTML or XML page" if looks_like_page else "it is no valid JSON"
    if _too_deep(document):
        return None, f"it is nested more than {DEEPEST} levels deep"
    return (_whole_characters(document) if _ESCAPED_SURROGATE.search(body) else document), ""


def _no_constant(name: str) -> t.Any:
    raise ValueError(f"{name} is no JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("this number would be no JSON when it is printed")
    return value


def _too_deep(document: t.Any) -> bool:
    level = [document] if isinstance(document, (dict, list)) else []
    for dummy_depth in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _whole_characters(value: t.Any) -> t.Any:
    """The same with each half of a character replaced, as a cloud leaves it that cuts a text in the middle of an emoji.

    Ansible refuses a whole result for one of them, since UTF-8 cannot write it.
    """
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole_characters(inner) for inner in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


@dataclasses.dataclass(frozen=True)
class Settings:
    """How to talk, the same for every request of a call. Times in seconds."""

    request_timeout: float = 10.0
    retries: int = 4
    validate_certs: bool = True
    ca_path: str | None = None
    concurrency: int = 16
    use_proxy: bool = True


class Http:
    """One account's way to one cloud: signs, sends, tries again, keeps the clock, counts.

    Thread-safe. Never follows a redirect, never reads ``~/.netrc``; proxies of the environment are used, save for
    this machine's own addresses.
    """

    def __init__(
        self,
        cloud: str,
        settings: Settings,
        deadline: Deadline,
        secrets: Secrets,
        first_answer: FirstAnswer | None = None,
        clock: Clock | None = None,
        whole: Http | None = None,
    ) -> None:
        """``whole`` counts the requests of this one, too."""
        self.cloud = cloud
        self.deadline = deadline
        self.secrets = secrets
        self.requests = 0
        self._settings = settings
        self._first_answer = first_answer or FirstAnswer()
        self.clock = clock or Clock(key=self._first_answer)
        self._whole = whole
        self._lock = threading.Lock()
        # Not a whole session: cookies, redirects and ~/.netrc are no part of a signed call, and cost time with each.
        self._connections = requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency)

    def beside(self, first_answer: FirstAnswer) -> Http:
        """A way to another service of the cloud, with another key: for what a request needs before it can be signed."""
        return Http(self.cloud, self._settings, self.deadline, self.secrets, first_answer, whole=self)

    def aside(self, deadline: Deadline, *, request_timeout: float, retries: int) -> Http:
        """A way to a service of this machine's own network: past proxies, with less time, its requests not counted."""
        settings = dataclasses.replace(
            self._settings, request_timeout=request_timeout, retries=retries, use_proxy=False
        )
        return Http(self.cloud, settings, deadline, self.secrets)

    def send(self, call: Call, read: t.Callable[[Answer], Read]) -> Read:
        """Make the call and give what ``read`` makes of the answer.

        ``read`` raises RelayError for an error in the body, whatever the HTTP status. Whatever is raised here says
        which cloud, action and endpoint it was, and holds no secret.
        """
        try:
            return self._send(call, read)
        except RelayError as error:
            for name in ("what", "message", "code", "request_id"):
                words = getattr(error, name)
                setattr(error, name, self._for_people(words) if words else words)
            raise error.locate(cloud=self.cloud, action=call.action, endpoint=_base(call.url)) from None

    def _for_people(self, words: str) -> str:
        """A server's words without secrets, without what would control a terminal, and not without an end."""
        return _CONTROLS.sub(" ", self.secrets.scrub(words))[:MOST_WORDS]

    def _send(self, call: Call, read: t.Callable[[Answer], Read]) -> Read:
        tries = 0
        clock_corrected = False
        while True:
            self.deadline.check()
            try:
                return self._attempt(call, read)
            except RelayError as error:
                if error.clock_skew and not clock_corrected:
                    clock_corrected = True
                    if self.clock.known:
                        continue
                if not error.retry or tries >= self._settings.retries:
                    raise
                tries += 1
                pause = retry_pause(tries, error.retry_after, random.random())
                if pause >= self.deadline.remaining():
                    raise (self.deadline.passed() if error.kind == "timeout" else error) from None
                self.deadline.pause(pause)

    def _attempt(self, call: Call, read: t.Callable[[Answer], Read]) -> Read:
        if call.rate is None:
            return self._exchange(call, read)
        with call.rate.one(self.deadline):
            return self._exchange(call, read)

    def _exchange(self, call: Call, read: t.Callable[[Answer], Read]) -> Read:
        with self._first_answer.one(self.deadline):
            answer = self._request(call)
            self.clock.seen(answer.headers.get("Date"))
            try:
                return read(answer)
            except RelayError as error:
                if error.retry_after is None:
                    error.retry_after = parse_retry_after(answer.headers.get("Retry-After"), self.clock.now())
                if error.clock_skew:
                    # Before the next request with this key may go.
                    self._correct_clock(error)
                raise

    def _correct_clock(self, error: RelayError) -> None:
        """Sign by the cloud's clock from now on, if the cloud told its time."""
        if error.server_time is not None:
            self.clock.set(error.server_time)
        if self.clock.known:
            self.clock.correct()

    def _request(self, call: Call) -> Answer:
        self.deadline.check()
        settings = self._settings
        seconds = max(0.001, min(settings.request_timeout, self.deadline.remaining()))
        verify: bool | str = (settings.ca_path or _environment_ca() or True) if settings.validate_certs else False
        try:
            prepared = requests.Request(
                call.method,
                call.url,
                headers={"Accept": "application/json", "User-Agent": "livestream.relay", **call.headers},
                data=call.body or None,
                auth=call.sign(self.clock.signing_time()),
            ).prepare()
            self._count()
            response = self._connections.send(
                prepared,
                stream=True,
                timeout=(seconds, seconds),
                verify=verify,
                proxies=_proxies(call.url) if settings.use_proxy else dict(_NO_PROXY),
            )
            with response:
                body = self._read_body(response)
        except (requests.RequestException, OSError, ValueError) as problem:
            raise _network_error(problem, seconds) from None
        document, flaw = parse_body(body)
        text = "" if isinstance(document, (dict, list)) else body[:MOST_TEXT].decode("utf-8", "replace").strip()
        return Answer(response.status_code, response.headers, document, flaw, text)

    def _count(self) -> None:
        with self._lock:
            self.requests += 1
        if self._whole:
            self._whole._count()

    def _read_body(self, response: requests.Response) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(65536):
            self.deadline.check()
            chunks.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise RelayError(
                    "protocol",
                    "the answer is larger than 64 MiB",
                    http_status=response.status_code,
                    advice="check endpoint",
                )
        promised = response.headers.get("Content-Length", "")
        whole = "Content-Encoding" in response.headers or not promised.isdigit() or size >= int(promised)
        # Without a body and a word about one, the connection broke within the headers.
        headless = not size and response.status_code == 200 and not promised
        if not whole or (headless and "Transfer-Encoding" not in response.headers):
            raise RelayError("network", "the connection broke within the answer", retry=True, advice=CONNECTION)
        return b"".join(chunks)


CONNECTION = "check endpoint, the network and any proxy on the way"


def retry_pause(tries: int, retry_after: float | None, chance: float) -> float:
    """Seconds to wait before try number ``tries`` is repeated: growing, jittered by ``chance`` (0 to 1).

    What the server asks for is obeyed, never shortened.
    """
    pause = min(LONGEST_PAUSE, 0.25 * 2.0 ** min(tries, 10)) * (0.5 + chance / 2)
    return max(pause, retry_after or 0.0)


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds from a Retry-After header: a number, or an HTTP date seen at ``now`` (seconds since the epoch)."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        moment = parse_http_date(value)
        return None if moment is None else max(0.0, moment - now)
    return seconds if 0 <= seconds < math.inf else None


def _base(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _environment_ca() -> str | None:
    # As requests itself does it.
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None


def _proxies(url: str) -> dict[str, t.Any]:
    if is_loopback(urllib.parse.urlsplit(url).hostname or ""):
        return dict(_NO_PROXY)
    return t.cast("dict[str, t.Any]", requests.utils.get_environ_proxies(url))


def _network_error(problem: Exception, seconds: float) -> RelayError:
    """What happened on the way, in a few words without addresses of objects or URLs."""
    exceptions = requests.exceptions
    reason = _innermost(problem)
    if isinstance(problem, exceptions.ProxyError):
        return RelayError(
            "network", f"the proxy cannot be used: {reason}", retry=True, advice="check the proxy settings"
        )
    if isinstance(problem, exceptions.SSLError) and "EOF" not in str(problem):
        advice = "check endpoint and ca_path"
        return RelayError("tls", f"the server's certificate or TLS is not accepted: {reason}", advice=advice)
    if isinstance(problem, exceptions.Timeout) or "timed out" in str(problem).lower():
        return RelayError("timeout", f"no answer within {seconds:.3g} s", retry=True, advice=CONNECTION)
    if isinstance(problem, ValueError) and not isinstance(problem, exceptions.ContentDecodingError):
        return config_error("the request cannot be made from these options", "check endpoint, region and the keys")
    if isinstance(problem, exceptions.ContentDecodingError):
        return RelayError("protocol", "the answer's compression is broken", advice="check endpoint")
    if not isinstance(problem, requests.RequestException) and not getattr(problem, "errno", None):
        return config_error(f"the CA certificates cannot be read: {reason}", "check ca_path")
    return RelayError("network", f"the connection failed: {reason}", retry=True, advice=CONNECTION)


def _innermost(problem: BaseException) -> str:
    """The deepest reason behind an exception of requests and urllib3, as a short text."""
    deepest: BaseException = problem
    for dummy in range(10):
        inner = getattr(deepest, "reason", None) or deepest.__cause__ or deepest.__context__
        inner = inner if isinstance(inner, BaseException) else _argument(deepest)
        if inner is None:
            break
        deepest = inner
    words = getattr(deepest, "strerror", None) or getattr(deepest, "verify_message", None) or str(deepest)
    return re.sub(r"<[^>]*>:? ?", "", str(words)).strip()[:200] or type(deepest).__name__


def _argument(problem: BaseException) -> BaseException | None:
    return next((each for each in problem.args if isinstance(each, BaseException)), None)
