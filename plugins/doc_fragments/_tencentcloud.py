# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins and modules.

from __future__ import annotations


class ModuleDocFragment:
    # How to reach an account of Tencent Cloud
    DOCUMENTATION = r"""
options:
  access_key:
    description:
      - The SecretId of the key pair. It needs O(secret_key) beside it.
      - If both are left out, the environment variables E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY) are
        used.
      - It is masked in all output.
    type: str
    aliases: [secret_id]
  secret_key:
    description:
      - The SecretKey of the key pair. It signs the requests and is never sent or shown.
      - If left out together with O(access_key), E(TENCENTCLOUD_SECRET_KEY) is used.
    type: str
  session_token:
    description:
      - The token that comes with a temporary key pair. A permanent pair has none.
      - With keys from the environment, E(TENCENTCLOUD_TOKEN) is used, or E(TENCENTCLOUD_SECURITY_TOKEN).
    type: str
    aliases: [token]
  region:
    description:
      - The region that is named in the requests (C(X-TC-Region)). It does not choose the server, see O(endpoint).
      - If left out, the environment variable E(TENCENTCLOUD_REGION), then V(ap-guangzhou).
      - Whether it filters the list is not documented. To ask for the tasks that run in a region, use O(task_region).
    type: str
  endpoint:
    description:
      - The base URL of the API. Without a scheme, C(https://) is meant.
      - If left out, V(https://live.tencentcloudapi.com). The international site is
        V(https://live.intl.tencentcloudapi.com).
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
  specify_task_id:
    description:
      - Only the task that was created with this id of the caller's own choice, which is asked of the cloud
        (C(SpecifyTaskId)).
      - It cannot be combined with O(task_id). If left out, tasks are not chosen by it.
      - The international site did not know it when this was written.
    type: str
"""
