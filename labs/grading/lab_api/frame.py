"""What every address of the lab API shares: who calls, JSON in both directions, errors in both languages."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from labs.assignments.notebooks import LARGEST_BYTES
from labs.grading.refusals import SubmissionRefused
from labs.hub.client import HubAway, HubClient
from labs.hub.identity import Caller, caller_of_token
from labs.hub.places import may_speak_for
from portal.queue.busy import RETRY_AFTER_S, is_busy
from portal.serving.callers import CONNECTION

log = logging.getLogger(__name__)

Handler = Callable[..., HttpResponse]
COMMAND_TOKENS = "/labs/tokens/"
"""The portal's page (labs/hub/urls.py), which this process does not serve; a test holds the two together."""
MESSAGES = {
    "publishing_token_needed": (
        403,
        "发布或读取实训源文件需要发布令牌，请用两步验证登录门户后领取。",
        "Publishing or reading the source of a lab needs a publishing token from the portal, with a second factor.",
    ),
    "bad_request": (400, "请求有误。", "This request cannot be understood."),
    "unauthorized": (
        401,
        "登录已失效。已保存的内容都在；请登录门户，在“我的学习”中重新打开实训。",
        "Your sign-in is no longer valid. What was saved is kept: sign in to the portal and open the lab again from My learning.",
    ),
    "foreign_lab": (
        403,
        "这个请求不是从您本人的实训室发出的，未受理。",
        "This call does not come from your own lab and was refused.",
    ),
    "forbidden": (403, "您没有这项权限。", "You may not do this."),
    "not_found": (404, "没有这个地址，或它不属于您。", "There is no such thing, or it is not yours."),
    "method": (405, "不支持这个请求方法。", "This method is not supported."),
    "too_large": (413, "内容超过 20 MB。", "The content is larger than 20 MB."),
    "bad_archive": (400, "压缩包有误，未接受。", "The archive is broken and was not accepted."),
    "no_room": (507, "服务器存储空间不足，请稍后重试。", "The server has no room; try again later."),
    "hub_away": (503, "暂时无法确认您的身份，请稍后重试。", "Your identity cannot be confirmed just now; try again."),
    "too_many": (429, "操作太频繁，请一分钟后再试。", "Too many requests; try again in a minute."),
    "busy": (
        503,
        "系统此刻很忙，请稍后重试；已保存的内容都在。",
        "The portal is busy for a moment; try again. What was saved is kept.",
    ),
    "grader_away": (503, "评分服务暂不可用，请稍后重试。", "The grader is not available just now; try again."),
    "internal": (500, "门户内部错误，请稍后重试。", "The portal has made a mistake; try again later."),
}


class ApiError(Exception):
    """An answer that is an error, by its code in MESSAGES; texts may be replaced."""

    def __init__(self, code: str, message: str = "", message_en: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.message_en = code, message, message_en


def error(code: str, message: str = "", message_en: str = "", status: int = 0) -> JsonResponse:
    """Show the error document."""
    known_status, zh, en = MESSAGES.get(code, (400, message, message_en))
    document = {"code": code, "message": message or zh, "message_en": message_en or en}
    return JsonResponse({"error": document}, status=status or known_status, json_dumps_params={"ensure_ascii": False})


def answer(document: dict[str, Any], status: int = 200) -> JsonResponse:
    """Show a JSON document."""
    response = JsonResponse(
        document, status=status, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )
    response["Cache-Control"] = "no-store"
    return response


def api(*methods: str, publishes: Callable[[HttpRequest], bool] | None = None) -> Callable[[Handler], Handler]:
    """Let a handler `(request, user, …)` serve the methods for callers whom a token names.

    Requests that `publishes` names are served for a token with a second factor behind it alone: a Lab's own token,
    which all code in the Lab may have taken, does what a trainee does.
    """

    def decorate(handler: Handler) -> Handler:
        @csrf_exempt
        @wraps(handler)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return error("method")
            try:
                caller = caller_of(request)
                _require_authority(caller, needs_publishing=publishes is not None and publishes(request))
                return handler(request, caller.user, *args, **kwargs)
            except ApiError as problem:
                return error(problem.code, problem.message, problem.message_en)
            except SubmissionRefused as refusal:
                return error(refusal.code, refusal.message, refusal.message_en, refusal.status)
            except HubAway:
                return error("hub_away")
            except RequestDataTooBig:
                return error("too_large")
            # The Lab reads JSON only; a page of HTML would tell it nothing.
            except Exception as mistake:
                log.exception("%s %s", request.method, request.path)
                return _failed(mistake)

        return guarded

    return decorate


def caller_of(request: HttpRequest) -> Caller:
    """Return the person, and the authority, behind the request's token. Raises ApiError,
    and HubAway when nobody can say."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    at = timezone.now()
    caller = caller_of_token(token.strip(), HubClient.from_settings(), at) if scheme.lower() == "token" else None
    if caller is None:
        # Only a command line asks here without a token of its own.
        is_command = request.path.startswith("/api/exchange/")
        raise _where_to_get_a_token("unauthorized") if is_command else ApiError("unauthorized")
    if settings.LAB_API_KNOWS_PLACES and not may_speak_for(caller.user.pk, request.META.get(CONNECTION)):
        log.warning("%s %s: a token of u%s from another lab", request.method, request.path, caller.user.pk)
        raise ApiError("foreign_lab")
    return caller


def _require_authority(caller: Caller, *, needs_publishing: bool) -> None:
    if needs_publishing and not caller.may_publish:
        raise _where_to_get_a_token("publishing_token_needed")


def _where_to_get_a_token(code: str) -> ApiError:
    _status, zh, en = MESSAGES[code]
    address = settings.PORTAL_URL + COMMAND_TOKENS
    return ApiError(
        code,
        f"{zh}在 {address} 领取令牌，再运行 export CHENGXUE_TOKEN=令牌。",
        f"{en} Get a token at {address}, then run: export CHENGXUE_TOKEN=<token>.",
    )


def body_of(request: HttpRequest) -> bytes:
    """Return the request's body, at most 20 MB. Raises ApiError."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LARGEST_BYTES:
        raise ApiError("too_large")
    body = request.body
    if len(body) > LARGEST_BYTES:
        raise ApiError("too_large")
    return body


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the answer to what is no proper request; the site's own pages belong to another process."""
    return error("bad_request")


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show the answer at an address that the lab API does not have."""
    return error("not_found")


def own_mistake(request: HttpRequest) -> HttpResponse:
    """Show the answer when something broke outside every handler."""
    return _failed(sys.exc_info()[1])


def _failed(mistake: BaseException | None) -> HttpResponse:
    """Busy is no mistake: whoever asks again succeeds."""
    if not is_busy(mistake):
        return error("internal")
    response = error("busy")
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response
