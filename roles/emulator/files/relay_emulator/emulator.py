# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator itself: five ports, one scenario, one log."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Callable

from . import faults as trouble
from .huaweicloud import Huaweicloud
from .log import Log
from .metadata import Metadata
from .reader import ScenarioError
from .scenario import Scenario
from .server import Listener
from .state import RECORD, RELAY, Account, World
from .tencentcloud import Tencentcloud
from .volcengine import Volcengine
from .web import Answer, Call, RefusalError, Request, json_answer, text_answer

SERVICES = ("tencentcloud", "huaweicloud", "volcengine", "metadata")
PORTS = (*SERVICES, "control")


class Emulator:
    def __init__(self, scenario: Scenario, log: Log, latency: float = 0.0) -> None:
        self.log = log
        self.stop = threading.Event()
        self._latency = latency
        self._scenario = scenario
        self._world = World()  # nothing yet: the scenario's clock begins with `start`
        self._clouds: dict[str, Any] = {
            cloud.name: cloud for cloud in (Tencentcloud(), Huaweicloud(), Volcengine(), Metadata())
        }
        self._listeners: dict[str, Listener] = {}
        self._control = Control(self)

    # Ports

    def listen(self, address: str, ports: dict[str, int]) -> None:
        """Open every port, or none: OSError when one cannot be had."""
        try:
            for name in PORTS:
                handler = self._control.handle if name == "control" else self._handler(name)
                self._listeners[name] = Listener(address, ports.get(name, 0), handler, self.stop)
        except OSError:
            self.close()
            raise

    def start(self) -> None:
        self.restart(self._scenario)
        for listener in self._listeners.values():
            listener.start()

    def close(self) -> None:
        self.stop.set()
        for listener in self._listeners.values():
            listener.close()

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each service listens. STS and IAM have no port of their own here: paths and actions tell them apart."""
        urls = {name: listener.url for name, listener in self._listeners.items()}
        return {
            "tencentcloud": urls["tencentcloud"],
            "tencentcloud_sts": urls["tencentcloud"],
            "huaweicloud": urls["huaweicloud"],
            "huaweicloud_iam": urls["huaweicloud"],
            "huaweicloud_sts": urls["huaweicloud"],
            "volcengine": urls["volcengine"],
            "volcengine_sts": urls["volcengine"],
            "metadata": urls["metadata"],
            "control": urls["control"],
        }

    def accounts(self) -> list[dict[str, Any]]:
        """The scenario's accounts in the words of relay_task_info's `accounts` option."""
        entries: list[dict[str, Any]] = []
        for account in self._world.accounts.values():
            entries.extend(self._account_entries(account))
        return entries

    def _account_entries(self, account: Account) -> list[dict[str, Any]]:
        entry: dict[str, Any] = {
            "name": account.name,
            "cloud": account.cloud,
            "kind": RELAY,
            "access_key": account.access_key,
            "secret_key": account.secret_key,
            "endpoint": self.endpoints[account.cloud],
            "region": account.spec.get("region"),
        }
        if account.session_token:
            entry["session_token"] = account.session_token
        if account.cloud == "tencentcloud":
            entry["region"] = entry["region"] or "ap-guangzhou"
        if account.cloud == "huaweicloud":
            entry["project_id"] = account.spec["project_id"]
            entry["iam_endpoint"] = self.endpoints["huaweicloud_iam"]
        if account.cloud != "volcengine":
            return [entry]
        entry["region"] = entry["region"] or "cn-north-1"
        return [entry, {**entry, "name": account.name + "-record", "kind": RECORD}]

    # Scenarios

    @property
    def scenario(self) -> Scenario:
        return self._scenario

    def on_scenario(self, react: Callable[[], None]) -> None:
        """Call this after another scenario was posted."""
        self._control.on_change = react

    def restart(self, scenario: Scenario) -> None:
        """Begin a scenario: its clock at zero, nothing counted, nothing logged."""
        world = scenario.build()
        self._scenario, self._world = scenario, world
        self.log.clear()

    # Requests

    def _handler(self, name: str) -> Any:
        cloud = self._clouds[name]

        def handle(request: Request) -> Answer:
            return self._handle(cloud, request)

        return handle

    def _handle(self, cloud: Any, request: Request) -> Answer:
        world = self._world
        action, account = cloud.identify(world, request)
        faults = world.faults.for_request(cloud.name, account, action, world.elapsed())
        call = Call(time.time() + trouble.clock_offset(faults), request.arrived, action, account)
        try:
            answer = self._answer(cloud, world, request, call, faults)
        except Exception as error:  # a fault of the emulator's own: say so, and go on serving
            call.code = "EmulatorError"
            call.refused = f"the emulator failed: {type(error).__name__}"
            answer = text_answer(500, f"The emulator failed on this request: {type(error).__name__}\n")
        answer.date = call.now
        answer.delay += self._latency
        trouble.spoil(faults, answer)
        status = None if answer.drop in ("before", "in_headers") else answer.status
        self.log.add(cloud.name, call, status, [fault.do for fault in faults])
        return answer

    @staticmethod
    def _answer(cloud: Any, world: World, request: Request, call: Call, faults: list[trouble.Fault]) -> Answer:
        if world.events:
            with world.lock:
                world.advance()
        try:
            instead = trouble.instead(faults, cloud.throttled()) if faults else None
            if isinstance(instead, RefusalError):
                raise instead
            answer: Answer = instead or cloud.answer(world, request, call)
        except RefusalError as refusal:
            call.code = refusal.code or None
            call.refused = refusal.why
            answer = cloud.refuse(request, call, refusal)
        return answer


class Control:
    """The port by which a test looks into the emulator and steers it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.on_change: Callable[[], None] | None = None

    def handle(self, request: Request) -> Answer:
        routes = {
            ("GET", "/"): self._about,
            ("GET", "/requests"): self._requests,
            ("GET", "/stats"): self._stats,
            ("GET", "/scenario"): self._scenario,
            ("POST", "/scenario"): self._set_scenario,
            ("POST", "/reset"): self._reset,
        }
        route = routes.get((request.method, request.path))
        if route is None:
            known = ", ".join(f"{method} {path}" for method, path in routes)
            return text_answer(404, f"Unknown. There is {known}.\n")
        return route(request)

    def _about(self, _request: Request) -> Answer:
        return json_answer(
            200,
            {
                "emulator": "livestream.relay",
                "pid": os.getpid(),
                "endpoints": self._emulator.endpoints,
            },
        )

    def _requests(self, _request: Request) -> Answer:
        return json_answer(200, self._emulator.log.entries())

    def _stats(self, _request: Request) -> Answer:
        return json_answer(200, self._emulator.log.stats())

    def _reset(self, _request: Request) -> Answer:
        self._emulator.restart(self._emulator.scenario)
        return json_answer(200, {"reset": True})

    def _scenario(self, _request: Request) -> Answer:
        return json_answer(200, {"text": self._emulator.scenario.text})

    def _set_scenario(self, request: Request) -> Answer:
        try:
            scenario = Scenario(request.body.decode("utf-8"), "scenario")
        except UnicodeDecodeError:
            return json_answer(400, {"error": "scenario:1: the text is not UTF-8"})
        except ScenarioError as error:
            return json_answer(400, {"error": str(error)})
        self._emulator.restart(scenario)
        if self.on_change:
            self.on_change()
        return json_answer(200, {"accounts": self._emulator.accounts()})
