# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

from ._cloud import Cloud
from ._huaweicloud.api import CLOUD as HUAWEICLOUD
from ._tencentcloud.api import CLOUD as TENCENTCLOUD
from ._volcengine.api import CLOUD as VOLCENGINE

# The one table of clouds. Only `relay_task_info` needs it.
CLOUDS: dict[str, Cloud] = {cloud.name: cloud for cloud in (TENCENTCLOUD, HUAWEICLOUD, VOLCENGINE)}
