"""What this app tells others at start: the sentences of the notices that follow from events of the apps below."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from portal.queue.disk import DiskLevel
from portal.queue.registry import Chore, register_chore

from . import audit_seals, disks, identities, posts, roles, searches, transfers  # noqa: F401  (their receivers connect)
from .registry import register_notice

register_notice(searches.SAVED_SEARCH, _("Your saved search “%(query)s” finds %(count)s new results."))
register_chore(Chore("search.digest", timedelta(days=7), searches.look))

register_notice("users.renamed", _("Your name is now written %(after)s (before: %(before)s). Reason: %(reason)s"))
register_notice(
    "users.login_name_changed",
    _("Sign in as %(after)s from now on; %(before)s opens nothing any more. Reason: %(reason)s"),
)
register_notice(
    "users.email_corrected",
    _("Your e-mail address was changed; mail about your password goes to the new one. Reason: %(reason)s"),
)
register_notice(
    "users.password_changed",
    _("Your password was changed. Was it not you? Tell the personnel officer of your unit at once."),
)

register_notice(
    "users.role_granted", _("%(by)s gave you the role %(role)s in %(scope)s, %(term)s.%(why)s"), roles.words
)
register_notice("users.role_revoked", _("%(by)s took the role %(role)s in %(scope)s from you.%(why)s"), roles.words)
register_notice("users.role_ended", _("Your role %(role)s in %(scope)s has ended with its last day."), roles.words)
register_notice("users.role_moved", _("Your role %(role)s now reaches %(scope)s, %(term)s."), roles.words)
register_notice(
    "users.role_term_changed",
    _("%(by)s changed the term of your role %(role)s in %(scope)s: %(term)s.%(why)s"),
    roles.words,
)

register_notice(
    "organizations.post_assigned",
    _("You belong to %(unit)s (%(post)s) from %(date)s on. Before: %(before)s."),
    posts.words,
)
register_notice(
    "organizations.post_corrected",
    _("Your post was corrected: you belong to %(unit)s (%(post)s) from %(date)s on. Reason: %(reason)s"),
    posts.words,
)
register_notice(
    "organizations.post_cancelled",
    _("Your transfer to %(unit)s, planned for %(date)s, is cancelled. You stay with %(before)s."),
    posts.words,
)
register_notice(
    "organizations.post_taken_back",
    _("Your transfer to %(unit)s of %(date)s is undone. You stay with %(before)s. Reason: %(reason)s"),
    posts.words,
)

register_notice(
    "organizations.transfer_asked", _("%(by)s asks for the transfer of %(name)s from %(from)s to %(to)s. Answer it.")
)
register_notice("organizations.transfer_accepted", _("The transfer of %(name)s from %(from)s to %(to)s is accepted."))
register_notice(
    "organizations.transfer_refused", _("The transfer of %(name)s from %(from)s to %(to)s is refused: %(answer)s")
)
register_notice(
    "organizations.transfer_withdrawn", _("The request to transfer %(name)s from %(from)s to %(to)s is withdrawn.")
)
register_notice(
    "organizations.transfer_expired", _("Nobody answered the request to transfer %(name)s from %(from)s to %(to)s.")
)
register_notice(
    "organizations.transfer_undone", _("The accepted transfer of %(name)s from %(from)s to %(to)s is cancelled.")
)
register_notice("organizations.transferred", _("You are transferred from %(from)s to %(to)s."))
register_notice(
    "organizations.transferred_on",
    _("You belong to %(to)s (%(post)s) from %(date)s on. Before: %(from)s."),
    posts.words,
)

register_notice(
    audit_seals.SEAL_OF_THE_DAY,
    _("Seal of the day of the audit: %(seal)s. Note or print it; it can be held against the record later."),
)
register_notice(
    audit_seals.CHAIN_BROKEN,
    _("The audit's record no longer holds the seal no. %(seq)s that was signed. Have it looked into."),
)

register_notice(
    disks.KINDS[DiskLevel.HOMES],
    _("Only %(free)s GB are free on the record's disk: files in labs no longer grow. Please make room."),
)
register_notice(
    disks.KINDS[DiskLevel.LABS],
    _("Only %(free)s GB are free on the record's disk: no further lab opens. Please make room."),
)
register_notice(
    disks.KINDS[DiskLevel.CHECKS],
    _(
        "Only %(free)s GB are free on the record's disk: Checks are refused, submissions are still taken. Make room now."
    ),
)
register_chore(Chore("notifications.disk", disks.EVERY, disks.tell_of_full_disk))
