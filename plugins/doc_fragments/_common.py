# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins and modules.

from __future__ import annotations


class ModuleDocFragment:
    # What only an info module can be asked for
    DOCUMENTATION = r"""
options:
  state:
    description:
      - Only the tasks in one of these states. If left out, tasks in any state.
      - V(scheduled) tasks have not begun yet, V(running) ones should be relaying now, V(degraded) ones should be
        relaying and the cloud says that they are not, V(paused) ones were stopped by somebody, V(finished) ones are
        over.
      - V(failed) is a state that none of the clouds reports today.
      - V(unknown) is whatever the cloud calls by a word that is not documented, and whatever depends on a time that
        cannot be read.
    type: list
    elements: str
    choices: [scheduled, running, degraded, paused, finished, failed, unknown]
  limit:
    description:
      - Stop after so many tasks that match, and ask for no more pages than that takes.
      - RV(complete) is then V(false) unless every page was read all the same. That is no failure.
      - Where several accounts are asked, it is for all of them together.
      - If left out, every task is listed.
    type: int
  timeout:
    description:
      - How many seconds the whole call may take, with all its requests, retries and waiting.
      - When they have passed, the call fails with an error of kind V(timeout).
    type: float
    default: 60.0
  show_secrets:
    description:
      - Return URLs, push arguments and callback URLs as they are.
      - If V(false), user names, passwords and query values in URLs, the values of push arguments, and the stream keys
        of destinations that are not the account's own are returned as C(***).
      - Keys, tokens and signatures are never returned, whatever this says.
    type: bool
    default: false
  fields:
    description:
      - Return only these keys of each task, which makes large results small.
      - If left out, all of them. With O(summary) it has no effect.
    type: list
    elements: str
    choices:
      - task_id
      - cloud
      - kind
      - account
      - region
      - title
      - state
      - state_source
      - status
      - source_type
      - source_urls
      - backup_source_type
      - backup_source_urls
      - domain
      - app
      - stream
      - destination_url
      - push_args
      - start_time
      - end_time
      - create_time
      - update_time
      - callback_url
      - callback_events
      - runtime
      - raw
  summary:
    description:
      - Return no tasks, only how many are in each state (RV(counts)) and the ids of those that are not running
        (RV(not_running)).
    type: bool
    default: false
  on_incomplete:
    description:
      - What to do when the pages never add up to what the cloud says exists. A list that changed while it was read is
        read again, up to three times, before that.
      - V(fail) fails with an error of kind V(incomplete).
      - V(warn) returns what there is, with a warning, and with RV(complete) V(false).
    type: str
    choices: [fail, warn]
    default: fail
"""

    # Which tasks: what the gate takes too
    FILTERS = r"""
options:
  task_id:
    description:
      - Only the tasks with these ids.
      - If left out, tasks are not chosen by their ids.
      - A single id is asked of the cloud where it can filter by id (Tencent Cloud and Huawei Cloud), which is one
        request. Several ids are looked for in the whole list.
      - Ids that do not exist are no failure. They are returned in RV(missing).
    type: list
    elements: str
  domain:
    description:
      - Only the tasks whose domain matches this shell pattern, such as V(push.*). Upper and lower case are different.
      - For a task of which the cloud gives only the URL that it pushes to, the host of that URL is compared.
      - If left out, tasks of any domain.
    type: str
  app:
    description:
      - Only the tasks whose application name matches this shell pattern. Upper and lower case are different.
      - For a task of which the cloud gives only the URL that it pushes to, the path before its last segment is
        compared.
      - If left out, tasks of any application.
    type: str
  stream:
    description:
      - Only the tasks whose stream name matches this shell pattern, such as V(finals-*). Upper and lower case are
        different.
      - For a task of which the cloud gives only the URL that it pushes to, the last segment of its path is compared,
        where the destination is a domain of the account itself. Elsewhere that segment is a stream key, and nothing
        matches it.
      - If left out, tasks of any stream.
    type: str
  task_region:
    description:
      - Only the tasks that run in this region. It is not the region that is called, which is an option of the
        account.
      - Huawei Cloud is asked for it. For Tencent Cloud it is compared here. Volcengine does not say where a task
        runs, so no task of it matches.
      - If left out, tasks of any region.
    type: str
"""

    # How the clouds are asked: what the gate takes too
    WIRE = r"""
options:
  page_size:
    description:
      - How many tasks to ask for in one request. A smaller page makes smaller answers, and more of them.
      - If left out, the most that the API gives, which is 20 for Tencent Cloud, 100 for Huawei Cloud and 500 for
        Volcengine. More than that is refused before the first request.
    type: int
  request_timeout:
    description:
      - How many seconds one request may take to connect, and then for each piece of its answer. It is tried again
        after that, as often as O(retries) and O(timeout) allow.
    type: float
    default: 10.0
  retries:
    description:
      - How often one request is tried again after trouble that may pass, which is a network failure, an answer that
        takes too long, throttling, and failures of the service itself. The pauses between the tries grow, and what
        the server asks for with C(Retry-After) is obeyed.
      - Refused keys, missing permissions and bad requests are never tried again.
    type: int
    default: 4
  concurrency:
    description:
      - How many requests to one account may be under way at the same time.
    type: int
    default: 16
  rate_limit:
    description:
      - How many requests to send to one account in any one second, all of its APIs together.
      - If left out, a little under what each API allows, which is 29 for Tencent Cloud's list and 19 for its run-time
        status, 48 for Volcengine's record tasks and 14 for its relay tasks. Huawei Cloud publishes no limit and is
        asked 5 times.
      - Lower it where other programs use the same account.
    type: float
  validate_certs:
    description:
      - Whether the server's certificate must be valid. Set it to V(false) only for a server of your own.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder of CA certificates to trust instead of the ones that the C(requests) library brings.
      - If left out, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are honoured.
    type: path
requirements:
  - python >= 3.9
  - requests
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), save for this
    machine's own addresses. A C(~/.netrc) is never used.
  - The states V(scheduled), V(running) and V(finished) are decided by the cloud's clock, not by this machine's.
"""
