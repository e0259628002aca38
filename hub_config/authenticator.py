"""Signs people into the hub through the portal, and out of both."""

from __future__ import annotations

from typing import Any

from jupyterhub.handlers.base import BaseHandler
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthLogoutHandler
from tornado.httputil import url_concat

# JupyterHub 6.1 reads this attribute after a failed refresh before it ever set it, and answers 500.
BaseHandler._token_authenticated = False


class PortalLogoutHandler(OAuthLogoutHandler):
    """Ends the session of the hub, then sends the browser to end the one of the portal."""

    _id_token: str | None = None

    async def get(self) -> None:
        """Ask who is signed in: a link on a foreign page must sign nobody out.

        Sec-Fetch-Site would not tell: plain http has none, and a page of the hub itself goes on to the `next` of a link.
        The portal leads back here when nobody is signed in any more.
        """
        if self.current_user is None:
            await super().get()
        else:
            self.finish(await self.render_template("logout_asking.html"))

    async def post(self) -> None:
        """Sign out; JupyterHub has checked the forgery token by now."""
        await super().get()

    async def default_handle_logout(self) -> None:
        """Remember the identity token while the person is still known, then log out."""
        user = self.current_user
        state = await user.get_auth_state() if user else None
        self._id_token = (state or {}).get("id_token")
        await super().default_handle_logout()

    async def render_logout_page(self) -> None:
        """Send on to the portal with the token that makes it log out without asking; say so on the way back."""
        if not self._id_token:
            self.finish(await self.render_template("logout.html"))
            return
        callback = self.authenticator.oauth_callback_url
        query = {
            "id_token_hint": self._id_token,
            "client_id": self.authenticator.client_id,
            "post_logout_redirect_uri": callback.removesuffix("/oauth_callback") + "/logout",
        }
        self.redirect(url_concat(self.authenticator.logout_redirect_url, query))


class PortalAuthenticator(GenericOAuthenticator):
    """Takes the name and the groups that the portal signed. Nobody becomes an admin of the hub.

    An admin who opened another person's lab would run that person's scripts there; with one origin for all
    labs they would even run with an admin's session.
    """

    logout_handler = PortalLogoutHandler

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Take away whatever would make this person an admin."""
        auth_model = await super().update_auth_model(auth_model)
        auth_model["admin"] = False
        return auth_model
