"""What the columns of a dataset mean: entered once, kept from one delivery to the next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.datasets.actions import change_meanings
from labs.datasets.desk.views.answering import refuse_unless
from labs.datasets.models import Dataset
from labs.datasets.permissions import LOOKING, can_steward
from labs.datasets.queries import access_batches_for, access_datasets_for
from portal.users.permissions import role_required, signed_in

DELIVERIES = 5


@role_required(*LOOKING)
def meanings(request: HttpRequest, code: str) -> HttpResponse:
    """Show a row for each column of the last deliveries, with its meaning in Chinese and English."""
    user, today = signed_in(request), timezone.localdate()
    shown = get_object_or_404(access_datasets_for(user, today), code=code)
    is_steward = can_steward(user, shown, today)
    known = _columns(request, shown)
    if request.method == "POST":
        refuse_unless(is_steward)
        posted = {
            key: {
                "description": request.POST.get(f"zh-{place}", ""),
                "description_en": request.POST.get(f"en-{place}", ""),
            }
            for place, key in enumerate(request.POST.getlist("column"))
            if key in known
        }
        change_meanings(dataset=shown, meanings=posted, by=user, at=timezone.now())
        messages.success(request, _("The meanings are kept and go with every delivery."))
        return redirect("datasets:meanings", code=code)
    rows = [
        {
            "key": key,
            "column": name,
            "zh": words.get("description", ""),
            "en": words.get("description_en", ""),
            "is_gone": is_gone,
        }
        for key, (name, is_gone) in known.items()
        for words in (shown.dictionary.get(key, {}),)
    ]
    return render(request, "datasets/desk/meanings.html", {"dataset": shown, "rows": rows, "is_steward": is_steward})


def _columns(request: HttpRequest, shown: Dataset) -> dict[str, tuple[str, bool]]:
    """Keys of the dictionary with the column's name, and whether the last deliveries no longer have it."""
    batches = access_batches_for(signed_in(request), timezone.localdate()).filter(dataset=shown)[:DELIVERIES]
    found = {
        f"{batch.table_name}/{column['name']}": (str(column["name"]), False)
        for batch in batches
        for column in batch.columns
    }
    kept = {key: (key.partition("/")[2] or key, True) for key in shown.dictionary if key not in found}
    return found | kept
