"""Settings of the test run: cheap hashes, files in a scratch folder, a file database so that --reuse-db works."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_scratch = Path(os.environ.get("CHENGXUE_TEST_DIR") or Path(tempfile.gettempdir()) / f"chengxue-tests-{os.getuid()}")
_scratch.mkdir(parents=True, exist_ok=True)
os.environ["VAR_DIR"] = str(_scratch / "var")

from portal.settings import *  # noqa: E402,F403  (the scratch folder must be known before the settings are read)
from portal.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["NAME"] = str(_scratch / "unused.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
