"""Makes the secrets of an installation, once, each in its own file that only its owner reads."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from portal.durable import write_durably
from portal.installation.messages import Refusal

RSA_BITS = 3072


def make_secrets(folder: Path, portal_python: Path) -> list[str]:
    """Make the missing secrets in `folder` and return their names."""
    makers: dict[str, Callable[[], str]] = {
        "django_secret_key": lambda: secrets.token_urlsafe(50),
        "oidc_private_key.pem": lambda: rsa_key(portal_python),
        "hub_client_secret": lambda: secrets.token_urlsafe(32),
        "hub_service_token": lambda: secrets.token_hex(32),
        "hub_crypt_key": lambda: secrets.token_hex(32),
        "proxy_auth_token": lambda: secrets.token_hex(32),
        "raw_data_key": lambda: secrets.token_hex(32),
        "audit_seal_key": lambda: secrets.token_hex(32),
    }
    made = []
    for name, make in makers.items():
        if not (folder / name).exists():
            write_secret(folder / name, make())
            made.append(name)
    return made


def write_secret(path: Path, value: str) -> None:
    """Write `value` durably to `path` so that no other user can read it at any moment."""
    write_durably(path, value.encode())


def rsa_key(portal_python: Path) -> str:
    """Return a new RSA key as PEM, made by openssl or by the portal's own cryptography package."""
    openssl = shutil.which("openssl")
    if openssl:
        command = [openssl, "genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{RSA_BITS}"]
    else:
        command = [str(portal_python), "-c", _MAKE_KEY, str(RSA_BITS)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode or "PRIVATE KEY" not in made.stdout:
        raise Refusal("step_failed", step="openssl genpkey", log="-", tail=made.stderr[-400:])
    return made.stdout.strip()


_MAKE_KEY = """
import sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(public_exponent=65537, key_size=int(sys.argv[1]))
print(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())
"""
