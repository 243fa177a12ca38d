# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of Volcengine's SDK would write: one page of record tasks after the other.

ENDPOINT (HOST:PORT, plain http) ACCESS_KEY SECRET_KEY
"""

from __future__ import annotations

import sys

from volcengine.live.v20230101.live_service import LiveService

endpoint, access_key, secret_key = sys.argv[1:]
client = LiveService(host=endpoint)
client.set_scheme("http")
client.set_ak(access_key)
client.set_sk(secret_key)
found = {}
number, pages = 0, 1
while number < pages:
    number += 1
    result = client.list_pull_record_task({"PageNum": number, "PageSize": 500})["Result"]
    pages = result["Pagination"]["PageTotal"]
    found.update({task["TaskId"]: task["Status"] for task in result["List"]})
print(len(found))
