"""Recall and precision of the detectors on freshly generated texts, beside JioNLP on the same texts in the same run.

    make bench NAME=detection [SEED=n] [TEXTS=n] [DATA=folder laid out like ../shared/data]

Texts are made of sentences, places and names that the detectors do not contain, with valid numbers. Half of them (`open`)
may be looked at while rules are written (`--show` prints what went wrong); of the other half (`apart`: other sentences,
other names and places, other forms of addresses) only the figures are printed. An identifier counts as found when hits
of any kind cover it wholly: what is left standing of an address leaks. A hit that touches no identifier is false. The peer,
which finds neither names nor addresses in running text, is compared on what both find. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import _detection_frames as frames
from benchmarks._detection_values import Values
from labs.datasets.deidentification import detectors

ROOT = Path(__file__).resolve().parents[1]
PEER = "jionlp==1.5.31"
SLOT = re.compile(r"\{(\w+)\}")
NUMBERED = (
    "id_card",
    "mobile",
    "landline",
    "plate",
    "bank_card",
    "passport",
    "permit",
    "email",
    "credit_code",
    "wechat",
    "qq",
)
PEER_KINDS = ("mobile", "landline", "id_card", "plate", "email", "wechat", "qq")
TARGETS = {"numbered": 0.98, "address": 0.85, "name": 0.95}
LEAST_PRECISION = 0.97
Span = tuple[str, int, int]


@dataclass(frozen=True)
class Text:
    """A sentence and the identifiers in it."""

    text: str
    marks: tuple[Span, ...]


def texts_of(split: str, count: int, seed: int, regions: Path) -> list[Text]:
    """Return `count` texts of one half, the same for the same seed."""
    is_kept_apart = split == "apart"
    values = Values(seed, regions, is_kept_apart=is_kept_apart)
    sentences = frames.APART if is_kept_apart else frames.OPEN
    order = random.Random(seed)
    return [_filled(order.choice(sentences), values) for _ in range(count)]


def _filled(frame: str, values: Values) -> Text:
    text, marks, last = "", [], 0
    for slot in SLOT.finditer(frame):
        value = values.makers[slot[1]]()
        text += frame[last : slot.start()]
        marks.append((slot[1], len(text), len(text) + len(value)))
        text += value
        last = slot.end()
    return Text(text + frame[last:], tuple(marks))


def own_hits(texts: list[Text]) -> tuple[list[list[Span]], float]:
    """Return what this project finds, and the CPU seconds that it took."""
    detectors.find("warm 13800000000")
    started = time.process_time()
    hits = [[(hit.kind, hit.start, hit.end) for hit in detectors.find(one.text)] for one in texts]
    return hits, time.process_time() - started


def scores(texts: list[Text], hits: list[list[Span]], kinds: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return recall by kind, precision, and what went wrong; with `kinds` only these are asked for."""
    found: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    wrong: list[str] = []
    right = false = 0
    for one, spans in zip(texts, hits, strict=True):
        covered = {place for _, start, end in spans for place in range(start, end)}
        for kind, start, end in one.marks:
            if kinds and kind not in kinds:
                continue
            labelled[kind] += 1
            if covered.issuperset(range(start, end)):
                found[kind] += 1
            else:
                wrong.append(f"missed {kind} {one.text[start:end]} in {one.text}")
        for kind, start, end in spans:
            if any(start < mark_end and mark_start < end for _, mark_start, mark_end in one.marks):
                right += 1
            else:
                false += 1
                wrong.append(f"false {kind} {one.text[start:end]} in {one.text}")
    groups = {"numbered": NUMBERED, "address": ("address",), "name": ("name",)}
    recall = {
        name: sum(found[k] for k in members) / total
        for name, members in groups.items()
        if (total := sum(labelled[kind] for kind in members))
    }
    by_kind = {kind: {"labelled": n, "recall": found[kind] / n} for kind, n in sorted(labelled.items())}
    return {"recall": recall, "precision": right / max(right + false, 1), "kinds": by_kind, "wrong": wrong}


def peer_python(work: Path, given: Path | None) -> Path | None:
    """Return the Python of an environment that holds the peer and nothing of this project; None when there is none."""
    if given is not None:
        return given
    python = work / "peer" / "bin" / "python"
    made = subprocess.run([sys.executable, "-m", "venv", str(work / "peer")], check=False)
    if made.returncode == 0:
        made = subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=False)
    return python if made.returncode == 0 else None


def peer_hits(python: Path, texts: list[Text], work: Path) -> tuple[list[list[Span]], float] | None:
    """Return what the peer finds in the same texts, and its CPU seconds."""
    given = work / "texts.json"
    given.write_text(json.dumps([one.text for one in texts]), "utf-8")
    script = ROOT / "benchmarks" / "_detection_jionlp.py"
    done = subprocess.run([str(python), str(script), str(given)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return None
    answer = json.loads(done.stdout.splitlines()[-1])
    return [[(kind, start, end) for kind, start, end in spans] for spans in answer["hits"]], float(answer["cpu_s"])


def show(title: str, found: dict[str, Any]) -> None:
    """Print recall by kind and precision."""
    print(
        f"{title}: precision {found['precision']:.3f}; " + ", ".join(f"{k} {v:.3f}" for k, v in found["recall"].items())
    )
    for kind, one in found["kinds"].items():
        print(f"    {kind:12} {one['labelled']:5}  recall {one['recall']:.3f}")


def main() -> None:
    """Generate both halves, run both engines and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--jionlp", type=Path, help="Python of an environment that already holds the peer")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what went wrong in the open half")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        peer = None if options.no_peer else peer_python(work, options.jionlp)
        for split in ("open", "apart"):
            texts = texts_of(split, options.texts, options.seed, options.data / "regions" / "regions.csv")
            figures[split] = compared(texts, peer, work, is_shown=options.show and split == "open")
    apart = figures["apart"]["own"]
    reached = {name: apart["recall"][name] >= least for name, least in TARGETS.items()}
    reached["precision"] = apart["precision"] >= LEAST_PRECISION
    print(
        json.dumps(
            {"name": "detection", "texts": options.texts, "seed": options.seed, "figures": figures, "reached": reached}
        )
    )


def compared(texts: list[Text], peer: Path | None, work: Path, *, is_shown: bool) -> dict[str, Any]:
    """Return the figures of one half."""
    size = sum(len(one.text.encode("utf-8")) for one in texts) / 1e6
    hits, seconds = own_hits(texts)
    own = scores(texts, hits)
    for line in own.pop("wrong") if is_shown else ():
        print(line)
    own.pop("wrong", None)
    own["cpu_s_per_mb"] = seconds / size
    show("own", own)
    out: dict[str, Any] = {"own": own}
    theirs = peer_hits(peer, texts, work) if peer else None
    if theirs is not None:
        both = {"jionlp": scores(texts, theirs[0], PEER_KINDS), "own": scores(texts, hits, PEER_KINDS)}
        for name, found in both.items():
            found.pop("wrong")
            show(f"{name} on {', '.join(PEER_KINDS)}", found)
        out["peer"] = both | {"cpu_s_per_mb": theirs[1] / size}
    return out


if __name__ == "__main__":
    main()
