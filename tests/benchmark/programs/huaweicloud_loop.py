# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of Huawei's SDK would write: one page after the other.

ENDPOINT (http://HOST:PORT) ACCESS_KEY SECRET_KEY PROJECT_ID
"""

from __future__ import annotations

import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdklive.v1 import ListPullTasksRequest, LiveClient

endpoint, access_key, secret_key, project_id = sys.argv[1:]
credentials = BasicCredentials(access_key, secret_key, project_id)
client = LiveClient.new_builder().with_credentials(credentials).with_endpoint(endpoint).build()
found = {}
offset, total = 0, 1
while offset < total:
    answer = client.list_pull_tasks(ListPullTasksRequest(limit=100, offset=offset))
    total = answer.total
    found.update({task.task_id: task.status for task in answer.task_infos})
    offset += 100
print(len(found))
