"""Events of rights. Sent inside the transaction of the change; receivers only write rows."""

from django.dispatch import Signal

access_reduced = Signal()
"""A person may do less than before, or must be signed in anew. Arguments: user (User), reason (str), at (datetime).

Reasons: role_revoked, role_ended, deactivated, logout, password_reset.
"""

grants_changed = Signal()
"""A person's role grants were added, revoked or have ended. Arguments: user (User), at (datetime)."""

identity_changed = Signal()
"""A person is called otherwise. Arguments: change (IdentityChange), at (datetime)."""

email_corrected = Signal()
"""Password mail goes to another address. Arguments: user (User), reason (str), at (datetime)."""

role_changed = Signal()
"""What to tell the person of a role. Arguments: grant (RoleGrant), change (str), reason (str), by (User or None), at.

Changes: granted, revoked, ended, moved, term_changed.
"""
