"""Signing out of the hub is asked for, not linked to; the hub's own libraries are stood in for, as they are not here."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import hub_config


class StoodInHandler:
    """What JupyterHub's handler does, as far as signing out goes."""

    def __init__(self, user: str | None) -> None:
        self.current_user = user
        self.done: list[str] = []

    async def get(self) -> None:
        self.done.append("signed out")

    async def render_template(self, name: str) -> str:
        return name

    def finish(self, text: str) -> None:
        self.done.append(text)


@pytest.fixture
def handler_class(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the handler of signing out, upon a stand-in."""
    for name, told in {
        "jupyterhub.handlers.base": {"BaseHandler": type("BaseHandler", (), {})},
        "oauthenticator.generic": {"GenericOAuthenticator": object},
        "oauthenticator.oauth2": {"OAuthLogoutHandler": StoodInHandler},
        "tornado.httputil": {"url_concat": None},
    }.items():
        module = ModuleType(name)
        vars(module).update(told)
        monkeypatch.setitem(sys.modules, name, module)
    path = Path(hub_config.__file__).with_name("authenticator.py")
    spec = importlib.util.spec_from_file_location("authenticator_upon_stand_ins", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PortalLogoutHandler


@pytest.mark.parametrize(
    ("user", "method", "done"),
    [
        ("u3", "get", "logout_asking.html"),
        ("u3", "post", "signed out"),
        (None, "get", "signed out"),  # the way back from the portal, which says so
    ],
)
def test_a_link_signs_nobody_out(handler_class: Any, user: str | None, method: str, done: str) -> None:
    handler = handler_class(user)

    asyncio.run(getattr(handler, method)())

    assert handler.done == [done]


def test_every_way_out_is_a_form_that_cannot_be_forged() -> None:
    for file in (Path(hub_config.__file__).parent / "templates").glob("*.html"):
        text = file.read_text("utf-8")
        assert 'href="{{ logout_url }}"' not in text, file
        assert text.count('action="{{ logout_url }}" method="post"') <= text.count('name="_xsrf"'), file
