"""Names of this app's audit events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "users.user_created": _("Account made"),
    "users.user_deactivated": _("Account deactivated"),
    "users.user_reactivated": _("Account reactivated"),
    "users.second_factor_reset": _("Second factor reset"),
    "users.second_factor_added": _("Second factor added"),
    "users.second_factor_removed": _("Second factor removed"),
    "users.role_granted": _("Role granted"),
    "users.role_revoked": _("Role revoked"),
    "users.role_ended": _("Role ended"),
    "users.slip_made": _("Password slip made"),
    "users.password_set_with_slip": _("Password set with a slip"),
    "users.password_changed": _("Password changed"),
    "users.signed_in": _("Signed in"),
    "users.sign_in_failed": _("Sign-in refused"),
    "users.session_ended": _("Signed out on one device"),
    "users.signed_out": _("Signed out"),
    "users.hub_client_registered": _("Hub registered"),
}
