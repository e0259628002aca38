"""Where raw data and unreleased builds lie: below one private folder that neither hub nor labs can reach."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from portal.durable import put_in_place, sync, write_durably

from .sealing import key_of, seal, unseal

KEY_BYTES = 32
PRIVATE = 0o700


@dataclass(frozen=True)
class Vault:
    """The private folder, and the key that its files are sealed with (None: they are not)."""

    root: Path
    key: bytes | None

    @classmethod
    def from_settings(cls) -> Vault:
        """Return the vault of this installation."""
        return cls(settings.PATHS.raw, key_of(settings.RAW_DATA_KEY) if settings.RAW_DATA_KEY else None)

    @property
    def wheels(self) -> Path:
        """Packages that were downloaded for their data."""
        return self.root / "wheels"

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield a private folder for the moment."""
        parent = self._folder("work")
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what killed processes left behind."""
        for folder in self._folder("work").iterdir():
            number = folder.name.partition("-")[0]
            if not (number.isdigit() and Path(f"/proc/{number}").exists()):
                shutil.rmtree(folder, ignore_errors=True)

    def keep(self, plain: Path, identity: uuid.UUID, kind: str = "batches") -> str:
        """Keep a copy of the file, sealed when there is a key, durably; return its path below the vault."""
        name = f"{kind}/{identity}"
        target = self._folder(kind) / str(identity)
        beside = target.with_name(f".{target.name}")
        beside.unlink(missing_ok=True)
        try:
            if self.key is not None:
                seal(plain, beside, self.key)
            else:
                shutil.copyfile(plain, beside)
                beside.chmod(0o600)
                sync(beside)
            put_in_place(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return name

    def open_copy(self, name: str, target: Path, *, is_sealed: bool) -> None:
        """Write the plain bytes of a kept file to the new file `target`. Raises NotOpened, FileNotFoundError."""
        source = self.root / name
        if is_sealed:
            unseal(source, target, self.key or b"\0" * KEY_BYTES)
        else:
            shutil.copyfile(source, target)
            target.chmod(0o600)

    def destroy(self, name: str) -> None:
        """Remove a kept file; it is fine when it is gone."""
        if name:
            (self.root / name).unlink(missing_ok=True)

    def dataset_key(self, dataset: uuid.UUID) -> bytes:
        """Return the key of the dataset's pseudonyms, date shifts and row order; made when it is first asked for."""
        path = self._folder("keys") / str(dataset)
        if not path.exists():
            made = secrets.token_bytes(KEY_BYTES)
            if self.key is None:
                write_durably(path, made)
            else:
                with self.scratch() as scratch:
                    (scratch / "key").write_bytes(made)
                    seal(scratch / "key", scratch / "sealed", self.key)
                    put_in_place(scratch / "sealed", path)
        with self.scratch() as scratch:
            self.open_copy(f"keys/{dataset}", scratch / "key", is_sealed=self.key is not None)
            return (scratch / "key").read_bytes()

    def build_folder(self, identity: uuid.UUID) -> Path:
        """Return where a build's output lies until it is released."""
        return self._folder("builds") / str(identity)

    def checkpoint(self, identity: uuid.UUID) -> Path:
        """Return where a build notes how far its search is."""
        return self._folder("builds") / f"{identity}.checkpoint"

    def keep_sample(self, plain: Path, identity: uuid.UUID) -> None:
        """Keep the rows before and after that a build put aside for the officer, sealed when there is a key."""
        target = self._sample(identity)
        target.unlink(missing_ok=True)
        if self.key is not None:
            seal(plain, target, self.key)
        else:
            shutil.copyfile(plain, target)
            target.chmod(0o600)

    def sample(self, identity: uuid.UUID) -> bytes | None:
        """Return the rows that were put aside; None when they are gone. Raises NotOpened."""
        path = self._sample(identity)
        if not path.is_file():
            return None
        with self.scratch() as scratch:
            self.open_copy(f"builds/{path.name}", scratch / "sample", is_sealed=self.key is not None)
            return (scratch / "sample").read_bytes()

    def forget_sample(self, identity: uuid.UUID) -> None:
        """Remove them; it is fine when they are gone."""
        self._sample(identity).unlink(missing_ok=True)

    def _sample(self, identity: uuid.UUID) -> Path:
        return self._folder("builds") / f"{identity}.sample{'' if self.key is not None else '.plain'}"

    def withdrawn_folder(self, code: str, number: int) -> Path:
        """Return where a withdrawn version's files are kept for the record."""
        return self._folder("withdrawn") / f"{code}-{number}"

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        return folder
