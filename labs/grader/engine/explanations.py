"""What a trainee reads about a question: Chinese, for a novice, and never a word of a hidden test.

Text that comes out of the sandbox may have been composed by code that has seen a hidden test. So from the moment
one has run no word of it is quoted, whether or not the trainee's cell contains it: an attacker writes the vocabulary.
What is said is ours, Python's, the task's or the author's, and each choice among such words is a channel of a known
width (docs/reference/grading-engine.md, `tests/labs/grader/test_channels.py`). A check runs no hidden test and
tells everything.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Collection

from ..protocol import Verdict
from .children import Reply
from .notebooks import hidden_lines

PASSED = "通过。"
PARTIAL = "部分正确。"
UNANSWERED = "这道题还没有作答。"
MANUAL = "这道题由教师评阅。"
NOT_CHECKABLE = "这道题没有可见测试，提交后才会评分。"
NO_TIME_LEFT = "整份作业的运行时间已经用完，这道题没有运行到。请检查前面是否有很慢的循环。"
UNREACHED = "前面的单元格多次终止了运行环境，这道题没有运行到。请先改正前面的题。"
HIDDEN_FAILED = "隐藏测试没有通过：您的结果在另一组数据或边界情况下不正确。"
VISIBLE_FAILED = "测试没有通过：结果和题目要求不一致。"
UNCROSSABLE = "测试需要的是普通的值（数、文字、列表、字典、数组、数据表等）或题目要求的函数和类"
DEATHS = {
    Verdict.TIMEOUT: "运行超时：代码没有在限定时间内结束。请检查是否有死循环，或者用整列运算代替逐行循环。",
    Verdict.MEMORY: "内存超出限制。请避免复制整张大表，或者先筛选再计算。",
    Verdict.OUTPUT: "输出太多，已停止运行。请去掉循环里的 print。",
    Verdict.CRASHED: "运行环境被这段代码终止了。请不要调用 exit()、quit() 或 os._exit()。",
}
# Kinds that the checker's guard gives to what it refuses.
GUARDED = {
    "pickle": "测试里不能读取 pickle 文件，其中的类会被执行",
    "file": "学员写出的文件不能在测试进程里执行或导入",
    "program": "学员写过文件以后，测试不能启动别的程序",
}
COMMON = {
    "NotImplementedError": "还有“在此作答”的位置没有完成。请删掉 raise NotImplementedError()，写上您的代码。",
    "NameError": "用到了还没有定义的名称。请检查拼写，并确认定义它的单元格在前面已经运行。",
    "UnboundLocalError": "函数里的变量在赋值之前就被使用了。",
    "SyntaxError": "这段代码有语法错误。请检查括号、引号和冒号是否配对、是否用了中文标点。",
    "IndentationError": "缩进不正确。请用四个空格对齐同一层代码。",
    "TabError": "缩进混用了制表符和空格，请统一用空格。",
    "TypeError": "数据类型不匹配，或者参数个数不对。请检查函数的参数和返回值（是否忘了 return）。",
    "ValueError": "值不合法。请检查数据的格式和取值范围。",
    "KeyError": "找不到这个列名或键。请检查大小写和拼写。",
    "IndexError": "下标超出了范围。结果可能是空的，请先看看它有几行。",
    "AttributeError": "对象没有这个属性或方法。前一步得到的可能不是您以为的类型。",
    "ZeroDivisionError": "除数为零。请先排除为零的情况。",
    "ImportError": "无法导入这个模块，实训环境里没有它。",
    "ModuleNotFoundError": "无法导入这个模块，实训环境里没有它。",
    "FileNotFoundError": "找不到文件。数据在 /srv/datasets 下，请检查路径。",
    "PermissionError": "没有权限。数据目录是只读的，请把结果留在变量里。",
    "OSError": "读写文件或访问网络失败。实训环境不能联网，也不能写入大文件。",
    "RecursionError": "函数不停地调用自己。请检查递归的结束条件。",
    "AssertionError": "断言没有成立。",
    "StopIteration": "迭代已经结束，没有更多的值。",
    "UnicodeDecodeError": "文件编码不对。请在读取时指定 encoding。",
    "OverflowError": "数值太大，无法表示。",
    "EOFError": "评分时不能用 input() 等待输入，请把值直接写在代码里。",
    "SystemExit": "代码里调用了 exit() 或 quit()。请删掉它。",
    "KeyboardInterrupt": "运行被中断。",
}
WITH_NAME = (
    "NameError",
    "UnboundLocalError",
    "KeyError",
    "AttributeError",
    "ImportError",
    "ModuleNotFoundError",
)
MOST_LINES_TOLD = 32
"""Lines of a cell up to which the failing one is named after a hidden test: a longer cell would spell with them."""
OWN_TYPES = frozenset(
    kind.__name__ for module in (builtins, types) for kind in vars(module).values() if isinstance(kind, type)
)
"""Names of Python's own types, `function` and `generator` included."""


def builtin_type(reply: Reply) -> str:
    """Return the exception's type when it is one of Python's own, `Exception` for any other claim."""
    kind = getattr(builtins, reply.type, None)
    return reply.type if isinstance(kind, type) and issubclass(kind, BaseException) else "Exception"


def told_type(reply: Reply, *, secret: bool) -> str:
    """Return the type as it may be named: after a hidden test only one that there is something to say about."""
    kind = builtin_type(reply)
    return kind if not secret or kind in COMMON else "Exception"


def explain_error(reply: Reply, code: str, *, secret: bool) -> str:
    """Explain an exception that the trainee's own cell raised; `secret` once a hidden test may be known to it."""
    kind = told_type(reply, secret=secret)
    name = reply.name if kind in WITH_NAME and not secret else ""
    line = _line(reply, code, secret)
    where = f"第 {line} 行出错" if line else "运行出错"
    detail = f"{kind}（{name}）" if name else kind
    if not secret and not name and reply.text:
        detail = f"{kind}：{_one_line(reply.text)}"
    return (
        f"作答单元格{where}，{detail}。{COMMON.get(kind, '请在自己的笔记本里重新运行这个单元格，查看完整的错误信息。')}"
    )


def explain_failure(reply: Reply, test: str, *, secret: bool) -> str:
    """Explain a test that did not pass; hidden tests give the exception's type and the author's hint alone."""
    kind = told_type(reply, secret=secret)
    hidden = hidden_lines(test)
    is_hidden = bool(hidden) and (reply.line is None or reply.line in hidden)
    hint = _hint(test, reply.line) if kind == "AssertionError" else ""
    if kind == "AssertionError":
        if not is_hidden and not secret and reply.text:
            hint = _one_line(reply.text)
        opening = HIDDEN_FAILED if is_hidden else VISIBLE_FAILED
        return f"{opening}提示：{hint}" if hint else opening
    where = "隐藏测试" if is_hidden else "测试"
    detail = f"{kind}：{_one_line(reply.text)}" if not is_hidden and not secret and reply.text else kind
    return f"{where}运行您的代码时出错，{detail}。{COMMON.get(kind, '')}"


def explain_uncrossable(reply: Reply, classes: Collection[str], *, secret: bool) -> str:
    """Say which value could not be handed to the test; after a hidden test only Python's types and the task's classes."""
    if reply.name in GUARDED:
        return f"这个测试不能隔离检查：{GUARDED[reply.name]}。"
    kind = reply.name if not secret or reply.name in OWN_TYPES or reply.name in classes else ""
    name = reply.text.partition("：")[0] if not secret else ""
    what = f"{name} 的类型 {kind}" if name.isidentifier() and kind else (f"类型 {kind}" if kind else "结果的类型")
    return f"{UNCROSSABLE}（{what} 不能用于评分）。"


def _line(reply: Reply, code: str, secret: bool) -> int | None:
    lines = code.count("\n") + 1
    if secret and lines > MOST_LINES_TOLD:
        return None
    return reply.line if reply.line is not None and 1 <= reply.line <= lines else None


def _hint(test: str, line: int | None) -> str:
    """Read the author's message out of the source of the assertion on this line, literal parts only."""
    try:
        tree = ast.parse(test)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and line is not None and node.lineno <= line <= (node.end_lineno or line):
            return _literal(node.msg)
    return ""


def _literal(message: ast.expr | None) -> str:
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        return _one_line(message.value)
    if isinstance(message, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "…" for p in message.values]
        return _one_line("".join(map(str, parts)))
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
