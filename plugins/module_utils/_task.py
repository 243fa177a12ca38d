# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import typing as t

from ._redact import Fields

STATES = ("scheduled", "running", "degraded", "paused", "finished", "failed", "unknown")
KINDS = ("relay", "record")

REPORTED = "reported"
SCHEDULE = "schedule"
RUNTIME = "runtime"

# RFC 3339. A time without a zone is no time: one of the clouds writes Beijing time that way in other APIs.
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:([Zz])|([+-])(\d\d):?(\d\d))",
    re.ASCII,
)


@dataclasses.dataclass
class RelayTask:
    """One relay or record task, in the same words for every cloud. Times are UTC; see the contract for each key."""

    task_id: str
    cloud: str
    kind: str
    status: str | None
    state: str
    state_source: str
    account: str | None = None
    region: str | None = None
    title: str | None = None
    source_type: str | None = None
    source_urls: list[str] = dataclasses.field(default_factory=list)
    backup_source_type: str | None = None
    backup_source_urls: list[str] = dataclasses.field(default_factory=list)
    domain: str | None = None
    app: str | None = None
    stream: str | None = None
    destination_url: str | None = None
    push_args: str | None = None
    start_time: datetime.datetime | None = None
    end_time: datetime.datetime | None = None
    create_time: datetime.datetime | None = None
    update_time: datetime.datetime | None = None
    callback_url: str | None = None
    callback_events: list[str] = dataclasses.field(default_factory=list)
    runtime: dict[str, t.Any] | None = None
    raw: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    # Not shown: what its record may not show, and whether it pushes to a domain of the account itself.
    secret_fields: Fields = dataclasses.field(default_factory=Fields, repr=False)
    own_destination: bool = dataclasses.field(default=False, repr=False)
    # Not shown: the record's times that could not be read, for a warning.
    unreadable_times: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    # Not shown: the cloud's word that made the state unknown, for a warning.
    unknown_word: str | None = dataclasses.field(default=None, repr=False)


# In the order in which people read them.
TASK_KEYS = (
    "task_id",
    "cloud",
    "kind",
    "account",
    "region",
    "title",
    "state",
    "state_source",
    "status",
    "source_type",
    "source_urls",
    "backup_source_type",
    "backup_source_urls",
    "domain",
    "app",
    "stream",
    "destination_url",
    "push_args",
    "start_time",
    "end_time",
    "create_time",
    "update_time",
    "callback_url",
    "callback_events",
    "runtime",
    "raw",
)


def parse_time(value: t.Any) -> datetime.datetime | None:
    """An RFC 3339 time with a zone as UTC; None for anything else.

    The year 1, which some servers write for "no time", is none as well.
    """
    return _parsed(value) if isinstance(value, str) else None


# The tasks of one event begin and end together.
@functools.lru_cache(maxsize=1024)
def _parsed(value: str) -> datetime.datetime | None:
    match = _TIME.fullmatch(value.strip())
    if not match:
        return None
    numbers = [int(part) for part in match.groups()[:6]]
    sign, hours, minutes = match.groups()[7:]
    try:
        moment = datetime.datetime(*numbers, tzinfo=datetime.timezone.utc)  # type: ignore[arg-type, misc]
        if sign:
            ahead = datetime.timedelta(hours=int(hours), minutes=int(minutes))
            moment = moment - ahead if sign == "+" else moment + ahead
    except (ValueError, OverflowError):
        return None
    return moment if moment.year > 1 else None


def format_time(moment: datetime.datetime | None) -> str | None:
    """``YYYY-MM-DDTHH:MM:SSZ``, or None."""
    # Not by strftime, which writes the year 999 with three digits on some systems.
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z" if moment else None


@dataclasses.dataclass(frozen=True)
class Window:
    """When a task is meant to run. ``unreadable`` names the times that the cloud gave and nobody could read."""

    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    unreadable: tuple[str, ...] = ()

    @classmethod
    def of(cls, start: t.Any, end: t.Any) -> Window:
        """Read the window from a record's two values; None and an empty text are no bound."""
        moments = {name: parse_time(value) for name, value in (("start", start), ("end", end))}
        given = {"start": start, "end": end}
        unreadable = tuple(
            name for name, moment in moments.items() if moment is None and not _says_no_time(given[name])
        )
        return cls(moments["start"], moments["end"], unreadable)


def _says_no_time(value: t.Any) -> bool:
    return value is None or value == "" or (isinstance(value, str) and value.startswith("0001-01-01"))


def enabled_state(window: Window, now: datetime.datetime) -> tuple[str, str]:
    """State and its source for a task that is switched on and runs by its window.

    A window with a time that cannot be read gives ``unknown``: whether the task should run is not known.
    """
    if window.unreadable:
        return "unknown", SCHEDULE
    source = SCHEDULE if window.start or window.end else REPORTED
    if window.end and now >= window.end:
        return "finished", source
    if window.start and now < window.start:
        return "scheduled", source
    return "running", source


def paused_state(window: Window, now: datetime.datetime) -> tuple[str, str]:
    """State and its source for a task that was paused: after its end it will not be resumed any more."""
    if "end" in window.unreadable:
        return "unknown", SCHEDULE
    if not window.end:
        return "paused", REPORTED
    return ("finished" if now >= window.end else "paused"), SCHEDULE


def text(value: t.Any) -> str | None:
    """A record's value as text: None for none, an empty text or something that is no text at all."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def texts(value: t.Any) -> list[str]:
    """A record's value as a list of texts: a single text is a list of one, what is no text is left out."""
    values = value if isinstance(value, list) else [value]
    return [each for each in map(text, values) if each is not None]
