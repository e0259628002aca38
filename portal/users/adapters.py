"""allauth's seams: no self-signup, factors, claims for the hub."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by personnel officers and administrators."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors."""


class OIDCAdapter(DefaultOIDCAdapter):
    """Claims for the hub."""
