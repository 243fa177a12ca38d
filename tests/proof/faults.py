# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every cloud, every module, every fault."""

from __future__ import annotations

import calendar
import concurrent.futures
import dataclasses
import email.utils
import gzip
import itertools
import json
import re
import socket
import time
import typing as t
from pathlib import Path

from . import ours, servers
from .ours import TARGETS, Outcome, Target
from .rows import Row
from .servers import Pieces, Request, answer, serving

PART = "Faults"
# A machine with two cores that does ten things at once needs a moment to notice that time is up.
SLACK = 2.0
# Four readings, Huawei's by three meanings of an offset, with 16 requests under way when a page brings nothing new.
MOST_REQUESTS = 4 * (1 + 3 * 16)
Answers = t.Callable[[Target, Request], Pieces]


@dataclasses.dataclass(frozen=True)
class Fault:
    """``ends``: how a listing may end. ``tls`` names a certificate; ``trusted``: the CA is known to us."""

    name: str
    ends: tuple[str, ...]
    answers: Answers
    timeout: float = 20.0
    request_timeout: float = 5.0
    retries: int = 1
    tls: str | None = None
    trusted: bool = True
    more: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


def _same(pieces: t.Sequence[bytes | float]) -> Answers:
    return lambda dummy_target, dummy_request: pieces


def _good(target: Target, dummy_request: Request) -> Pieces:
    return answer(target.good())


def _body(**changes: t.Any) -> Answers:
    return lambda target, dummy_request: answer(target.good(), **changes)


def _first_then_good(first: Answers) -> Answers:
    return lambda target, request: first(target, request) if request.number == 1 else _good(target, request)


def _cut(target: Target, part: float, honest: bool) -> Pieces:
    raw = json.dumps(target.good()).encode()
    return answer(raw[: int(len(raw) * part)], length=None if honest else len(raw))


def _slowly(target: Target, pause: float) -> Pieces:
    head, body = answer(target.good())
    yield head
    for byte in t.cast(bytes, body):
        yield bytes([byte])
        yield pause


def _echo(target: Target, request: Request) -> Pieces:
    words = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    return answer(target.error("NobodyKnowsThis", f"bad request {request.line} {words} {ours.SECRET_KEY}"), 400)


_CODES = {
    "throttled": ("RequestLimitExceeded", "APIGW.0308", "FlowLimitExceeded"),
    "auth": ("AuthFailure.SecretIdNotFound", "APIGW.0301", "InvalidAccessKey"),
    "permission": ("UnauthorizedOperation", "APIGW.0302", "AccessDenied"),
    "service": ("InternalError", "APIGW.0203", "InternalError"),
}
_CLOUDS = ("tencentcloud", "huaweicloud", "volcengine")
_STATUS = {"throttled": 429, "auth": 401, "permission": 403, "service": 500}


def _refusal(target: Target, kind: str) -> t.Any:
    return target.error(_CODES[kind][_CLOUDS.index(target.cloud)], "refused by the proof")


def _refused(kind: str, status: int) -> Answers:
    return lambda target, dummy_request: answer(_refusal(target, kind), status)


def _signed_at(request: Request) -> float:
    """When the request says that it was signed."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "x-tc-timestamp" in headers:
        return float(headers["x-tc-timestamp"])
    stamp = headers.get("x-sdk-date") or headers["x-date"]
    parts = re.fullmatch(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", stamp)
    if parts is None:
        return 0.0
    return float(calendar.timegm((*(int(each) for each in parts.groups()), 0, 0, 0)))


_CLOCK_ERRORS = {
    "tencentcloud": ("AuthFailure.SignatureExpire", "The signature has expired"),
    "huaweicloud": ("APIGW.0301", "Incorrect IAM authentication information: signature expired"),
    "volcengine": ("InvalidTimestamp", "The timestamp is out of range"),
}


def _other_clock(offset: float) -> Answers:
    """A cloud whose clock is ``offset`` seconds ahead of ours, and that refuses what is signed by another one."""

    def respond(target: Target, request: Request) -> Pieces:
        there = time.time() + offset
        date = email.utils.formatdate(there, usegmt=True)
        if abs(_signed_at(request) - there) > 60:
            return answer(target.error(*_CLOCK_ERRORS[target.cloud]), 401, Date=date)
        return answer(target.good(), Date=date)

    return respond


def _ends_in_the_middle(target: Target, request: Request) -> Pieces:
    if request.number > 1:
        return answer(_refusal(target, "auth"), 401)
    records = [{**target.record, target.id_key: str(number)} for number in range(1, 11)]
    return answer(target.page(records, 30, 10))


def _retry_after(value: str) -> Answers:
    return _first_then_good(lambda target, dummy: answer(_refusal(target, "throttled"), 429, Retry_After=value))


def faults(short: bool) -> list[Fault]:
    html = b"<html><body>Sign in to the hotel's network</body></html>"
    given = [
        Fault("dropped before the headers", ("network",), _same([])),
        Fault("dropped within the status line", ("network", "protocol"), _same([b"HTT"])),
        Fault("dropped within the headers", ("network",), _same([b"HTTP/1.1 200 OK\r\nContent-Ty"])),
        Fault("dropped after the headers", ("network",), _same([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"])),
        Fault("dropped within the body", ("network",), lambda target, dummy: _cut(target, 0.5, False)),
        Fault("dropped once, then right", ("complete",), _first_then_good(_same([]))),
        Fault("no HTTP at all", ("network", "protocol"), _same([b"SSH-2.0-OpenSSH_9.2\r\n"])),
        Fault("slow first byte", ("timeout",), lambda target, dummy: [3.0, *answer(target.good())], 4.0, 0.4),
        Fault("slow headers", ("timeout",), _same([b"HTTP/1.1 200 OK\r\n", 3.0]), 4.0, 0.4),
        Fault("slow body, a byte at a time", ("timeout",), lambda target, dummy: _slowly(target, 0.05), 1.5),
        Fault("no answer ever, many retries", ("timeout",), _same([8.0]), 1.5, 0.4, 100),
        Fault("TLS: good certificate, known CA", ("complete",), _good, tls="good"),
        Fault("TLS: unknown CA", ("tls",), _good, tls="good", trusted=False),
        Fault("TLS: self-signed", ("tls",), _good, tls="self-signed"),
        Fault("TLS: wrong host", ("tls",), _good, tls="wrong host"),
        Fault("TLS: expired", ("tls",), _good, tls="expired"),
        Fault("HTML, 200", ("protocol",), _same(answer(html, Content_Type="text/html"))),
        Fault("HTML, 403", ("protocol", "permission"), _same(answer(html, 403))),
        Fault("HTML, 502", ("service",), _same(answer(html, 502))),
        Fault("empty, 200", ("protocol",), _same(answer(b""))),
        Fault("empty, 204", ("protocol",), _same(answer(b"", 204))),
        Fault("truncated JSON of an honest length", ("protocol",), lambda target, dummy: _cut(target, 0.7, True)),
        Fault("wrong charset", ("complete",), _body(Content_Type="application/json; charset=iso-8859-1")),
        Fault("UTF-16", ("protocol",), lambda target, dummy: answer(json.dumps(target.good()).encode("utf-16"))),
        Fault("with a byte order mark", ("complete",), _bom),
        Fault("gzip", ("complete",), lambda target, dummy: _gzipped(target, 1.0)),
        Fault("gzip, broken", ("protocol", "network"), lambda target, dummy: _gzipped(target, 0.5)),
        Fault("text/plain", ("complete",), _body(Content_Type="text/plain")),
        Fault("error that echoes the request", ("invalid_request", "service"), _echo),
        Fault("clock 10 minutes behind", ("complete",), _other_clock(600)),
        Fault("clock 10 minutes ahead", ("complete",), _other_clock(-600)),
        Fault("clock 11 hours behind", ("complete",), _other_clock(39600)),
        Fault("clock 11 hours ahead", ("complete",), _other_clock(-39600)),
        Fault("refused for its time for ever", ("auth",), _never_right),
        Fault("keys that end in the middle", ("auth",), _ends_in_the_middle),
        Fault("another list in each answer", ("incomplete", "complete"), _another_list),
        Fault(
            "the same page for ever", ("incomplete",), lambda target, dummy: answer(target.page([target.record], 999))
        ),
        Fault("a total that grows for ever", ("incomplete",), _growing_total),
        Fault("a total of 10^30", ("incomplete",), lambda target, dummy: answer(target.page([target.record], 10**30))),
        Fault("unknown fields", ("complete",), _unknown_fields),
        Fault("JSON 100,000 levels deep", ("protocol",), _same(answer(b"[" * 100_000 + b"]" * 100_000))),
        Fault("a number of 5,000 digits", ("protocol", "incomplete"), _long_number),
    ]
    for status in (301, 302, 307, 308):
        elsewhere = "http://127.0.0.1:9/elsewhere"
        given.append(Fault(f"{status} to elsewhere", ("protocol",), _same(answer(b"", status, Location=elsewhere))))
    for status in (400, 401, 403, 404, 405, 407, 418, 451):
        given.append(Fault(f"{status} without the API's body", ("protocol", "network"), _same(answer(b"no", status))))
    for status in (500, 501, 503, 504, 599):
        given.append(Fault(f"{status} without the API's body", ("service", "protocol"), _same(answer(b"no", status))))
    for kind, status in _STATUS.items():
        given.append(Fault(f"{kind} with status {status}", (kind,), _refused(kind, status)))
        given.append(Fault(f"{kind} in a body with status 200", (kind,), _refused_in_200(kind)))
        once = _first_then_good(_refused(kind, status))
        given.append(Fault(f"{kind} once", ("complete",) if kind in ("throttled", "service") else (kind,), once))
    past, soon = (email.utils.formatdate(time.time() + seconds, usegmt=True) for seconds in (-3600, 1))
    for value in ("0", "1", "0.5", "-5", "soon", "", "nan", "inf", "1e400", past, soon, "Mon, 99 Foo 2026"):
        given.append(Fault(f"Retry-After: {value or 'nothing'}", ("complete",), _retry_after(value)))
    for value in ("86400", "99999999999999999999", "Fri, 01 Jan 2100 00:00:00 GMT"):
        given.append(Fault(f"Retry-After: {value}", ("throttled", "timeout"), _retry_after(value), 3.0))
    if not short:
        given.append(Fault("a body of 50 MiB", ("complete",), _large(50 * 1024 * 1024), 60.0))
        given.append(Fault("a body of 70 MiB", ("protocol",), _large(70 * 1024 * 1024), 60.0))
    return given


def _bom(target: Target, dummy_request: Request) -> Pieces:
    return answer(b"\xef\xbb\xbf" + json.dumps(target.good()).encode())


def _gzipped(target: Target, part: float) -> Pieces:
    raw = gzip.compress(json.dumps(target.good()).encode())
    return answer(raw[: int(len(raw) * part)], Content_Encoding="gzip")


def _never_right(target: Target, dummy_request: Request) -> Pieces:
    date = email.utils.formatdate(time.time() + 7200, usegmt=True)
    return answer(target.error(*_CLOCK_ERRORS[target.cloud]), 401, Date=date)


def _another_list(target: Target, request: Request) -> Pieces:
    records = [{**target.record, target.id_key: f"{request.number}-{number}"} for number in range(10)]
    return answer(target.page(records, 30, 10))


def _growing_total(target: Target, request: Request) -> Pieces:
    records = [{**target.record, target.id_key: f"{request.number}-{number}"} for number in range(5)]
    return answer(target.page(records, 10 * request.number, 5))


def _unknown_fields(target: Target, dummy_request: Request) -> Pieces:
    record = {**target.record, "NewField": {"Deep": [1, {"Url": f"rtmp://a:{ours.PLANTED}@b/c"}]}, "": None}
    return answer({**target.page([record], 1), "Another": [None]})


def _long_number(target: Target, dummy_request: Request) -> Pieces:
    raw = json.dumps(target.page([target.record], 1234567)).replace("1234567", "9" * 5000)
    return answer(raw.encode())


def _refused_in_200(kind: str) -> Answers:
    return _refused(kind, 200)


def _large(size: int) -> Answers:
    def respond(target: Target, dummy_request: Request) -> Pieces:
        raw = json.dumps(target.good()).encode()
        return answer(raw + b" " * (size - len(raw)))

    return respond


def matrix(folder: Path, short: bool) -> t.Iterator[Row]:
    """A row for each fault, over the four single modules and the fleet; then each field of each answer."""
    certificates = servers.make_certificates(folder)
    refused = Row(PART, "connection refused")
    for target in TARGETS:
        outcome = ours.listed([target.account(f"http://127.0.0.1:{servers.closed_port()}")])
        _judge(refused, f"{target.module}", outcome, ("network",), 20.0)
    yield refused
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        yield from pool.map(lambda fault: _one_fault(fault, certificates), faults(short))
    yield from (_fields(target, short) for target in TARGETS)
    yield from (_envelope(target) for target in TARGETS)


def _one_fault(fault: Fault, certificates: servers.Certificates) -> Row:
    row = Row(PART, fault.name, note=f"ends as {' or '.join(fault.ends)}")
    settings: dict[str, t.Any] = {"retries": fault.retries, "request_timeout": fault.request_timeout, **fault.more}
    if fault.tls and fault.trusted:
        settings["ca_path"] = certificates.ca_path
    tls = certificates.contexts[fault.tls] if fault.tls else None
    for target in TARGETS:
        with serving(lambda request, target=target: fault.answers(target, request), tls) as server:  # type: ignore[misc]
            outcome = ours.listed([target.account(server.url)], timeout=fault.timeout, **settings)
            _judge(row, target.module, outcome, fault.ends, fault.timeout, _signatures(server))
            row.check(len(server.requests) <= MOST_REQUESTS, f"{target.module}: {len(server.requests)} requests")
    _fleet(row, fault, tls, settings)
    return row


def _fleet(row: Row, fault: Fault, tls: t.Any, settings: dict[str, t.Any]) -> None:
    """All four at once: one of them fails so, the others are there all the same."""
    bad, *good = TARGETS
    with (
        serving(lambda request: fault.answers(bad, request), tls) as broken,
        serving(lambda dummy: answer(good[0].good())) as one,
        serving(lambda dummy: answer(good[2].good())) as two,
    ):
        accounts = [bad.account(broken.url), good[0].account(one.url), good[2].account(two.url)]
        outcome = ours.listed(accounts, timeout=fault.timeout, report_errors=True, **settings)
    clouds = {task["cloud"] for task in outcome.tasks}
    there = {"huaweicloud", "volcengine"} <= clouds
    ends = ("complete",) if fault.ends == ("complete",) else ("complete", "partial")
    _judge(row, "relay_task_info", outcome, ends, fault.timeout, _signatures(broken))
    row.check(there, f"relay_task_info: the good accounts are not there, only {sorted(clouds)}")


def _signatures(server: servers.Server) -> list[str]:
    """The signatures that were really sent: none may be shown."""
    found = [re.findall(r"Signature=([0-9a-f]{16,})", " ".join(each.headers.values())) for each in server.requests]
    return list(itertools.chain.from_iterable(found))


def _judge(
    row: Row, name: str, outcome: Outcome, ends: tuple[str, ...], timeout: float, signatures: t.Sequence[str] = ()
) -> None:
    row.check(outcome.end in ends, f"{name}: ended as {outcome.end}: {outcome.text[-160:]}")
    row.check("Traceback" not in outcome.text, f"{name}: a traceback")
    row.check(not outcome.leaks(*signatures), f"{name}: a secret is shown")
    row.check(outcome.seconds < timeout + SLACK, f"{name}: took {outcome.seconds:.1f} s of {timeout:g}")
    if outcome.end == "complete" and name != "relay_task_info":
        row.check(len(outcome.tasks) == outcome.total > 0, f"{name}: {len(outcome.tasks)} tasks of {outcome.total}")


STRANGE: tuple[t.Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, 1e300, "", " ", "x", "9" * 400, "\ud83d", "\u202e\x00\x1b[31m", "{{ 7 * 7 }}"),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        {"a": None},
        [1, "a"],
        {"a": {"b": [True]}},
        f"rtmp://a:{ours.PLANTED}@b/c?d={ours.PLANTED}",
    ),
)


def _fields(target: Target, short: bool) -> Row:
    """Each value in each field of a task. Only the id is needed; all else is shown, or null."""
    row = Row(PART, f"{target.module}: strange values in each field of a task")
    current: list[t.Any] = []
    values = STRANGE[::2] if short else STRANGE
    with serving(lambda dummy: answer(target.page([current[0]], 1))) as server:
        account = target.account(server.url)
        for key, value in itertools.product(target.record, values):
            current[:] = [{**target.record, key: value}]
            ends = ("complete", "protocol") if key == target.id_key else ("complete",)
            _judge(row, f"{key}={value!r:.40}", ours.listed([account]), ends, 20.0)
        current[:] = [dict.fromkeys(target.record) | {target.id_key: "1000"}]
        _judge(row, "nulls everywhere", ours.listed([account]), ("complete",), 20.0)
    return row


def _envelope(target: Target) -> Row:
    """Each value in each place of the answer around the tasks. What is not the API's shape is never an empty list."""
    row = Row(PART, f"{target.module}: strange values at every level of the answer")
    current: list[t.Any] = []
    with serving(lambda dummy: answer(current[0])) as server:
        account = target.account(server.url)
        for path in _paths(target.good()):
            for value in STRANGE:
                current[:] = [_replaced(target.good(), path, value)]
                outcome = ours.listed([account])
                name = f"{'/'.join(map(str, path)) or 'all'}={value!r:.40}"
                row.check(
                    outcome.end not in ("crash", "config", "network", "partial"), f"{name}: {outcome.text[-200:]}"
                )
                row.check(not outcome.leaks(), f"{name}: a secret is shown")
                if outcome.end == "complete":
                    row.check(len(outcome.tasks) == outcome.total, f"{name}: {len(outcome.tasks)} of {outcome.total}")
                    row.check(bool(outcome.tasks) or _says_none(current[0]), f"{name}: an empty list")
    return row


def _says_none(document: t.Any) -> bool:
    """Whether a total of the answer really says that there is nothing."""
    return bool(re.search(r'"(?:TotalNum|total|TotalCount)": 0[,}]', json.dumps(document)))


def _paths(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """Every place of the answer down to the tasks themselves."""
    yield path
    if isinstance(value, dict) and len(path) < 4 and not {"TaskId", "task_id"} & set(value):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _replaced(document: t.Any, path: tuple[t.Any, ...], value: t.Any) -> t.Any:
    if not path:
        return value
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def reset_connections() -> Row:
    """A server that resets each connection instead of closing it."""
    row = Row(PART, "connection reset")
    for target in TARGETS:
        listener = socket.create_server(("127.0.0.1", 0))
        with listener, concurrent.futures.ThreadPoolExecutor(1) as pool:
            doing = pool.submit(_reset, listener, 2)
            outcome = ours.listed([target.account(f"http://127.0.0.1:{listener.getsockname()[1]}")])
            _judge(row, target.module, outcome, ("network",), 20.0)
            doing.result(20)
    return row


def _reset(listener: socket.socket, times: int) -> None:
    listener.settimeout(10)
    for dummy in range(times):
        connection, dummy_address = listener.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.close()


def rows(folder: Path, short: bool) -> t.Iterator[Row]:
    yield from matrix(folder, short)
    yield reset_connections()
