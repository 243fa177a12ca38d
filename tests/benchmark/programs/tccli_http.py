# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent's command line client, on plain http: it speaks https only, and the emulator plain http only.

Nothing else of it is changed. Without TLS it is a little quicker than a user sees it. All arguments are its own.
"""

from __future__ import annotations

import importlib
import sys

from tencentcloud.common.profile.http_profile import HttpProfile

_of_the_sdk = HttpProfile.__init__


def _plain(profile: HttpProfile, protocol: str | None = None, **given: object) -> None:
    _of_the_sdk(profile, protocol="http", **given)


HttpProfile.__init__ = _plain

# Only now: it makes its clients with what it finds.
sys.exit(importlib.import_module("tccli.main").main())
