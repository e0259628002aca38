"""Who holds which role, and when."""

from portal.users.rights import grants_in_force, has_role, lacks_second_factor, learners_on, roles_of, scopes_of

__all__ = ["grants_in_force", "has_role", "lacks_second_factor", "learners_on", "roles_of", "scopes_of"]
