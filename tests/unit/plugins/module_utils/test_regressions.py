# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test for each defect that was found by looking from outside, so that none comes back."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
import typing as t

import pytest

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Account, Client, Page, Query
from ansible_collections.livestream.relay.plugins.module_utils._clouds import CLOUDS
from ansible_collections.livestream.relay.plugins.module_utils._deadline import Deadline
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._fleet import ask
from ansible_collections.livestream.relay.plugins.module_utils._http import Settings
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud.api import HuaweiClient
from ansible_collections.livestream.relay.plugins.module_utils._listing import read_list
from ansible_collections.livestream.relay.plugins.module_utils._redact import Secrets

Handle = t.Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


@contextlib.contextmanager
def server(handle: Handle) -> t.Iterator[str]:
    """A server on the loopback that does with each POST what ``handle`` does; gives its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handle(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *dummy_args: t.Any) -> None:
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}"
    finally:
        listener.shutdown()
        listener.server_close()


def tencent(endpoint: str) -> Account:
    options: dict[str, t.Any] = dict.fromkeys(CLOUDS["tencentcloud"].options)
    options.update(access_key="AKIDexample", secret_key="example-secret", endpoint=endpoint)
    return Account("tencentcloud", "relay", options)


class PagesFromOne(Client):
    """A Huawei-like list whose ``offset`` counts pages from one, and whose page zero is the first one, too."""

    first = 0
    readings = HuaweiClient.readings
    max_page_size = 100

    def __init__(self, total: int, page_size: int) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query(page_size=page_size))
        self._ids = [str(number) for number in range(total)]

    def page(self, position: int, size: int) -> Page:
        start = max(0, position - 1) * size
        return Page([{"id": each} for each in self._ids[start : start + size]], len(self._ids))

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


@pytest.mark.parametrize("page_size", [1, 2, 3, 7])
@pytest.mark.parametrize("total", [1, 2, 3, 8, 20])
def test_pages_counted_from_one_are_read_whatever_their_size(total: int, page_size: int) -> None:
    # With pages of one task, the positions of two readings are the same: the first of them had read all the pages.
    listing = read_list(PagesFromOne(total, page_size), Query(page_size=page_size), Deadline(20))
    assert listing.complete
    assert [record["id"] for record in listing.records] == [str(number) for number in range(total)]


class OnePageForAll(Client):
    """A server that ignores the position and boasts of a total that nobody could count to."""

    max_page_size = 20

    def __init__(self) -> None:
        super().__init__(Account("nowhere", "relay", {}), Query())
        self.asked = 0

    def page(self, position: int, size: int) -> Page:
        self.asked += 1
        time.sleep(0.01)
        return Page([{"id": str(row)} for row in range(size)], 10**18)

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["id"])


def test_a_monstrous_total_does_not_keep_the_reader_busy() -> None:
    client = OnePageForAll()
    listing = read_list(client, Query(concurrency=2), Deadline(5))
    assert not listing.complete
    assert len(listing.records) == 20
    assert client.asked <= 4 * (1 + 2 + 2)


@pytest.mark.parametrize("target", ["http://[::1", "https://other.example.org/", "//"])
def test_the_target_of_a_redirect_is_not_even_looked_at(target: str) -> None:
    def redirect(request: http.server.BaseHTTPRequestHandler, dummy_body: bytes) -> None:
        request.send_response(302)
        request.send_header("Location", target)
        request.send_header("Content-Length", "0")
        request.end_headers()

    with server(redirect) as url, pytest.raises(RelayError) as caught:
        ask([tencent(url)], CLOUDS, Query(), Settings(), Deadline(5), Secrets(), {})
    assert caught.value.kind == "protocol"
    assert "redirect" in caught.value.what
