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
      - If both are left out, keys are looked for in O(profile), in the environment, and in the other places that the
        notes name. Of the environment, E(VOLCENGINE_ACCESS_KEY) and E(VOLCENGINE_SECRET_KEY) are used, then
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
  profile:
    description:
      - A profile of the cloud's own CLI, C(ve), to take the keys from.
      - If left out, the environment variable E(VOLCENGINE_PROFILE) or E(VOLCSTACK_PROFILE). If neither is set, the
        CLI's current profile is used where the environment holds no keys.
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
        description: The role's TRN, such as V(trn:iam::2100000001:role/relay-reader), or its name, with its account
          in O(assume_role.account_id).
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
          - If left out, 3600.
        type: int
      external_id:
        description:
          - What the role's owner demands to be told. It is no secret, and is not masked.
          - If left out, none is told. Volcengine documents none.
        type: str
      account_id:
        description: The number of the account that has the role. Not used with a TRN.
        type: str
  sts_endpoint:
    description:
      - The base URL of the service that hands out temporary keys (STS).
      - If left out, E(VOLCENGINE_OIDC_STS_ENDPOINT), then V(https://sts.volcengineapi.com).
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
  use_metadata:
    description:
      - Whether the metadata service of the instance may be asked for the keys of its role. It is asked only where no
        other keys are found, or where a profile says so, for two seconds at most and never through a proxy.
      - Set it to V(false) where this machine is no instance of the cloud, to be told sooner that there are no keys.
      - E(VOLCENGINE_ECS_METADATA_DISABLED) set to V(true) forbids it as well.
    type: bool
    default: true
  region:
    description:
      - The region that requests are signed for. Live knows one region, so there is seldom a reason to change it.
      - If left out, V(cn-north-1). E(VOLCENGINE_REGION) and the region of a profile are not used, since they name
        where servers run.
    type: str
  endpoint:
    description:
      - The base URL of the API. Without a scheme, C(https://) is meant.
      - If left out, V(https://live.volcengineapi.com).
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
notes:
  - Keys are looked for in this order, and the first that are there are used. In the options, in the profile that is
    named, in the environment, in the CLI's current profile, in the SDK's own files (C(~/.volc/credentials),
    C(~/.volc/config)), and at last in the metadata service. The result's RV(credentials_source) names the place. A
    place that is there but broken ends the call.
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
