#!/usr/bin/python
# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volcengine_relay_task_info
short_description: List relay tasks of Volcengine Live
version_added: 0.1.0
description:
  - Lists the tasks of Volcengine Live that pull a stream and push it on (C(ListPullToPushTaskV2)), all pages of them,
    as facts of one shape for all clouds.
  - Tasks that record what they pull are another list, see M(livestream.relay.volcengine_record_task_info).
author:
  - livestream.relay contributors (!UNKNOWN)
extends_documentation_fragment:
  - livestream.relay._common
  - livestream.relay._common.filters
  - livestream.relay._common.wire
  - livestream.relay._volcengine
  - livestream.relay._volcengine.relay
  - livestream.relay._attributes
  - livestream.relay._attributes.volcengine
seealso:
  - module: livestream.relay.volcengine_record_task_info
  - module: livestream.relay.relay_task_info
  - name: ListPullToPushTaskV2
    description: The API that is called.
    link: https://www.volcengine.com/docs/6469/1327383
"""

EXAMPLES = r"""
- name: List all relay tasks, with the keys of the environment
  livestream.relay.volcengine_relay_task_info:
  register: relays

- name: List the relay tasks of two groups with a word in their title
  livestream.relay.volcengine_relay_task_info:
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    title: finals
    groups:
      - sports
      - concerts
    fields:
      - task_id
      - title
      - state
  register: finals
"""

RETURN = r"""
tasks:
  description:
    - The tasks that match, in the cloud's order. With O(summary), none.
    - With O(fields), each has only these keys.
  returned: success
  type: list
  elements: dict
  contains:
    task_id:
      description: The cloud's id of the task.
      returned: always
      type: str
      sample: "f831f3b0dc5c4e4aa4dcf7621"
    cloud:
      description: The cloud that the task is of.
      returned: always
      type: str
      sample: volcengine
    kind:
      description: V(relay) for a task that pulls a stream and pushes it on, V(record) for one that pulls and records
        it.
      returned: always
      type: str
      sample: relay
    account:
      description: Always none. Accounts have names only in M(livestream.relay.relay_task_info).
      returned: always
      type: str
      sample: null
    region:
      description: The region that the task runs in, or none where the cloud does not say.
      returned: always
      type: str
      sample: null
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
      sample: reported
    status:
      description: The cloud's own word for the state, as it came.
      returned: always
      type: str
      sample: 生效中
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
      sample: ["rtmp://feed.example.com/live/finals?volcSecret=***"]
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
      sample: null
    app:
      description: The application that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: null
    stream:
      description: The stream that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: null
    destination_url:
      description: The URL that the task pushes to, or none where the cloud gives none.
      returned: always
      type: str
      sample: rtmp://live.example.net/live2/***
    push_args:
      description: What is appended to the URL when pushing, or none.
      returned: always
      type: str
      sample: null
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
      sample: null
    update_time:
      description: When the task was last changed, in UTC, or none where the cloud does not say.
      returned: always
      type: str
      sample: null
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
      sample: {"TaskId": "f831f3b0dc5c4e4aa4dcf7621"}
total:
  description: How many tasks the cloud says exist, before the filters here.
  returned: success
  type: int
  sample: 57
complete:
  description: Whether every page was read and they add up.
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
  sample: ["f831f3b0dc5c4e4aa4dcf7621"]
missing:
  description:
    - Ids asked for that do not exist. It is empty when RV(complete) is V(false), since nobody can tell then.
  returned: success
  type: list
  elements: str
  sample: []
quota:
  description: How many tasks the account may have. Always none, since this cloud does not say.
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
  description: Where the keys were found, V(options), V(profile), V(environment), V(file) or V(metadata).
  returned: success
  type: str
  sample: environment
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
      sample: volcengine
    account:
      description: Always none. Accounts have names only in M(livestream.relay.relay_task_info).
      returned: always
      type: str
      sample: null
    action:
      description: The API that was called, or none when nothing was sent.
      returned: always
      type: str
      sample: ListPullToPushTaskV2
    endpoint:
      description: The base URL that was called, or none when nothing was sent.
      returned: always
      type: str
      sample: https://live.volcengineapi.com
    code:
      description: The cloud's own code for the error, or none.
      returned: always
      type: str
      sample: InvalidAccessKey
    message:
      description: The cloud's own words for the error, or none.
      returned: always
      type: str
      sample: The access key is not valid.
    http_status:
      description: The HTTP status of the answer, or none when there was none.
      returned: always
      type: int
      sample: 401
    request_id:
      description: The cloud's own id of the request, for its support desk, or none.
      returned: always
      type: str
      sample: 3c140219-cfe9-470e-b241-907877d6fb03
"""

from ansible_collections.livestream.relay.plugins.module_utils._module import run_info
from ansible_collections.livestream.relay.plugins.module_utils._volcengine.api import CLOUD, RELAY_OPTIONS


def main() -> None:
    """List the tasks and return them."""
    run_info(CLOUD, "relay", RELAY_OPTIONS)


if __name__ == "__main__":
    main()
