"""The site of an installation without demo data."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page

from courses.catalog.models import Course
from portal.users.models import User
from tests.courses.conftest import plant_roots

pytestmark = pytest.mark.django_db


def test_the_skeleton_stands_in_both_languages_and_is_built_once(client: Client) -> None:
    plant_roots()
    call_command("build_site")
    pages = Page.objects.count()

    call_command("build_site")

    assert Page.objects.count() == pages
    for language in ("/", "/en/"):
        for slug in ("", "courses/", "knowledge/", "help/", "about/", "privacy/"):
            assert client.get(f"{language}{slug}").status_code == 200
    assert "featured-courses" not in client.get("/").content.decode()  # no heading over nothing
    assert not Course.objects.exists()
    assert not User.objects.exists()
