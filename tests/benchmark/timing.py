# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command to its end and tell what it took; medians of several runs in turn."""

from __future__ import annotations

import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

MEASURE = Path(__file__).parent / "programs" / "measure.py"


class CommandError(Exception):
    """A command that failed: its figures would be worth nothing."""


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a whole process took: seconds on the wall and of a processor, peak memory in MiB, what it printed."""

    seconds: float
    processor_seconds: float
    peak_mib: float
    output: str


def run(command: t.Sequence[str], env: t.Mapping[str, str], folder: Path) -> Ran:
    """Run a command in a folder. ``peak_mib`` is of the largest of it and the processes that it waited for."""
    with tempfile.NamedTemporaryFile("r") as report:
        # A process begins with the peak of the one that started it, so that is a small one.
        measured = [sys.executable, "-S", str(MEASURE), report.name, *command]
        ran = subprocess.run(
            measured, env=dict(env), cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            said = (ran.stdout + ran.stderr)[-2000:]
            raise CommandError(f"{' '.join(command)[:200]} ended with {ran.returncode}: {said}")
        figures = json.load(report)
    return Ran(figures["seconds"], figures["processor_seconds"], figures["peak_mib"], ran.stdout)


@dataclasses.dataclass(frozen=True)
class Times:
    """The seconds of several commands that ran in turn: run 1 of each, then run 2 of each."""

    seconds: dict[str, list[float]]

    def median(self, name: str) -> float:
        return statistics.median(self.seconds[name])

    def above(self, name: str, base: str) -> float:
        """The median of how much longer one took than the other in the same turn."""
        return statistics.median(self._above(name, base))

    def ratio(self, name: str, other: str, base: str | None = None) -> float:
        """The median of how many times as long one took as the other (above ``base``) in the same turn."""
        others = self._above(other, base) if base else self.seconds[other]
        return statistics.median(one / max(two, 0.001) for one, two in zip(self.seconds[name], others))

    def _above(self, name: str, base: str) -> list[float]:
        return [one - two for one, two in zip(self.seconds[name], self.seconds[base])]
