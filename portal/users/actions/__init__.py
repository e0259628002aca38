"""Writes of users: accounts, role grants, slips and sign-ins."""

from portal.users.actions.accounts import (
    create_user,
    deactivate_user,
    end_session,
    end_sign_ins,
    reactivate_user,
    reset_second_factor,
)
from portal.users.actions.grants import (
    GrantNotAllowed,
    change_term,
    end_grants_out_of_date,
    grant_role,
    move_grant,
    revoke_grant,
)
from portal.users.actions.identities import (
    change_login_name,
    correct_email,
    correct_identity,
    rename_person,
)
from portal.users.actions.slips import SlipNotValid, make_password_slip, set_password_with_slip

__all__ = [
    "GrantNotAllowed",
    "SlipNotValid",
    "change_login_name",
    "change_term",
    "correct_email",
    "correct_identity",
    "create_user",
    "deactivate_user",
    "end_grants_out_of_date",
    "end_session",
    "end_sign_ins",
    "grant_role",
    "make_password_slip",
    "move_grant",
    "reactivate_user",
    "rename_person",
    "reset_second_factor",
    "revoke_grant",
    "set_password_with_slip",
]
