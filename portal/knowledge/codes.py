"""Addresses of policies: the title's syllables, short and unique."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

from .models import PolicyWork
from .models.works import RESERVED_CODES

LONGEST = 60


def code_for(title: str) -> str:
    """Return a free code for a policy of this title: 数据安全法 → shujuanquanfa; a second one gets a number."""
    bare = title.removeprefix("中华人民共和国")
    stem = "-".join(part for word in re.split(r"\W+", bare) if (part := "".join(lazy_pinyin(word))))
    stem = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:LONGEST].strip("-") or "policy"
    taken = set(PolicyWork.objects.filter(code__startswith=stem).values_list("code", flat=True)) | RESERVED_CODES
    code, count = stem, 1
    while code in taken:
        count += 1
        code = f"{stem}-{count}"
    return code
