"""Finds direct identifiers of people in China in any text: patterns, checksums and cue words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labs.datasets.deidentification import cued_names, numbers
from labs.datasets.deidentification.addresses import addresses_in
from labs.datasets.deidentification.checksums import FULL_WIDTH, ID_CHECKS, is_id_card, passes_luhn
from labs.datasets.deidentification.cued_names import NO_NAMES
from labs.datasets.deidentification.names import names_in
from labs.datasets.deidentification.spoken import MOBILE, accounts_in, numbers_in

__all__ = ["FULL_WIDTH", "NO_NAMES", "TOKENS", "Found", "find", "is_id_card", "passes_luhn", "redact"]


@dataclass(frozen=True)
class Found:
    """One identifier: its kind and where it stands."""

    kind: str
    start: int
    end: int


TOKENS = {
    "id_card": "身份证号", "id_card_15": "身份证号", "credit_code": "信用代码", "bank_card": "银行卡号", "mobile": "手机号",
    "wechat": "微信号", "qq": "QQ号", "landline": "固定电话", "plate": "车牌号", "passport": "护照号", "permit": "通行证号", "email": "邮箱", "address": "地址", "name": "姓名",
}  # fmt: skip
OF_DIGITS = frozenset({"id_card", "id_card_15", "bank_card", "mobile"})
DIGIT = re.compile("[0-9@]")
HINT = re.compile(r"[0-9@A-Z\u4e00-\u9fff]")


def find(text: str) -> list[Found]:
    """Return the identifiers in `text`, in order, never overlapping; offsets count characters."""
    plain = text.translate(FULL_WIDTH)
    if len(plain) < 3 or not HINT.search(plain):
        return []
    out: list[Found] = []
    _add(out, _numbered(plain))
    _add(out, _spoken(plain))
    _add(out, (Found("address", *span) for span in addresses_in(plain)))
    _add(out, (Found("name", *span) for span in cued_names.names_with_cue(plain)))
    _add(out, (Found("name", *span) for span in names_in(plain, NO_NAMES)))
    return sorted(out, key=lambda found: found.start)


def _add(out: list[Found], hits: Iterable[Found]) -> None:
    """Keep the hits that touch no surer one."""
    for hit in hits:
        if not any(hit.start < other.end and other.start < hit.end for other in out):
            out.append(hit)


def _numbered(plain: str) -> Iterator[Found]:
    if not DIGIT.search(plain):
        return
    decimals = numbers.decimals_in(plain) if "." in plain else []
    for kind, pattern, check in numbers.PATTERNS:
        for match in pattern.finditer(plain):
            group = 1 if match.re.groups else 0
            if kind in OF_DIGITS and any(
                start < match.end(group) and match.start(group) < end for start, end in decimals
            ):
                continue
            if check is None or check(match.group(group)):
                yield Found("id_card" if kind == "id_card_15" else kind, *match.span(group))


def _spoken(plain: str) -> list[Found]:
    """Return numbers in words and accounts of messengers."""
    out = [Found(kind, start, end) for kind, start, end in accounts_in(plain)]
    for digits, start, end in numbers_in(plain):
        if MOBILE.fullmatch(digits):
            out.append(Found("mobile", start, end))
        elif len(digits) == 18 and digits[:17].isdigit() and digits[17] in ID_CHECKS and is_id_card(digits):
            out.append(Found("id_card", start, end))
    return out


def redact(text: str) -> str:
    """Return `text` with every identifier replaced by a typed token, the same one for the same value in the text."""
    known: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    parts, last = [], 0
    for found in find(text):
        value = text[found.start : found.end]
        if (found.kind, value) not in known:
            numbers[found.kind] = numbers.get(found.kind, 0) + 1
            known[found.kind, value] = f"【{TOKENS[found.kind]}{numbers[found.kind]}】"
        parts += [text[last : found.start], known[found.kind, value]]
        last = found.end
    return "".join([*parts, text[last:]])
