# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search every byte that Ansible prints at -vvvv for planted keys, tokens, passwords, stream keys and signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import typing as t
import urllib.parse
from pathlib import Path

import pytest
import yaml
from ansible.release import __version__

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "roles" / "emulator" / "files" / "relay_emulator"

# Secrets of an account: nothing may ever show them.
KEYS = {
    "tencent id": "AKIDplantedTencentAccess0001",
    "tencent key": "plantedTencentSecret0002",
    "tencent token": "plantedTencentToken0003",
    "huawei id": "HPUAplantedHuaweiAccess0004",
    "huawei key": "plantedHuaweiSecret0005",
    "huawei token": "plantedHuaweiToken0006",
    "huawei user token": "MIIplantedHuaweiUserToken0007",
    "huawei password": "planted Password/0008&",
    "volc id": "AKLTplantedVolcAccess0009",
    "volc key": "plantedVolcSecret0010==",
    "volc token": "plantedVolcToken0011",
    "wrong key": "plantedWrongSecret0012",
    "wrong token": "plantedWrongToken0013",
    "wrong password": "plantedWrongPassword0014",
    "endpoint password": "plantedEndpointPassword0015",
    "proxy password": "plantedProxyPassword0016",
}
# Secrets of a task: shown only when asked for.
TASKS = {
    "url password": "plantedUrlPassword0101",
    "source token": "plantedSourceToken0102",
    "backup token": "plantedBackupToken0103",
    "push secret": "plantedPushSecret0104",
    "hook key": "plantedHookKey0105",
    "stream key": "planted-stream-key-0106",
    "backup stream key": "planted-stream-key-0107",
    "unknown field": "plantedNewField0108",
    "title token": "plantedTitleToken0109",
    "redirect token": "plantedRedirectToken0110",
    "echoed token": "plantedEchoedToken0111",
}
SOURCE = f"rtmp://cam:{TASKS['url password']}@venue.example.org/live/finals?token={TASKS['source token']}"
HOOK = f"https://ops.example.org/hook?key={TASKS['hook key']}"
FOREIGN = f"rtmp://ingest.example.net/live/{TASKS['stream key']}?auth={TASKS['push secret']}"

ECHO = (
    f"Not so: Credential={KEYS['tencent id']}/2026, token {KEYS['tencent token']}, "
    f"X-Auth-Token: {TASKS['echoed token']} at {SOURCE}"
)


def tencent(name: str, index: int) -> dict[str, t.Any]:
    """An account whose keys hold the planted ones: several accounts need several access keys."""
    return {
        "name": name,
        "cloud": "tencentcloud",
        "access_key": KEYS["tencent id"] + ("" if index == 0 else f"x{index}"),
        "secret_key": KEYS["tencent key"],
        "session_token": KEYS["tencent token"],
    }


SCENARIO: dict[str, t.Any] = {
    "accounts": [
        {
            **tencent("good", 0),
            "new_fields": ["StreamKey"],
            "tasks": [
                {
                    "TaskId": "1",
                    "Comment": f"see rtmp://h/a?t={TASKS['title token']}",
                    "SourceUrls": [SOURCE],
                    "PushArgs": f"txSecret={TASKS['push secret']}&txTime=6A0B1C2D",
                    "CallbackUrl": HOOK,
                    "BackupSourceUrl": f"rtmp://b.example.org/live/finals?token={TASKS['backup token']}",
                    "BackupToUrl": f"rtmp://far.example.net/live/{TASKS['backup stream key']}",
                    "StreamKey": TASKS["unknown field"],
                    "StartTime": "@now-1h",
                    "EndTime": "@now+1h",
                    "Status": "enable",
                }
            ],
        },
        {**tencent("echoing", 1), "fill": 1},
        {**tencent("redirecting", 2), "fill": 1},
        {**tencent("slow", 3), "fill": 1},
        {**tencent("growing", 4), "fill": 25},
        {
            "name": "north",
            "cloud": "huaweicloud",
            "access_key": KEYS["huawei id"],
            "secret_key": KEYS["huawei key"],
            "session_token": KEYS["huawei token"],
            "domain_name": "broadcast",
            "username": "relay",
            "password": KEYS["huawei password"],
            "tokens": [KEYS["huawei user token"]],
            "tasks": [
                {"task_id": "h1", "source_urls": [SOURCE], "callback_url": HOOK, "destination_url": FOREIGN},
                {"task_id": "h2", "push_args": f"hwSecret={TASKS['push secret']}", "source_urls": [SOURCE]},
            ],
        },
        {
            "name": "south",
            "cloud": "volcengine",
            "access_key": KEYS["volc id"],
            "secret_key": KEYS["volc key"],
            "session_token": KEYS["volc token"],
            "fill_record": 1,
            "relay_tasks": [
                {
                    "TaskId": "v1",
                    "Type": 0,
                    "SrcAddr": SOURCE,
                    "DstAddr": FOREIGN,
                    "DstAddrType": 2,
                    "CallbackURL": HOOK,
                },
                {"TaskId": "v2", "Type": 1, "SrcAddrS": [SOURCE], "DstAddr": f"rtmp://own.example.com/live/x?{SOURCE}"},
            ],
        },
    ],
    "shifts": [{"account": "growing", "do": "grow_total", "after_page": 0, "times": "always"}],
    "faults": [
        {"account": "echoing", "do": "error", "code": "AuthFailure.SignatureFailure", "message": ECHO},
        {
            "account": "redirecting",
            "do": "redirect",
            "location": f"http://127.0.0.1:9/?token={TASKS['redirect token']}",
        },
        {"account": "slow", "do": "delay", "seconds": 20},
    ],
}


class Emulated(t.NamedTuple):
    """Where the emulator listens, and how to run Ansible against it."""

    endpoints: dict[str, str]
    environment: dict[str, str]
    folder: Path


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Emulated]:
    folder = tmp_path_factory.mktemp("secrets")
    link = folder / "ansible_collections" / "livestream" / "relay"
    link.parent.mkdir(parents=True)
    link.symlink_to(ROOT, target_is_directory=True)
    scenario = folder / "scenario.json"
    scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
    ready = folder / "ready.json"
    command = [sys.executable, str(PROGRAM), f"--scenario={scenario}", f"--ready-file={ready}", "--stop-after=300"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        for dummy_try in range(200):
            if ready.exists() or program.poll() is not None:
                break
            time.sleep(0.05)
        endpoints = json.loads(ready.read_text(encoding="utf-8"))["endpoints"]
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_NOCOLOR": "1",
        }
        yield Emulated(endpoints, environment, folder)
    finally:
        program.terminate()
        program.communicate(timeout=10)


def run(emulated: Emulated, *arguments: str, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "ansible", *arguments, "-i", "localhost,", "-c", "local", "-vvvv"]
    command += ["-e", f"ansible_python_interpreter={sys.executable}"]
    environment = {**emulated.environment, **environment}
    done = subprocess.run(command, env=environment, cwd=emulated.folder, capture_output=True, timeout=120, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def looks(secret: str) -> set[str]:
    """How a secret may look in what is printed."""
    plain = secret.encode()
    return {
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        json.dumps(secret)[1:-1],
        base64.b64encode(plain).decode().rstrip("="),
        plain.hex(),
    }


def found(printed: str, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets that were printed, and what looks like a signature."""
    names = [name for name, secret in secrets.items() if any(look in printed for look in looks(secret))]
    digests = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", printed))
    # Huawei's gateway shows the request that it signed, with the hash of its body, which is empty.
    if digests - {hashlib.sha256(b"").hexdigest()}:
        names.append("64 hex digits, as a signature has them")
    if re.search(r"Signature=(?!\*)|\bAuthorization:(?! \*)", printed):
        names.append("an authorization")
    return names


def assert_clean(printed: str, secrets: dict[str, str]) -> None:
    names = found(printed, secrets)
    assert not names, f"ansible-core {__version__} printed: {', '.join(names)}"


def options(emulated: Emulated, cloud: str, **more: t.Any) -> dict[str, t.Any]:
    keys = {
        "tencentcloud": {"secret_id": "tencent id", "secret_key": "tencent key", "token": "tencent token"},
        "huaweicloud": {"ak": "huawei id", "sk": "huawei key", "security_token": "huawei token"},
        "volcengine": {"access_key_id": "volc id", "secret_access_key": "volc key", "session_token": "volc token"},
    }[cloud]
    given: dict[str, t.Any] = {name: KEYS[secret] for name, secret in keys.items()}
    given["endpoint"] = emulated.endpoints[cloud]
    if cloud == "huaweicloud":
        given.update(region="cn-north-4", iam_endpoint=emulated.endpoints["huaweicloud_iam"])
    return {**given, **more}


TENCENT = "tencentcloud_relay_task_info"
HUAWEI = "huaweicloud_relay_task_info"
RECORD = "volcengine_record_task_info"
RELAY = "volcengine_relay_task_info"
FLEET = "relay_task_info"

NO_KEYS = {"ak": None, "sk": None, "security_token": None}
LOGIN = {**NO_KEYS, "username": "relay", "domain_name": "broadcast"}


def good_calls(emulated: Emulated) -> list[tuple[str, dict[str, t.Any]]]:
    """Calls that succeed, by each way to log in."""
    return [
        (TENCENT, options(emulated, "tencentcloud", runtime_status=True)),
        (TENCENT, options(emulated, "tencentcloud", task_id="1")),
        (HUAWEI, options(emulated, "huaweicloud")),
        (HUAWEI, options(emulated, "huaweicloud", **NO_KEYS, auth_token=KEYS["huawei user token"])),
        (HUAWEI, options(emulated, "huaweicloud", **LOGIN, password=KEYS["huawei password"])),
        (RECORD, options(emulated, "volcengine")),
        (RELAY, options(emulated, "volcengine")),
        (FLEET, fleet(emulated)),
    ]


def fleet(emulated: Emulated, **more: t.Any) -> dict[str, t.Any]:
    accounts = [{"cloud": cloud, **options(emulated, cloud)} for cloud in ("tencentcloud", "huaweicloud", "volcengine")]
    return {"accounts": accounts, **more}


def bad_calls(emulated: Emulated) -> list[tuple[str, dict[str, t.Any], str]]:
    """Calls that fail, and the kind of error that each must be."""

    def other(index: int, **more: t.Any) -> dict[str, t.Any]:
        return options(emulated, "tencentcloud", secret_id=f"{KEYS['tencent id']}x{index}", **more)

    wrong_key, wrong_token = KEYS["wrong key"], KEYS["wrong token"]
    refused = {"cloud": "volcengine", **options(emulated, "volcengine", secret_access_key=wrong_key)}
    endpoint = f"https://someone:{KEYS['endpoint password']}@live.example.org"
    return [
        (TENCENT, options(emulated, "tencentcloud", secret_key=wrong_key), "auth"),
        (TENCENT, options(emulated, "tencentcloud", token=wrong_token), "auth"),
        (TENCENT, options(emulated, "tencentcloud", secret_key=f"{wrong_key} "), "auth"),
        (TENCENT, options(emulated, "tencentcloud", secret_key=f"{wrong_key} {wrong_key}"), "config"),
        (TENCENT, options(emulated, "tencentcloud", secret_key=None), "config"),
        (TENCENT, options(emulated, "tencentcloud", endpoint=endpoint), "config"),
        (TENCENT, options(emulated, "tencentcloud", endpoint="http://127.0.0.1:9", retries=0), "network"),
        (TENCENT, other(1), "auth"),
        (TENCENT, other(2), "protocol"),
        (TENCENT, other(3, timeout=1), "timeout"),
        (TENCENT, other(4), "incomplete"),
        (HUAWEI, options(emulated, "huaweicloud", sk=wrong_key), "auth"),
        (HUAWEI, options(emulated, "huaweicloud", security_token=wrong_token), "auth"),
        (HUAWEI, options(emulated, "huaweicloud", **NO_KEYS, auth_token=wrong_token), "auth"),
        (HUAWEI, options(emulated, "huaweicloud", **LOGIN, password=KEYS["wrong password"]), "auth"),
        (RECORD, options(emulated, "volcengine", secret_access_key=wrong_key), "auth"),
        (RELAY, options(emulated, "volcengine", session_token=wrong_token), "auth"),
        (FLEET, {"accounts": [refused]}, "auth"),
        (FLEET, {"accounts": [{**refused, "endpoint": endpoint}]}, "config"),
    ]


def play(emulated: Emulated, calls: t.Iterable[tuple[str, dict[str, t.Any]]]) -> tuple[int, str, Path]:
    """Run calls as one play; the file tells afterwards what each returned."""
    results = emulated.folder / "results.json"
    tasks: list[dict[str, t.Any]] = []
    # In a file of their own, as secrets are kept: of a task that fails, Ansible shows the lines of the playbook.
    variables: dict[str, dict[str, t.Any]] = {}
    for index, (module, arguments) in enumerate(calls):
        call = f"call_{index}"
        variables[call] = arguments
        given = {name: f"{{{{ {call}.{name} }}}}" for name, value in arguments.items() if value is not None}
        tasks.append({f"livestream.relay.{module}": given, "register": f"result_{index}", "ignore_errors": True})
    (emulated.folder / "secrets.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    names = [f"result_{index}" for index in range(len(tasks))]
    kept = "{{ [" + ", ".join(names) + "] | to_json }}"
    tasks.append({"ansible.builtin.copy": {"content": kept, "dest": str(results), "mode": "0600"}, "no_log": True})
    book = emulated.folder / "play.yml"
    book.write_text(
        yaml.safe_dump([{"hosts": "all", "gather_facts": False, "vars_files": ["secrets.yml"], "tasks": tasks}]),
        encoding="utf-8",
    )
    code, printed = run(emulated, "playbook", str(book))
    return code, printed, results


def test_planted_secrets_are_found() -> None:
    """The search itself works: it finds each secret in each of its looks."""
    for name, secret in {**KEYS, **TASKS}.items():
        for look in looks(secret):
            assert found(f"x{look}x", {name: secret}) == [name]
    assert found("a " + "0f" * 32, {})
    assert found("Signature=0f", {})


def test_play_that_succeeds(emulated: Emulated) -> None:
    calls = good_calls(emulated)
    code, printed, results = play(emulated, calls)
    assert code == 0, printed[-2000:]
    returned = json.loads(results.read_text(encoding="utf-8"))
    assert [bool(each["tasks"]) for each in returned] == [True] * len(calls)
    assert "venue.example.org/live/finals" in printed
    assert "***" in printed
    assert_clean(printed, {**KEYS, **TASKS})


def test_play_that_shows_the_secrets_of_tasks(emulated: Emulated) -> None:
    code, printed, dummy_results = play(
        emulated, [(module, {**arguments, "show_secrets": True}) for module, arguments in good_calls(emulated)]
    )
    assert code == 0, printed[-2000:]
    asked_for = {name: secret for name, secret in TASKS.items() if not name.startswith(("redirect", "echoed"))}
    assert sorted(found(printed, asked_for)) == sorted(asked_for)
    assert_clean(printed, KEYS)


def test_play_that_fails(emulated: Emulated) -> None:
    calls = bad_calls(emulated)
    code, printed, results = play(emulated, [(module, arguments) for module, arguments, dummy_kind in calls])
    assert code == 0, printed[-2000:]
    returned = json.loads(results.read_text(encoding="utf-8"))
    assert [each.get("error", {}).get("kind") for each in returned] == [kind for dummy, dummy2, kind in calls]
    assert_clean(printed, {**KEYS, **TASKS})


@pytest.mark.parametrize(
    ("module", "variables"),
    [
        (
            TENCENT,
            {
                "TENCENTCLOUD_SECRET_ID": "tencent id",
                "TENCENTCLOUD_SECRET_KEY": "tencent key",
                "TENCENTCLOUD_TOKEN": "tencent token",
            },
        ),
        (HUAWEI, {"HW_AUTH_TOKEN": "huawei user token"}),
        (RELAY, {"VOLC_ACCESSKEY": "volc id", "VOLC_SECRETKEY": "volc key", "VOLC_SESSION_TOKEN": "volc token"}),
        (RELAY, {"VOLC_ACCESSKEY": "volc id", "VOLC_SECRETKEY": "wrong key", "VOLC_SESSION_TOKEN": "volc token"}),
    ],
)
def test_ad_hoc_with_keys_of_the_environment(emulated: Emulated, module: str, variables: dict[str, str]) -> None:
    given: dict[str, t.Any] = {"endpoint": emulated.endpoints[module.split("_")[0]]}
    if module == HUAWEI:
        given.update(region="cn-north-4", iam_endpoint=emulated.endpoints["huaweicloud_iam"])
    code, printed = run(
        emulated,
        *("adhoc", "localhost", "-m", f"livestream.relay.{module}", "-a", json.dumps(given)),
        **{name: KEYS[secret] for name, secret in variables.items()},
    )
    refused = "wrong key" in variables.values()
    assert code == (2 if refused else 0), printed[-2000:]
    assert ('"credentials_source": "environment"' in printed) is not refused
    assert ("SignatureDoesNotMatch" in printed) is refused
    assert_clean(printed, {**KEYS, **TASKS})


def test_ad_hoc_with_keys_in_the_options(emulated: Emulated) -> None:
    given = json.dumps(options(emulated, "huaweicloud"))
    code, printed = run(emulated, "adhoc", "localhost", "-m", f"livestream.relay.{HUAWEI}", "-a", given)
    assert code == 0, printed[-2000:]
    assert '"task_id": "h1"' in printed
    assert_clean(printed, {**KEYS, **TASKS})


def test_password_of_a_proxy(emulated: Emulated) -> None:
    given = json.dumps({"endpoint": "https://live.example.org", "retries": 0})
    code, printed = run(
        emulated,
        *("adhoc", "localhost", "-m", f"livestream.relay.{TENCENT}", "-a", given),
        HTTPS_PROXY=f"http://someone:{KEYS['proxy password']}@127.0.0.1:9",
        TENCENTCLOUD_SECRET_ID=KEYS["tencent id"],
        TENCENTCLOUD_SECRET_KEY=KEYS["tencent key"],
    )
    assert code == 2, printed[-2000:]
    assert "the proxy cannot be used" in printed
    assert_clean(printed, {**KEYS, **TASKS})
