# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of our own on loopback that answer with exactly the bytes they are told to."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
import typing as t
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Bytes to send, or seconds to wait before what comes next.
Pieces = t.Iterable[t.Union[bytes, float]]


@dataclasses.dataclass(frozen=True)
class Request:
    """What arrived: ``number`` counts from 1, ``at`` is monotonic and in seconds."""

    number: int
    at: float
    line: str
    headers: t.Mapping[str, str]
    body: bytes


Respond = t.Callable[[Request], Pieces]


class Server:
    """Reads one request on each connection, answers with the pieces that ``respond`` gives, and closes."""

    def __init__(self, respond: Respond, tls: ssl.SSLContext | None = None) -> None:
        self._respond = respond
        self._tls = tls
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.requests: list[Request] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            pass
        self._thread.join(5)

    def _serve(self) -> None:
        with self._listener:
            while True:
                connection, dummy_address = self._listener.accept()
                if self._over.is_set():
                    connection.close()
                    return
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException), connection:
            connection.settimeout(30)
            peer = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with peer, peer.makefile("rb") as stream:
                request = self._read(stream)
                if request is None:
                    return
                for piece in self._respond(request):
                    if isinstance(piece, bytes):
                        peer.sendall(piece)
                    elif self._over.wait(piece):
                        return

    def _read(self, stream: t.Any) -> Request | None:
        line = stream.readline().decode("latin-1")
        if not line:
            return None
        headers = http.client.parse_headers(stream)
        body = stream.read(int(headers.get("Content-Length", 0)))
        with self._lock:
            request = Request(len(self.requests) + 1, time.monotonic(), line, dict(headers.items()), body)
            self.requests.append(request)
        return request


@contextlib.contextmanager
def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> t.Iterator[Server]:
    server = Server(respond, tls)
    try:
        yield server
    finally:
        server.close()


def answer(body: bytes | t.Any, status: int = 200, length: int | None = None, **headers: str) -> list[bytes | float]:
    """A whole HTTP answer; what is not bytes is sent as JSON. Underscores in names of headers are hyphens."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    if not isinstance(body, bytes):
        headers.setdefault("Content_Type", "application/json")
    lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(raw) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"), raw]


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclasses.dataclass(frozen=True)
class Certificates:
    """Server contexts by what is wrong with their certificate, and the file of the CA that signed the others."""

    contexts: t.Mapping[str, ssl.SSLContext]
    ca_path: str


def make_certificates(folder: Path) -> Certificates:
    """A CA, and certificates for 127.0.0.1: good, for another host, expired, signed by itself."""
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("proof CA", None, ca_key, ca_key, "proof CA", authority=True)
    ca_path = folder / "ca.pem"
    ca_path.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    contexts = {}
    for name, host, expired in (
        ("good", "127.0.0.1", False),
        ("wrong host", "192.0.2.1", False),
        ("expired", "127.0.0.1", True),
        ("self-signed", "127.0.0.1", False),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        by_itself = name == "self-signed"
        certificate = _certificate(
            "proof server",
            host,
            key,
            key if by_itself else ca_key,
            "proof server" if by_itself else "proof CA",
            expired,
        )
        contexts[name] = _context(folder / f"{name.replace(' ', '-')}.pem", certificate, key)
    return Certificates(contexts, str(ca_path))


def _certificate(
    name: str,
    host: str | None,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: str,
    expired: bool = False,
    authority: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    end = now + datetime.timedelta(days=-1 if expired else 2)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=3))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    if host:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _context(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
