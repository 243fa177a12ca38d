# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins and modules.

from __future__ import annotations


class ModuleDocFragment:
    # How to reach an account of Huawei Cloud
    DOCUMENTATION = r"""
options:
  access_key:
    description:
      - The access key (AK) of the key pair. It needs O(secret_key) beside it.
      - If no way to log in is given by options, it is looked for in O(profile), in the environment, and in the other
        places that the notes name. Of the environment, first E(HUAWEICLOUD_SDK_AK) and E(HUAWEICLOUD_SDK_SK), then a
        token in E(HW_AUTH_TOKEN), then E(HW_ACCESS_KEY) and E(HW_SECRET_KEY), then E(HW_USER_NAME),
        E(HW_USER_PASSWORD) and E(HW_DOMAIN_NAME). Each C(HW_) name has an C(OS_) name behind it, as for the Terraform
        provider.
      - It is masked in all output.
    type: str
    aliases: [ak]
  secret_key:
    description:
      - The secret key (SK) of the key pair. It signs the requests and is never sent or shown.
      - If left out, see O(access_key).
    type: str
    aliases: [sk]
  session_token:
    description:
      - The security token that comes with a temporary key pair. A permanent pair has none.
      - With keys from the environment, E(HUAWEICLOUD_SDK_SECURITY_TOKEN) or E(HW_SECURITY_TOKEN) is used.
    type: str
    aliases: [security_token]
  auth_token:
    description:
      - A token of IAM (C(X-Auth-Token)) to use instead of a key pair. It must be for the project of the region.
      - If left out, see O(access_key).
    type: str
  username:
    description:
      - The name of an IAM user, with O(password) and O(domain_name), to obtain a token for this call instead of a key
        pair. Huawei Cloud recommends keys over passwords.
      - If left out, see O(access_key).
    type: str
  password:
    description:
      - The password of the IAM user O(username). It is sent to IAM only.
      - If left out, see O(access_key).
    type: str
  domain_name:
    description:
      - The name of the account that the IAM user O(username) belongs to.
      - If left out, see O(access_key).
    type: str
  profile:
    description:
      - A profile of the cloud's own CLI, KooCLI (C(hcloud)), to take the keys from.
      - If left out, the environment variable E(HW_PROFILE). If it is not set, the CLI's current profile is used where
        the environment holds no keys.
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
        description: The agency's name, with its account in O(assume_role.domain_name) or O(assume_role.domain_id), or
          its URN, such as V(iam::0123456789abcdef:agency:relay-reader).
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
          - If left out, the cloud's own default, which is 900 for an agency by its name.
        type: int
      external_id:
        description:
          - What the role's owner demands to be told. It is no secret, and is not masked.
          - Only with a URN. If left out, none is told.
        type: str
      domain_name:
        description: The name of the account that made the agency. Not used with a URN.
        type: str
      domain_id:
        description: The id of the account that made the agency, instead of O(assume_role.domain_name).
        type: str
  sts_endpoint:
    description:
      - The base URL of the service that hands out temporary keys (STS).
      - If left out, E(HUAWEICLOUD_SDK_STS_ENDPOINT), then C(https://sts.REGION.CLOUD_DOMAIN). It is asked for
        agencies by their URN; those by their name are asked of O(iam_endpoint).
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
      - The region to call, such as V(cn-north-4). It names the endpoint and, unless O(project_id) is given, the
        project.
      - If left out, the one of a profile that is named, then the environment variables E(HW_REGION_NAME) and
        E(OS_REGION_NAME), then the one of the current profile where its keys are used. Without any region,
        O(endpoint) and O(project_id) must be given.
    type: str
  project_id:
    description:
      - The id of the region's project.
      - If left out, E(HUAWEICLOUD_SDK_PROJECT_ID), E(HW_PROJECT_ID) or E(OS_PROJECT_ID) is used with keys from the
        environment, and the one beside them with keys from a profile or a file. Otherwise it is looked up in IAM by
        the region's name, which costs a request, and a second one where the user may not list all projects.
    type: str
  endpoint:
    description:
      - The base URL of the API. Without a scheme, C(https://) is meant.
      - If left out, C(https://live.REGION.CLOUD_DOMAIN).
      - Plain C(http://) is refused unless the host is a loopback address.
    type: str
  iam_endpoint:
    description:
      - The base URL of IAM, which is asked for tokens and project ids.
      - If left out, E(HUAWEICLOUD_SDK_IAM_ENDPOINT), E(HW_AUTH_URL) or E(OS_AUTH_URL), then
        C(https://iam.REGION.CLOUD_DOMAIN).
    type: str
  cloud_domain:
    description:
      - The domain under which this part of Huawei Cloud lives.
      - If left out, E(HW_CLOUD), then V(myhuaweicloud.eu) for regions that begin with C(eu-west-1), and
        V(myhuaweicloud.com) for all others.
    type: str
notes:
  - Keys are looked for in this order, and the first that are there are used. In the options, in the profile that is
    named, in the environment, in the CLI's current profile, in the SDK's own file (C(~/.huaweicloud/credentials)),
    and at last in the metadata service. The result's RV(credentials_source) names the place. A place that is there
    but broken ends the call.
"""
