# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what holds against hostile clouds, and writes it down as a table.

Run it as `make proof`, in an environment with tests/requirements-proof.txt, from the folder that holds
ansible_collections:

    python -m ansible_collections.livestream.relay.tests.proof [--short] [--page FILE] [PART ...]

Its exit status is 1 when a row that should hold does not.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
import traceback
import typing as t
from pathlib import Path

from .page import write_page
from .rows import Row

# Each is a module here, whose rows() gives its rows. Load and soak come last: they count what is left over.
PARTS = ("faults", "shifting", "redaction", "fuzzing", "security", "beside", "programs", "load", "soak")


def main() -> int:
    options = _options()
    begun = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="relay-proof-") as name:
        for part in options.parts or PARTS:
            started = time.monotonic()
            for row in _rows(part, Path(name), options.short):
                rows.append(row)
                print(
                    f"{'FAILED' if row.fails else 'held  ' if row.held else 'cannot'}  {row.part}: {row.tried} "
                    f"({row.times}): {row.words}",
                    flush=True,
                )
            print(f"        {part} took {time.monotonic() - started:.0f} s", flush=True)
    failed = sum(row.fails for row in rows)
    seconds = time.monotonic() - begun
    print(f"{len(rows)} rows, {sum(row.times for row in rows)} checks, {failed} rows failed, {seconds:.0f} s")
    if options.page:
        write_page(options.page, rows, seconds)
    return 1 if failed else 0


def _rows(part: str, folder: Path, short: bool) -> t.Iterator[Row]:
    module = importlib.import_module(f"{__package__}.{part}")
    try:
        yield from module.rows(folder, short)
    except Exception:  # the other parts can still be shown
        yield Row(part, "the part as a whole", 1, [traceback.format_exc()])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="proof", description="Show what holds against hostile clouds.")
    parser.add_argument("--short", action="store_true", help="fewer tries of each, for every change")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the table as a page of the docs")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only: {', '.join(PARTS)}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
