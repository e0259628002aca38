"""The labelled Chinese texts with valid random numbers filled in, and what the detectors make of them."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from labs.datasets.deidentification import detectors

TEXTS = Path(__file__).parent / "labelled_texts.txt"
UNSEEN = Path(__file__).parent / "unseen_texts.txt"
GENERATED = Path(__file__).parent / "generated_texts.txt"
MARK = re.compile(r"\[([a-z_]+):([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
FULL = str.maketrans("0123456789X", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff38")


@dataclass(frozen=True)
class Labelled:
    """A text and the identifiers that a careful reader finds: kind, start, end."""

    text: str
    marks: tuple[tuple[str, int, int], ...]


def labelled_texts(path: Path = TEXTS, seed: int = 11) -> list[Labelled]:
    """Every text with its numbers drawn anew."""
    draw = random.Random(seed)
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return [_parsed(SLOT.sub(lambda slot: NUMBERS[slot[1]](draw), line)) for line in lines]


def _parsed(line: str) -> Labelled:
    text, marks, last = "", [], 0
    for mark in MARK.finditer(line):
        text += line[last : mark.start()]
        marks.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        last = mark.end()
    return Labelled(text + line[last:], tuple(marks))


def digits(draw: random.Random, count: int) -> str:
    return "".join(str(draw.randrange(10)) for _ in range(count))


def id_card(draw: random.Random, check: str | None = None) -> str:
    """Return a resident's number with its ISO 7064 check digit, drawn until the digit is `check`."""
    while True:
        region = draw.choice(["110105", "310104", "320106", "440305", "500112", "610102", "610113", "610402", "652325"])
        body = f"{region}{draw.randint(1948, 2015)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{digits(draw, 3)}"
        total = sum(int(digit) * (1 << (17 - index)) for index, digit in enumerate(body))
        last = "10X98765432"[total % 11]
        if check is None or last == check:
            return body + last


def luhn(body: str) -> str:
    for last in "0123456789":
        numbers = [int(digit) for digit in reversed(body + last)]
        if sum(n if i % 2 == 0 else sum(divmod(2 * n, 10)) for i, n in enumerate(numbers)) % 10 == 0:
            return body + last
    raise AssertionError(body)


def credit_code(draw: random.Random) -> str:
    """Return a unified social credit code with the check character of GB 32100."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "91" + "610102" + digits(draw, 6) + "MA" + draw.choice(letters)
    weight, total = 1, 0
    for character in body:
        total, weight = total + letters.index(character) * weight, weight * 3 % 31
    return body + letters[-total % 31]


def mobile(draw: random.Random) -> str:
    return draw.choice(["130", "135", "138", "139", "150", "157", "166", "177", "186", "189", "199"]) + digits(draw, 8)


def plate(draw: random.Random) -> str:
    return "陕A" + "".join(draw.choice("ABCDEFGHJK0123456789") for _ in range(3)) + digits(draw, 2)


def bank(draw: random.Random) -> str:
    return luhn(draw.choice(["622202", "621700", "622848", "621661"]) + digits(draw, 12))


def landline(draw: random.Random) -> str:
    return f"029-{draw.randint(2, 8)}{digits(draw, 7)}"


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "id": id_card,
    "id_x": lambda draw: id_card(draw, "X"),
    "id_lower": lambda draw: id_card(draw, "X").lower(),
    "id_full": lambda draw: id_card(draw).translate(FULL),
    "id15": lambda draw: (
        f"610103{draw.randint(40, 79)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{digits(draw, 3)}"
    ),
    "mobile": mobile,
    "mobile_spaced": lambda draw: re.sub(r"(\d{3})(\d{4})(\d{4})", r"\1 \2 \3", mobile(draw)),
    "mobile_dash": lambda draw: re.sub(r"(\d{3})(\d{4})(\d{4})", r"\1-\2-\3", mobile(draw)),
    "mobile86": lambda draw: "+86 " + mobile(draw),
    "mobile_full": lambda draw: mobile(draw).translate(FULL),
    "landline": landline,
    "landline_plain": lambda draw: landline(draw).replace("-", ""),
    "landline_paren": lambda draw: "(029)" + landline(draw)[4:],
    "bank": bank,
    "bank_spaced": lambda draw: re.sub(r"(\d{4})(?=\d)", r"\1 ", bank(draw)),
    "credit": credit_code,
    "plate": plate,
    "plate_dot": lambda draw: plate(draw)[:2] + "·" + plate(draw)[2:],
    "plate_space": lambda draw: plate(draw)[:2] + " " + plate(draw)[2:],
    "plate_new": lambda draw: f"陕A{draw.choice('DF')}{digits(draw, 5)}",
    "plate_police": lambda draw: f"陕A{digits(draw, 4)}警",
    "plate_learn": lambda draw: f"陕A{digits(draw, 4)}学",
    "plate_hk": lambda draw: f"粤Z{digits(draw, 4)}港",
    "passport": lambda draw: "E" + digits(draw, 8),
    "passport_e": lambda draw: "E" + draw.choice("ABCDEFGH") + digits(draw, 7),
    "email": lambda draw: f"{draw.choice(['wxm', 'li.na', 'zhao_88', 'city-lover'])}{digits(draw, 3)}@example.com",
    "email_dot": lambda draw: f"a.b+{digits(draw, 2)}@mail.example.com.cn",
}


def scores(texts: list[Labelled]) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Precision and recall by kind (a hit overlaps a mark of its kind), and every miss and false alarm."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for one in texts:
        found = [(hit.kind, hit.start, hit.end) for hit in detectors.find(one.text)]
        for kind, start, end in one.marks:
            is_hit = any(k == kind and s < end and start < e for k, s, e in found)
            counts[kind]["found" if is_hit else "missed"] += 1
            if not is_hit:
                wrong.append(f"missed {kind} {one.text[start:end]} in {one.text}")
        for kind, start, end in found:
            is_right = any(k == kind and s < end and start < e for k, s, e in one.marks)
            counts[kind]["right" if is_right else "false"] += 1
            if not is_right:
                wrong.append(f"false {kind} {one.text[start:end]} in {one.text}")
    table = {}
    for kind, n in sorted(counts.items()):
        hits = n["right"] + n["false"]
        labelled = n["found"] + n["missed"]
        table[kind] = {
            "labelled": labelled,
            "precision": n["right"] / hits if hits else 1.0,
            "recall": n["found"] / labelled if labelled else 1.0,
        }
    return table, wrong
