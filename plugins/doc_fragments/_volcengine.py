# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins and modules.

from __future__ import annotations


class ModuleDocFragment:
    # How to reach an account of Volcengine
    DOCUMENTATION = r"""
options:
  access_key:
    description:
      - The access key id of the key pair. It needs O(secret_key) beside it.
      - If both are left out, the environment variables E(VOLCENGINE_ACCESS_KEY) and E(VOLCENGINE_SECRET_KEY) are
        used, then
        E(VOLC_ACCESSKEY) and E(VOLC_SECRETKEY), then E(VOLCSTACK_ACCESS_KEY_ID) and E(VOLCSTACK_SECRET_ACCESS_KEY).
      - It is masked in all output.
    type: str
    aliases: [access_key_id]
  secret_key:
    description:
      - The secret access key of the key pair. It signs the requests and is never sent or shown.
      - If left out, see O(access_key).
    type: str
    aliases: [secret_access_key]
  session_token:
    description:
      - The token that comes with a temporary key pair. A permanent pair has none.
      - With keys from the environment, E(VOLCENGINE_SESSION_TOKEN), or the token of the same family of names, is
        used.
    type: str
  region:
    description:
      - The region that requests are signed for. Live knows one region, so there is seldom a reason to change it.
      - If left out, V(cn-north-1). E(VOLCENGINE_REGION) is not used, since it names where servers run.
    type: str
  endpoint:
    description:
      - The base URL of the API. Without a scheme, C(https://) is meant.
      - If left out, V(https://live.volcengineapi.com).
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
"""

    RELAY = r"""
options:
  title:
    description:
      - Only relay tasks whose title holds this text, in upper or lower case, which is asked of the cloud.
      - If left out, tasks are not chosen by their title.
    type: str
  groups:
    description:
      - Only relay tasks of these groups, which is asked of the cloud.
      - If left out, tasks of all groups.
    type: list
    elements: str
"""
