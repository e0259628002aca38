"""Attacks through the authors' screens (security.md E 68, 71, 73): what one author writes runs nowhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Page

from portal.users.models import User
from tests.courses.conftest import School, school

__all__ = ["school"]


@pytest.fixture
def author(school: School, administrator: User, client: Client) -> Client:
    """Somebody who may read every report."""
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(administrator)
    return client


def test_no_cell_of_an_exported_report_is_a_formula(author: Client, school: School) -> None:
    Page.objects.filter(pk=school.page(school.course).pk).update(title='=HYPERLINK("http://x")')

    answer = author.get("/admin/reports/aging-pages/?export=csv")

    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    assert '\'=HYPERLINK("http://x")' in [row[0] for row in rows]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_screens_have_a_policy_against_foreign_scripts(author: Client) -> None:
    policy = author.get("/admin/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'self'" in policy
    assert "http" not in policy


def test_a_document_is_deleted_with_its_file(
    author: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    document = get_document_model().objects.create(title="x", file=ContentFile(b"x", name="x.txt"))
    storage, name = document.file.storage, document.file.name

    with django_capture_on_commit_callbacks(execute=True):
        answer = author.post(f"/admin/documents/delete/{document.pk}/")

    assert answer.status_code == 302
    assert not storage.exists(name)
