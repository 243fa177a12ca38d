# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import sys

if not __package__:
    # Started as a folder (python3 path/to/relay_emulator): let the package be found under its own name.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from relay_emulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
