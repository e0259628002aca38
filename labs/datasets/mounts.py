"""What lies before labs: a folder for each person and for each set of versions that a grader reads.

A lab sees its person's folder read-only at /srv/datasets. Its files are second names of the released files, so a grant
shows in an open lab at once, and what is withdrawn is gone from it at once, without a restart.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.users.models import User

from .layout import FOLDER_MODE, link_or_copy
from .models import DatasetVersion, MountLog
from .models.access import MountEvent
from .passports import usable_versions
from .reaching import versions_of

PASSABLE = 0o755
ENDED = "ended"


def people_folder() -> Path:
    """Folder of the persons' folders."""
    return settings.PATHS.lab_mounts


def sets_folder() -> Path:
    """Folder of the graders' sets."""
    return settings.PATHS.mounts / "sets"


def prepare_mounts(user: User, *, at: datetime) -> list[DatasetVersion]:
    """Put exactly what the user may use before the user's lab, and return it."""
    on = timezone.localdate(at)
    wanted = versions_of([user.pk], on)[user.pk]
    versions = _in_bulk(wanted)
    _sync(_make(people_folder() / user.hub_username), user, wanted, versions, at=at)
    return [versions[pk] for pk in sorted(wanted)]


def sync_mounts(at: datetime) -> None:
    """Bring every folder up to the grants of the moment: what was granted appears, what ended is gone."""
    on = timezone.localdate(at)
    folders = {int(path.name[1:]): path for path in _listed(people_folder()) if path.name[1:].isdigit()}
    users, reached = User.objects.in_bulk(folders), versions_of(folders, on)
    versions = _in_bulk({pk for wanted in reached.values() for pk in wanted})
    for number, wanted in reached.items():
        if number in users:
            _sync(folders[number], users[number], wanted, versions, at=at)
    _drop_unusable_sets(at)


def take_away_everywhere(version: DatasetVersion, *, because: str, at: datetime) -> None:
    """Remove a version from every folder at once."""
    place = Path(version.dataset.code) / str(version.number)
    for folder in _listed(people_folder()):
        if (folder / place).exists():
            _remove(folder / place)
            number = folder.name[1:]
            if number.isdigit():
                MountLog.objects.create(
                    version=version, user_id=int(number), event=MountEvent.TAKEN_AWAY, because=because, at=at
                )
    for folder in _listed(sets_folder()):
        if (folder / place).exists():
            _remove(folder / place)


def prepare_set(versions: Iterable[DatasetVersion], *, reader: uuid.UUID, because: str, at: datetime) -> Path:
    """Put exactly these versions before a grader, those of them that may be used, and return the folder.

    `reader` is the lab's release that is graded, or the lab of which a release is made.
    """
    wanted = {version.pk: version for version in versions}
    usable = set(usable_versions(timezone.localdate(at)).filter(pk__in=wanted).values_list("pk", flat=True))
    names = sorted(f"{version.dataset.code}/{version.number}" for pk, version in wanted.items() if pk in usable)
    folder = _make(sets_folder() / hashlib.sha256("\n".join(names).encode()).hexdigest()[:16])
    for pk in sorted(usable):
        if _add(folder, wanted[pk]):
            MountLog.objects.create(
                version=wanted[pk], release_uuid=reader, event=MountEvent.MOUNTED, because=because, at=at
            )
    return folder


def _in_bulk(ids: Iterable[int]) -> dict[int, DatasetVersion]:
    return DatasetVersion.objects.select_related("dataset").in_bulk(list(ids))


def _sync(
    folder: Path, user: User, wanted: Mapping[int, str], versions: Mapping[int, DatasetVersion], *, at: datetime
) -> None:
    places = {Path(versions[pk].dataset.code) / str(versions[pk].number) for pk in wanted}
    for place in _places(folder):
        if place not in places:
            _remove(folder / place)
            _log_gone(place, user, at)
    for pk in sorted(wanted):
        if _add(folder, versions[pk]):
            MountLog.objects.create(
                version=versions[pk], user=user, event=MountEvent.MOUNTED, because=wanted[pk], at=at
            )


@transaction.atomic
def _log_gone(place: Path, user: User, at: datetime) -> None:
    version = DatasetVersion.objects.filter(dataset__code=place.parent.name, number=place.name).first()
    if version is not None:
        MountLog.objects.create(version=version, user=user, event=MountEvent.TAKEN_AWAY, because=ENDED, at=at)


def _add(folder: Path, version: DatasetVersion) -> bool:
    """Put a version into a folder; False when it is there already."""
    target = folder / version.dataset.code / str(version.number)
    if target.exists():
        return False
    source = settings.PATHS.datasets / version.dataset.code / str(version.number)
    _make(target.parent)
    scratch = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    try:
        scratch.mkdir()
        for file in version.files:
            link_or_copy(source / file["name"], scratch / file["name"])
        scratch.chmod(FOLDER_MODE)
        scratch.rename(target)
    except BaseException:
        _remove(scratch)
        if target.exists():  # somebody else put it there in the meantime
            return False
        raise
    return True


def _drop_unusable_sets(at: datetime) -> None:
    usable = set(usable_versions(timezone.localdate(at)).values_list("dataset__code", "number"))
    for folder in _listed(sets_folder()):
        for place in _places(folder):
            if (place.parent.name, int(place.name)) not in usable:
                _remove(folder / place)


def _places(folder: Path) -> list[Path]:
    """`<code>/<number>` of what lies in a folder."""
    return [
        Path(code.name) / number.name for code in _listed(folder) for number in _listed(code) if number.name.isdigit()
    ]


def _listed(folder: Path) -> list[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return sorted(path for path in folder.iterdir() if path.is_dir())
    return []


def _make(folder: Path) -> Path:
    """Make a folder that every lab's user may pass, and those above it that are missing."""
    if not folder.is_dir():
        if not folder.parent.is_dir():
            _make(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(PASSABLE)
    return folder


def _remove(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        folder.chmod(0o700)
        shutil.rmtree(folder)
