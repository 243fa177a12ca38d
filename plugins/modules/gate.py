#!/usr/bin/python
# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is the documentation of the action in plugins/action/gate.py.

from __future__ import annotations

DOCUMENTATION = r"""
module: gate
short_description: Hold a play until relay tasks are as it needs them
version_added: 0.1.0
description:
  - Looks at relay tasks of one or many accounts, again and again, until they are as the next task of the play needs
    them. Fails as soon as they cannot become so, and when time runs out.
  - It never passes by mistake. Nothing that matches, a task in a state that nobody knows, a task that does not exist,
    an account that does not answer and a list that is not complete are no pass, unless the options say so in words.
  - The tasks of the first look that matched are the ones that count from then on. Tasks that appear later do not, save
    with O(want=none), and a task that vanishes counts as lost, see O(missing). Both are reported.
  - While it waits, it prints a line whenever something changed, and at least every 30 seconds.
author:
  - livestream.relay contributors (!UNKNOWN)
options:
  accounts:
    description:
      - The accounts to look at, each a dictionary as O(livestream.relay.relay_task_info#module:accounts) describes it.
        They are asked at the same time.
    type: list
    elements: dict
    required: true
  state:
    description:
      - Only tasks that are in one of these states at the first look. They count from then on, whatever state they
        come to.
      - If left out, tasks in any state, which is nearly always what a gate needs. What must become of them is for
        O(states) to say.
    type: list
    elements: str
    choices: [scheduled, running, degraded, paused, finished, failed, unknown]
  want:
    description:
      - How many of the matched tasks must be in O(states).
      - With V(none), none of them may be, and a task in an unknown state holds the gate shut, since it may be in one of
        them. A task that vanishes is as good as stopped.
    type: str
    choices: [all, any, none, at_least]
    default: all
  at_least:
    description:
      - How many tasks, with O(want=at_least). It is required then, and refused otherwise.
    type: int
  states:
    description:
      - The states that are wanted, or with O(want=none) those that are not.
      - Name V(unknown) only when you know which word of the cloud is meant by it.
    type: list
    elements: str
    choices: [scheduled, running, degraded, paused, finished, failed, unknown]
    default: [running]
  fail_states:
    description:
      - A task in one of these states is lost. It can no longer satisfy the gate, which fails at once when too few
        others are left.
      - If left out, V(failed) and V(finished), less what O(states) names. With O(want=none), no state.
      - An empty list lets nothing be lost.
    type: list
    elements: str
    choices: [scheduled, running, degraded, paused, finished, failed, unknown]
  min_matched:
    description:
      - Fewer matched tasks than this are never a pass. The gate waits for them until O(timeout).
      - With V(0), a filter that matches nothing passes at once, with O(want=all) and O(want=none).
    type: int
    default: 1
  missing:
    description:
      - What to do about an id of O(task_id) that no account has, and about a matched task that vanishes while the gate
        waits.
      - V(fail) fails at once for such an id. A task that vanished is lost, like one in O(fail_states).
      - V(wait) waits for it to be there.
      - V(ignore) judges by the others, of which there must be O(min_matched).
    type: str
    choices: [fail, wait, ignore]
    default: fail
  stable_for:
    description:
      - For how many seconds the rules must have held, look after look, before the gate passes. A look that could not be
        trusted starts the count anew.
      - With V(0), one look is enough.
    type: float
    default: 0.0
  degraded_for:
    description:
      - For how many seconds a task may be V(degraded) before it is lost. It needs O(runtime_status), without which
        nobody knows.
      - With V(0), it is waited for until O(timeout).
    type: float
    default: 0.0
  runtime_status:
    description:
      - Ask Tencent Cloud at each look for the run-time status of each task that should be running, one request for
        each of them. It changes nothing for the other clouds.
      - If V(false), a task runs when it is switched on and within its time window.
    type: bool
    default: false
  timeout:
    description:
      - How many seconds the gate may take, over all accounts and looks. A look that is under way then is cut off.
    type: float
    default: 300.0
  interval:
    description:
      - How many seconds lie between the start of one look and the start of the next. A look that takes longer is
        followed by the next at once.
      - If left out, 5, or O(timeout) where that is shorter.
    type: float
  report_only:
    description:
      - Never fail, whatever the verdict is, and return it. Options that contradict each other fail all the same.
    type: bool
    default: false
extends_documentation_fragment:
  - livestream.relay._common.filters
  - livestream.relay._common.wire
  - livestream.relay._attributes.fleet
attributes:
  action:
    description: Has a part that runs on the controller, where it waits and prints.
    support: full
  async:
    description: Can be run with C(async) and C(poll).
    support: none
    details:
      - O(timeout) bounds it, and its lines could not be seen.
  check_mode:
    description: Can run in C(check_mode) and return what it would return without it.
    support: partial
    details:
      - It looks once, waits for nothing and never fails. What would need another look is the verdict V(timeout).
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), in diff mode.
    support: N/A
    details:
      - Nothing is ever changed.
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
    support: full
    details:
      - Nothing is ever changed.
notes:
  - The looks are made by M(livestream.relay.relay_task_info), where the host of the task is. Use C(delegate_to) and
    C(run_once) to look from one place.
  - Needs no C(until) and no C(retries) of the task. These would begin a whole gate again.
  - Throttling, network failures and failures of a service use up time. Refused keys, missing permissions, bad options
    and an account that is not activated end the gate with the verdict V(error) at once, a list that does not add up
    after three looks in a row.
seealso:
  - module: livestream.relay.relay_task_info
"""

EXAMPLES = r"""
- name: Wait until all streams of the finals run
  livestream.relay.gate:
    accounts: "{{ relay_accounts }}"
    stream: finals-*
    min_matched: 4

- name: Make sure that they really run, and have done so for half a minute
  livestream.relay.gate:
    accounts: "{{ relay_accounts }}"
    stream: finals-*
    runtime_status: true
    stable_for: 30
    degraded_for: 60
    timeout: 600

- name: Do not touch the encoders while anything is on air
  livestream.relay.gate:
    accounts: "{{ relay_accounts }}"
    want: none
    states: [running, degraded]
    min_matched: 0
  run_once: true
  delegate_to: localhost

- name: Look whether at least two of three paths run, and decide later
  livestream.relay.gate:
    accounts: "{{ relay_accounts }}"
    task_id: ["1001", "1002", "1003"]
    want: at_least
    at_least: 2
    report_only: true
  register: paths

- name: Say what stands in the way
  ansible.builtin.debug:
    msg: "{{ paths.reason }}"
  when: paths.verdict != 'passed'
"""

RETURN = r"""
verdict:
  description:
    - V(passed) when the rules held, for O(stable_for) seconds.
    - V(failed) when they can no longer hold.
    - V(timeout) when they might have come to hold, and did not in time.
    - V(error) when the looks could not be trusted. Nothing is known then.
  returned: when the options are right
  type: str
  choices: [passed, failed, timeout, error]
  sample: timeout
reason:
  description: Why, in a sentence that names the first of the tasks.
  returned: when the options are right
  type: str
  sample: "after 300 s, 1 of 5 tasks is not running: finals-2 (task 1002 of sports) is paused"
offenders:
  description: The tasks that stand in the way, at most 20.
  returned: when the options are right
  type: list
  elements: dict
  contains:
    id:
      description: The task's id.
      type: str
      sample: "1002"
    cloud:
      description: Its cloud.
      type: str
      sample: tencentcloud
    account:
      description: The name of its account.
      type: str
      sample: sports
    region:
      description: The region that it runs in, where the cloud says so.
      type: str
      sample: ap-guangzhou
    title:
      description: Its title, where it has one.
      type: str
      sample: Finals, second camera
    stream:
      description: The name of its stream, where it may be shown.
      type: str
      sample: finals-2
    state:
      description: The state it is in. Null when it vanished.
      type: str
      sample: paused
    status:
      description: The cloud's own word for it. Null when it vanished.
      type: str
      sample: pause
    since:
      description: When the gate first saw it in this state, in UTC. Null when it vanished.
      type: str
      sample: "2026-11-30T20:15:04Z"
    window:
      description: When it starts and ends, in UTC, where the cloud says so.
      type: dict
      contains:
        start_time:
          description: When it starts.
          type: str
          sample: "2026-11-30T18:00:00Z"
        end_time:
          description: When it ends.
          type: str
          sample: "2026-11-30T23:00:00Z"
counts:
  description: How many of the matched tasks are in each state.
  returned: when the options are right
  type: dict
  sample:
    running: 4
    paused: 1
matched:
  description: How many tasks matched, and are still there.
  returned: when the options are right
  type: int
  sample: 5
looks:
  description: How often the gate looked.
  returned: when the options are right
  type: int
  sample: 61
elapsed:
  description: How many seconds it took.
  returned: when the options are right
  type: float
  sample: 300.004
tasks:
  description:
    - The matched tasks as the last look that could be trusted saw them, each with the keys that tell which it is and
      how it is, as RV(livestream.relay.relay_task_info#module:tasks) describes them.
  returned: when the options are right
  type: list
  elements: dict
missing:
  description: Ids asked for that no account has.
  returned: when the options are right
  type: list
  elements: str
  sample: []
appeared:
  description: Ids of tasks that match and were not there at the first look that matched.
  returned: when the options are right
  type: list
  elements: str
  sample: []
vanished:
  description: Ids of tasks that were there at the first look that matched, and are gone.
  returned: when the options are right
  type: list
  elements: str
  sample: []
errors:
  description: What failed at the last look, as RV(livestream.relay.relay_task_info#module:errors) describes it.
  returned: when the options are right
  type: list
  elements: dict
  sample: []
msg:
  description: The verdict and the reason in one sentence.
  returned: failure
  type: str
  sample: "gate: failed: finals-2 (task 1002 of sports) is finished: not all tasks can become running any more."
"""
