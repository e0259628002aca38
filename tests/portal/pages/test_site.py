"""The frame of every page: preferences, languages, public files, and what stays out of migrations."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page

from portal.pages.chores import publish_scheduled
from portal.pages.fields import MigrationFriendlyStreamField
from portal.pages.models import ArticlePage, ContentPage, KnowledgeIndexPage
from portal.users.models import User
from search.models import SearchEntry
from tests.courses.conftest import School, plant_roots, publish
from tests.people import Province

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [("theme", "dark", True), ("mode", "large", True), ("theme", "pink", False), ("mode", "x", False)],
)
def test_preferences_are_kept_in_cookies(client: Client, field: str, value: str, kept: bool) -> None:
    response = client.post("/preferences/", {field: value, "next": "/help/"})

    assert (field in response.cookies) is kept
    assert response.headers["Location"] == "/help/"


def test_large_print_and_colors_follow_the_account_into_another_browser(official: User) -> None:
    first = Client()
    first.force_login(official)
    first.post("/preferences/", {"mode": "large", "next": "/"})
    first.post("/preferences/", {"theme": "dark", "next": "/"})
    official.refresh_from_db()
    assert (official.theme, official.mode) == ("dark", "large")

    other = Client()
    entered = other.post("/accounts/login/", {"login": official.username, "password": "correct horse battery"})

    assert entered.status_code == 302
    assert (other.cookies["theme"].value, other.cookies["mode"].value) == ("dark", "large")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_preferences_never_lead_to_another_site(client: Client, target: str) -> None:
    assert client.post("/preferences/", {"theme": "dark", "next": target}).headers["Location"] == "/"
    assert client.get("/preferences/language/en/", {"next": target}).headers["Location"] == "/"


def test_the_chosen_look_is_on_the_page(school: School, client: Client) -> None:
    client.cookies.load({"theme": "dark", "mode": "large"})

    page = client.get("/").content.decode()

    assert 'data-theme="dark"' in page
    assert 'data-mode="large"' in page


def test_the_language_follows_the_last_page_read(school: School, client: Client) -> None:
    assert 'lang="zh-hans"' in client.get("/", headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in client.get("/en/").content.decode()
    assert 'lang="en"' in client.get("/search/").content.decode()
    assert 'lang="zh-hans"' in client.get("/courses/").content.decode()
    assert 'lang="zh-hans"' in client.get("/search/").content.decode()


def test_an_address_without_a_language_can_be_switched(school: School, client: Client) -> None:
    page = client.get("/search/").content.decode()
    assert "/preferences/language/en/?next=%2Fsearch%2F" in page

    client.get("/preferences/language/en/", {"next": "/search/"})

    assert 'lang="en"' in client.get("/search/").content.decode()


@pytest.mark.parametrize("address", ["/_util/login/", "/en/_util/login/"])
def test_wagtails_own_login_is_shut(client: Client, address: str) -> None:
    for response in (client.get(address), client.post(address, {"username": "x", "password": "y"})):
        assert response.status_code in (302, 405)
        assert response.headers.get("Location", "/accounts/login/").startswith("/accounts/login/")


@pytest.fixture
def picture(settings: Any, tmp_path: Path) -> str:
    """Return a file in the public part of the media store."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    (tmp_path / "secret.txt").write_text("secret")
    return str(default_storage.save("images/digits.webp", ContentFile(b"0123456789")))


@pytest.mark.parametrize(
    ("header", "status", "body"),
    [
        ("", 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=5-99", 206, b"56789"),
        ("bytes=10-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=-", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
def test_public_files_come_whole_or_in_pieces(
    client: Client, picture: str, header: str, status: int, body: bytes
) -> None:
    response = client.get(f"/media/{picture}", headers={"range": header} if header else {})

    assert response.status_code == status
    assert (b"".join(response) if response.streaming else response.content) == body


@pytest.mark.parametrize(
    "path", ["secret.txt", "images/../secret.txt", "documents/a.pdf", "original_images/a.png", "images/", "images/%00"]
)
def test_nothing_else_of_the_media_store_is_served(db: None, client: Client, picture: str, path: str) -> None:
    assert client.get(f"/media/{path}").status_code in (400, 404)


def test_streams_stay_out_of_migrations() -> None:
    _, _, args, kwargs = ArticlePage._meta.get_field("body").deconstruct()

    assert args == []
    assert not {"block_types", "block_lookup"} & set(kwargs)
    assert isinstance(ArticlePage._meta.get_field("body"), MigrationFriendlyStreamField)


def test_a_scheduled_article_appears_when_its_time_has_come(school: School, client: Client) -> None:
    index = KnowledgeIndexPage(title="知识", slug="knowledge", locale=school.homes["zh-hans"].locale)
    school.homes["zh-hans"].add_child(instance=index)
    article = ArticlePage(title="定时文章", slug="timed", source="x", locale=index.locale, live=False)
    article.go_live_at = timezone.now() + timedelta(hours=1)
    index.add_child(instance=article)
    article.save_revision().publish()
    assert client.get("/knowledge/timed/").status_code == 404
    assert not SearchEntry.objects.filter(title="定时文章").exists()

    revision = article.latest_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    publish_scheduled(timezone.now())

    assert client.get("/knowledge/timed/").status_code == 200
    assert SearchEntry.objects.get(title="定时文章").kind == "article"


def test_a_restricted_page_leads_to_the_login_and_leaves_the_lists(school: School, client: Client) -> None:
    page = school.page(school.course)
    page.view_restrictions.create(restriction_type="login")

    assert client.get("/courses/chd/governance/").headers["Location"].startswith("/accounts/login/")
    assert "智慧城市治理" not in client.get("/courses/").content.decode()


def test_plain_pages_stand_in_the_footer(school: School, client: Client) -> None:
    page = ContentPage(title="隐私说明", slug="privacy", locale=school.homes["zh-hans"].locale, live=False)
    school.homes["zh-hans"].add_child(instance=page)
    publish(page, body=[("heading", "Cookie")])

    shown = client.get("/privacy/").content.decode()

    assert shown.count('href="/privacy/"') == 1
    assert f'id="b-{page.body[0].id}"' in shown


@pytest.mark.parametrize(("header", "status", "body"), [("bytes=2-4", 206, b"234"), ("", 200, b"0123456789")])
def test_a_film_can_be_sought_at_its_public_address(
    client: Client, settings: Any, tmp_path: Path, world: Province, header: str, status: int, body: bytes
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    film = get_document_model().objects.create(title="讲座", file=ContentFile(b"0123456789", name="film.mp4"))

    response = client.get(film.url, headers={"range": header} if header else {})

    assert film.url.startswith("/documents/")
    assert response.status_code == status
    assert b"".join(response) == body
    assert response.headers["Content-Type"] == "video/mp4"
    assert not response.headers.get("Content-Disposition", "inline").startswith("attachment")
    if status == 206:
        assert response.headers["Content-Range"] == "bytes 2-4/10"


def test_the_authors_screens_refuse_whoever_is_no_author(client: Client, official: User) -> None:
    client.force_login(official)

    for address in ("/admin/", "/admin/pages/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "error" not in response.headers.get("Location", "")
    assert client.get("/admin/account/").headers["Location"] == "/account/"


@pytest.mark.django_db
def test_the_roots_that_editors_read_have_a_name_in_words() -> None:
    plant_roots()
    Page.objects.filter(depth=1).update(title="Root")
    Collection.objects.filter(depth=1).update(name="Root")
    migration = import_module("portal.pages.migrations.0003_roots_in_words")

    migration.say(apps, None)
    assert (Page.get_first_root_node().title, Collection.get_first_root_node().name) == ("全部页面", "公共文件")

    migration.unsay(apps, None)
    assert (Page.get_first_root_node().title, Collection.get_first_root_node().name) == ("Root", "Root")
