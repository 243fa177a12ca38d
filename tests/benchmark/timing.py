# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command to its end and tell what it took; medians of several runs in turn."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path


class CommandError(Exception):
    """A command that failed: its figures would be worth nothing."""


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a whole process took: seconds on the wall, the peak of its memory in MiB, and what it printed."""

    seconds: float
    peak_mib: float
    output: str


def run(command: t.Sequence[str], env: t.Mapping[str, str], folder: Path) -> Ran:
    """Run a command in a folder. ``peak_mib`` is of the largest of it and the processes that it waited for."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(env), cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        dummy_pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
        if process.returncode != 0:
            errors.seek(0)
            raise CommandError(
                f"{' '.join(command)[:200]} ended with {process.returncode}: {(text + errors.read())[-2000:]}"
            )
    return Ran(seconds, usage.ru_maxrss / 1024, text)


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
