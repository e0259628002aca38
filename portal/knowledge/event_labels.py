"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "knowledge.text_imported": _("Text of a policy taken in"),
    "knowledge.policy_in_force": _("Policy in force"),
    "knowledge.policy_ended": _("Validity of a policy over"),
    "knowledge.policy_repealed": _("Policy repealed by another"),
    "knowledge.link_made": _("Clause linked"),
    "knowledge.link_withdrawn": _("Clause link taken away"),
    "knowledge.review_opened": _("Review opened"),
    "knowledge.review_decided": _("Review decided"),
}

SENTENCES = {
    "knowledge.text_imported": _("%(actor)s took in a text of the policy %(target)s"),
    "knowledge.policy_in_force": _("The policy %(target)s came into force"),
    "knowledge.policy_ended": _("The validity of the policy %(target)s ended"),
    "knowledge.policy_repealed": _("The policy %(target)s was repealed by another"),
    "knowledge.link_made": _("%(actor)s linked the clause %(target)s"),
    "knowledge.link_withdrawn": _("%(actor)s took away the link of the clause %(target)s"),
    "knowledge.review_opened": _("A review became due: %(target)s"),
    "knowledge.review_decided": _("%(actor)s decided the review %(target)s"),
}
