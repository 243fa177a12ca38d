# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a module's time goes: lists one account with the engine as a module does, and prints the seconds of each stage.

CLOUD KIND OPTIONS (JSON: the account's options)
"""

from __future__ import annotations

import json
import sys
import time

# Every module of Ansible has it, also ping.
import ansible.module_utils.basic

assert ansible.module_utils.basic
began = time.perf_counter()
seconds: dict[str, float] = {}


def stage(name: str) -> None:
    """What was done since the last stage ended was this."""
    global began
    now = time.perf_counter()
    seconds[name] = now - began
    began = now


from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._fleet import ask  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._options import QUERY, merged, query_from  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._present import Presentation  # noqa: E402
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets  # noqa: E402

stage("imports")
cloud, kind, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
spec = merged(QUERY, CLOUDS[cloud].options, CLOUDS[cloud].account_options)
params = {name: option.get("default") for name, option in spec.items()}
params.update(given)
result = ask(
    [Account(cloud, kind, params)], CLOUDS, query_from(params), Settings(), Deadline(60), Secrets(), environment={}
)
stage("asking and reading")
shown = Presentation().tasks(result.tasks)
stage("redacting")
text = json.dumps(shown)
stage("encoding")
print(json.dumps({"seconds": seconds, "tasks": len(shown["tasks"]), "bytes": len(text)}))
