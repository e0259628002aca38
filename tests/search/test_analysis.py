"""Tokens and highlight."""

from __future__ import annotations

from search.analysis import as_written, excerpt, highlight, in_one_width, required_tokens, token_text, tokens


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


def test_traditional_characters_and_variants_are_one_and_keep_their_place() -> None:
    assert tokens("數據安全條例") == tokens("数据安全条例")
    assert tokens("帐户 部份 图像") == tokens("账户 部分 图象")
    assert tokens("定金") != tokens("订金")
    assert marked("《數據安全法》第二十七條", "数据安全法") == ["數據安全法"]


def test_the_editors_search_keeps_the_tokens_that_it_was_indexed_by() -> None:
    assert required_tokens("物联网", in_one_width) == ["_物联", "_联网"]
    assert token_text("身份", in_one_width) == "身 份 _身份"


def test_token_text_is_what_tokens_gives() -> None:
    for text in ("增加30%，达5,000元", "CIM平台2.0", "帳戶", "条"):
        assert sorted(token_text(text).split()) == sorted(tokens(text))


def test_a_suggestion_is_written_as_its_title_writes_it() -> None:
    assert as_written("居民身分证法", "中华人民共和国居民身份证法") == "居民身份证法"
    assert as_written("cim平台", "全市“CIM 平台”导则") == "CIM 平台"
    assert as_written("不在其中", "题名") == "不在其中"
