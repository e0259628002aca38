"""Tokens and highlight."""

from __future__ import annotations

from search.analysis import excerpt, highlight, required_tokens, tokens


def marked(text: str, query: str) -> list[str]:
    return [part.text for part in highlight(text, required_tokens(query)) if part.is_hit]


def test_han_gives_characters_and_pairs_and_words_stay_whole() -> None:
    assert tokens("智慧城市 PM2.5") == ["智", "慧", "城", "市", "_智慧", "_慧城", "_城市", "pm2.5"]


def test_full_width_and_letter_case_are_one() -> None:
    assert tokens("ＣＩＭ平台") == tokens("cim平台")


def test_rare_characters_of_the_extensions_are_han() -> None:
    assert tokens("𠮷田") == ["𠮷", "田", "_𠮷田"]


def test_signs_and_emoji_give_no_tokens() -> None:
    assert tokens("“”*()!?😀\x00\"'") == []


def test_highlight_points_into_the_original_text() -> None:
    assert marked("新型智慧城市ＣＩＭ建设", "智慧城市 cim") == ["智慧城市ＣＩＭ"]
    assert "".join(part.text for part in highlight("ﬁle ㎡ 停车", required_tokens("停车"))) == "ﬁle ㎡ 停车"


def test_a_pair_is_not_marked_where_only_one_character_stands() -> None:
    assert marked("停止；车辆", "停车") == []


def test_excerpt_shows_the_place_of_the_hits() -> None:
    shown = excerpt("前言" * 200 + "停车诱导" + "后记" * 200, required_tokens("停车诱导"), 60)

    assert "停车诱导" in "".join(part.text for part in shown)
    assert shown[0].text == shown[-1].text == "…"
    assert len("".join(part.text for part in shown)) <= 62
