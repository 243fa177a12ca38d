# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and write what it took to a file as JSON; end as the command ends.

FILE COMMAND [ARGUMENT ...]
"""

from __future__ import annotations

import json
import os
import sys
import time

report, *command = sys.argv[1:]
began = time.perf_counter()
process = os.posix_spawnp(command[0], command, os.environ)
dummy_pid, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - began
with open(report, "w", encoding="utf-8") as file:
    processor = usage.ru_utime + usage.ru_stime
    json.dump({"seconds": seconds, "processor_seconds": processor, "peak_mib": usage.ru_maxrss / 1024}, file)
sys.exit(os.waitstatus_to_exitcode(status))
