# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An option that is an empty text is a variable that was never filled: it is refused, not taken for left out."""

from __future__ import annotations

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Cloud
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._module import _refuse_empty


@pytest.mark.parametrize(
    ("cloud", "name"),
    [(cloud, name) for cloud in CLOUDS.values() for name, option in cloud.options.items() if option["type"] == "str"],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_empty_text_is_refused_by_the_name_of_its_option(cloud: Cloud, name: str) -> None:
    given = dict.fromkeys((*cloud.options, *cloud.account_options))
    _refuse_empty(given, cloud)
    with pytest.raises(RelayError, match=f"^{name} is empty") as caught:
        _refuse_empty({**given, name: ""}, cloud)
    assert caught.value.kind == "config"
