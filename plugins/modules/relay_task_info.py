#!/usr/bin/python
# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: relay_task_info
short_description: List relay tasks of many accounts and clouds at once
version_added: 0.1.0
description:
  - Lists the relay and record tasks of many accounts, regions and clouds in one call, as facts of one shape. All
    accounts are asked at the same time, each within its own rate limit.
  - The modules for one cloud say more about what each cloud does, and are smaller and quicker for a single account.
author:
  - livestream.relay contributors (!UNKNOWN)
options:
  accounts:
    description:
      - The accounts to ask. Each has a cloud, and the options that this cloud's own module has for reaching it.
      - Options of another cloud are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What to call the account in the result and in errors.
          - If left out, its cloud and its region.
        type: str
      cloud:
        description: The cloud that the account is of.
        type: str
        required: true
        choices: [tencentcloud, huaweicloud, volcengine]
      kind:
        description:
          - V(relay) lists tasks that pull a stream and push it on.
          - V(record) lists tasks that pull a stream and record it, which only Volcengine has.
        type: str
        choices: [relay, record]
        default: relay
      access_key:
        description:
          - The first half of the account's key pair. It needs O(accounts[].secret_key) beside it. It is masked in all
            output.
          - If no keys are given here, they are looked for in O(accounts[].profile), in the environment and in the
            other places that the cloud's own module names.
        type: str
        aliases: [access_key_id, ak, secret_id]
      secret_key:
        description:
          - The second half of the account's key pair. It signs the requests and is never sent or shown.
          - If left out, see O(accounts[].access_key).
        type: str
        aliases: [secret_access_key, sk]
      session_token:
        description:
          - The token that comes with a temporary key pair.
          - If left out, the key pair is a permanent one.
        type: str
        aliases: [security_token, token]
      profile:
        description:
          - A profile of the cloud's own CLI (C(tccli), C(hcloud), C(ve)) to take the keys from.
          - If left out, the environment variable that names one, as the cloud's own module says.
        type: str
      assume_role:
        description:
          - A role to assume with the keys that were found. The requests are then signed with the role's temporary
            keys, which are fetched anew before they end.
          - If left out, the keys are used as they are.
        type: dict
        suboptions:
          role:
            description: The role's name in its cloud, as the cloud's own module says.
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
              - If left out, 7200 for Tencent Cloud, 3600 for Volcengine, and Huawei Cloud's own default, which is 900
                for an agency by its name.
            type: int
          external_id:
            description:
              - What the role's owner demands to be told. It is no secret, and is not masked.
              - If left out, none is told.
            type: str
          domain_name:
            description: For Huawei Cloud, the name of the account that made the agency. Not used with a URN.
            type: str
          domain_id:
            description:
              - For Huawei Cloud, the id of that account, instead of O(accounts[].assume_role.domain_name).
            type: str
          account_id:
            description: For Volcengine, the number of the account that has the role. Not used with a TRN.
            type: str
      sts_endpoint:
        description:
          - The base URL of the service that hands out temporary keys (STS).
          - If left out, the cloud's own, as its module says.
        type: str
      use_metadata:
        description:
          - Whether the metadata service of the instance may be asked for the keys of its role. It is asked only where
            no other keys are found, or where a profile says so.
        type: bool
        default: true
      region:
        description:
          - The region to call. For Huawei Cloud, it names the endpoint and the project.
          - If left out, as the cloud's own module says, which is V(ap-guangzhou) for Tencent Cloud and V(cn-north-1)
            for Volcengine.
        type: str
      endpoint:
        description:
          - The base URL of the API. Without a scheme, C(https://) is meant.
          - Plain C(http://) is refused unless the host is a loopback address.
          - If left out, the cloud's public one.
        type: str
      specify_task_id:
        description:
          - For Tencent Cloud, only the task that was created with this id of the caller's own choice.
          - If left out, tasks are not chosen by it.
        type: str
      project_id:
        description:
          - For Huawei Cloud, the id of the region's project.
          - If left out, it is looked up in IAM by the region's name.
        type: str
      auth_token:
        description:
          - For Huawei Cloud, a token of IAM to use instead of a key pair.
          - If left out, a key pair or a password is used.
        type: str
      username:
        description:
          - For Huawei Cloud, the name of an IAM user, to obtain a token by password.
          - If left out, a key pair or a token is used.
        type: str
      password:
        description:
          - For Huawei Cloud, the password of O(accounts[].username).
          - If left out, a key pair or a token is used.
        type: str
      domain_name:
        description:
          - For Huawei Cloud, the name of the account that O(accounts[].username) belongs to.
          - It is needed with O(accounts[].username) only.
        type: str
      iam_endpoint:
        description:
          - For Huawei Cloud, the base URL of IAM.
          - If left out, the one of the region.
        type: str
      cloud_domain:
        description:
          - For Huawei Cloud, the domain under which this part of it lives.
          - If left out, V(myhuaweicloud.com), or V(myhuaweicloud.eu) for regions that begin with C(eu-west-1).
        type: str
      title:
        description:
          - For relay tasks of Volcengine, only those whose title holds this text.
          - If left out, tasks are not chosen by their title.
        type: str
      groups:
        description:
          - For relay tasks of Volcengine, only those of these groups.
          - If left out, tasks of all groups.
        type: list
        elements: str
  on_error:
    description:
      - What to do when an account fails.
      - V(fail) fails with the error of the first account that fails.
      - V(report) returns what the other accounts gave. RV(complete) is then V(false), and RV(errors) says what failed
        where.
    type: str
    choices: [fail, report]
    default: fail
  runtime_status:
    description:
      - Ask Tencent Cloud for the run-time status of each task that should be running, one request for each of them,
        as M(livestream.relay.tencentcloud_relay_task_info) does. It changes nothing for the other clouds.
    type: bool
    default: false
extends_documentation_fragment:
  - livestream.relay._common
  - livestream.relay._common.filters
  - livestream.relay._common.wire
  - livestream.relay._attributes
  - livestream.relay._attributes.fleet
seealso:
  - module: livestream.relay.tencentcloud_relay_task_info
  - module: livestream.relay.huaweicloud_relay_task_info
  - module: livestream.relay.volcengine_relay_task_info
  - module: livestream.relay.volcengine_record_task_info
"""

EXAMPLES = r"""
- name: List the tasks of three clouds
  livestream.relay.relay_task_info:
    accounts:
      - name: sports
        cloud: tencentcloud
        access_key: "{{ vault_tencent_id }}"
        secret_key: "{{ vault_tencent_key }}"
      - name: news
        cloud: huaweicloud
        region: cn-north-4
        access_key: "{{ vault_huawei_ak }}"
        secret_key: "{{ vault_huawei_sk }}"
      - name: archive
        cloud: volcengine
        kind: record
        access_key: "{{ vault_volc_ak }}"
        secret_key: "{{ vault_volc_sk }}"
  register: fleet

- name: Show what is not running where
  ansible.builtin.debug:
    msg: "{{ item.account }}: {{ item.task_id }} is {{ item.state }}"
  loop: "{{ fleet.tasks | rejectattr('state', 'equalto', 'running') }}"
  loop_control:
    label: "{{ item.task_id }}"

- name: Look for some streams, and go on when an account does not answer
  livestream.relay.relay_task_info:
    accounts: "{{ relay_accounts }}"
    stream: finals-*
    on_error: report
    fields:
      - account
      - task_id
      - state
  register: finals

- name: Say which accounts did not answer
  ansible.builtin.debug:
    msg: "{{ finals.errors | map(attribute='msg') }}"
  when: not finals.complete
"""

RETURN = r"""
tasks:
  description:
    - The tasks that match, in the order of O(accounts), and of each account in the cloud's order. With O(summary),
      none.
    - With O(fields), each has only these keys.
  returned: success
  type: list
  elements: dict
  contains:
    task_id:
      description: The cloud's id of the task.
      returned: always
      type: str
      sample: "10054"
    cloud:
      description: The cloud that the task is of.
      returned: always
      type: str
      sample: tencentcloud
    kind:
      description: V(relay) for a task that pulls a stream and pushes it on, V(record) for one that pulls and records
        it.
      returned: always
      type: str
      sample: relay
    account:
      description: The account's name in O(accounts).
      returned: always
      type: str
      sample: sports
    region:
      description: The region that the task runs in, or none where the cloud does not say.
      returned: always
      type: str
      sample: ap-beijing
    title:
      description: What people called the task (Tencent Cloud's C(Comment), Volcengine's C(Title)), or none.
      returned: always
      type: str
      sample: Finals, main feed
    state:
      description:
        - V(scheduled), V(running), V(degraded), V(paused), V(finished), V(failed) or V(unknown), see O(state).
      returned: always
      type: str
      sample: running
    state_source:
      description:
        - How the state is known. V(reported) is the cloud's word alone, V(schedule) its word and the task's start and
          end time, V(runtime) its run-time status.
      returned: always
      type: str
      sample: schedule
    status:
      description: The cloud's own word for the state, as it came.
      returned: always
      type: str
      sample: enable
    source_type:
      description: V(live), V(vod), V(image), or none where the cloud does not say.
      returned: always
      type: str
      sample: live
    source_urls:
      description: What is pulled.
      returned: always
      type: list
      elements: str
      sample: ["https://feed.example.com/live/finals.flv?txSecret=***&txTime=***"]
    backup_source_type:
      description: The type of the backup source, or none.
      returned: always
      type: str
      sample: null
    backup_source_urls:
      description: What is pulled when the source fails.
      returned: always
      type: list
      elements: str
      sample: []
    domain:
      description: The domain that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: push.example.com
    app:
      description: The application that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: live
    stream:
      description: The stream that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: finals-1
    destination_url:
      description: The URL that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: null
    push_args:
      description: What is appended to the URL when pushing, or none.
      returned: always
      type: str
      sample: txSecret=***&txTime=***
    start_time:
      description: When the task begins, in UTC, or none.
      returned: always
      type: str
      sample: "2026-11-28T18:00:00Z"
    end_time:
      description: When the task is over, in UTC, or none.
      returned: always
      type: str
      sample: "2026-11-28T23:00:00Z"
    create_time:
      description: When the task was created, in UTC, or none where the cloud does not say.
      returned: always
      type: str
      sample: "2026-11-20T09:30:00Z"
    update_time:
      description: When the task was last changed, in UTC, or none where the cloud does not say.
      returned: always
      type: str
      sample: "2026-11-20T09:30:00Z"
    callback_url:
      description: Where the cloud reports what happens to the task, or none.
      returned: always
      type: str
      sample: null
    callback_events:
      description: What it reports there. Where it is empty, the cloud's default.
      returned: always
      type: list
      elements: str
      sample: []
    runtime:
      description:
        - Tencent Cloud's run-time status of the task, when it was asked for and the task should be running, else
          none. Its keys are written in snake_case.
      returned: always
      type: dict
      sample: null
    raw:
      description:
        - The cloud's own record, with its own keys and values, also ones that this collection does not know.
        - Secrets in it are hidden as everywhere, see O(show_secrets).
      returned: always
      type: dict
      sample: {"TaskId": "10054"}
total:
  description: How many tasks the cloud says exist, before the filters here, all accounts together.
  returned: success
  type: int
  sample: 57
complete:
  description: Whether every page was read and they add up, for all accounts.
  returned: success
  type: bool
  sample: true
counts:
  description: How many of RV(tasks) are in each state. States without a task are left out. With O(summary), of those
    that match.
  returned: success
  type: dict
  sample: {"running": 40, "paused": 17}
not_running:
  description: The ids of the tasks that match and are not running.
  returned: success and O(summary=true)
  type: list
  elements: str
  sample: ["10054"]
missing:
  description:
    - Ids asked for that do not exist in any account. It is empty when RV(complete) is V(false), since nobody can tell
      then.
  returned: success
  type: list
  elements: str
  sample: []
quota:
  description: Always none. Each account's is in RV(accounts).
  returned: success
  type: int
  sample: null
requests:
  description: How many API requests were sent, retries included.
  returned: success
  type: int
  sample: 3
request_ids:
  description: The cloud's own ids of the requests for the pages that the result is made of, for its support desk.
  returned: success
  type: list
  elements: str
  sample: ["3c140219-cfe9-470e-b241-907877d6fb03"]
credentials_source:
  description: Always none. Each account's is in RV(accounts).
  returned: success
  type: str
  sample: null
accounts:
  description: How each account answered, in the order of O(accounts).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The account's name.
      returned: always
      type: str
      sample: sports
    cloud:
      description: The account's cloud.
      returned: always
      type: str
      sample: tencentcloud
    kind:
      description: Which tasks were listed, V(relay) or V(record).
      returned: always
      type: str
      sample: relay
    region:
      description: The region that was called, or none.
      returned: always
      type: str
      sample: ap-guangzhou
    total:
      description: How many tasks the cloud says exist, or none when the account did not answer.
      returned: always
      type: int
      sample: 57
    complete:
      description: Whether every page was read and they add up.
      returned: always
      type: bool
      sample: true
    quota:
      description: How many tasks the account may have, or none where the cloud does not say.
      returned: always
      type: int
      sample: 200
    requests:
      description: How many API requests were sent, retries included.
      returned: always
      type: int
      sample: 3
    credentials_source:
      description: Where the keys were found, V(options), V(profile), V(environment), V(file) or V(metadata).
      returned: always
      type: str
      sample: options
errors:
  description: The accounts that failed, when O(on_error=report).
  returned: success
  type: list
  elements: dict
  contains:
    msg:
      description: What went wrong and what to do, in a sentence. The other keys are those of RV(error).
      returned: always
      type: str
      sample: "volcengine account 'news': ListPullToPushTaskV2: InvalidAccessKey: ..."
  sample: []
error:
  description:
    - What went wrong, for programs. For people there is RV(ignore:msg).
    - It is missing where Ansible itself refused an option, and where C(requests) is not installed.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - V(config) for bad input, refused before a request; V(auth) for refused keys; V(permission) for keys that may
          not do this; V(account) for an account that is not activated, in arrears or frozen; V(not_found);
          V(invalid_request); V(throttled); V(timeout); V(network); V(tls); V(protocol) for an answer that is not the
          API's; V(service) for the cloud's own trouble; V(incomplete) for pages that do not add up.
      returned: always
      type: str
      sample: auth
    cloud:
      description: The cloud that was asked.
      returned: always
      type: str
      sample: tencentcloud
    account:
      description: The account's name in O(accounts).
      returned: always
      type: str
      sample: sports
    action:
      description: The API that was called, or none when nothing was sent.
      returned: always
      type: str
      sample: DescribeLivePullStreamTasks
    endpoint:
      description: The base URL that was called, or none when nothing was sent.
      returned: always
      type: str
      sample: https://live.tencentcloudapi.com
    code:
      description: The cloud's own code for the error, or none.
      returned: always
      type: str
      sample: AuthFailure.SecretIdNotFound
    message:
      description: The cloud's own words for the error, or none.
      returned: always
      type: str
      sample: The SecretId is not found.
    http_status:
      description: The HTTP status of the answer, or none when there was none.
      returned: always
      type: int
      sample: 200
    request_id:
      description: The cloud's own id of the request, for its support desk, or none.
      returned: always
      type: str
      sample: 3c140219-cfe9-470e-b241-907877d6fb03
"""

from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._module import run_fleet


def main() -> None:
    """List the tasks of all accounts and return them."""
    run_fleet(CLOUDS)


if __name__ == "__main__":
    main()
