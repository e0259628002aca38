"""What the hub asks before it starts a lab: which data lies before it. Nobody but the hub is answered."""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.users.models import User

from .mounts import prepare_mounts

HUB_USERNAME = re.compile(r"u([1-9][0-9]{0,8})")


@csrf_exempt  # the caller is the hub with its token, never a browser
@require_POST
def mounts(request: HttpRequest, username: str) -> JsonResponse:
    """Lay out the user's data and name it; the caller is the hub with the token that both sides know."""
    said = request.headers.get("Authorization", "")
    if not secrets.compare_digest(said.encode(), f"token {settings.HUB_SERVICE_TOKEN}".encode()):
        return JsonResponse({"error": {"code": "forbidden"}}, status=403)
    match = HUB_USERNAME.fullmatch(username)
    user = User.objects.filter(pk=int(match[1]), is_active=True).first() if match else None
    if user is None:
        return JsonResponse({"error": {"code": "not_found"}}, status=404)
    versions = prepare_mounts(user, at=timezone.now())
    return JsonResponse({"mounts": [str(version) for version in versions]})
