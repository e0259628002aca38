"""The peer's half of the benchmark of detection, in an environment of its own: JioNLP's extractors."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

EXTRACTORS = ("phone_number", "id_card", "email", "qq", "wechat_id", "motor_vehicle_licence_plate")


def main(path: Path) -> None:
    """Print where each extractor finds something in each text."""
    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp  # type: ignore[import-not-found]  # the peer is in its own environment
    texts: list[str] = json.loads(path.read_text("utf-8"))
    functions = {name: getattr(jionlp, f"extract_{name}") for name in EXTRACTORS if hasattr(jionlp, f"extract_{name}")}
    started = time.process_time()
    hits: list[list[Any]] = []
    for text in texts:
        spans = []
        for name, function in functions.items():
            with contextlib.suppress(AttributeError):  # version 1.5.31 fails on some domains; then it found nothing
                spans += [[name, *found["offset"]] for found in function(text, detail=True) or ()]
        hits.append(spans)
    print(json.dumps({"hits": hits, "cpu_s": time.process_time() - started}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
