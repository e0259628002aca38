"""How a clause is cited in a text of one's own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.pages.templatetags.chengxue import day

from .models import PolicyExpression, PolicyWork


def citation(work: PolicyWork, expression: PolicyExpression, number: str) -> str:
    """《…》（文号，2025年3月28日版本）第十二条."""
    version = expression.version_date or expression.effective_date
    facts = [work.number, _("text of %s") % day(version) if version else ""]
    said = _(", ").join(fact for fact in facts if fact)
    brackets = _(" (%s)") % said if said else ""
    return _("“%(title)s”%(brackets)s %(number)s") % {"title": work.title, "brackets": brackets, "number": number}


def quotation(cited: str, text: str) -> str:
    """Return a citation with the words that it cites."""
    return _("%(citation)s: “%(text)s”") % {"citation": cited, "text": " ".join(text.split())}
