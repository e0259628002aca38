"""What trainees read: helpful, in Chinese, and silent about hidden tests."""

from __future__ import annotations

import pytest

from labs.grader.engine.children import Reply
from labs.grader.engine.explanations import explain_error, explain_failure, explain_uncrossable

TEST = (
    "assert f(1) == 2, f'得到 {f(1)}'\n"
    "### BEGIN HIDDEN TESTS\n"
    "assert f(secret_input) == 4321, '试试负数'\n"
    "### END HIDDEN TESTS"
)


def failed(kind: str, text: str = "", line: int | None = None, name: str = "") -> Reply:
    return Reply(ok=False, type=kind, text=text, line=line, name=name)


def test_visible_assertion_shows_its_message() -> None:
    message = explain_failure(failed("AssertionError", "得到 7", line=1), TEST, secret=False)

    assert message == "测试没有通过：结果和题目要求不一致。提示：得到 7"


def test_visible_message_after_a_hidden_test_is_the_author_s_text_only() -> None:
    message = explain_failure(failed("AssertionError", "得到 4321", line=1), TEST, secret=True)

    assert "提示：得到 …" in message
    assert "4321" not in message


@pytest.mark.parametrize("line", [3, None])
@pytest.mark.parametrize("kind", ["AssertionError", "ValueError", "4321"])
def test_hidden_test_says_type_and_hint_only(kind: str, line: int | None) -> None:
    message = explain_failure(failed(kind, "secret_input 4321", line=line), TEST, secret=True)

    assert "4321" not in message
    assert "secret_input" not in message
    assert "隐藏测试" in message


def test_hidden_assertion_gives_the_author_s_hint() -> None:
    assert "试试负数" in explain_failure(failed("AssertionError", line=3), TEST, secret=True)


def test_novice_error_names_line_and_name() -> None:
    message = explain_error(
        failed("NameError", "name 'tabel' is not defined", 2, "tabel"), "x = 1\ntabel", secret=False
    )

    assert message.startswith("作答单元格第 2 行出错，NameError（tabel）。")


def test_after_a_hidden_test_the_line_and_python_s_type_are_left() -> None:
    message = explain_error(failed("NameError", "name 'tabel' is not defined", 2, "tabel"), "x = 1\ntabel", secret=True)

    assert message.startswith("作答单元格第 2 行出错，NameError。")


@pytest.mark.parametrize("kind", ["KeyError", "NameError", "AttributeError", "ImportError", "UnboundLocalError"])
@pytest.mark.parametrize("cell", ["raise KeyError(stolen)", "w4321 = 'w4321'\nraise KeyError(stolen)"])
def test_no_word_of_the_cell_is_quoted_after_a_hidden_test(kind: str, cell: str) -> None:
    assert "4321" not in explain_error(failed(kind, "w4321", 1, "w4321"), cell, secret=True)


@pytest.mark.parametrize(
    ("kind", "is_named"),
    [("function", True), ("set", True), ("Money", True), ("w4321", False), ("Figure", False), ("", False)],
)
def test_python_s_types_and_the_task_s_classes_alone_are_named(kind: str, is_named: bool) -> None:
    reply = failed("Uncrossable", f"label：类型 {kind} 的值不能传递", name=kind)

    message = explain_uncrossable(reply, {"Money"}, secret=True)

    assert (f"类型 {kind} " in message) is is_named
    assert "label" not in message
    assert f"label 的类型 {kind} " in explain_uncrossable(reply, set(), secret=False) or not kind
