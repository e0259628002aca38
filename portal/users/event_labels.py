"""Names and sentences of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "users.user_created": _("Account made"),
    "users.renamed": _("Person renamed"),
    "users.login_name_changed": _("Login name changed"),
    "users.email_corrected": _("E-mail corrected"),
    "users.user_deactivated": _("Account deactivated"),
    "users.user_reactivated": _("Account reactivated"),
    "users.second_factor_reset": _("Second factor reset"),
    "users.second_factor_added": _("Second factor added"),
    "users.second_factor_removed": _("Second factor removed"),
    "users.role_granted": _("Role granted"),
    "users.role_revoked": _("Role revoked"),
    "users.role_ended": _("Role ended"),
    "users.role_moved": _("Role moved to another unit"),
    "users.role_term_changed": _("Term of a role changed"),
    "users.slip_made": _("Password slip made"),
    "users.password_set_with_slip": _("Password set with a slip"),
    "users.password_changed": _("Password changed"),
    "users.signed_in": _("Signed in"),
    "users.sign_in_failed": _("Sign-in refused"),
    "users.session_ended": _("Signed out on one device"),
    "users.signed_out": _("Signed out"),
    "users.hub_client_registered": _("Hub registered"),
}

SENTENCES = {
    "users.user_created": _("%(actor)s made an account for %(target)s"),
    "users.user_deactivated": _("%(actor)s deactivated the account of %(target)s"),
    "users.user_reactivated": _("%(actor)s reactivated the account of %(target)s"),
    "users.second_factor_reset": _("%(actor)s reset the second factor of %(target)s"),
    "users.second_factor_added": _("%(actor)s added a second factor"),
    "users.second_factor_removed": _("%(actor)s removed a second factor"),
    "users.role_granted": _("%(actor)s gave %(target)s the role %(role)s in %(scope)s"),
    "users.role_revoked": _("%(actor)s took the role %(role)s in %(scope)s from %(target)s"),
    "users.role_ended": _("%(actor)s let the role %(role)s of %(target)s in %(scope)s end"),
    "users.slip_made": _("%(actor)s made a password slip for %(target)s"),
    "users.password_set_with_slip": _("%(actor)s set a password with a slip"),
    "users.password_changed": _("%(actor)s changed the own password"),
    "users.signed_in": _("%(actor)s signed in"),
    "users.sign_in_failed": _("Somebody failed to sign in as %(target)s"),
    "users.signed_out": _("%(actor)s signed out"),
    "users.hub_client_registered": _("%(actor)s registered the lab platform for sign-in"),
    "users.email_corrected": _("%(actor)s corrected the e-mail of %(target)s"),
    "users.login_name_changed": _("%(actor)s changed the login name of %(target)s"),
    "users.renamed": _("%(actor)s changed the name of %(target)s"),
    "users.role_term_changed": _("%(actor)s changed the term of the role %(role)s of %(target)s in %(scope)s"),
    "users.role_moved": _("%(actor)s moved the role %(role)s of %(target)s to %(scope)s"),
    "users.session_ended": _("%(actor)s ended a session of %(target)s"),
}
