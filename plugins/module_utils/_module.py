# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import gc
import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._cloud import Account, Cloud
from ._deadline import Deadline
from ._errors import RelayError, config_error
from ._fleet import AccountResult, FleetResult, ask
from ._http import REQUESTS_PROBLEM, Settings
from ._options import QUERY, Spec, merged, query_from
from ._present import Presentation
from ._redact import Secrets

Params = t.Mapping[str, t.Any]


def run_info(cloud: Cloud, kind: str, own_options: Spec | None = None) -> None:
    """Be an info module of one cloud: list the tasks of one account."""
    module = _module(merged(QUERY, cloud.options, own_options or {}))

    def accounts_from(params: Params) -> list[Account]:
        _refuse_empty(params, cloud)
        return [Account(cloud.name, kind, params)]

    _run(module, accounts_from, {cloud.name: cloud}, _one_account)


def run_fleet(clouds: t.Mapping[str, Cloud]) -> None:
    """Be ``relay_task_info``: list the tasks of many accounts at once."""
    options = _account_options(clouds)
    spec = merged(
        QUERY,
        {
            "accounts": {"type": "list", "elements": "dict", "required": True, "options": options},
            "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
            "runtime_status": {"type": "bool", "default": False},
        },
    )
    module = _module(spec)
    _run(module, lambda params: _accounts(params, clouds, options), clouds, _many_accounts)


def _module(spec: dict[str, t.Any]) -> AnsibleModule:
    return AnsibleModule(argument_spec=spec, supports_check_mode=True)


def _account_options(clouds: t.Mapping[str, Cloud]) -> dict[str, t.Any]:
    """The options of every cloud's accounts as one: aliases are put together."""
    options: dict[str, t.Any] = {
        "name": {"type": "str"},
        "cloud": {"type": "str", "required": True, "choices": list(clouds)},
        "kind": {"type": "str", "choices": ["relay", "record"], "default": "relay"},
    }
    for cloud in clouds.values():
        for name, option in merged(cloud.options, cloud.account_options).items():
            _put_together(options.setdefault(name, option), option)
    return options


def _put_together(known: dict[str, t.Any], option: t.Mapping[str, t.Any]) -> None:
    """Add to a known option what another cloud's option of this name has more: aliases and suboptions."""
    aliases = {*known.get("aliases", ()), *option.get("aliases", ())}
    if aliases:
        known["aliases"] = sorted(aliases)
    if "options" in option:
        known["options"] = {**option["options"], **known["options"]}


def _accounts(params: Params, clouds: t.Mapping[str, Cloud], options: t.Mapping[str, t.Any]) -> list[Account]:
    if not params["accounts"]:
        raise config_error("accounts is an empty list", "name at least one account to ask")
    return [_account(given, clouds, options) for given in params["accounts"]]


def _account(given: Params, clouds: t.Mapping[str, Cloud], options: t.Mapping[str, t.Any]) -> Account:
    cloud = clouds[given["cloud"]]
    name = given["name"] or " ".join(word for word in (cloud.name, given["region"]) if word)
    try:
        _check_account(given, cloud, options)
    except RelayError as error:
        raise error.locate(cloud=cloud.name, account=name) from None
    return Account(cloud.name, given["kind"], given, name, named=bool(given["name"]))


def _check_account(given: Params, cloud: Cloud, options: t.Mapping[str, t.Any]) -> None:
    """Raise RelayError (config) for what this account's cloud does not know, or is empty."""
    strange = _strange_options(given, cloud, options)
    if strange:
        raise config_error(f"{cloud.name} has no option {' or '.join(strange)}", "take it out of this account")
    if given["kind"] not in cloud.kinds:
        advice = f"use kind: {cloud.kinds[0]}"
        raise config_error(f"{cloud.name} has no {given['kind']} tasks that could be listed", advice)
    _refuse_empty(given, cloud)


def _refuse_empty(given: Params, cloud: Cloud) -> None:
    """An empty text is a variable that was never filled, not the wish for another account or the public endpoint."""
    for name in (*cloud.options, *cloud.account_options):
        if given.get(name) == "":
            raise config_error(f"{name} is empty", f"leave {name} out, or give it something")


def _strange_options(given: Params, cloud: Cloud, options: t.Mapping[str, t.Any]) -> list[str]:
    """The options and suboptions of an account that are other clouds'."""
    known = {**cloud.options, **cloud.account_options}
    strange = [name for name in options if name not in ("name", "cloud", "kind", *known) and given[name] is not None]
    for name, option in known.items():
        inner = (given[name] or {}) if "options" in option else {}
        strange += [f"{name}.{each}" for each in inner if inner[each] is not None and each not in option["options"]]
    return sorted(strange)


def _run(
    module: AnsibleModule,
    accounts_from: t.Callable[[Params], list[Account]],
    clouds: t.Mapping[str, Cloud],
    result_of: t.Callable[[FleetResult, Presentation], dict[str, t.Any]],
) -> None:
    if REQUESTS_PROBLEM:
        message = missing_required_lib("requests")
        module.fail_json(msg=message, exception=REQUESTS_PROBLEM)
    # A large list is nothing but live objects, and looking through them for garbage takes a tenth of the time.
    gc.disable()
    params = module.params
    secrets = Secrets(module.no_log_values)
    secrets.add(*_passwords_in_endpoints(params))
    try:
        query = query_from(params)
        result = ask(
            accounts_from(params),
            clouds,
            query,
            _settings(params),
            Deadline(params["timeout"]),
            secrets,
            os.environ,
            report_errors=params.get("on_error") == "report",
        )
    except RelayError as error:
        if len(clouds) == 1:
            error.locate(cloud=next(iter(clouds)))
        _mask(module, secrets)
        module.fail_json(msg=secrets.scrub(str(error)), error=error.as_dict())
    _mask(module, secrets)
    for warning in result.warnings:
        module.warn(secrets.scrub(warning))
    fields = tuple(params["fields"]) if params["fields"] else None
    presentation = Presentation(params["show_secrets"], fields, params["summary"])
    shown = result_of(result, presentation)
    # Ansible copies what it prints, twice. For that, the tasks as they were read make room.
    del result
    module.exit_json(changed=False, **shown)


def _passwords_in_endpoints(params: Params) -> list[str]:
    """What somebody put before the @ of an endpoint: it will be refused, and Ansible prints the options then."""
    asked = [params, *(params.get("accounts") or ())]
    endpoints = [given.get(name) or "" for given in asked for name in ("endpoint", "iam_endpoint")]
    user_infos = [endpoint.rpartition("@")[0].rpartition("//")[2] for endpoint in endpoints]
    return [part for user_info in user_infos for part in (user_info, user_info.partition(":")[2])]


def _mask(module: AnsibleModule, secrets: Secrets) -> None:
    """Keys found outside the options are masked in all that Ansible prints, exactly as options are."""
    module.no_log_values.update(secrets.values())


def _settings(params: Params) -> Settings:
    ca_path = params["ca_path"]
    if ca_path and not os.path.exists(ca_path):
        raise config_error(f"ca_path {ca_path} does not exist", "give the path of a file or folder of CA certificates")
    return Settings(
        request_timeout=params["request_timeout"],
        retries=params["retries"],
        validate_certs=params["validate_certs"],
        ca_path=ca_path,
        concurrency=params["concurrency"],
    )


def _one_account(result: FleetResult, presentation: Presentation) -> dict[str, t.Any]:
    account = result.accounts[0]
    return {
        **presentation.tasks(result.tasks),
        "total": account.total,
        "complete": account.complete,
        "missing": result.missing,
        "quota": account.quota,
        "requests": account.requests,
        "request_ids": account.request_ids,
        "credentials_source": account.client.credentials_source,
    }


def _many_accounts(result: FleetResult, presentation: Presentation) -> dict[str, t.Any]:
    return {
        **presentation.tasks(result.tasks),
        "total": sum(account.total or 0 for account in result.accounts),
        "complete": result.complete,
        "missing": result.missing,
        "quota": None,
        "requests": sum(account.requests for account in result.accounts),
        "request_ids": [each for account in result.accounts for each in account.request_ids],
        "credentials_source": None,
        "accounts": [_account_dict(account) for account in result.accounts],
        "errors": [{"msg": str(error), **error.as_dict()} for error in result.errors],
    }


def _account_dict(result: AccountResult) -> dict[str, t.Any]:
    client = result.client
    return {
        "name": client.account.name,
        "cloud": client.account.cloud,
        "kind": client.account.kind,
        "region": client.region,
        "total": result.total,
        "complete": result.complete,
        "quota": result.quota,
        "requests": result.requests,
        "credentials_source": client.credentials_source,
    }
