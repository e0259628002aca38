"""Settings of the test run: cheap hashes, files in a scratch folder, a file database so that --reuse-db works."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_scratch = Path(os.environ.get("CHENGXUE_TEST_DIR") or Path(tempfile.gettempdir()) / f"chengxue-tests-{os.getuid()}")
# Each process of a parallel run has its own files.
_scratch = _scratch / os.environ.get("PYTEST_XDIST_WORKER", "")
(_scratch / "var" / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is absent
os.environ["VAR_DIR"] = str(_scratch / "var")

from portal.settings import *  # noqa: E402,F403  (the scratch folder must be known before the settings are read)
from portal.settings import DATABASES, STORAGES  # noqa: E402


def _private_key() -> str:
    """Return the OpenID provider's key, made once per scratch folder."""
    file = _scratch / "oidc_private_key.pem"
    if not file.is_file():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        formats = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(key.private_bytes(*formats))
    return file.read_text("utf-8")


IDP_OIDC_PRIVATE_KEY = _private_key()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["NAME"] = str(_scratch / "unused.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
    _pragmas = DATABASES["default"]["OPTIONS"]["init_command"]
    DATABASES["default"]["OPTIONS"]["init_command"] = _pragmas.replace("synchronous=FULL", "synchronous=OFF")
