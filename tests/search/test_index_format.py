"""An index that an older analysis made is not searched: it counts as not built, and the indexer makes it anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from search import engines, indexing
from search.actions import index_changes, put_entries
from search.characters import FOLDED
from search.engines import embedded
from search.engines.elastic import ALIAS
from search.engines.embedded import EmbeddedEngine
from search.models import IndexChange
from search.queries import search

from .library import AT, law_entries

SAMPLE = {
    "key": "clause:1:2", "kind": "clause", "language": "zh-hans", "audience": "public", "title": "第二十七條之一",
    "parent_title": "中华人民共和国數據安全法（试行）", "parent_key": "policy:1", "anchor": "art-27", "path": "第一编 总则 / 第四章 义务",
    "aliases": "数安法", "number": "主席令第八十四号", "level": "法律", "region": "", "theme": "数据", "status": "in_force",
    "dated": None, "body": "罚款5,000元，30%；ＣＩＭ平台、帳戶、PM2.5、c++。",
}  # fmt: skip
DIGESTS = {3: "10df0b92f08a3649"}
"""What the analysis makes of the sample and of every folded character, by format."""


def test_whoever_changes_the_analysis_raises_the_format(settings: object) -> None:
    """Add a line to DIGESTS and raise `search.engines.FORMAT`: installations build their index anew by themselves."""
    settings.OWN_PROVINCE = "610000"  # type: ignore[attr-defined]  # pytest-django
    made = [indexing._indexed({**SAMPLE, "kind": kind}, AT.date()) for kind in ("clause", "policy")]
    text = repr([sorted(vars(entry).items()) for entry in made]) + repr(sorted(FOLDED.items()))

    assert DIGESTS.get(engines.FORMAT) == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.django_db
def test_an_index_of_the_former_format_is_built_anew_by_the_indexer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = EmbeddedEngine(tmp_path)
    with monkeypatch.context() as before:
        before.setattr(embedded, "FORMAT", engines.FORMAT - 1)
        put_entries(law_entries(2, 3), at=AT)
        index_changes(former)
    assert not IndexChange.objects.exists()

    engine = EmbeddedEngine(tmp_path)
    assert not engine.is_built()
    index_changes(engine)

    assert engine.is_built()
    assert search("智慧城市", None, "zh-hans", engine=engine).count > 0
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1
    assert f"chengxue-{engines.FORMAT}" == ALIAS
