# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation is in plugins/modules/gate.py.

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.livestream.relay.plugins.plugin_utils._gate_text import failure, offenders
from ansible_collections.livestream.relay.plugins.plugin_utils._look import FIELDS, STATES, counts
from ansible_collections.livestream.relay.plugins.plugin_utils._verdict import (
    PASSED,
    WANTS,
    Rules,
    RulesError,
    Verdict,
    rules_from,
)
from ansible_collections.livestream.relay.plugins.plugin_utils._watch import Watch

MODULE = "livestream.relay.relay_task_info"

STATE_LIST: dict[str, t.Any] = {"type": "list", "elements": "str", "choices": list(STATES)}
# What is handed on to relay_task_info as it is. The accounts are checked there, by the options of their clouds.
HANDED_ON: dict[str, dict[str, t.Any]] = {
    "accounts": {"type": "list", "elements": "dict", "required": True},
    "task_id": {"type": "list", "elements": "str"},
    "domain": {"type": "str"},
    "app": {"type": "str"},
    "stream": {"type": "str"},
    "task_region": {"type": "str"},
    "runtime_status": {"type": "bool", "default": False},
    "page_size": {"type": "int"},
    "request_timeout": {"type": "float", "default": 10.0},
    "retries": {"type": "int", "default": 4},
    "concurrency": {"type": "int", "default": 16},
    "rate_limit": {"type": "float"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}
RULES: dict[str, dict[str, t.Any]] = {
    "state": STATE_LIST,
    "want": {"type": "str", "choices": list(WANTS), "default": "all"},
    "at_least": {"type": "int"},
    "states": {**STATE_LIST, "default": ["running"]},
    "fail_states": STATE_LIST,
    "min_matched": {"type": "int", "default": 1},
    "missing": {"type": "str", "choices": ["fail", "wait", "ignore"], "default": "fail"},
    "stable_for": {"type": "float", "default": 0.0},
    "degraded_for": {"type": "float", "default": 0.0},
    "timeout": {"type": "float", "default": 300.0},
    "interval": {"type": "float"},
    "report_only": {"type": "bool", "default": False},
}
FILTERS = ("task_id", "state", "domain", "app", "stream", "task_region")

Facts = dict[str, t.Any]


def _checked(params: Facts) -> Rules:
    """The rules that these options give. Raises RulesError."""
    if not params["accounts"]:
        raise RulesError("accounts is an empty list: name at least one account to look at")
    return rules_from(params)


class ActionModule(ActionBase):
    """Looks at relay tasks until they are as a deploy needs them, and fails when they cannot become so."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: Facts | None = None) -> Facts:
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        try:
            dummy_result, params = ActionBase.validate_argument_spec(self, argument_spec={**HANDED_ON, **RULES})
            rules = _checked(params)
        except (AnsibleActionFail, RulesError) as error:
            # Not raised: failed_when is for those to decide who run it, as it is for a module.
            return {"failed": True, "changed": False, "msg": f"gate: {str(error).rstrip('.')}."}

        asked = {name: params[name] for name in HANDED_ON if params[name] is not None}
        # Trouble is for the gate to judge, so the module reports it all, and fails for bad input only.
        asked.update(fields=list(FIELDS), on_error="report", on_incomplete="warn")

        def list_tasks(seconds: float) -> Facts:
            args = {**asked, "timeout": seconds}
            return dict(self._execute_module(module_name=MODULE, module_args=args, task_vars=task_vars))

        title = self._title(task_vars)
        watch = Watch(rules, list_tasks, say=lambda line: self._say(f"{title}: {line}"))
        verdict = watch.once() if self._task.check_mode else watch.wait()
        result = self._result(verdict, watch)
        if verdict.name == PASSED:
            return result
        filters = {name: params[name] for name in FILTERS if params[name] is not None}
        for line in failure(verdict, rules, result["offenders"], filters):
            self._say(line)
        if params["report_only"] or self._task.check_mode:
            return result
        return {**result, "failed": True, "msg": f"gate: {verdict.name}: {verdict.reason}."}

    def _say(self, line: str) -> None:
        # Who hides the result does not want its tasks named in lines either.
        if not self._task.no_log:
            Display().display(line)

    def _title(self, task_vars: Facts) -> str:
        """What the lines begin with: the host is named where it could be another."""
        several = len(task_vars.get("ansible_play_hosts") or ()) > 1 and not self._task.run_once
        return f"gate ({task_vars.get('inventory_hostname')})" if several else "gate"

    def _result(self, verdict: Verdict, watch: Watch) -> Facts:
        memory = watch.memory
        result: Facts = {
            "changed": False,
            "verdict": verdict.name,
            "reason": verdict.reason,
            "offenders": offenders(verdict.offenders, memory, watch.began),
            "counts": counts(memory.matched),
            "matched": len(memory.matched),
            "looks": watch.looks,
            "elapsed": round(watch.elapsed(), 3),
            "tasks": [dict(task.facts) for task in memory.matched],
            "missing": list(memory.missing),
            "appeared": [task.task_id for task in memory.appeared.values()],
            "vanished": [task.task_id for task in memory.vanished],
            "errors": [dict(error) for error in watch.errors],
        }
        if watch.warnings:
            result["warnings"] = watch.warnings
        return result
