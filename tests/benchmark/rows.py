# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the table: what is done, beside what, what must be reached, and what came out."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.livestream.relay.tests.benchmark import commands, timing
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator

JsonObject = dict[str, t.Any]
Counted = tuple[commands.Command, int]

LATENCY = 0.1
FIELDS = ["task_id", "state"]


class WrongWorkError(Exception):
    """A command did not ask what it was to ask: its time says nothing."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table. ``reached`` is None where nothing must be reached."""

    work: str
    beside: str
    must: str
    figure: str
    reached: bool | None = None


@dataclasses.dataclass(frozen=True)
class Growth:
    """How long a processor works for the process of a module with so many tasks, and how large that becomes."""

    tasks: int
    seconds: float
    peak_mib: float


@dataclasses.dataclass
class Bench:
    """What all rows need: the emulator, a workshop, how many runs, and whether only a short form is wanted."""

    emulator: Emulator
    workshop: commands.Workshop
    runs: int
    quick: bool = False
    seconds: dict[str, dict[str, list[float]]] = dataclasses.field(default_factory=dict)
    growth: list[Growth] = dataclasses.field(default_factory=list)

    def size(self, whole: int, short: int) -> int:
        return short if self.quick else whole

    def accounts(self, *accounts: JsonObject, latency: float = LATENCY) -> list[JsonObject]:
        """Begin a scenario of these accounts, each of whose answers takes ``latency`` seconds."""
        faults = [{"do": "delay", "seconds": latency}] if latency else []
        return self.emulator.use_all(*accounts, faults=faults)

    def contest(self, name: str, contestants: dict[str, Counted]) -> timing.Times:
        """Run the commands in turn. Each says how many pages it must have been answered with."""
        seconds: dict[str, list[float]] = {each: [] for each in contestants}
        for turn in range(self.runs + (0 if self.quick else 1)):
            for each, (command, pages) in contestants.items():
                before = len(self.emulator.requests())
                ran = self.workshop.run(command)
                answered = [one for one in self.emulator.requests()[before:] if "code" not in one]
                if len(answered) != pages:
                    raise WrongWorkError(f"{name}, {each}: {len(answered)} pages were answered instead of {pages}")
                if turn or self.quick:  # the first one warms up
                    seconds[each].append(ran.seconds)
        self.seconds[name] = seconds
        return timing.Times(seconds)

    def throttled(self) -> int:
        return sum("RequestLimitExceeded" in str(one.get("code")) for one in self.emulator.requests())


def one_page(bench: Bench) -> list[Row]:
    """One page of 20 tasks, without latency: what is ours is all that is left."""
    (account,) = bench.accounts({"name": "one", "cloud": "tencentcloud", "fill": 20}, latency=0)
    module = f"livestream.relay.{commands.module_of(account)}"
    shop = bench.workshop
    times = bench.contest(
        "one page",
        {
            "ping": (shop.ad_hoc("ping"), 0),
            "ours": (shop.ad_hoc(module, commands.connection(account)), 1),
            "tccli": (shop.tccli(account), 1),
        },
    )
    above, share = times.above("ours", "ping"), 1 / times.ratio("tccli", "ours", "ping")
    work = "One page of 20 tasks, ad hoc, no latency"
    return [
        Row(
            work,
            f"``ansible -m ping``, {times.median('ping'):.2f} s",
            "at most 0.15 s more",
            f"{above:.2f} s more",
            above <= 0.15,
        ),
        Row(
            work,
            f"``tccli live DescribeLivePullStreamTasks``, {times.median('tccli'):.2f} s",
            "above ping, under a third of its time",
            f"{share:.2f} of its time",
            share < 1 / 3,
        ),
    ]


def full_account(bench: Bench) -> list[Row]:
    """As many tasks as a Tencent account may have, each page late by the latency."""
    tasks = bench.size(200, 40)
    (account,) = bench.accounts({"name": "full", "cloud": "tencentcloud", "fill": tasks})
    return [_beside_sdk(bench, "full account", f"{tasks} tasks, 20 a page", account, tasks // 20, 4, whole=True)]


def many_pages(bench: Bench) -> list[Row]:
    """The other two clouds' largest pages."""
    tasks = bench.size(10_000, 300)
    # Huawei publishes no limit, and ours is a careful guess. Here the account is given one that is no hindrance.
    (huawei,) = bench.accounts({"name": "news", "cloud": "huaweicloud", "fill": tasks, "rate_limit": 200})
    first = _beside_sdk(
        bench,
        "Huawei",
        f"Huawei Cloud, {tasks:,} tasks, 100 a page, ``rate_limit: 100``",
        huawei,
        tasks // 100,
        3,
        rate_limit=100,
    )
    tasks = bench.size(5_000, 1_000)
    accounts = bench.accounts({"name": "music", "cloud": "volcengine", "fill_record": tasks})
    (volc,) = [account for account in accounts if account["kind"] == "record"]
    second = _beside_sdk(bench, "Volcengine", f"Volcengine, {tasks:,} record tasks, 500 a page", volc, tasks // 500, 3)
    return [first, second]


def _beside_sdk(
    bench: Bench,
    name: str,
    work: str,
    account: JsonObject,
    pages: int,
    must: float,
    whole: bool = False,
    **options: t.Any,
) -> Row:
    shop = bench.workshop
    times = bench.contest(
        name,
        {
            "ping": (shop.ping(), 0),
            "ours": (shop.registered(account, **options, **({} if whole else {"fields": FIELDS})), pages),
            "sdk": (shop.sdk_loop(account), pages),
        },
    )
    ratio = times.ratio("sdk", "ours", "ping")
    return Row(
        f"{work}{'' if whole else ', two ``fields``'}",
        f"the official SDK in a loop, {times.median('sdk'):.2f} s",
        f"above ping, at least {must:g} times faster",
        f"{times.above('ours', 'ping'):.2f} s, {ratio:.1f} times faster",
        ratio >= must,
    )


def rate_limited(bench: Bench) -> list[Row]:
    """More pages than a second may have."""
    tasks, allowed = bench.size(4_000, 800), 30
    (account,) = bench.accounts({"name": "busy", "cloud": "tencentcloud", "fill": tasks, "rate_limit": allowed})
    pages = tasks // 20
    shop = bench.workshop
    contestants = {"ping": (shop.ping(), 0), "ours": (shop.registered(account, fields=FIELDS), pages)}
    times = bench.contest("rate limit", contestants)
    limit, above, throttled = pages / allowed, times.above("ours", "ping"), bench.throttled()
    return [
        Row(
            f"{tasks:,} tasks, {allowed} requests/s allowed",
            f"the limit itself, {pages} pages / {allowed} = {limit:.2f} s",
            "within 1.15 times the limit, no throttled answer",
            f"{above:.2f} s, {above / limit:.2f} times the limit, {throttled} throttled",
            above <= 1.15 * limit and not throttled,
        )
    ]


def many_accounts(bench: Bench) -> list[Row]:
    """What relay_task_info is for."""
    count, tasks = bench.size(30, 3), bench.size(200, 40)
    given = [{"name": f"account-{i}", "cloud": "tencentcloud", "fill": tasks} for i in range(1, count + 1)]
    accounts = bench.accounts(*given)
    shop, pages = bench.workshop, count * tasks // 20
    times = bench.contest(
        "many accounts",
        {
            "ping": (shop.ping(), 0),
            "ours": (shop.fleet(accounts, fields=FIELDS), pages),
            "loop": (shop.loop(accounts, fields=FIELDS), pages),
            "hosts": (shop.hosts(accounts, fields=FIELDS), pages),
            "async": (shop.background(accounts, fields=FIELDS), pages),
        },
    )
    work = f"{count} accounts of {tasks} tasks, two ``fields``"
    rows = [
        Row(
            work,
            beside,
            f"at least {must} times faster",
            f"{times.ratio(name, 'ours'):.1f} times faster",
            times.ratio(name, "ours") >= must,
        )
        for name, beside, must in (
            ("loop", f"a task loop over accounts, {times.median('loop'):.1f} s", 8),
            ("hosts", f"a host for each account, ``forks: 5``, {times.median('hosts'):.1f} s", 4),
            ("async", f"``async`` and ``async_status``, {times.median('async'):.1f} s", 10),
        )
    ]
    above = times.above("ours", "ping")
    ping = f"a play that only pings, {times.median('ping'):.2f} s"
    return [*rows, Row(work, ping, "at most 1.5 s more", f"{above:.2f} s more", above <= 1.5)]


def large_result(bench: Bench) -> list[Row]:
    """As much as an emulated account can have, each task whole."""
    tasks = bench.size(20_000, 1_000)
    account = _record_account(bench, tasks)
    shop, pages = bench.workshop, tasks // 500
    times = bench.contest(
        "large result",
        {
            "ping": (shop.ping(), 0),
            "ours": (shop.registered(account), pages),
            "two fields": (shop.registered(account, fields=FIELDS), pages),
            "summary": (shop.registered(account, summary=True), pages),
        },
    )
    peak = max(shop.run(shop.shipped_module(account)).peak_mib for dummy_run in range(bench.runs))
    arguments = ("volcengine", "record", json.dumps(commands.connection(account)))
    stages = json.loads(shop.run(shop.program("stages", *arguments)).output)["seconds"]
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.items())
    work = f"{tasks:,} record tasks registered in a play"
    return [
        Row(work, "", "the module's peak memory under 150 MiB", f"{peak:.0f} MiB", peak < 150),
        Row(work, "", "time by stage", f"above ping {times.above('ours', 'ping'):.1f} s. In the module: {shown}"),
        Row(work, "the same with two ``fields``", "", f"above ping {times.above('two fields', 'ping'):.1f} s"),
        Row(work, "the same with ``summary``", "", f"above ping {times.above('summary', 'ping'):.1f} s"),
    ]


def growth(bench: Bench) -> list[Row]:
    """The process of a module alone, without latency, for ever more tasks."""
    for tasks in (100, 500) if bench.quick else (100, 1_000, 2_500, 5_000, 10_000, 15_000, 20_000):
        account = _record_account(bench, tasks, latency=0)
        command = bench.workshop.shipped_module(account)
        ran = [bench.workshop.run(command) for dummy_run in range(bench.runs)]
        seconds = timing.Times({"ours": [each.processor_seconds for each in ran]}).median("ours")
        bench.growth.append(Growth(tasks, seconds, max(each.peak_mib for each in ran)))
    first, last = bench.growth[0], bench.growth[-1]
    thousands = (last.tasks - first.tasks) / 1_000
    each = (last.seconds - first.seconds) / thousands, (last.peak_mib - first.peak_mib) / thousands
    figure = f"{each[0]:.3f} s of a processor and {each[1]:.1f} MiB for each 1,000 tasks"
    return [Row(f"{first.tasks:,} to {last.tasks:,} record tasks", "", "linear", f"{figure}; see the plot")]


def _record_account(bench: Bench, tasks: int, latency: float = LATENCY) -> JsonObject:
    accounts = bench.accounts({"name": "archive", "cloud": "volcengine", "fill_record": tasks}, latency=latency)
    return next(account for account in accounts if account["kind"] == "record")


ROWS: dict[str, t.Callable[[Bench], list[Row]]] = {
    row.__name__: row for row in (one_page, full_account, rate_limited, many_pages, many_accounts, large_result, growth)
}
