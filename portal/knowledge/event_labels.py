"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "knowledge.text_imported": _("Text of a policy taken in"),
    "knowledge.policy_in_force": _("Policy in force"),
    "knowledge.policy_repealed": _("Policy repealed by another"),
    "knowledge.link_made": _("Clause linked"),
    "knowledge.link_withdrawn": _("Clause link taken away"),
    "knowledge.review_opened": _("Review opened"),
    "knowledge.review_decided": _("Review decided"),
}
