# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small HTTP/1.1 server: a thread a connection, kept alive, each answer in one write.

The standard library's own handler parses headers with the email package, which halves what two slow cores can serve.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from email.utils import formatdate
from http.client import responses
from typing import Callable

from .web import Answer, Request, text_answer

_MAX_HEAD = 64 * 1024
_MAX_BODY = 64 * 1024 * 1024
_IDLE_SECONDS = 300
_SLOW_PIECES = 10
_TLS_HELLO = b"\x16\x03"

Handler = Callable[[Request], Answer]


class _BadRequestError(Exception):
    """A request that is not HTTP as it is spoken here."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Listener:
    """One port and what answers there."""

    def __init__(self, address: str, port: int, handler: Handler, stop: threading.Event) -> None:
        self._handler = handler
        self._stop = stop
        version = ipaddress.ip_address(address).version
        self._socket = socket.socket(socket.AF_INET6 if version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((address, port))
        self._socket.listen(1024)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://[{address}]:{self.port}" if version == 6 else f"http://{address}:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self._accept, name=f"accept-{self.port}", daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # wakes the thread that accepts; not every system has it so
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _peer = self._socket.accept()
            except OSError:
                if self._stop.wait(0.05):  # closed, or out of file descriptors for a moment
                    return
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(_IDLE_SECONDS)
            _Connection(connection, self._handler, self._stop).run()
        except OSError:
            pass  # the client went away: there is nobody left to tell
        finally:
            connection.close()


class _Connection:
    def __init__(self, connection: socket.socket, handler: Handler, stop: threading.Event) -> None:
        self._socket = connection
        self._handler = handler
        self._stop = stop
        self._buffer = b""

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                request = self._read()
            except _BadRequestError as bad:
                self._send(text_answer(bad.status, bad.text + "\n"), head_only=False, keep=False)
                return
            if request is None:
                return
            answer = self._handler(request)
            keep = request.headers.get("connection", "").lower() != "close"
            if not self._send(answer, request.method == "HEAD", keep) or not keep:
                return

    def _more(self) -> bool:
        data = self._socket.recv(65536)
        self._buffer += data
        return bool(data)

    def _read(self) -> Request | None:
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _MAX_HEAD:
                raise _BadRequestError(431, "The request's headers are too long.")
            if not self._more():
                return None
            if self._buffer.startswith(_TLS_HELLO):  # an https endpoint: closing tells it at once, waiting never would
                return None
        arrived = time.monotonic()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise _BadRequestError(400, "This is not an HTTP/1.1 request.")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise _BadRequestError(400, "A header line is malformed.")
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        if words[2] == "HTTP/1.0":
            headers.setdefault("connection", "close")
        body = self._body(headers)
        path, _mark, query = words[1].partition("?")
        return Request(words[0], path, query, headers, body, arrived)

    def _body(self, headers: dict[str, str]) -> bytes:
        if "transfer-encoding" in headers:
            raise _BadRequestError(411, "The length of the body must be said.")
        text = headers.get("content-length", "0")
        if not text.isdigit():
            raise _BadRequestError(400, "Content-Length is not a number.")
        length = int(text)
        if length > _MAX_BODY:
            raise _BadRequestError(413, "The body is too long.")
        if headers.get("expect", "").lower() == "100-continue" and len(self._buffer) < length:
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self._buffer) < length:
            if not self._more():
                raise ConnectionError("the request ended early")
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _send(self, answer: Answer, head_only: bool, keep: bool) -> bool:
        """Send the answer as it wants to be sent. False when the connection must be closed."""
        if answer.delay and self._stop.wait(answer.delay):
            return False
        if answer.drop == "before":
            return False
        lines = [
            f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}",
            f"Date: {formatdate(time.time() if answer.date is None else answer.date, usegmt=True)}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.body)}",
            f"Connection: {'keep-alive' if keep else 'close'}",
        ]
        lines.extend(f"{name}: {value}" for name, value in answer.headers)
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if answer.drop == "in_headers":
            self._socket.sendall(head[: len(head) // 2])
            return False
        if answer.drop == "in_body":
            self._socket.sendall(head + answer.body[: len(answer.body) // 2])
            return False
        if answer.slow and answer.body and not head_only:
            return self._send_slowly(head, answer)
        self._socket.sendall(head if head_only else head + answer.body)
        return True

    def _send_slowly(self, head: bytes, answer: Answer) -> bool:
        self._socket.sendall(head)
        step = max(1, -(-len(answer.body) // _SLOW_PIECES))
        for start in range(0, len(answer.body), step):
            if self._stop.wait(answer.slow / _SLOW_PIECES):
                return False
            self._socket.sendall(answer.body[start : start + step])
        return True
