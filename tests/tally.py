# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add up what the sessions of `make test` counted. The last line is `N passed, N failed`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def tally(results: Path) -> tuple[int, int]:
    """Print a line a session, and return how many tests passed and failed. A session without counts is one test."""
    passed = failed = 0
    for session in json.loads((results / "nox.json").read_text(encoding="utf-8"))["sessions"]:
        name, result = session["name"], session["result"]
        counted = results / f"{name}.json"
        counts = json.loads(counted.read_text(encoding="utf-8")) if counted.exists() else {"passed": 0, "failed": 0}
        if result == "success" and not counts["passed"]:
            counts["passed"] = 1
        # It broke down without a failed test: before its tests, between them, or by finding none.
        if result not in ("success", "skipped") and not counts["failed"]:
            counts["failed"] = 1
        print(f"{name:22} {result:8} {counts['passed']:5} passed {counts['failed']:5} failed")
        passed += counts["passed"]
        failed += counts["failed"]
    return passed, failed


def main() -> int:
    passed, failed = tally(Path(sys.argv[1]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
