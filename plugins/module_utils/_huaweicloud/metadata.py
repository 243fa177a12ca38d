# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import ipaddress
import typing as t
import urllib.parse

from .._credentials import FetchedKeys, KeyPair
from .._errors import RelayError, config_error
from .._http import Answer, Call, Http, is_loopback
from .._key_files import KeyFiles, token_file
from .._metadata import Metadata, Unsigned, check_found, keys_in, metadata_keys, text_answer, time_in

# Source: the official SDK (huaweicloudsdkcore, auth/internal.py).
ENDPOINT = "http://169.254.169.254"
_START = "/meta-data/latest/api/token"
_KEYS = "/openstack/latest/securitykey"
_NO_AGENCY = "Please configure Cloud Service Agency first"
URI = "HC_CONTAINER_CREDENTIALS_FULL_URI"
PROOF = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"


def instance_keys(
    environment: t.Mapping[str, str], *, source: str = "metadata", looked: t.Sequence[str] | None = None
) -> FetchedKeys:
    """The keys of the agency that is set for this ECS instance. Raises RelayError (config)."""
    metadata = Metadata("huaweicloud", ENDPOINT, environment)

    def ask(http: Http) -> KeyPair:
        headers = {"X-Metadata-Token-Ttl-Seconds": "21600"}
        token = metadata.get(http, _START, _read_token, method="PUT", headers=headers)
        return metadata.get(http, _KEYS, _read_keys, headers={"X-Metadata-Token": token} if token else None)

    return metadata_keys(metadata, ask, source=source, looked=looked)


def _read_token(answer: Answer) -> str | None:
    # Older instances have no tokens and answer like this.
    if answer.status in (404, 405, 503):
        return None
    return text_answer(answer)


def _read_keys(answer: Answer) -> KeyPair:
    if answer.status == 401 and _NO_AGENCY in f"{answer.text} {answer.document}":
        raise RelayError("not_found", "no agency is set for this instance")
    check_found(answer)
    return read_keys(answer)


def read_keys(answer: Answer) -> KeyPair:
    """Temporary keys in whichever of its shapes the cloud words them. Raises RelayError (protocol)."""
    document = answer.document if isinstance(answer.document, dict) else {}
    inner = document.get("credential") or document.get("credentials") or document
    parts = [
        next((name for name in names if isinstance(inner, dict) and inner.get(name)), names[0])
        for names in (
            ("access", "accessKeyId", "access_key_id"),
            ("secret", "secretAccessKey", "secret_access_key"),
            ("securitytoken", "securityToken", "security_token"),
        )
    ]
    return keys_in(inner, (parts[0], parts[1], parts[2]), time_in(inner, "expires_at", "expiration"), answer)


def pod_keys(environment: t.Mapping[str, str], files: KeyFiles) -> FetchedKeys | None:
    """The keys that CCE hands to this pod; None outside of one. Raises RelayError (config)."""
    uri, path = environment.get(URI), environment.get(PROOF)
    if not uri and not path:
        return None
    if not uri or not path:
        raise config_error(f"{URI if uri else PROOF} is set alone", f"set {URI} and {PROOF}, or none")
    parts = _checked(uri)
    metadata = Metadata("huaweicloud", f"{parts.scheme}://{parts.netloc}", {})

    def ask(http: Http) -> KeyPair:
        token = token_file(files, PROOF, path)
        http.secrets.add(token)
        headers = {"Authorization": token, "Content-Type": "application/json"}
        return http.send(Call("pod identity", "POST", uri, Unsigned, headers, b"{}"), _read_pod_keys)

    return metadata_keys(metadata, ask, role=uri)


def _read_pod_keys(answer: Answer) -> KeyPair:
    check_found(answer)
    return read_keys(answer)


def _checked(uri: str) -> urllib.parse.SplitResult:
    """The parts of the URI, to which the pod's token is sent: in the clear only within this machine."""
    try:
        parts = urllib.parse.urlsplit(uri)
        host = parts.hostname or ""
        usable = bool(host) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not uri.isascii() or not uri.isprintable() or " " in uri:
        raise config_error(f"{URI} is no URL", "check what sets it")
    if parts.scheme != "https" and not (parts.scheme == "http" and (is_loopback(host) or _is_link_local(host))):
        raise config_error(f"{URI} leads off this machine in the clear", "check what sets it")
    return parts


def _is_link_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False
