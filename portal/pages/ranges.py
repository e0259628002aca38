"""Files in pieces, as players of films ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
PIECE = 64 * 1024


class Envelope(HttpResponse):
    """A plain answer that carries another one past somebody who takes only plain answers."""

    def __init__(self, inside: HttpResponseBase) -> None:
        super().__init__()
        self.inside = inside


def ranged_response(request: HttpRequest, file: File[Any], content_type: str) -> HttpResponseBase:
    """Show the file, or the part that the Range header names (206), or 416 when it names nothing of the file."""
    size = file.size
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or match.groups() == ("", ""):
        response: HttpResponseBase = FileResponse(file, content_type=content_type)
    else:
        span = _span(match.group(1), match.group(2), size)
        if span is None:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        first, last = span
        response = StreamingHttpResponse(_pieces(file, first, last - first + 1), status=206, content_type=content_type)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _span(start: str, end: str, size: int) -> tuple[int, int] | None:
    if start == "":
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = int(start), min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last else None


def _pieces(file: IO[bytes] | File[Any], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield piece
