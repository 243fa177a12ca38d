# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of Tencent's SDK would write: one page after the other.

ENDPOINT (HOST:PORT, plain http) ACCESS_KEY SECRET_KEY
"""

from __future__ import annotations

import sys

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.live.v20180801 import live_client, models

endpoint, access_key, secret_key = sys.argv[1:]
profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint))
client = live_client.LiveClient(Credential(access_key, secret_key), "ap-guangzhou", profile)
found = {}
number, pages = 0, 1
while number < pages:
    number += 1
    request = models.DescribeLivePullStreamTasksRequest()
    request.PageNum, request.PageSize = number, 20
    answer = client.DescribeLivePullStreamTasks(request)
    pages = answer.TotalPage
    found.update({task.TaskId: task.Status for task in answer.TaskInfos})
print(len(found))
