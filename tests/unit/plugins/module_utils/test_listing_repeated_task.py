# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list in which a task comes again says how many rows that was, be it one or more."""

from __future__ import annotations

import typing as t

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Page, Query
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._listing import read_list


class Shifting(Client):
    """Two pages of ten tasks. The second begins with the last task of the first."""

    max_page_size = 10

    def __init__(self) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query())

    def page(self, position: int, size: int) -> Page:
        start = 0 if position == 1 else 9
        return Page([{"id": str(row)} for row in range(start, start + size)], 20)

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


def test_one_repeated_task_is_told_in_good_english() -> None:
    listing = read_list(Shifting(), Query(), Deadline(20))
    assert not listing.complete
    assert listing.flaw == "of 20 rows, 1 repeated a task"
