# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table: what was tried, how often, and what held."""

from __future__ import annotations

import dataclasses
import threading

# So many of the things that did not hold are told; more of them are rarely of another sort.
MOST_TOLD = 5


@dataclasses.dataclass
class Row:
    """``cannot`` says why a row does not hold and does not fail the proof either. Adding to a row is thread-safe."""

    part: str
    tried: str
    times: int = 0
    broken: list[str] = dataclasses.field(default_factory=list)
    note: str = ""
    cannot: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def check(self, held: bool, otherwise: str) -> bool:
        """Count one try; ``otherwise`` says what happened where it did not hold."""
        with self._lock:
            self.times += 1
            if not held:
                self.broken.append(otherwise)
        return held

    @property
    def held(self) -> bool:
        return self.times > 0 and not self.broken

    @property
    def fails(self) -> bool:
        return not self.held and not self.cannot

    @property
    def words(self) -> str:
        """What held, or what did not."""
        if self.cannot:
            return self.cannot
        if self.held:
            return f"all held{f'; {self.note}' if self.note else ''}"
        if not self.times:
            return "nothing was tried"
        told = "; ".join(self.broken[:MOST_TOLD])
        return f"{len(self.broken)} of {self.times} did not hold: {told}"
