# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import datetime
import threading
import typing as t

from .._cloud import Account, Client, Cloud, Page, Query, Tools, checked_page
from .._credentials import KeySource
from .._errors import RelayError
from .._http import Answer, Call
from .._key_files import KeyFiles
from .._options import connection
from .._redact import Secrets
from .._task import RelayTask
from .auth import SdkHmacAuth, TokenAuth, encode
from .errors import error_in
from .iam import Iam, Sign
from .task import to_task

NAME = "huaweicloud"
# https://support.huaweicloud.com/intl/en-us/api-live/ListPullTasks.html
LIST = "ListPullTasks"
# Guess: no limit is published for this API. Its siblings allow 80 to 300 requests in a minute.
RATE = 5.0


class HuaweiClient(Client):
    """Lists pull tasks of Huawei Cloud Live.

    No page says whether ``offset`` counts records or pages, and for other APIs of this cloud it is the one or the
    other. So the listing tries records, then pages from zero, then pages from one, until the list adds up.
    """

    first = 0
    readings = (
        lambda index, size: index * size,
        lambda index, dummy_size: index,
        lambda index, dummy_size: index + 1,
    )
    max_page_size = 100
    action = LIST

    def __init__(self, account: Account, query: Query, environment: t.Mapping[str, str], secrets: Secrets) -> None:
        # Only here: a fleet without an account of this cloud spares the time that this takes.
        from .credentials import find_credentials, find_place

        super().__init__(account, query)
        self._files = KeyFiles(environment)
        self._credentials = find_credentials(account.options, environment, self._files)
        secrets.add(*self._credentials.secrets())
        self._place = find_place(account.options, environment, self._credentials)
        self.region = self._place.region
        self.endpoint = self._place.endpoint
        self.credentials_source = self._credentials.source
        self._project_id = self._place.project_id
        self._token = self._credentials.token
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        return self._credentials.identity

    def open(self, tools: Tools) -> None:
        self._tools = tools
        if self._credentials.keys:
            self._credentials.keys.open(tools)
        self._iam = Iam(self._place, tools)
        self._rate = tools.rate_limit(LIST, RATE)

    def page(self, position: int, size: int) -> Page:
        sign, project_id = self._login()
        try:
            return self._page(position, size, sign, project_id)
        except RelayError as error:
            if not error.stale_token:
                raise
        sign, project_id = self._login(instead_of=sign)
        return self._page(position, size, sign, project_id)

    def _page(self, position: int, size: int, sign: Sign, project_id: str) -> Page:
        params = {"limit": str(size), "offset": str(position)}
        if self.query.task_region is not None:
            params["region"] = self.query.task_region
        if self.query.only_task_id is not None:
            params["task_id"] = self.query.only_task_id
        query = "&".join(f"{name}={encode(value)}" for name, value in sorted(params.items()))
        headers = {"X-Language": "en-us", "Accept-Language": "en-us"}
        if self._credentials.keys:
            headers["X-Project-Id"] = project_id
        call = Call(
            action=LIST,
            method="GET",
            url=f"{self._place.endpoint}/v1/{project_id}/pull/stream/task?{query}",
            headers=headers,
            sign=sign,
            rate=self._rate,
        )
        return self._tools.http.send(call, self._read_page)

    def _read_page(self, answer: Answer) -> Page:
        try:
            return read_page(self.query.only_task_id is not None, answer)
        except RelayError as error:
            # A token that was given cannot be replaced: it is refused like a key, for all accounts that use it.
            error.stale_token = error.stale_token and self._credentials.password is not None
            raise

    def _login(self, instead_of: Sign | None = None) -> tuple[Sign, str]:
        """How to sign, and the project's id: found out once, by the first page.

        With ``instead_of``, a signer whose token has become stale, a new token is obtained, once for all threads.
        """
        with self._lock:
            password = self._credentials.password
            if password and (self._token is None or instead_of == self._signer()):
                self._token, project_id = self._iam.token(password)
                self._project_id = self._project_id or project_id
            sign = self._signer()
            if self._project_id is None:
                self._project_id = self._iam.project_id(sign)
            return sign, self._project_id

    def _signer(self) -> Sign:
        if self._credentials.keys:
            return _Signer(_sign_by_keys, self._credentials.keys)
        return _Signer(TokenAuth, self._token)

    def warnings(self) -> list[str]:
        return [f"{NAME}: {warning}" for warning in self._files.warnings]

    def record_id(self, record: dict[str, t.Any]) -> str:
        return str(record["task_id"])

    def task(self, record: dict[str, t.Any], now: datetime.datetime) -> RelayTask:
        return to_task(record, self.record_id(record), now)


@dataclasses.dataclass(frozen=True)
class _Signer:
    """Makes the signer of one attempt; equal to another that uses the same key or token."""

    kind: t.Callable[[t.Any, float], t.Any]
    secret: t.Any = dataclasses.field(repr=False)

    def __call__(self, moment: float) -> t.Any:
        return self.kind(self.secret, moment)


def _sign_by_keys(keys: KeySource, moment: float) -> SdkHmacAuth:
    return SdkHmacAuth(keys.current(moment), moment)


def read_page(one_task: bool, answer: Answer) -> Page:
    """A page from the answer to ListPullTasks. Raises RelayError.

    ``one_task``: one task was asked for by its id. Then a 404 of Live itself, whose code is the same as for a bad
    request, says that there is no such task.
    """
    error = error_in(answer)
    if error:
        if one_task and error.http_status == 404 and (error.code or "").startswith("LIVE."):
            return Page(records=[], total=0, request_id=error.request_id)
        raise error
    if answer.status != 200:
        raise answer.not_the_api()
    document = answer.document
    request_id = document.get("request_id")
    return checked_page(
        answer,
        records=("task_infos", document.get("task_infos")),
        total=("total", document.get("total")),
        id_key="task_id",
        request_id=request_id if isinstance(request_id, str) and request_id else answer.request_id,
    )


CLOUD = Cloud(
    name=NAME,
    kinds=("relay",),
    options={
        **connection(
            ("ak",), ("sk",), ("security_token",), {"domain_name": {"type": "str"}, "domain_id": {"type": "str"}}
        ),
        "project_id": {"type": "str"},
        "auth_token": {"type": "str", "no_log": True},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "domain_name": {"type": "str"},
        "iam_endpoint": {"type": "str"},
        "cloud_domain": {"type": "str"},
    },
    client=HuaweiClient,
)
