# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leave out the tests of what needs ansible-core where there is none: on Python 3.9 only the engine is tested."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from hypothesis import settings

# The same examples each time, so that a change that breaks nothing is never refused by chance. `pytest
# --hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, database=None, max_examples=3000)
settings.load_profile("same")

HAS_ANSIBLE = importlib.util.find_spec("ansible") is not None

# ansible itself, and what of ours imports it.
NEEDS_ANSIBLE = re.compile(
    r"^\s*(?:from|import) ansible[. ]|relay\.plugins\.(?:modules|action|filter|doc_fragments)\b|module_utils\._module\b"
    r"|module_utils import .*\b_module\b",
    re.MULTILINE,
)


def needs_ansible(path: Path) -> bool:
    return bool(NEEDS_ANSIBLE.search(path.read_text(encoding="utf-8")))


def left_out() -> list[Path]:
    if HAS_ANSIBLE:
        return []
    return sorted(path for path in Path(__file__).parent.rglob("test_*.py") if needs_ansible(path))


collect_ignore = [str(path) for path in left_out()]


def pytest_report_header() -> list[str]:
    return [f"no ansible-core here: left out {path}" for path in collect_ignore]
