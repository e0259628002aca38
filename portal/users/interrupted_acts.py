"""What an act is called that a missing sign-in interrupted, by the name of its address."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

ACTS: dict[str, str | Promise] = {
    "learning:enroll": pgettext_lazy("act that was interrupted", "enroll in a run"),
    "learning:withdraw": pgettext_lazy("act that was interrupted", "withdraw from a run"),
    "learning:complete": pgettext_lazy("act that was interrupted", "complete a lesson"),
    "learning:enroll_others": pgettext_lazy("act that was interrupted", "enroll others in a run"),
    "learning:withdraw_other": pgettext_lazy("act that was interrupted", "withdraw somebody from a run"),
    "organizations:account_new": pgettext_lazy("act that was interrupted", "make an account"),
    "organizations:slip": pgettext_lazy("act that was interrupted", "make a slip"),
    "organizations:deactivate": pgettext_lazy("act that was interrupted", "close an account"),
    "organizations:reactivate": pgettext_lazy("act that was interrupted", "open an account again"),
    "organizations:second_factor": pgettext_lazy("act that was interrupted", "remove a second factor"),
    "organizations:grant": pgettext_lazy("act that was interrupted", "give a role"),
    "organizations:revoke": pgettext_lazy("act that was interrupted", "take a role away"),
    "organizations:transfer": pgettext_lazy("act that was interrupted", "transfer a person"),
    "organizations:identity": pgettext_lazy("act that was interrupted", "correct name or login name"),
    "organizations:post_correct": pgettext_lazy("act that was interrupted", "correct a post"),
    "organizations:post_cancel": pgettext_lazy("act that was interrupted", "cancel a transfer"),
    "organizations:place_of_work": pgettext_lazy("act that was interrupted", "enter room and telephone"),
    "organizations:transfer_ask": pgettext_lazy("act that was interrupted", "ask for a transfer"),
    "organizations:transfer_answer": pgettext_lazy("act that was interrupted", "answer a request for a transfer"),
    "organizations:unit_new": pgettext_lazy("act that was interrupted", "make a unit"),
    "organizations:unit": pgettext_lazy("act that was interrupted", "change a unit"),
    "search:save": pgettext_lazy("act that was interrupted", "save a search"),
    "search:forget": pgettext_lazy("act that was interrupted", "forget a search"),
    "notifications:read_all": pgettext_lazy("act that was interrupted", "mark notices as read"),
    "certification:revoke": pgettext_lazy("act that was interrupted", "revoke a certificate"),
    "certification:supersede": pgettext_lazy("act that was interrupted", "issue a certificate anew"),
    "certification:backlog": pgettext_lazy("act that was interrupted", "award certificates"),
    "certification:award_again": pgettext_lazy("act that was interrupted", "award a certificate again"),
    "grading:mark": pgettext_lazy("act that was interrupted", "mark a question"),
    "grading:new_appeal": pgettext_lazy("act that was interrupted", "appeal against a result"),
    "grading:appeal": pgettext_lazy("act that was interrupted", "answer an appeal"),
    "grading:adjust": pgettext_lazy("act that was interrupted", "adjust points"),
    "grading:adjustment": pgettext_lazy("act that was interrupted", "decide on adjusted points"),
    "grading:feedback": pgettext_lazy("act that was interrupted", "comment on an answer"),
    "grading:new_regrade": pgettext_lazy("act that was interrupted", "start a regrade"),
    "grading:approve_regrade": pgettext_lazy("act that was interrupted", "approve a regrade"),
    "grading:discard_regrade": pgettext_lazy("act that was interrupted", "discard a regrade"),
    "grading:import": pgettext_lazy("act that was interrupted", "import marks"),
    "grading:rubric": pgettext_lazy("act that was interrupted", "write a rubric"),
    "assignments:assign": pgettext_lazy("act that was interrupted", "assign a lab"),
    "assignments:extensions": pgettext_lazy("act that was interrupted", "grant an extension"),
    "assignments:rules": pgettext_lazy("act that was interrupted", "change pass mark or requirement"),
    "assignments:withdraw": pgettext_lazy("act that was interrupted", "withdraw a lab"),
    "assignments:retire": pgettext_lazy("act that was interrupted", "retire a lab"),
    "assignments:new_lab": pgettext_lazy("act that was interrupted", "make a lab"),
    "datasets:grant": pgettext_lazy("act that was interrupted", "grant the use of data"),
    "datasets:revoke": pgettext_lazy("act that was interrupted", "end the use of data"),
    "datasets:withdraw": pgettext_lazy("act that was interrupted", "withdraw a version of data"),
    "datasets:draft_approve": pgettext_lazy("act that was interrupted", "approve a draft"),
    "datasets:draft_return": pgettext_lazy("act that was interrupted", "return a draft"),
    "datasets:draft_release": pgettext_lazy("act that was interrupted", "release a version"),
    "datasets:draft_save": pgettext_lazy("act that was interrupted", "save a draft"),
    "datasets:destroy_batch": pgettext_lazy("act that was interrupted", "destroy a raw file"),
    "knowledge:review": pgettext_lazy("act that was interrupted", "decide on a review"),
    "audit:chain": pgettext_lazy("act that was interrupted", "verify the chain"),
    "portal:see_as": pgettext_lazy("act that was interrupted", "see as another person"),
}


def act_name(view: str) -> str:
    """Return the act in words; empty for one that has no name here."""
    return str(ACTS.get(view, ""))
