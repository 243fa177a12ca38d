# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A total that is too large makes the last pages empty. The pages before them are read all the same."""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Page, Query
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._listing import read_list


class Boasting(Client):
    """Gives three pages of ten tasks, says that there are fifty, and answers the empty pages first."""

    max_page_size = 10

    def __init__(self) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query())
        self._empty_answered = threading.Event()

    def page(self, position: int, size: int) -> Page:
        if position > 3:
            self._empty_answered.set()
            return Page([], 50)
        if position > 1:
            self._empty_answered.wait(5)
            threading.Event().wait(0.05)
        return Page([{"id": f"{position}-{row}"} for row in range(size)], 50)

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


def test_the_pages_before_an_empty_one_are_kept() -> None:
    listing = read_list(Boasting(), Query(), Deadline(20))
    assert not listing.complete
    assert len(listing.records) == 30
    assert listing.flaw == "30 tasks came, and the cloud says that 50 exist"
