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
      - If both are left out, keys are looked for in O(profile), in the environment variables
        E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY), and in the other places that the notes name.
      - It is masked in all output.
    type: str
    aliases: [secret_id]
  secret_key:
    description:
      - The SecretKey of the key pair. It signs the requests and is never sent or shown.
      - If left out, see O(access_key).
    type: str
  session_token:
    description:
      - The token that comes with a temporary key pair. A permanent pair has none.
      - With keys from the environment, E(TENCENTCLOUD_TOKEN) is used, or E(TENCENTCLOUD_SECURITY_TOKEN).
    type: str
    aliases: [token]
  profile:
    description:
      - A profile of the cloud's own CLI, tccli, to take the keys from.
      - If left out, the environment variable E(TCCLI_PROFILE) or E(TENCENTCLOUD_PROFILE). If neither is set, the
        profile V(default) is used where the environment holds no keys.
      - Keys in options win over a profile.
    type: str
  assume_role:
    description:
      - A role to assume with the keys that were found, for this call. The requests are then signed with the role's
        temporary keys, which are fetched anew before they end.
      - If left out, the keys are used as they are.
    type: dict
    suboptions:
      role:
        description: The role's C(RoleArn), such as V(qcs::cam::uin/100000000001:roleName/relay-reader).
        type: str
        required: true
      session_name:
        description:
          - What the cloud's audit log shall call this session.
          - If left out, V(livestream-relay).
        type: str
      duration:
        description:
          - How many seconds the temporary keys shall last. A longer call fetches them anew.
          - If left out, 7200, the cloud's own default.
        type: int
      external_id:
        description:
          - What the role's owner demands to be told. It is no secret, and is not masked.
          - If left out, none is told.
        type: str
  sts_endpoint:
    description:
      - The base URL of the service that hands out temporary keys (STS).
      - If left out, V(https://sts.tencentcloudapi.com), or what a profile with a role configures.
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
  use_metadata:
    description:
      - Whether the metadata service of the instance may be asked for the keys of its role. It is asked only where no
        other keys are found, or where a profile says so, for two seconds at most and never through a proxy.
      - Set it to V(false) where this machine is no instance of the cloud, to be told sooner that there are no keys.
    type: bool
    default: true
  region:
    description:
      - The region that is named in the requests (C(X-TC-Region)). It does not choose the server, see O(endpoint).
      - If left out, the one of a profile that is named, then the environment variable E(TENCENTCLOUD_REGION), then
        the one of the profile V(default) where its keys are used, then V(ap-guangzhou).
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
notes:
  - Keys are looked for in this order, and the first that are there are used. In the options, in the profile that is
    named, in the environment, in the CLI's default profile, in the SDK's own file (C(~/.tencentcloud/credentials)),
    and at last in the metadata service. The result's RV(credentials_source) names the place. A place that is there
    but broken ends the call.
"""
