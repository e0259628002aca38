"""What a check tells the author: what was found, and what to do about it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...protocol import Severity
from ..packs import damages, families

if TYPE_CHECKING:
    from .leaks import Leak
    from .packs import PackReport


@dataclass(frozen=True)
class Finding:
    """Something that the author must know; `cell` counts from 1."""

    section: str
    severity: Severity
    message: str
    message_en: str
    cell: int | None = None


NOT_DETERMINISTIC = Finding(
    "solution",
    Severity.ERROR,
    "参考答案运行两次，结果不同。请固定随机数种子，不要让测试依赖时间、集合的顺序或运行速度。",
    "Two runs of the solution ended differently. Fix the seeds; no test may depend on time, order of sets or speed.",
)
RESOURCES = {
    "cpu_s": ("CPU 时间", "CPU time", "秒", "s"),
    "wall_s": ("运行时间", "Time", "秒", "s"),
    "peak_mb": ("内存", "Memory", " MB", " MB"),
}


def of_kernel(cell: int, name: str) -> Finding:
    """Say that a certifying lab may not test in the trainee's own process."""
    return Finding(
        "inspection",
        Severity.ERROR,
        f"认证实训不能使用 in_kernel：测试“{name}”会在学员自己的进程里运行。请改为检查普通的值。",
        f"A certifying lab may not use in_kernel: test “{name}” would run in the trainee's own process.",
        cell,
    )


def of_execution(cell: int, name: str) -> Finding:
    """Say that a test executes text."""
    return Finding(
        "inspection",
        Severity.WARNING,
        f"测试“{name}”用 eval 或 exec 执行文字。如果这段文字来自学员，学员的代码就会在测试进程里运行；请改为直接检查值。",
        f"Test “{name}” executes text with eval or exec; were it the trainee's, it would run in the checker.",
        cell,
    )


def of_import(library: str, cell: int, name: str) -> Finding:
    """Say that a library is loaded for every submission."""
    return Finding(
        "budget",
        Severity.WARNING,
        f"单元格“{name}”导入 {library}：每份提交都要重新载入它。请把 import 移到第一个答题单元格之前的只读单元格，评分会快很多。",
        f"Cell “{name}” imports {library}, which every submission then loads anew. Import it in a read-only cell before the"
        " first answer, and grading is much faster.",
        cell,
    )


def of_leak(leak: Leak) -> Finding:
    """Say what trainees could read, and where."""
    where, where_en = (
        (f"附带文件 {leak.file}", f"the file {leak.file}") if leak.file else ("学员版笔记本", "the released notebook")
    )
    what, what_en = ("隐藏测试", "a hidden test") if leak.kind == "hidden" else ("参考答案", "the solution")
    return Finding(
        "leaks",
        Severity.ERROR,
        f"{where}里能看到{what}：{leak.line[:80]}。请从中删除这些内容。",
        f"{where_en} shows {what_en}: {leak.line[:80]}. Remove it there.",
    )


def of_budget(name: str, used: float, limit: float, *, is_error: bool) -> Finding:
    """Say that the solution uses much of a limit."""
    resource, resource_en, unit, unit_en = RESOURCES[name]
    advice = (
        "请减少数据量或提高限额，否则学员稍慢的代码就会超时。" if is_error else "学员的代码往往比参考答案慢，请留意。"
    )
    return Finding(
        "budget",
        Severity.ERROR if is_error else Severity.WARNING,
        f"参考答案用了{resource} {used:g}{unit}，限额是 {limit:g}{unit}。{advice}",
        f"{resource_en} of the solution: {used:g}{unit_en} of {limit:g}{unit_en}. Trainees' code is often slower.",
    )


def of_blank(share: float) -> Finding:
    """Say that a blank answer passes."""
    return Finding(
        "blank",
        Severity.ERROR,
        f"空白答卷就能得到 {share:.0%} 的分数。请让测试检查学员要完成的内容。",
        f"A blank answer earns {share:.0%}. Let the tests look at what trainees have to do.",
    )


def of_wrong(name: str) -> Finding:
    """Say that a wrong answer got everything."""
    return Finding(
        "wrong",
        Severity.ERROR,
        f"错误答卷 {name} 得了满分。请补充能发现这个错误的测试。",
        f"The wrong answer {name} earns full marks. Add a test that notices the mistake.",
    )


def of_unreadable(name: str, reason: str) -> Finding:
    """Say that a wrong answer is no notebook."""
    return Finding(
        "wrong", Severity.ERROR, f"错误答卷 {name} 不能读取：{reason}", f"The wrong answer {name} cannot be read."
    )


def of_variant(seed: str, questions: Sequence[str]) -> Finding:
    """Say on which variant the solution fails."""
    names = "、".join(questions)
    return Finding(
        "variants",
        Severity.ERROR,
        f"换一份抽样数据（种子 {seed}）后，参考答案没有通过：{names}。期望值请在测试里按数据重新计算，不要写死。",
        f"On another sample (seed {seed}) the solution fails {names}. Compute expected values from the data.",
    )


def of_damages(report: PackReport) -> list[Finding]:
    """Say which honest notebooks lost points."""
    titles = {damage.name: damage for damage in damages()}
    return [
        Finding(
            "damages",
            Severity.ERROR,
            f"答案正确的笔记本在“{titles[entry['name']].title}”之后丢了分：{'、'.join(entry['questions'])}。"
            "请检查这些题是否依赖单元格的顺序或输出。",
            f"An honest notebook loses points ({', '.join(entry['questions'])}) after “{titles[entry['name']].title_en}”.",
        )
        for entry in report.failures
    ]


def of_attacks(report: PackReport) -> list[Finding]:
    """Say which attacks earned points, one finding per family and set of questions."""
    groups: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for entry in report.failures:
        key = (entry["family"], tuple(entry["questions"]), entry["review"])
        groups.setdefault(key, []).append(entry["name"])
    found = []
    for (name, questions, is_review), cases in groups.items():
        family = families()[name]
        found.append(
            Finding(
                "attacks",
                Severity.WARNING if is_review else Severity.ERROR,
                f"作弊样本“{family.title}”在 {'、'.join(questions)} 上得了分（{'、'.join(cases)}）。{family.remedy}",
                f"An attack that {family.title_en} earns points on {', '.join(questions)} ({', '.join(cases)}). "
                f"{family.remedy_en}",
            )
        )
    if report.constant:
        names = "、".join(report.constant)
        message = f"答案写死成 0、1、5 这样的常数，也能在 {names} 上得分。请增加一组不同的数据。"
        found.append(
            Finding(
                "attacks", Severity.WARNING, message, f"A constant answer earns points on {names}. Test with more data."
            )
        )
    return found


def of_skipped(section: str, names: Sequence[str]) -> list[Finding]:
    """Say what was not tried for want of time."""
    if not names:
        return []
    return [
        Finding(
            section,
            Severity.WARNING,
            f"时间不够，{len(names)} 个样本没有运行。实训运行得越快，检查就越全面。",
            f"{len(names)} cases were not tried for want of time.",
        )
    ]
