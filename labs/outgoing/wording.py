"""What is said of rules and findings, to people and to labs, in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from labs.datasets.models import Dataset
from labs.datasets.registry import Fact

from .models import Rule
from .queries import rule_of
from .scanning import findings as found

RULES: dict[str, str | Promise] = {
    Rule.FREE: _("Files leave this lab without a look; they are written down."),
    Rule.SCANNED: _("Files leave this lab when a scan finds no person and no rows of the data in them."),
    Rule.REVIEWED: _("Files leave this lab when a reviewer has seen them; a notebook without output leaves at once."),
}
SCREEN: str | Promise = _(
    "No gate holds what stands on the screen: whoever can read data here can copy it by hand or by camera. "
    "That stays forbidden by the terms under which the data was granted."
)
KINDS: dict[str, str | Promise] = {
    "id_card": pgettext_lazy("kind of finding", "identity numbers"),
    "bank_card": pgettext_lazy("kind of finding", "bank cards"),
    "mobile": pgettext_lazy("kind of finding", "mobile numbers"),
    "passport": pgettext_lazy("kind of finding", "passports"),
    "permit": pgettext_lazy("kind of finding", "permits"),
    "name": pgettext_lazy("kind of finding", "names of people"),
    "address": pgettext_lazy("kind of finding", "addresses"),
    "landline": pgettext_lazy("kind of finding", "telephone numbers"),
    "plate": pgettext_lazy("kind of finding", "number plates"),
    "email": pgettext_lazy("kind of finding", "e-mail addresses"),
    "credit_code": pgettext_lazy("kind of finding", "credit codes"),
    "wechat": pgettext_lazy("kind of finding", "WeChat accounts"),
    "qq": pgettext_lazy("kind of finding", "QQ accounts"),
    "id_number": pgettext_lazy("kind of finding", "identity numbers"),
    "phone": pgettext_lazy("kind of finding", "telephone numbers"),
    "account": pgettext_lazy("kind of finding", "accounts"),
    "birth_date": pgettext_lazy("kind of finding", "dates of birth"),
    "hash": pgettext_lazy("kind of finding", "hashes"),
}
FINDINGS: dict[str, str | Promise] = {
    found.IDENTIFIER: _("%(place)s: %(kind)s (%(count)s)"),
    found.COLUMN: _("%(place)s: a whole column of %(kind)s (%(count)s different values)"),
    found.ROWS: _("%(count)s rows of the dataset %(version)s"),
    found.COPY: _("The file, or one inside it, is a file of the dataset %(version)s"),
    found.UNREADABLE: _("%(place)s cannot be opened by the scan"),
    found.PICTURE: _("%(place)s is a picture that is larger than a plot or carries more than a picture"),
    found.SIZE: _("%(place)s is larger than what passes without a reviewer"),
    found.REVIEWED: _("A dataset of this lab asks for a reviewer"),
}


def finding_in_words(finding: dict[str, Any]) -> str:
    """One reason why a file was held."""
    values = {**finding, "kind": str(KINDS.get(finding.get("kind", ""), finding.get("kind", "")))}
    return str(FINDINGS[finding["code"]]) % values


def both(words: str | Promise) -> dict[str, str]:
    """Return a sentence in both languages, as the lab API says it."""
    with override("zh-hans"):
        chinese = str(words)
    with override("en"):
        return {"message": chinese, "message_en": str(words)}


def findings_in_both(findings: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the reasons in both languages."""
    out = []
    for finding in findings:
        with override("zh-hans"):
            chinese = finding_in_words(finding)
        with override("en"):
            out.append({"message": chinese, "message_en": finding_in_words(finding)})
    return out


def facts(dataset: Dataset, *, is_desk: bool) -> list[Fact]:
    """Return what the pages of a dataset say of files that leave labs."""
    rule = rule_of(dataset)
    label = Rule(rule.rule).label if rule else Rule.SCANNED.label
    address = reverse("outgoing:dataset", args=[dataset.code]) if is_desk else ""
    return [Fact(gettext("Files from labs"), str(label), address)]
