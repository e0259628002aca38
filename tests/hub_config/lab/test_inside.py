"""No link decides which file is opened, written, moved or copied, also when it takes a folder's place after the look."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hub_config.lab.chengxue_lab.inside import Inside, LedAway
from hub_config.lab.chengxue_lab.workspace import BadRelease, Workspace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home beside a folder that belongs to the server alone."""
    for name, text in (("home/work/secret", "mine"), ("server/secret", "token")):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "home/away").symlink_to(tmp_path / "server")
    return tmp_path / "home"


@pytest.fixture
def raced(home: Path, monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Return a home in which a folder becomes a link as soon as a path through it was looked at."""
    look = Inside.real

    def look_then_flip(inside: Inside, path: str | Path, *, of_link: bool = False) -> str:
        found = look(inside, path, of_link=of_link)
        if not (home / "work").is_symlink():
            (home / "work").rename(home / "aside")
            (home / "work").symlink_to("../server")
        return found

    monkeypatch.setattr(Inside, "real", look_then_flip)
    return Inside(home)


def replace(inside: Inside, path: Path) -> None:
    with inside.replacing(path) as file:
        file.write(b"planted")


ACTIONS: dict[str, Callable[[Inside, Path], object]] = {
    "read": lambda inside, folder: inside.open(folder / "secret", os.O_RDONLY),
    "append": lambda inside, folder: inside.open(folder / "secret", os.O_WRONLY | os.O_APPEND),
    "replace": lambda inside, folder: replace(inside, folder / "secret"),
    "make": lambda inside, folder: inside.make_folder(folder / "new"),
    "make all": lambda inside, folder: inside.make_folders(folder / "new/deeper"),
    "move out of": lambda inside, folder: inside.rename(folder / "secret", folder.parent / "got"),
    "move into": lambda inside, folder: inside.rename(folder.parent / "away", folder / "put"),
    "unlink": lambda inside, folder: inside.unlink(folder / "secret"),
    "list": lambda inside, folder: inside.names(folder),
    "copy": lambda inside, folder: inside.copy_folder(folder, folder.parent / "got"),
    "pathlib": lambda inside, folder: inside.path_class()(folder / "secret").read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_what_lies_behind_a_link_is_neither_read_nor_changed(
    home: Path, action: Callable[[Inside, Path], object]
) -> None:
    with pytest.raises(LedAway):
        action(Inside(home), home / "away")

    assert os.listdir(home.parent / "server") == ["secret"]
    assert (home.parent / "server/secret").read_text(encoding="utf-8") == "token"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_nor_behind_one_that_was_a_folder_when_it_was_looked_at(
    home: Path, raced: Inside, action: Callable[[Inside, Path], object]
) -> None:
    with pytest.raises(OSError):
        action(raced, home / "work")

    assert os.listdir(home.parent / "server") == ["secret"]
    assert (home.parent / "server/secret").read_text(encoding="utf-8") == "token"
    assert not (home / "got").exists()


def test_a_file_that_becomes_a_link_is_not_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").symlink_to("../server/secret")
    monkeypatch.setattr(Inside, "real", lambda *_, **__: str(home / "file"))

    for act in (lambda: Inside(home).open(home / "file", os.O_RDONLY), lambda: replace(Inside(home), home / "file")):
        with pytest.raises(OSError):
            act()


def test_a_pipe_is_no_file(home: Path) -> None:
    os.mkfifo(home / "pipe")

    with pytest.raises(LedAway):
        Inside(home).open(home / "pipe", os.O_RDONLY)


def test_links_within_the_home_are_followed(home: Path) -> None:
    (home / "same").symlink_to("work")

    replace(Inside(home), home / "same/secret")

    assert (home / "work/secret").read_text(encoding="utf-8") == "planted"
    assert os.listdir(home / "work") == ["secret"]


def test_a_file_keeps_its_permissions_and_its_text_when_writing_fails(home: Path) -> None:
    file = home / "work/secret"
    file.chmod(0o640)

    with pytest.raises(RuntimeError), Inside(home).replacing(file) as new:
        new.write(b"half")
        raise RuntimeError

    assert file.read_text(encoding="utf-8") == "mine"
    assert os.listdir(home / "work") == ["secret"]
    replace(Inside(home), file)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_copied_folder_holds_links_and_not_what_they_lead_to(home: Path) -> None:
    (home / "work/link").symlink_to("../../server/secret")
    (home / "work/deeper").mkdir()
    (home / "work/deeper/a").write_text("a", encoding="utf-8")

    Inside(home).copy_folder(home / "work", home / "copy")

    assert os.readlink(home / "copy/link") == "../../server/secret"
    assert (home / "copy/deeper/a").read_text(encoding="utf-8") == "a"


def test_a_notebook_that_is_handed_in_is_the_one_inside(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(home)
    with pytest.raises(BadRelease):
        workspace.read("away/secret")

    monkeypatch.setattr(Workspace, "inside", lambda *_: home / "away/secret")
    with pytest.raises(LedAway):
        workspace.read("away/secret")


def test_the_list_of_assignments_is_not_written_through_a_link(home: Path) -> None:
    (home / ".chengxue").symlink_to("../server")

    with pytest.raises(LedAway):
        Workspace(home).remember([])

    assert os.listdir(home.parent / "server") == ["secret"]
