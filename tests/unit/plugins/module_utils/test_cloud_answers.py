# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each cloud may answer: pages of the right shape, errors by their codes, and everything else."""

from __future__ import annotations

import copy
import functools
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.livestream.relay.plugins.module_utils._cloud import Page
from ansible_collections.livestream.relay.plugins.module_utils._errors import RelayError
from ansible_collections.livestream.relay.plugins.module_utils._http import Answer
from ansible_collections.livestream.relay.plugins.module_utils._huaweicloud import api as huaweicloud
from ansible_collections.livestream.relay.plugins.module_utils._tencentcloud import api as tencentcloud
from ansible_collections.livestream.relay.plugins.module_utils._volcengine import api as volcengine

Read = t.Callable[[Answer], Page]

TENCENT: dict[str, t.Any] = {
    "Response": {
        "TaskInfos": [{"TaskId": "1"}, {"TaskId": "2"}],
        "PageNum": 1,
        "PageSize": 10,
        "TotalNum": 57,
        "TotalPage": 6,
        "LimitTaskNum": 200,
        "RequestId": "r1",
    }
}
HUAWEI: dict[str, t.Any] = {"request_id": "r1", "total": 57, "task_infos": [{"task_id": "1"}, {"task_id": "2"}]}
VOLC: dict[str, t.Any] = {
    "ResponseMetadata": {"RequestId": "r1", "Action": "ListPullRecordTask", "Service": "", "Region": ""},
    "Result": {
        "List": [{"TaskId": "1"}, {"TaskId": "2"}],
        "Pagination": {"PageCur": 1, "PageSize": 10, "PageTotal": 6, "TotalCount": 57},
    },
}
read_huawei: Read = functools.partial(huaweicloud.read_page, False)
CLOUDS: dict[str, tuple[Read, dict[str, t.Any], tuple[str, ...], tuple[str, ...], str]] = {
    # how to read, an answer, the way to its rows, to its total, and the name of an id
    "tencentcloud": (tencentcloud.read_page, TENCENT, ("Response", "TaskInfos"), ("Response", "TotalNum"), "TaskId"),
    "huaweicloud": (read_huawei, HUAWEI, ("task_infos",), ("total",), "task_id"),
    "volcengine": (volcengine.read_page, VOLC, ("Result", "List"), ("Result", "Pagination", "TotalCount"), "TaskId"),
}
ABSENT = object()


def changed(document: t.Any, way: t.Sequence[t.Any], value: t.Any) -> t.Any:
    """A copy of a document with another value at the end of the way, or with none."""
    if not way:
        return value
    document = copy.deepcopy(document)
    inner = document
    for step in way[:-1]:
        inner = inner[step]
    if value is ABSENT:
        del inner[way[-1]]
    else:
        inner[way[-1]] = value
    return document


def answer(document: t.Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, document, "" if document is not None else "it is empty")


def refusal(read: Read, document: t.Any, status: int = 200, **headers: str) -> RelayError:
    with pytest.raises(RelayError) as caught:
        read(answer(document, status, **headers))
    return caught.value


each_cloud = pytest.mark.parametrize("cloud", CLOUDS)


@each_cloud
def test_a_page(cloud: str) -> None:
    read, document, dummy_rows, dummy_total, id_key = CLOUDS[cloud]
    page = read(answer(document))
    assert [record[id_key] for record in page.records] == ["1", "2"]
    assert (page.total, page.request_id) == (57, "r1")
    assert page.quota == (200 if cloud == "tencentcloud" else None)
    assert page.size == (None if cloud == "huaweicloud" else 10)


@each_cloud
@pytest.mark.parametrize("nothing", [[], None, ABSENT], ids=["empty", "null", "absent"])
def test_an_empty_list_is_empty_only_where_the_total_says_so(cloud: str, nothing: t.Any) -> None:
    read, document, rows, total, dummy_id_key = CLOUDS[cloud]
    empty = changed(changed(document, rows, nothing), total, 0)
    assert read(answer(empty)).records == []
    if nothing == []:
        assert read(answer(changed(document, rows, []))).total == 57
    else:
        assert refusal(read, changed(document, rows, nothing)).kind == "protocol"


@each_cloud
@pytest.mark.parametrize("value", [None, ABSENT, "57", 57.0, -1, True, [], {}])
def test_a_total_is_a_number_or_there_is_no_page(cloud: str, value: t.Any) -> None:
    read, document, dummy_rows, total, dummy_id_key = CLOUDS[cloud]
    assert refusal(read, changed(document, total, value)).kind == "protocol"


@each_cloud
@pytest.mark.parametrize("value", [{}, "rows", 3, True, {"0": {}}, [None], [[]], ["1"], [3], [{}]])
def test_rows_are_a_list_of_records_or_there_is_no_page(cloud: str, value: t.Any) -> None:
    read, document, rows, dummy_total, dummy_id_key = CLOUDS[cloud]
    assert refusal(read, changed(document, rows, value)).kind == "protocol"


@each_cloud
@pytest.mark.parametrize("value", [None, ABSENT, "", 0, -1, 1.5, True, [], {}])
def test_a_record_has_an_id_or_there_is_no_page(cloud: str, value: t.Any) -> None:
    read, document, rows, dummy_total, id_key = CLOUDS[cloud]
    assert refusal(read, changed(document, (*rows, 1, id_key), value)).kind == "protocol"


@each_cloud
@pytest.mark.parametrize("value", ["a", " ", "任务", 10054, 10**30])
def test_an_id_may_be_a_text_or_a_number(cloud: str, value: t.Any) -> None:
    read, document, rows, dummy_total, id_key = CLOUDS[cloud]
    assert read(answer(changed(document, (*rows, 1, id_key), value))).records[1][id_key] == value


@each_cloud
@pytest.mark.parametrize("document", [None, [], {}, "text", 3, True, [{}], {"Response": None}, {"Result": {}}])
def test_an_answer_of_another_shape_is_not_the_api(cloud: str, document: t.Any) -> None:
    read = CLOUDS[cloud][0]
    assert refusal(read, document).kind == "protocol"
    assert refusal(read, document, 503).kind == "service"
    assert refusal(read, document, 429).kind == "throttled"


@each_cloud
@pytest.mark.parametrize("status", [201, 204, 302, 400, 404, 500])
def test_a_page_comes_with_status_200(cloud: str, status: int) -> None:
    read, document = CLOUDS[cloud][:2]
    assert refusal(read, document, status).http_status == status


@each_cloud
def test_without_an_id_of_its_own_a_request_has_the_gateways(cloud: str) -> None:
    read, document = CLOUDS[cloud][:2]
    way = {"tencentcloud": ("Response", "RequestId"), "huaweicloud": ("request_id",)}.get(
        cloud, ("ResponseMetadata", "RequestId")
    )
    for value in (None, ABSENT, "", 3, []):
        without = changed(document, way, value)
        assert read(Answer(200, {"X-Request-Id": "g1"}, without)).request_id == "g1"
        assert read(answer(without)).request_id is None


@each_cloud
@pytest.mark.parametrize("value", [None, "200", -1, True, [], 1.5])
def test_what_is_no_number_is_no_quota_and_no_page_size(cloud: str, value: t.Any) -> None:
    read, document = CLOUDS[cloud][:2]
    if cloud == "tencentcloud":
        document = changed(changed(document, ("Response", "LimitTaskNum"), value), ("Response", "PageSize"), value)
    elif cloud == "volcengine":
        document = changed(document, ("Result", "Pagination", "PageSize"), value)
    page = read(answer(document))
    assert (page.quota, page.size) == (None, None)


def ways(value: t.Any, way: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    yield way
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from ways(inner, (*way, step))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Error", "Code", "Message", "TaskId", "code", "error", "error_code", "error_msg", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@each_cloud
def test_whatever_stands_anywhere_gives_a_page_or_a_clear_failure(cloud: str) -> None:
    read, document, dummy_rows, dummy_total, id_key = CLOUDS[cloud]
    places = list(ways(document))

    @given(st.sampled_from(places), json_values, st.sampled_from([200, 200, 400, 404, 500]))
    def check(way: tuple[t.Any, ...], value: t.Any, status: int) -> None:
        try:
            page = read(answer(changed(document, way, value), status))
        except RelayError as error:
            words = str(error)
        else:
            assert status == 200
            assert all(record[id_key] for record in page.records)
            assert page.total >= 0
            return
        assert words.endswith(".")

    check()


def tencent_error(code: t.Any, message: t.Any = "no") -> t.Any:
    return {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r1"}}


def volc_error(code: t.Any, message: t.Any = "no") -> t.Any:
    return {"ResponseMetadata": {"RequestId": "r1", "Error": {"Code": code, "Message": message}}}


@pytest.mark.parametrize(
    ("code", "kind", "retry"),
    [
        ("AuthFailure.SignatureFailure", "auth", False),
        ("AuthFailure.SecretIdNotFound", "auth", False),
        ("AuthFailure.TokenFailure", "auth", False),
        ("AuthFailure.SignatureExpire", "auth", False),
        ("AuthFailure.UnauthorizedOperation", "permission", False),
        ("UnauthorizedOperation", "permission", False),
        ("IpInBlacklist", "permission", False),
        ("RequestLimitExceeded", "throttled", True),
        ("RequestLimitExceeded.UinLimitExceeded", "throttled", True),
        ("LimitExceeded", "account", False),
        ("InternalError", "service", True),
        ("InternalError.DBError", "service", True),
        ("FailedOperation.CallOtherSvrFailed", "service", True),
        ("FailedOperation", "service", False),
        ("ServiceUnavailable", "service", True),
        ("ResourceNotFound.ForbidService", "account", False),
        ("ResourceNotFound.FreezeService", "account", False),
        ("ResourceNotFound.StopService", "account", False),
        ("ResourceNotFound.UserDisableService", "account", False),
        ("ResourceNotFound.UserNotExist", "account", False),
        ("ResourceNotFound", "not_found", False),
        ("UnsupportedRegion", "invalid_request", False),
        ("InvalidAction", "invalid_request", False),
        ("InvalidParameterValue", "invalid_request", False),
        ("MissingParameter", "invalid_request", False),
        ("BrandNew", "service", False),
    ],
)
def test_tencents_codes(code: str, kind: str, retry: bool) -> None:
    error = refusal(tencentcloud.read_page, tencent_error(code))
    assert (error.kind, error.retry, error.code, error.message) == (kind, retry, code, "no")
    assert (error.request_id, error.http_status) == ("r1", 200)
    assert error.clock_skew == (code == "AuthFailure.SignatureExpire")
    assert error.advice


@pytest.mark.parametrize(
    ("code", "status", "kind", "retry"),
    [
        ("CommonErr", 200, "service", True),
        ("RequestForbidden", 403, "permission", False),
        ("RequestForbidden.AccountIDNotAllow", 403, "permission", False),
        ("RequestForbidden.BillingStatus", 403, "account", False),
        ("AccountFlowLimitExceeded", 400, "throttled", True),
        ("FlowLimitExceeded", 200, "throttled", True),
        ("InternalError", 500, "service", True),
        ("InternalServiceError.BadResponse", 502, "service", True),
        ("InternalServiceTimeout", 504, "service", True),
        ("InvalidAccessKey", 401, "auth", False),
        ("SignatureDoesNotMatch", 401, "auth", False),
        ("InvalidTimestamp", 400, "auth", False),
        ("InvalidCredential", 400, "auth", False),
        ("AccessDenied", 403, "permission", False),
        ("InvalidParam.BindError", 400, "invalid_request", False),
        ("InvalidActionOrVersion", 400, "invalid_request", False),
        ("ServiceNotFound", 404, "not_found", False),
        ("BrandNew", 401, "auth", False),
        ("BrandNew", 403, "permission", False),
        ("BrandNew", 404, "not_found", False),
        ("BrandNew", 400, "invalid_request", False),
        ("BrandNew", 429, "throttled", True),
        ("BrandNew", 503, "service", True),
        ("BrandNew", 200, "service", False),
    ],
)
def test_volcengines_codes(code: str, status: int, kind: str, retry: bool) -> None:
    error = refusal(volcengine.read_page, volc_error(code), status)
    assert (error.kind, error.retry, error.code, error.http_status) == (kind, retry, code, status)
    assert error.clock_skew == (code == "InvalidTimestamp")
    assert error.advice


@pytest.mark.parametrize(
    ("document", "status", "kind", "retry"),
    [
        ({"error_code": "LIVE.100011001", "error_msg": "Request Illegal"}, 400, "invalid_request", False),
        ({"error_code": "LIVE.100011003", "error_msg": "x"}, 403, "permission", False),
        ({"error_code": "LIVE.100011014", "error_msg": "x"}, 400, "account", False),
        ({"error_code": "APIG.0101", "error_msg": "x"}, 404, "not_found", False),
        ({"error_code": "APIGW.0301", "error_msg": "x"}, 401, "auth", False),
        ({"error_code": "APIG.0307", "error_msg": "x"}, 401, "auth", False),
        ({"error_code": "APIG.0308", "error_msg": "x"}, 429, "throttled", True),
        ({"error_code": "APIGW.0201", "error_msg": "x"}, 502, "service", True),
        ({"error_code": "APIGW.0201", "error_msg": "x"}, 400, "invalid_request", False),
        ({"error_code": "APIG.0302", "error_msg": "x"}, 401, "permission", False),
        ({"error": {"code": 401, "message": "x", "title": "Unauthorized"}}, 401, "auth", False),
        ({"error": {"message": "x"}}, 403, "permission", False),
        ({"code": "X", "message": "x"}, 500, "service", True),
        ({"errorCode": "X", "errorMsg": "x"}, 429, "throttled", True),
        ({"error_msg": "x"}, 400, "invalid_request", False),
        ({"error_code": "LIVE.1", "error_msg": "x"}, 200, "service", False),
        ({"error_code": 7}, 200, "service", False),
    ],
)
def test_huaweis_errors(document: t.Any, status: int, kind: str, retry: bool) -> None:
    error = refusal(read_huawei, document, status, **{"X-Request-Id": "g1"})
    assert (error.kind, error.retry, error.http_status, error.request_id) == (kind, retry, status, "g1")
    assert error.stale_token == (document.get("error_code") == "APIG.0307")
    assert error.advice


def test_huaweis_404_is_no_task_only_where_one_was_asked_for() -> None:
    gone = {"error_code": "LIVE.100011001", "error_msg": "Request Illegal", "request_id": "r1"}
    page = huaweicloud.read_page(True, answer(gone, 404))
    assert (page.records, page.total, page.request_id) == ([], 0, "r1")
    assert refusal(read_huawei, gone, 404).kind == "not_found"
    for document, status in ((gone, 400), ({"error_code": "APIG.0101", "error_msg": "x"}, 404), (None, 404)):
        refusal(functools.partial(huaweicloud.read_page, True), document, status)


@pytest.mark.parametrize(
    ("words", "server_time"),
    [
        ("signature expired, server time:20240102T030405Z", 1704164645),
        ("signature expired, signature time:x,server time: 20240102T030405Z", 1704164645),
        ("signature expired, server time:20249902T030405Z", None),
        ("signature expired", None),
    ],
)
def test_huawei_tells_its_time_with_a_refused_one(words: str, server_time: float | None) -> None:
    error = refusal(read_huawei, {"error_code": "APIGW.0301", "error_msg": words}, 401)
    assert (error.kind, error.clock_skew, error.server_time) == ("auth", True, server_time)


@pytest.mark.parametrize("make", [tencent_error, volc_error])
@pytest.mark.parametrize("code", [None, 3, [], {}, True])
def test_an_error_without_a_code_is_no_page_either(make: t.Callable[[t.Any], t.Any], code: t.Any) -> None:
    read = tencentcloud.read_page if make is tencent_error else volcengine.read_page
    assert refusal(read, make(code)).kind == "protocol"


@pytest.mark.parametrize("error", ["text", 3, [], True, {}, 0, ""])
def test_an_error_of_another_shape_is_no_page_either(error: t.Any) -> None:
    tencent = changed(TENCENT, ("Response", "Error"), error)
    volc = changed(VOLC, ("ResponseMetadata", "Error"), error)
    assert refusal(tencentcloud.read_page, tencent).kind == "protocol"
    assert refusal(volcengine.read_page, volc).kind == "protocol"


@pytest.mark.parametrize("message", [None, 3, [], {}, True])
def test_a_message_that_is_no_text_is_none(message: t.Any) -> None:
    assert refusal(tencentcloud.read_page, tencent_error("InternalError", message)).message is None
    assert refusal(volcengine.read_page, volc_error("InternalError", message)).message is None


@pytest.mark.parametrize("value", [None, [], "text", 3, ABSENT])
def test_a_run_time_status_is_an_object(value: t.Any) -> None:
    document = changed({"Response": {"TaskStatusInfo": {"RunStatus": "active"}}}, ("Response", "TaskStatusInfo"), value)
    with pytest.raises(RelayError) as caught:
        tencentcloud.read_status(answer(document))
    assert caught.value.kind == "protocol"
