"""A release comes into the home without ever overwriting work."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from hub_config.lab.chengxue_lab.workspace import BadRelease, Workspace

AT = datetime(2026, 11, 24, 19, 30, 5)
FOLDER = "2026-A/parking"


def packed(**files: str) -> bytes:
    """Return an archive of these files; `__` in a name stands for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return made.getvalue()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty home."""
    return Workspace(tmp_path)


def test_missing_files_are_added_and_work_is_kept(workspace: Workspace) -> None:
    workspace.add_missing(FOLDER, packed(a__ipynb="released", b__csv="data"))
    notebook = workspace.home / FOLDER / "a.ipynb"
    notebook.write_text("my work", encoding="utf-8")
    (workspace.home / FOLDER / "b.csv").unlink()

    added = workspace.add_missing(FOLDER, packed(a__ipynb="released", b__csv="data"))

    assert added == ["b.csv"]
    assert notebook.read_text(encoding="utf-8") == "my work"


def test_starting_again_keeps_the_old_file_under_another_name(workspace: Workspace) -> None:
    workspace.add_missing(FOLDER, packed(a__ipynb="released"))
    notebook = workspace.home / FOLDER / "a.ipynb"
    notebook.write_text("first try", encoding="utf-8")
    first = workspace.start_again(FOLDER, packed(a__ipynb="released"), AT)
    notebook.write_text("second try", encoding="utf-8")

    second = workspace.start_again(FOLDER, packed(a__ipynb="released"), AT)

    assert notebook.read_text(encoding="utf-8") == "released"
    assert first == ["a-20261124-193005.ipynb"]
    assert second == ["a-20261124-193005-2.ipynb"]
    assert notebook.with_name(first[0]).read_text(encoding="utf-8") == "first try"
    assert notebook.with_name(second[0]).read_text(encoding="utf-8") == "second try"


def test_starting_again_on_an_untouched_notebook_keeps_no_copy(workspace: Workspace) -> None:
    workspace.add_missing(FOLDER, packed(a__ipynb="released"))

    assert workspace.start_again(FOLDER, packed(a__ipynb="released"), AT) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../../evil", "a\\evil", "nul\0l"])
def test_a_name_that_leads_out_of_the_home_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(BadRelease):
        workspace.inside(name)


def test_a_link_that_leads_out_of_the_home_is_not_followed(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (workspace.home / "2026-A").symlink_to(outside)

    with pytest.raises(BadRelease):
        workspace.add_missing("2026-A", packed(a__ipynb="x"))

    assert not list(outside.iterdir())


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_something_else_than_an_archive_is_refused(workspace: Workspace, content: bytes) -> None:
    with pytest.raises(BadRelease):
        workspace.add_missing(FOLDER, content)


def test_assignments_are_remembered_for_when_the_portal_is_away(workspace: Workspace) -> None:
    assert workspace.remembered() == []

    workspace.remember([{"uuid": "x", "title": "停车诱导"}])

    assert workspace.remembered() == [{"uuid": "x", "title": "停车诱导"}]


def test_a_link_in_the_place_of_a_notebook_hands_nothing_of_the_server_in(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("server") / "secret"
    secret.write_text("of the server", encoding="utf-8")
    (workspace.home / "a.ipynb").symlink_to(secret)
    (workspace.home / "b.ipynb").write_text("own", encoding="utf-8")
    (workspace.home / "c.ipynb").symlink_to("b.ipynb")

    with pytest.raises(BadRelease):
        workspace.read("a.ipynb")

    assert workspace.read("c.ipynb") == b"own"
