"""The printed certificate: one PDF page from an award's snapshot, and the audit's newest seal at its foot.

The same snapshot, address and seal give the same page. Nothing is fetched from anywhere while it is made.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import qrcode
import qrcode.constants
import qrcode.image.svg
import weasyprint
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from portal.printing import NothingFetched

from .measuring import fits
from .seals import seal

SMALLEST_FIT = 4
"""Sizes of type in `_fit.css`, from the usual one down."""

_rendering = threading.Lock()
"""Missing glyphs are told through a logger of the whole process, so one page is made at a time."""


class CannotPrint(ValueError):
    """The certificate cannot be printed as it is; trying again changes nothing."""


class DoesNotFit(CannotPrint):
    """Even in the smallest type the text runs into what stands at the foot."""

    def __init__(self) -> None:
        super().__init__("the text does not fit on the page, even in the smallest type")


class GlyphMissing(CannotPrint):
    """No installed font can write a character of the certificate; a box instead of a name is not a certificate."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        named = ", ".join(f"{character} U+{ord(character):04X}" for character in characters)
        super().__init__(
            f"no installed font has: {named} (install fonts-noto-cjk, fonts-noto-cjk-extra or a font of the name)"
        )


class _MissingGlyphs(logging.Handler):
    """Collects the characters for which WeasyPrint found no glyph."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.characters[str(record.args[0])] = None


def render_certificate(
    *, snapshot: Mapping[str, Any], snapshot_sha256: str, verify_url: str, audit_seal: str = ""
) -> bytes:
    """Return the certificate as PDF, in the largest type that fits.

    `audit_seal` (SEQ:HASH) carries a place of the audit's chain out of this machine.
    Raises GlyphMissing for a character that no font can write, and DoesNotFit.
    """
    context = {
        "facts": snapshot,
        "sha256": snapshot_sha256,
        "verify_url": verify_url,
        "audit_seal": audit_seal,
        "issuer_seal": seal(snapshot["issuer"]),
        "partner_seal": seal(snapshot["program"]["partner"]) if snapshot.get("program") else "",
        "qr": _qr(verify_url),
        "completed": date.fromisoformat(snapshot["completed_date"]),
        "awarded": date.fromisoformat(snapshot["valid_from_date"]),
        "expires": date.fromisoformat(snapshot["expires_date"]) if snapshot["expires_date"] else None,
    }
    for fit in range(SMALLEST_FIT + 1):
        with override("zh-hans"):
            page = render_to_string("certification/certificate.html", {**context, "fit": fit})
        with _rendering, _watched_glyphs() as missing:
            document = weasyprint.HTML(string=page, url_fetcher=NothingFetched(fail_on_errors=True)).render()
            if not fits(document):
                continue
            pdf: bytes = document.write_pdf(pdf_identifier=bytes.fromhex(snapshot_sha256)[:16])
        # Only drawing tells them.
        if missing:
            raise GlyphMissing("".join(missing))
        return pdf
    raise DoesNotFit


@contextmanager
def _watched_glyphs() -> Iterator[dict[str, None]]:
    logger = logging.getLogger("weasyprint")
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    handler = _MissingGlyphs()
    logger.addHandler(handler)
    try:
        yield handler.characters
    finally:
        logger.removeHandler(handler)


def _qr(address: str) -> SafeString:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(address)
    drawing = code.make_image(image_factory=qrcode.image.svg.SvgPathImage)
    return mark_safe(drawing.to_string(encoding="unicode"))  # noqa: S308  (drawn here from an address of ours)
