"""What a lab's server asks before a file leaves the lab. It holds back what the answer does not let through."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.grading.lab_api.frame import ApiError, answer, api, body_of
from portal.users.limits import count
from portal.users.models import User

from .actions import check_outgoing
from .models import OutgoingFile, Route
from .queries import answers_for, strictest_rule, versions_read_by
from .wording import RULES, SCREEN, both, findings_in_both

CHECKS_PER_MINUTE = 60
HELD_AT_ONCE = 30
PAGES = "/labs/outgoing/"
"""The portal's pages (labs/outgoing/urls.py), which this process does not serve; a test holds the two together."""
HELD = _("This file did not leave: see what was found, and ask a reviewer for it.")
REFUSED = _("A reviewer refused that this file leaves; the reason stands on its page.")
WAITING = _("This file waits for a reviewer. You get a notice.")


@api("GET", "POST")
def outgoing(request: HttpRequest, user: User) -> HttpResponse:
    """Say the lab's rule and what became of held files; or decide on the file in the body."""
    if request.method == "GET":
        return answer(_rule(user) | {"files": answers_for(user)})
    if not count(f"outgoing:{user.pk}", CHECKS_PER_MINUTE, 60):
        raise ApiError("too_many")
    if answers_for(user)["held"] >= HELD_AT_ONCE:
        raise ApiError(
            "too_many_held",
            f"您有 {HELD_AT_ONCE} 个被拦下的文件还没有处理，请先到门户“外发文件”页申请，或等一周后自动清除。",
            f"{HELD_AT_ONCE} of your files are held. Ask for them on the portal's page first, or wait a week.",
        )
    route = request.headers.get("X-Route", "")
    name = unquote(request.headers.get("X-File-Name", ""))
    if route not in Route.values or not name:
        raise ApiError("bad_request")
    file = check_outgoing(user=user, name=name, content=body_of(request), route=route, at=timezone.now())
    return answer(_verdict(file))


def _rule(user: User) -> dict[str, Any]:
    rule = strictest_rule(version.dataset_id for version in versions_read_by(user, timezone.localdate()))
    return {
        "rule": rule.value,
        **both(RULES[rule]),
        "screen": both(SCREEN),
        "page": settings.PORTAL_URL + PAGES,
    }


def _verdict(file: OutgoingFile) -> dict[str, Any]:
    decision = getattr(file, "decision", None)
    passes = file.passed or (decision is not None and decision.granted)
    words = HELD
    if decision is not None and not decision.granted:
        words = REFUSED
    elif decision is None and hasattr(file, "request"):
        words = WAITING
    return {
        "passes": passes,
        "sha256": file.sha256,
        "findings": findings_in_both(file.findings),
        "page": f"{settings.PORTAL_URL}{PAGES}{file.uuid}/",
        **({} if passes else both(words)),
    }
