# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins.

from __future__ import annotations

import contextlib
import datetime
import threading
import time
import typing as t

from ._gate_text import looking, progress
from ._look import Look, look_from
from ._verdict import Memory, Rules, Verdict, judge, one_look_only, run_out

# A wait is never silent for longer.
SILENT_SECONDS = 30.0
# Seconds that Ansible takes around a look, until looks have shown what it takes here.
USUAL_OVERHEAD = 1.5
# The least that a look is given, in seconds.
SHORTEST_LOOK = 0.5

# Lists the tasks within so many seconds, and returns what relay_task_info returns.
Lister = t.Callable[[float], t.Mapping[str, t.Any]]


class Lines:
    """Says lines, none for longer than ``most`` seconds."""

    def __init__(
        self, say: t.Callable[[str], None], clock: t.Callable[[], float], most: float = SILENT_SECONDS
    ) -> None:
        self._say = say
        self._clock = clock
        self._most = most
        self._last = clock()
        self._lock = threading.Lock()

    def say(self, line: str) -> None:
        with self._lock:
            self._last = self._clock()
            self._say(line)

    def silence_left(self) -> float:
        """Seconds until something must be said."""
        return self._last + self._most - self._clock()

    @contextlib.contextmanager
    def never_silent(self, line: t.Callable[[], str]) -> t.Iterator[None]:
        """Say ``line()`` whenever it has been silent for too long, while something goes on that may take long."""
        done = threading.Event()

        def keep_saying() -> None:
            while not done.wait(max(0.01, self.silence_left())):
                if self.silence_left() <= 0:
                    self.say(line())

        thread = threading.Thread(target=keep_saying, name="gate-lines", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Watch:
    """The looks of one gate: when, for how long, and what to say meanwhile. What a look means is for the verdict."""

    def __init__(
        self,
        rules: Rules,
        lister: Lister,
        say: t.Callable[[str], None],
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.rules = rules
        self.memory = Memory()
        self.looks = 0
        self.errors: tuple[t.Mapping[str, t.Any], ...] = ()
        self.warnings: list[t.Any] = []
        self.began = datetime.datetime.now(datetime.timezone.utc)
        self._list = lister
        self._clock = clock
        self._sleep = sleep
        self._start = clock()
        self._overhead = USUAL_OVERHEAD
        self._lines = Lines(say, clock)
        self._standing: t.Any = None

    def elapsed(self) -> float:
        """Seconds since the gate began."""
        return self._clock() - self._start

    def once(self) -> Verdict:
        """The verdict of a single look."""
        verdict = self._look()
        return one_look_only(verdict, self.memory)

    def wait(self) -> Verdict:
        """Look until there is a verdict."""
        while True:
            started = self.elapsed()
            verdict = self._look()
            if verdict.final:
                return verdict
            self._say_what_changed(verdict)
            self._pause(min(started + self.rules.interval, self.rules.timeout), verdict)
            if self.elapsed() + self._overhead >= self.rules.timeout:
                # No look could be over in time.
                self._pause(self.rules.timeout, verdict)
                return run_out(self.rules, self.memory, max(self.elapsed(), self.rules.timeout))

    def _look(self) -> Verdict:
        started = self.elapsed()
        # Rounded, since an error may tell it.
        seconds = round(max(SHORTEST_LOOK, self.rules.timeout - started - self._overhead), 1)
        with self._lines.never_silent(lambda: looking(self.rules, self.elapsed())):
            result = self._list(seconds)
        ended = self.elapsed()
        self.looks += 1
        # The quickest look says best what Ansible takes around each.
        self._overhead = min(self._overhead, ended - started)
        self.warnings += [each for each in result.get("warnings") or () if each not in self.warnings]
        look: Look = look_from(result, started, ended)
        self.errors = look.errors
        verdict, self.memory = judge(look, self.rules, self.memory, ended)
        return verdict

    def _say_what_changed(self, verdict: Verdict) -> None:
        """Say a line when a task's state or the trouble is another than at the last look, or it was silent for long."""
        # The same trouble has another request id at each look, which is no change.
        trouble = [tuple(error.get(name) for name in ("account", "kind", "code")) for error in self.errors]
        standing = (trouble or verdict.reason, self.memory.since)
        if standing != self._standing or self._lines.silence_left() <= 0:
            self._lines.say(self._line(verdict))
        self._standing = standing

    def _pause(self, until: float, verdict: Verdict) -> None:
        """Wait until so many seconds since the gate began. Silence is broken in time."""
        while self.elapsed() < until:
            if self._lines.silence_left() <= 0:
                self._lines.say(self._line(verdict))
            self._sleep(max(0.001, min(until - self.elapsed(), self._lines.silence_left())))

    def _line(self, verdict: Verdict) -> str:
        now = self.began + datetime.timedelta(seconds=self.elapsed())
        return progress(verdict, self.rules, self.memory, self.elapsed(), now)
