# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scenario file: what may stand in it, what it means, and on which line it is wrong."""

from __future__ import annotations

import copy
import difflib
from collections import deque
from typing import Any, Callable

from . import faults, huaweicloud, metadata, samples, tencentcloud, times, volcengine
from .reader import Document, Path
from .state import ABSENT, RECORD, RELAY, Account, Event, Key, Record, Shift, TaskList, UserToken, World

CLOUDS: dict[str, Any] = {cloud.NAME: cloud for cloud in (tencentcloud, huaweicloud, volcengine)}
_SHIFTS = ("update", "delete", "create", "grow_total", "ignore_page", "repeat_page")
_SAMPLE_KEYS = {
    tencentcloud.NAME: ("AKIDEMULATOR{}", "emulator-secret-key-of-{}"),
    huaweicloud.NAME: ("HPUAEMULATOR{}", "emulator-secret-key-of-{}"),
    volcengine.NAME: ("AKLTEMULATOR{}", "emulator-secret-key-of-{}"),
}
_MOST_TASKS = 20_000

_ACCOUNT_KEYS = {
    "name": "text",
    "cloud": "text",
    "access_key": "text",
    "secret_key": "text",
    "session_token": "text",
    "expires": "time",
    "quota": "count",
    "rate_limit": "rates",
    "new_fields": "texts",
    "role": "texts",
    "metadata_role": "text",
    "external_id": "text",
    "web_identity_token": "text",
    "account_id": "text",
    "region": "text",
}
_TASK_KEYS = {"tasks": "records", "fill": "count"}
_CLOUD_KEYS: dict[str, dict[str, str]] = {
    tencentcloud.NAME: {**_TASK_KEYS, "runtime": "object", "status_api": "bool"},
    huaweicloud.NAME: {
        **_TASK_KEYS,
        "project_id": "text",
        "projects": "list",
        "domain_name": "text",
        "username": "text",
        "password": "text",
        "tokens": "texts",
        "offset": "text",
        "list_projects": "bool",
    },
    volcengine.NAME: {
        "record_tasks": "records",
        "relay_tasks": "records",
        "fill_record": "count",
        "fill_relay": "count",
    },
}
_PROJECT_KEYS = {"id": "text", "name": "text", **_TASK_KEYS}
_TOP_KEYS = {"accounts": "list", "timeline": "list", "faults": "list", "shifts": "list", "serve": "any"}
_TIMELINE_KEYS = {
    "at": "seconds",
    "account": "text",
    "task_id": "text",
    "set": "object",
    "delete": "bool",
    "create": "object",
    "runtime": "object",
    "kind": "text",
    "project_id": "text",
}
_FAULT_KEYS = {
    "account": "text",
    "cloud": "text",
    "action": "text",
    "requests": "numbers",
    "first": "count",
    "every": "count",
    "from": "seconds",
    "until": "seconds",
    "do": "text",
}
_SHIFT_KEYS = {
    "account": "text",
    "after_page": "count",
    "times": "times",
    "do": "text",
    "kind": "text",
    "by": "int",
}
_SERVE_KEYS = {"account": "text", "action": "text", "answer": "any"}

_WORDS = {
    "text": "text in double quotes",
    "int": "a whole number",
    "count": "a whole number of 0 or more",
    "number": "a number",
    "seconds": "a number of seconds, 0 or more",
    "bool": "true or false",
    "texts": "a list of texts",
    "list": "a list",
    "records": "a list of tasks",
    "object": "an object in braces",
    "numbers": "a list of whole numbers",
    "times": 'a whole number or "always"',
    "time": "a time",
    "rates": "a number of requests per second, or an object of action and number",
}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "any": lambda _value: True,
    "text": lambda value: isinstance(value, str),
    "int": _is_whole,
    "count": lambda value: _is_whole(value) and value >= 0,
    "number": _is_number,
    "seconds": lambda value: _is_number(value) and value >= 0,
    "bool": lambda value: isinstance(value, bool),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "numbers": lambda value: isinstance(value, list) and all(_is_whole(item) for item in value),
    "list": lambda value: isinstance(value, list),
    "records": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "times": lambda value: value == "always" or (_is_whole(value) and value >= 0),
    "time": lambda value: isinstance(value, str),
    "rates": lambda value: (
        _is_number(value) or (isinstance(value, dict) and all(_is_number(rate) for rate in value.values()))
    ),
}


class Scenario:
    """A scenario that was checked through. `build` brings it to life, as often as it is asked to."""

    def __init__(self, text: str, label: str) -> None:
        self.text = text
        self._document = Document(text, label)
        top = self._object((), self._document.value, _TOP_KEYS)
        if "accounts" not in top:
            raise self._error((), "accounts is missing: a scenario has at least one account")
        self._ids: dict[str, dict[str, set[str]]] = {}
        self.accounts: list[dict[str, Any]] = []
        self._each("accounts", self._account)
        if not self.accounts:
            raise self._error(("accounts",), "accounts is empty: a scenario has at least one account")
        self._timeline: list[dict[str, Any]] = []
        self._each("timeline", self._event)
        self._faults: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._each("faults", self._fault)
        self._shifts: list[dict[str, Any]] = []
        self._each("shifts", self._shift)
        self._served: list[dict[str, Any]] = []
        self._each("serve", self._serve)

    # Checking

    def _error(self, path: Path, reason: str) -> Exception:
        return self._document.error(path, reason)

    def _each(self, name: str, check: Callable[[Path, Any], None]) -> None:
        value = self._document.value.get(name, [])
        if isinstance(value, dict):
            check((name,), value)  # `serve` alone may stand without its list
            return
        if not isinstance(value, list):
            raise self._error((name,), f"{name} must be a list")
        for index, item in enumerate(value):
            check((name, index), item)

    def _object(self, path: Path, value: Any, known: dict[str, str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(path, "an object in braces is expected here")
        for name, item in value.items():
            if name not in known:
                raise self._error((*path, name), _unknown("key", name, known))
            kind = known[name]
            if not _CHECKS[kind](item):
                raise self._error((*path, name), f"{name} must be {_WORDS[kind]}")
            if kind == "time" and times.relative_seconds(item) is None and times.parse(item) is None:
                raise self._error((*path, name), f'{name} must be a time like "@now+1h" or "2026-01-02T03:04:05Z"')
        return value

    def _choice(self, path: Path, value: dict[str, Any], name: str, choices: Any, needed: bool = True) -> None:
        if name not in value:
            if needed:
                raise self._error(path, f"{name} is missing: it is one of {', '.join(choices)}")
            return
        if value[name] not in choices:
            raise self._error((*path, name), _unknown(name, value[name], choices))

    def _account(self, path: Path, value: Any) -> None:
        if isinstance(value, dict) and isinstance(value.get("cloud"), str):
            self._choice(path, value, "cloud", CLOUDS)
            known = {**_ACCOUNT_KEYS, **_CLOUD_KEYS[value["cloud"]]}
        else:
            known = {**_ACCOUNT_KEYS, **{key: kind for keys in _CLOUD_KEYS.values() for key, kind in keys.items()}}
        if isinstance(value, dict) and isinstance(value.get("role"), str):
            value["role"] = [value["role"]]
        spec = dict(self._object(path, value, known))
        self._choice(path, spec, "cloud", CLOUDS)
        cloud = spec["cloud"]
        if not spec.get("name"):
            raise self._error(path, "name is missing: faults, timeline and log speak of the account by it")
        if spec["name"] in self._ids:
            raise self._error((*path, "name"), f"the name {spec['name']!r} is another account's already")
        if "expires" in spec and "session_token" not in spec:
            raise self._error((*path, "expires"), "expires needs session_token: only temporary keys expire")
        for index, sample in enumerate(_SAMPLE_KEYS[cloud]):
            name = ("access_key", "secret_key")[index]
            spec.setdefault(name, sample.format(spec["name"].upper() if index == 0 else spec["name"]))
        for other in self.accounts:
            if (other["cloud"], other["access_key"]) == (cloud, spec["access_key"]):
                raise self._error((*path, "access_key"), f"this access_key is account {other['name']}'s already")
            if spec.get("metadata_role") and other["cloud"] == cloud and other.get("metadata_role"):
                raise self._error((*path, "metadata_role"), f"the instance has account {other['name']}'s role already")
        if isinstance(spec.get("rate_limit"), dict):
            for action in spec["rate_limit"]:
                if action not in CLOUDS[cloud].ACTIONS:
                    raise self._error((*path, "rate_limit", action), _unknown("action", action, CLOUDS[cloud].ACTIONS))
        if cloud == huaweicloud.NAME:
            self._huawei_account(path, spec)
        self._ids[spec["name"]] = {}
        spec["lists"] = self._lists(path, spec)
        for task_id, status in spec.get("runtime", {}).items():
            if task_id not in self._ids[spec["name"]][RELAY]:
                raise self._error((*path, "runtime", task_id), f"account {spec['name']} has no task {task_id!r}")
            self._object((*path, "runtime", task_id), status, tencentcloud.RUNTIME_FIELDS)
            self._check_times((*path, "runtime", task_id), status)
        self.accounts.append(spec)

    def _huawei_account(self, path: Path, spec: dict[str, Any]) -> None:
        self._choice(path, spec, "offset", huaweicloud.OFFSET_READINGS, needed=False)
        spec.setdefault("region", "cn-north-4")
        spec.setdefault("project_id", samples.digest("project", spec["name"]))
        if "password" in spec and not (spec.get("username") and spec.get("domain_name")):
            raise self._error((*path, "password"), "password needs username and domain_name")
        taken = {spec["project_id"]}
        for other in self.accounts:
            if other["cloud"] == huaweicloud.NAME:
                taken.update({other["project_id"], *(project["id"] for project in other.get("projects", ()))})
                if other["project_id"] == spec["project_id"]:
                    raise self._error((*path, "project_id"), f"this project is account {other['name']}'s already")
        for index, project in enumerate(spec.get("projects", ())):
            where = (*path, "projects", index)
            self._object(where, project, _PROJECT_KEYS)
            if not project.get("name"):
                raise self._error(where, f"name is missing: it is like {spec['region']}_trial")
            project.setdefault("id", samples.digest("project", spec["name"], project["name"]))
            if project["id"] in taken:
                raise self._error(where, "this project id is given twice")
            taken.add(project["id"])

    def _lists(self, path: Path, spec: dict[str, Any]) -> list[dict[str, Any]]:
        """The account's listings: where each is kept, and its records as they are given."""
        cloud = spec["cloud"]
        if cloud == volcengine.NAME:
            return [
                self._list(path, spec, kind, kind, spec, f"{kind}_tasks", f"fill_{kind}") for kind in (RECORD, RELAY)
            ]
        if cloud == tencentcloud.NAME:
            return [self._list(path, spec, RELAY, RELAY, spec, "tasks", "fill")]
        lists = [self._list(path, spec, spec["project_id"], RELAY, spec, "tasks", "fill")]
        for index, project in enumerate(spec.get("projects", ())):
            where = (*path, "projects", index)
            lists.append(self._list(where, spec, project["id"], RELAY, project, "tasks", "fill"))
        return lists

    def _list(
        self, path: Path, spec: dict[str, Any], place: str, kind: str, holder: dict[str, Any], key: str, fill_key: str
    ) -> dict[str, Any]:
        cloud = CLOUDS[spec["cloud"]]
        records, fill = holder.get(key, []), holder.get(fill_key, 0)
        if len(records) + fill > _MOST_TASKS:
            raise self._error((*path, fill_key), f"more than {_MOST_TASKS} tasks are too many")
        ids = self._ids[spec["name"]].setdefault(place, set())
        taken = set().union(*self._ids[spec["name"]].values())
        owner = spec["name"] if place in (RECORD, RELAY, spec.get("project_id")) else place
        raws: list[dict[str, Any]] = []
        for index in range(len(records) + fill):
            raw = records[index] if index < len(records) else {}
            where = (*path, key, index)
            self._record(where, spec, kind, raw)
            raw = {cloud.ID_KEY: cloud.task_id(kind, owner, index), **raw}
            task_id = raw[cloud.ID_KEY]
            if not isinstance(task_id, str) or not task_id or task_id == ABSENT:
                raise self._error((*where, cloud.ID_KEY), f"{cloud.ID_KEY} must be text that names the task")
            if task_id in taken:
                raise self._error((*where, cloud.ID_KEY), f"the task {task_id!r} is there already")
            taken.add(task_id)
            ids.add(task_id)
            raws.append(raw)
        return {"place": place, "kind": kind, "raws": raws}

    def _record(self, path: Path, spec: dict[str, Any], kind: str, raw: Any) -> None:
        fields = CLOUDS[spec["cloud"]].FIELDS[kind]
        if not isinstance(raw, dict):
            raise self._error(path, "a task is an object in braces")
        for name, value in raw.items():
            if name not in fields:
                if name not in spec.get("new_fields", ()):
                    hint = "; a field that the cloud does not have yet is named in the account's new_fields"
                    raise self._error((*path, name), _unknown("field", name, fields) + hint)
                continue
            if value is None or value == ABSENT:
                continue
            if not _CHECKS[fields[name]](value):
                raise self._error((*path, name), f"{name} must be {_WORDS[fields[name]]}")
        self._check_times(path, raw)

    def _check_times(self, path: Path, value: Any) -> None:
        if isinstance(value, str):
            if value.startswith("@") and value != ABSENT and times.relative_seconds(value) is None:
                raise self._error(path, f'{value!r} is no time: write "@now", "@now-2h" or "@now+1h30m", or "{ABSENT}"')
        elif isinstance(value, dict):
            for name, item in value.items():
                self._check_times((*path, name), item)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._check_times((*path, index), item)

    def _owner(self, path: Path, value: dict[str, Any]) -> dict[str, Any]:
        if "account" not in value:
            raise self._error(path, "account is missing")
        return self._named_account(path, value)

    def _named_account(self, path: Path, value: dict[str, Any]) -> dict[str, Any]:
        names = {spec["name"]: spec for spec in self.accounts}
        if value["account"] not in names:
            raise self._error((*path, "account"), _unknown("account", value["account"], names))
        return names[value["account"]]

    def _event(self, path: Path, value: Any) -> None:
        event = dict(self._object(path, value, _TIMELINE_KEYS))
        spec = self._owner(path, event)
        if "at" not in event:
            raise self._error(path, "at is missing: the second at which this happens")
        doing = [name for name in ("set", "delete", "create", "runtime") if event.get(name)]
        if not doing or (len(doing) > 1 and sorted(doing) != ["runtime", "set"]):
            raise self._error(path, "one of set, delete, create and runtime is needed (set may be with runtime)")
        if "runtime" in event:
            if spec["cloud"] != tencentcloud.NAME:
                raise self._error((*path, "runtime"), "only tencentcloud tells a run-time status")
            self._object((*path, "runtime"), event["runtime"], tencentcloud.RUNTIME_FIELDS)
            self._check_times((*path, "runtime"), event["runtime"])
        if "create" in event:
            event["place"], event["raw"] = self._creation(path, spec, event)
        else:
            event["place"] = self._place_of(path, spec, event)
            if "set" in event:
                if CLOUDS[spec["cloud"]].ID_KEY in event["set"]:
                    raise self._error((*path, "set"), "a task keeps its id")
                self._record((*path, "set"), spec, self._kind(spec, event["place"]), event["set"])
        self._timeline.append(event)

    @staticmethod
    def _kind(spec: dict[str, Any], place: str) -> str:
        return place if spec["cloud"] == volcengine.NAME else RELAY

    def _place_of(self, path: Path, spec: dict[str, Any], event: dict[str, Any]) -> str:
        if "task_id" not in event:
            raise self._error(path, "task_id is missing")
        known: list[str] = []
        for place, ids in self._ids[spec["name"]].items():
            if event["task_id"] in ids:
                return place
            known.extend(ids)
        reason = _unknown("task_id", event["task_id"], known)
        raise self._error((*path, "task_id"), f"account {spec['name']} has no such task: {reason}")

    def _creation(self, path: Path, spec: dict[str, Any], event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        place = RELAY
        if spec["cloud"] == volcengine.NAME:
            self._choice(path, event, "kind", (RECORD, RELAY), needed=False)
            place = event.get("kind", RELAY)
        elif spec["cloud"] == huaweicloud.NAME:
            place = event.get("project_id", spec["project_id"])
            if place not in self._ids[spec["name"]]:
                raise self._error((*path, "project_id"), f"account {spec['name']} has no such project")
        cloud, kind = CLOUDS[spec["cloud"]], self._kind(spec, place)
        self._record((*path, "create"), spec, kind, event["create"])
        ids = self._ids[spec["name"]][place]
        index = len(ids)
        raw = {cloud.ID_KEY: cloud.task_id(kind, spec["name"] + "/created", index), **event["create"]}
        if raw[cloud.ID_KEY] in set().union(*self._ids[spec["name"]].values()):
            raise self._error((*path, "create"), f"the task {raw[cloud.ID_KEY]!r} is there already")
        ids.add(raw[cloud.ID_KEY])
        return place, raw

    def _fault(self, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            raise self._error(path, "a fault is an object in braces")
        self._choice(path, value, "do", faults.SETTINGS)
        known = {**_FAULT_KEYS, **faults.SETTINGS[value["do"]]}
        fault = self._object(path, value, known)
        clouds = {**CLOUDS, metadata.NAME: metadata}
        self._choice(path, fault, "cloud", clouds, needed=False)
        if "account" in fault:
            self._named_account(path, fault)
        if "action" in fault:
            self._choice(path, fault, "action", [action for cloud in clouds.values() for action in cloud.ACTIONS])
        if "when" in fault:
            self._choice(path, fault, "when", faults.DROP_WHEN)
        if len([name for name in ("requests", "first", "every") if name in fault]) > 1:
            raise self._error(path, "only one of requests, first and every can be given")
        if fault.get("every") == 0:
            raise self._error((*path, "every"), "every must be at least 1")
        if "status" in fault and not 200 <= fault["status"] <= 599:
            raise self._error((*path, "status"), "status must be from 200 to 599")
        for needed in {"error": ("code",), "body": ("body",), "clock": ("seconds",), "content_type": ("value",)}.get(
            fault["do"], ()
        ):
            if needed not in fault:
                raise self._error(path, f"{needed} is missing")
        settings = {name: fault[name] for name in faults.SETTINGS[fault["do"]] if name in fault}
        self._faults.append((fault, settings))

    def _shift(self, path: Path, value: Any) -> None:
        shift = self._object(path, value, _SHIFT_KEYS)
        self._owner(path, shift)
        self._choice(path, shift, "do", _SHIFTS)
        self._choice(path, shift, "kind", (RECORD, RELAY), needed=False)
        self._shifts.append(shift)

    def _serve(self, path: Path, value: Any) -> None:
        served = self._object(path, value, _SERVE_KEYS)
        spec = self._owner(path, served)
        self._choice(path, served, "action", CLOUDS[spec["cloud"]].ACTIONS)
        if "answer" not in served:
            raise self._error(path, "answer is missing: the JSON that is served as it stands")
        self._served.append(served)

    # Building

    def build(self) -> World:
        """The world as it is when the scenario begins, its clock at zero."""
        world = World()
        now = world.started_wall
        for spec in self.accounts:
            self._build_account(world, spec, now)
        world.events = deque(
            Event(event["at"], self._step(world, event))
            for event in sorted(self._timeline, key=lambda event: event["at"])
        )
        world.faults = faults.Faults([_build_fault(fault, settings) for fault, settings in self._faults])
        for shift in self._shifts:
            often = shift.get("times", 1)
            world.accounts[shift["account"]].shifts.append(
                Shift(
                    do=shift["do"],
                    after_page=shift.get("after_page", 1),
                    left=float("inf") if often == "always" else often,
                    kind=shift.get("kind"),
                    by=shift.get("by", 1),
                )
            )
        for served in self._served:
            world.served[(served["account"], served["action"])] = served["answer"]
        return world

    @staticmethod
    def _build_account(world: World, spec: dict[str, Any], now: float) -> None:
        cloud = CLOUDS[spec["cloud"]]
        account = Account(
            name=spec["name"],
            cloud=spec["cloud"],
            spec=spec,
            access_key=spec["access_key"],
            secret_key=spec["secret_key"],
            session_token=spec.get("session_token"),
            quota=spec.get("quota", 200),
            runtime={task_id: _resolve(status, now) for task_id, status in spec.get("runtime", {}).items()},
        )
        for listing in spec["lists"]:
            tasks = TaskList(spec["name"], listing["kind"], cloud.ID_KEY, cloud.UPDATED_KEY)
            tasks.fill(
                [_build_record(cloud, listing["kind"], raw, index, now) for index, raw in enumerate(listing["raws"])]
            )
            account.lists[listing["place"]] = tasks
        if spec["cloud"] == huaweicloud.NAME:
            account.projects[spec["project_id"]] = spec["region"]
            account.projects.update({project["id"]: project["name"] for project in spec.get("projects", ())})
            for token in spec.get("tokens", ()):
                world.user_tokens[token] = UserToken(account, spec["project_id"], None)
        world.accounts[account.name] = account
        expires = spec.get("expires")
        ends = None
        if expires is not None:
            relative = times.relative_seconds(expires)
            ends = times.parse(expires) if relative is None else now + relative
        world.add_key(Key(account.access_key, account.secret_key, account.session_token, ends, account))

    def _step(self, world: World, event: dict[str, Any]) -> Callable[[float], None]:
        """What one event of the timeline does, given the time at which it happens."""
        account = world.accounts[event["account"]]
        cloud = CLOUDS[account.cloud]
        tasks = account.lists[event["place"]]

        def step(now: float) -> None:
            if "create" in event:
                raw = dict(event["raw"])
                if cloud.UPDATED_KEY:
                    raw.setdefault("CreateTime", times.utc(now))
                tasks.add(_build_record(cloud, tasks.kind, raw, len(tasks.by_id), now))
                return
            task_id = event["task_id"]
            if event.get("delete"):
                tasks.delete(task_id)
                return
            if "runtime" in event:
                account.runtime.setdefault(task_id, {}).update(_resolve(event["runtime"], now))
            record = tasks.by_id.get(task_id)
            if record is None or "set" not in event:
                return
            changes = _resolve(event["set"], now)
            record.raw.update(changes)
            for name in [name for name, value in record.raw.items() if value == ABSENT]:
                del record.raw[name]
            record.texts.clear()
            if cloud.UPDATED_KEY and cloud.UPDATED_KEY not in changes:
                tasks.touch(record, now)
            else:
                tasks.sort()

        return step


def _build_record(cloud: Any, kind: str, raw: dict[str, Any], index: int, now: float) -> Record:
    whole = cloud.complete(kind, _resolve(raw, now), index, now)
    return Record({name: value for name, value in whole.items() if value != ABSENT})


def _resolve(value: Any, now: float) -> Any:
    """The value with each "@now" in it turned into a time, and nothing shared with the scenario."""
    if isinstance(value, str):
        seconds = times.relative_seconds(value)
        return value if seconds is None else times.utc(now + seconds)
    if isinstance(value, dict):
        return {name: _resolve(item, now) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolve(item, now) for item in value]
    return copy.copy(value)


def _build_fault(fault: dict[str, Any], settings: dict[str, Any]) -> faults.Fault:
    return faults.Fault(
        do=fault["do"],
        settings=settings,
        account=fault.get("account"),
        cloud=fault.get("cloud"),
        action=fault.get("action"),
        requests=fault.get("requests"),
        first=fault.get("first"),
        every=fault.get("every"),
        since=fault.get("from", 0.0),
        until=fault.get("until", float("inf")),
    )


def _unknown(what: str, given: Any, known: Any) -> str:
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(given), names, n=1, cutoff=0.4)
    if not near:
        by_case = [name for name in names if name.lower() == str(given).lower()]
        near = by_case[:1]
    if near:
        return f"unknown {what} {given!r}; did you mean {near[0]!r}?"
    shown = ", ".join(sorted(names)[:12])
    return f"unknown {what} {given!r}; known are {shown}" if names else f"unknown {what} {given!r}"
