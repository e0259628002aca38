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
    end_grants_out_of_date,
    grant_role,
    revoke_grant,
)
from portal.users.actions.slips import SlipNotValid, make_password_slip, set_password_with_slip

__all__ = [
    "GrantNotAllowed",
    "SlipNotValid",
    "create_user",
    "deactivate_user",
    "end_grants_out_of_date",
    "end_session",
    "end_sign_ins",
    "grant_role",
    "make_password_slip",
    "reactivate_user",
    "reset_second_factor",
    "revoke_grant",
    "set_password_with_slip",
]
