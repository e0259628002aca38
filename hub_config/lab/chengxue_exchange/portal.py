"""What every exchange command shares: the call to the portal, and where files lie in the home."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import httpx
from chengxue_exchange.tokens import OpenTokenFile, find_token
from nbgrader.auth import BaseAuthPlugin
from nbgrader.exchange import abc
from nbgrader.utils import ignore_patterns
from traitlets import Bool, Unicode

AWAY = "暂时连不上门户，文件仍在您的目录里，请稍后重试。 / The portal cannot be reached; your files are untouched, please try again."


class Exchange(abc.Exchange):
    """Speaks to the portal with the person's token; the portal decides who may do what, and says where to get one."""

    socket = Unicode(help="Socket of the portal's lab API").tag(config=True)
    path_includes_course = Bool(True, help="Assignments lie at <course>/<assignment>").tag(config=True)
    root = Unicode("", help="Unused; nbgrader's server extensions look at it").tag(config=True)

    def _socket_default(self) -> str:
        return os.environ.get("CHENGXUE_LAB_API_SOCKET", "/run/portal/lab-api.sock")

    def init_src(self) -> None:
        """Refuse to go on without a course."""
        if not self.coursedir.course_id:
            self.fail("没有指定班次，请加 --course。 / No course given; add --course.")

    def init_dest(self) -> None:
        """Leave the place of the files to the portal."""

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the portal's answer to a call below /api/exchange/. Fails with the portal's own words."""
        try:
            token = find_token(os.environ, Path.home())
        except OpenTokenFile as problem:
            self.fail(f"请先运行 / first run: chmod 600 {problem}")
        try:
            with httpx.Client(
                transport=httpx.HTTPTransport(uds=self.socket),
                base_url="http://localhost/api/exchange",
                timeout=60,
                # Without a token there is no header: the portal then says where to get one, an empty one is not sent at all.
                headers={"Authorization": f"token {token}"} if token else {},
            ) as client:
                answer = client.request(method, path, **options)
        except httpx.TransportError:
            self.fail(AWAY)
        if answer.status_code >= 400:
            self.fail(_reason(answer))
        return answer

    def local_path(self, course: str | None = None, assignment: str | None = None) -> Path:
        """Return the folder of an assignment in the home."""
        parts = [course or self.coursedir.course_id] if self.path_includes_course else []
        return Path(self.assignment_dir, *parts, assignment or self.coursedir.assignment_id).absolute()

    def address(self, tail: str) -> str:
        """Return the address of something that belongs to the present assignment."""
        return f"/{self.coursedir.course_id}/{self.coursedir.assignment_id}/{tail}"

    def pack(self, folder: Path) -> bytes:
        """Return the files of a folder as a zip, without feedback, links and what nbgrader ignores."""
        is_ignored = ignore_patterns(
            exclude=self.coursedir.ignore,
            include=self.coursedir.include,
            max_file_size=self.coursedir.max_file_size,
            log=self.log,
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, folders, names in os.walk(folder):
                ignored = is_ignored(place, folders + names)
                folders[:] = [name for name in folders if name not in ignored and name != "feedback"]
                for name in names:
                    file = Path(place, name)
                    if name not in ignored and not file.is_symlink():
                        archive.write(file, file.relative_to(folder))
        return packed.getvalue()

    def unpack(self, packed: bytes, folder: Path) -> None:
        """Put files of a zip into a folder where they are missing; a name that leads out of it fails."""
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for entry in archive.infolist():
                name = PurePosixPath(entry.filename)
                if name.is_absolute() or ".." in name.parts or "\\" in entry.filename:
                    self.fail(f"文件名无效 / bad file name: {entry.filename!r}")
                target = folder / name
                if entry.is_dir() or target.exists():
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))


class Auth(BaseAuthPlugin):
    """Leaves every decision about courses to the portal."""

    def get_student_courses(self, student_id: str) -> None:
        """Answer nothing, which nbgrader reads as: not restricted here."""

    def add_student_to_course(self, student_id: str, course_id: str) -> None:
        """Leave enrollment to the portal."""

    def remove_student_from_course(self, student_id: str, course_id: str) -> None:
        """Leave enrollment to the portal."""


def _reason(answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['message']} / {error.get('message_en') or error['code']}"
    except (ValueError, KeyError, TypeError):
        return f"门户拒绝了这个请求 / the portal refused: {answer.status_code}"
