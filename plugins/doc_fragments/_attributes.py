# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone plugins and modules.

from __future__ import annotations


class ModuleDocFragment:
    # What every info module of this collection does and does not do
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what it would return without it, since it changes nothing.
    support: full
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
"""

    TENCENTCLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/livestream.relay.tencentcloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - livestream.relay.tencentcloud
"""

    HUAWEICLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/livestream.relay.huaweicloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - livestream.relay.huaweicloud
"""

    VOLCENGINE = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/livestream.relay.volcengine) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - livestream.relay.volcengine
"""

    FLEET = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/livestream.relay.fleet) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - livestream.relay.fleet
"""
