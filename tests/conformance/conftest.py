# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home of its own for the SDKs, no settings of the user's, and an emulator that runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

# Before any SDK is imported: Huawei's writes into the home at import, Volcengine's takes keys from there.
HOME = tempfile.mkdtemp(prefix="conformance-home-")
_SETTINGS = ("TENCENTCLOUD_", "TCCLI_", "HUAWEICLOUD_", "HW_", "OS_", "VOLC", "ANSIBLE_HWC_")


def _forget_the_user() -> None:
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or name.startswith(_SETTINGS):
            del os.environ[name]
    os.environ["HOME"] = HOME


_forget_the_user()

# These need the home above.
from ansible_collections.livestream.relay.tests.conformance.emulator import Emulator, running  # noqa: E402


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def emulator(_process: Emulator) -> Emulator:
    """One emulator for all tests: each of them gives it a scenario of its own."""
    return _process
