# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times the modules beside what a user would do instead, against an emulator with latency.

Run it as `make bench`, in an environment with tests/requirements-benchmark.txt, from the folder that holds
ansible_collections:

    python -m ansible_collections.livestream.relay.tests.benchmark [--quick] [--runs N] [--output FOLDER] [ROW ...]
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from ansible_collections.livestream.relay.tests.benchmark.commands import Workshop
from ansible_collections.livestream.relay.tests.benchmark.report import plot, table
from ansible_collections.livestream.relay.tests.benchmark.rows import ROWS, Bench, Row
from ansible_collections.livestream.relay.tests.conformance import emulator


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="relay-benchmark-") as name:
        folder = Path(name)
        with emulator.running(folder) as clouds:
            bench = Bench(clouds, Workshop(folder), options.runs, options.quick)
            rows: list[Row] = []
            load = f"{os.getloadavg()[0]:.1f} before"
            for row in options.rows or ROWS:
                for done in ROWS[row](bench):
                    rows.append(done)
                    _print(done, options.quick)
            load += f", {os.getloadavg()[0]:.1f} after"
    if options.quick:
        print("Everything works. A short run says nothing about speed.")
        return 0
    _write(options.output, rows, bench, load)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmark", description="Time the modules beside what a user would do instead."
    )
    parser.add_argument(
        "--quick", action="store_true", help="one run of each, of small sizes: only to see that all works"
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each after a first one (5)")
    parser.add_argument(
        "--output", type=Path, default=Path("benchmark"), metavar="FOLDER", help="for table, plot and figures"
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these: {', '.join(ROWS)}")
    options = parser.parse_args()
    for row in options.rows:
        if row not in ROWS:
            parser.error(f"there is no row {row}: {', '.join(ROWS)}")
    if options.runs < 1:
        parser.error("at least one run is needed")
    if options.quick:
        options.runs = 1
    return options


def _print(row: Row, quick: bool) -> None:
    verdict = "" if quick or row.reached is None else ("  [reached]" if row.reached else "  [NOT reached]")
    print(f"{row.work} | {row.beside} | {row.must}: {row.figure}{verdict}", flush=True)


def _write(folder: Path, rows: list[Row], bench: Bench, load: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.rst").write_text(table(rows), encoding="utf-8")
    if bench.growth:
        (folder / "growth.svg").write_text(plot(bench.growth), encoding="utf-8")
    figures = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "load": load,
        "runs": bench.runs,
        "rows": [dataclasses.asdict(row) for row in rows],
        "seconds": bench.seconds,
        "growth": [dataclasses.asdict(point) for point in bench.growth],
    }
    (folder / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"Table, plot and figures are in {folder}")


sys.exit(main())
