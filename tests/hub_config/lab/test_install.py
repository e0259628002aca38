"""What is put into the environment that trainees work in."""

from __future__ import annotations

import json
import re
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from hub_config.lab import install


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Return an environment with an older version of our parts in it."""
    libraries = tmp_path / "lib/python3.11/site-packages"
    (libraries / "chengxue_lab").mkdir(parents=True)
    (libraries / "chengxue_lab/older.py").touch()
    install.install(tmp_path)
    return tmp_path


def test_packages_and_bar_are_in_place_and_nothing_older_is_left(prefix: Path) -> None:
    libraries = prefix / "lib/python3.11/site-packages"

    assert (libraries / "chengxue_lab/launch.py").exists()
    assert (libraries / "chengxue_exchange/portal.py").exists()
    assert not (libraries / "chengxue_lab/older.py").exists()
    assert (prefix / "share/jupyter/labextensions/@chengxue/lab-bar/static/remoteEntry.js").exists()


def test_jupyter_finds_who_starts_its_kernels(prefix: Path) -> None:
    libraries = prefix / "lib/python3.11/site-packages"

    (installed,) = Distribution.discover(name="chengxue_lab", path=[str(libraries)])
    (found,) = installed.entry_points
    assert found.group == "jupyter_client.kernel_provisioners"

    assert (found.name, found.value) == ("chengxue-launcher", "chengxue_lab.kernels:LaunchedProvisioner")


def test_what_the_bar_names_is_there(prefix: Path) -> None:
    folder = prefix / "share/jupyter/labextensions/@chengxue/lab-bar"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))

    assert (folder / package["jupyterlab"]["_build"]["load"]).exists()
    assert package["name"] == "@chengxue/lab-bar"


def test_trainees_see_chinese_and_no_instructor_screens(prefix: Path) -> None:
    folder = prefix / "etc/jupyter"
    overrides = json.loads((folder / "labconfig/default_setting_overrides.json").read_text(encoding="utf-8"))
    page = json.loads((folder / "labconfig/page_config.json").read_text(encoding="utf-8"))
    server = json.loads((folder / "jupyter_server_config.json").read_text(encoding="utf-8"))

    assert overrides["@jupyterlab/translation-extension:plugin"]["locale"] == "zh_CN"
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    for name in ("formgrader", "course-list", "create-assignment"):
        assert page["disabledExtensions"][f"@jupyter/nbgrader:{name}"]
    assert not server["ServerApp"]["jpserver_extensions"]["nbgrader.server_extensions.formgrader"]
    assert server["ServerApp"]["jpserver_extensions"]["chengxue_lab"]


def test_every_word_of_the_bar_is_there_in_both_languages() -> None:
    text = (Path(install.HERE) / "labextension/static/words.js").read_text(encoding="utf-8")
    chinese, english = (
        set(re.findall(r'^  ("[^"]+"|\w+):', part, re.MULTILINE)) for part in text.split("const en = {")
    )

    assert len(chinese) > 40
    assert chinese == english


def test_an_address_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        install.install(tmp_path)
