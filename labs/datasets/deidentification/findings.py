"""What a check found, said so that somebody who is no statistician understands it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from labs.datasets.deidentification.messages import NOTES, is_chinese

SENTENCES: dict[str, tuple[str, str]] = {
    "leaked_index": (
        "列“{column}”就是原表的行号（或与行号同序）。拿到原表的人可以逐行对上，请删除该列。",
        "Column {column} is the row number of the source, or rises with it: whoever has the source can match every row."
        " Drop it.",
    ),
    "row_order": (
        "发布的行仍按原表顺序排列，等于保留了行号。请打开 shuffle_rows。",
        "The rows still stand in the order of the source, which is as good as a row number. Set shuffle_rows.",
    ),
    "near_unique": (
        "普通列“{column}”有 {share} 的值只出现一次，几乎能指认每一行。请改为直接标识符、准标识符，或分段处理。",
        "{share} of the values of the plain column {column} occur once, so it nearly names every row."
        " Make it a direct or quasi-identifier, or use intervals.",
    ),
    "near_unique_label": (
        "文本列“{column}”不是成句的话，却有 {share} 的值只出现一次：它像姓名、编号或路径一样指认每一行，遮盖帮不上忙。请删除该列或改为假名。",
        "The text column {column} is no running text, and {share} of its values occur once: like names, numbers or paths they"
        " name every row, and blotting out does not help. Drop it or use a pseudonym.",
    ),
    "names_left": (
        "文本列“{column}”遮盖以后仍有 {count} 个值像是姓名。请删除该列或改为假名。",
        "After blotting out, {count} values of the text column {column} still look like names. Drop it or use a pseudonym.",
    ),
    "few_people": (
        "列“{column}”有 {share} 的行，其值只为不到 {k} 人所有（例如“{value}”）：知道这个值的人就知道是谁。"
        "请把它当作准标识符、分组，或说明为什么没有人知道它。",
        "In {share} of the rows the value of {column} belongs to fewer than {k} people (such as {value}): whoever knows it"
        " knows the person. Make it a quasi-identifier, group it, or say why nobody knows it.",
    ),
    "identifying_joined": (
        "列“{column}”与“{others}”连起来是{kind}，会指认个人。请删除其中一列，或改为假名。",
        "{column} and {others} read together are a {kind_en} and point at people. Drop one of them or make it a pseudonym.",
    ),
    "identifying_office": (
        "“{columns}”合起来，有 {count} 行说出的岗位只有不到 {k} 人担任（例如“{value}”），旁边就是“{beside}”：知道谁在任的人就知道他的情况。"
        "请把这些列都设为准标识符，归并岗位，或删除；确有理由公开的，由隐私保护专员写明理由后接受。",
        "{columns} together name, in {count} rows, posts that fewer than {k} people hold (such as {value}), beside {beside}: whoever"
        " knows the holder knows that of them. Make these columns quasi-identifiers, group the posts, or drop them; where there is"
        " a reason to publish them, the privacy officer accepts the finding and writes the reason down.",
    ),
    "identifying_heading": (
        "表头“{column}”是一个人的姓名，与旁边的几个表头一样：发布这张表就公布了名单。请把每人一列改成每人一行并删除姓名，或删除该列。",
        "The heading {column} is somebody's name, like those beside it: to publish the table is to publish the list. Turn the"
        " columns of people into rows without their names, or drop this one.",
    ),
    "unique_value": (
        "普通列“{column}”有 {count} 个值在发布的表里只出现一次（例如“{value}”），这一行因此独一无二。",
        "{count} values of the plain column {column} occur only once in the release (such as {value}):"
        " that row stands alone.",
    ),
    "extreme": (
        "列“{column}”的最大值或最小值只出现一次（{value}），极端值容易被认出。请考虑首尾截断。",
        "The largest or smallest value of column {column} occurs once ({value}); extremes are easily recognized."
        " Consider top_bottom.",
    ),
    "rare_value": (
        "敏感列“{column}”有 {count} 个值只出现一次。罕见的取值容易被认出，请考虑归并。",
        "{count} values of the sensitive column {column} occur once. Rare values are easily recognized; consider grouping"
        " them.",
    ),
    "identifying_column": (
        "列“{column}”是{kind}，发布它就等于发布了身份。请删除或改为假名；确有理由公开的，由隐私保护专员写明理由后接受。",
        "Column {column} tells who somebody is ({kind_en}); to publish it is to publish that. Drop it or use a pseudonym; where"
        " there is a reason to publish it, the privacy officer accepts the finding and writes the reason down.",
    ),
    "identifying_point": (
        "列“{column}”是{kind}，精确到能找到一户人家。请改粗（经纬度用网格，米制坐标用区间，例如宽 1000 米）或删除；确有理由公开的，"
        "由隐私保护专员写明理由后接受。",
        "Column {column} holds {kind_en} that find one house. Make them coarser (a grid for degrees, an interval of some 1000 for"
        " meters) or drop it; where there is a reason to publish it, the privacy officer accepts the finding and writes the reason"
        " down.",
    ),
    "persons_denied": (
        "列“{column}”是{kind}：表里有自然人，不能声明“不含个人信息”。请在数据目录中恢复“原始数据涉及自然人”，改为去标识化处理；"
        "或先在“清洗”中删除该列。",
        "Column {column} tells who somebody is ({kind_en}): there are persons in the table, so it cannot state that it holds no"
        " personal information. Say in the register that the raw data tells of natural persons, and de-identify it; or"
        " remove the column under Clean.",
    ),
    "persons_described": (
        "表“{table}”的列“{names}”合在一起描述的是人，不能声明“不含个人信息”。请在数据目录中恢复“原始数据涉及自然人”，改为去标识化处理。",
        "The columns {names} of {table} together describe people, so it cannot state that it holds no personal information. Say"
        " in the register that the raw data tells of natural persons, and de-identify it.",
    ),
    "persons_unticked": (
        "数据目录原来写明原始数据涉及自然人；{who} 于 {date} 改为不涉及。请核对原始数据，确认其中没有任何人，再签字。",
        "The register said that the raw data tells of natural persons; {who} changed that on {date}. Look at the raw data and"
        " make sure that nobody is in it before you sign.",
    ),
    "persons_unsaid": (
        "列“{column}”有 {count} 行的值重复出现：同一个人可能占了许多行，k 数的是行而不是人。请在处理方案里写明谁是一个人："
        'person 写列名，或写 {{"each_row": "理由"}} 说明每一行都是另一个人。',
        "{count} rows share their value of column {column} with another row: one person may fill many, and k counts rows,"
        ' not people. Say in the recipe who a person is: person names columns, or {{"each_row": "reason"}} states that'
        " every row is somebody else.",
    ),
    "dependency": (
        "列“{column}”能推出“{other}”被泛化掉的细节（{share} 的行可还原）。请把它也设为准标识符，或删除。",
        "Column {column} gives away what was generalized in {other} ({share} of the rows). Make it a quasi-identifier, or"
        " drop it.",
    ),
    "dependency_by": (
        "普通列“{column}”由“{other}”决定：知道“{other}”原值的人就知道它（{share} 的行），而“{other}”只发布了更粗的值。"
        "加上“{column}”以后，最小的组只有 {k} 行。请把“{column}”也设为准标识符，用与“{other}”一样粗的级别，或删除。",
        "The plain column {column} is determined by {other}: whoever knows the value of {other} knows it ({share} of the"
        " rows), while {other} is published coarser. With {column} the smallest class has {k} rows. Make {column} a"
        " quasi-identifier, as coarse as {other}, or drop it.",
    ),
    "identifier": (
        "列“{column}”中仍有 {count} 处{kind}。请删除或设为 text 角色进行脱敏。",
        "{count} identifiers of kind {kind} are left in column {column}. Drop it or give it the role text.",
    ),
    "redacted": (
        "文本列“{column}”由程序遮盖：号码基本不会漏，但前后没有称呼或提示词的人名会漏掉三到四成。请抽查若干行，或删除该列。",
        "The text column {column} was blotted out by program: numbers hardly slip through, but three to four in ten names"
        " without a title or cue beside them do. Read a sample of the rows, or drop the column.",
    ),
    "identifier_header": (
        "列名“{column}”中含有{kind}。",
        "The column name {column} holds an identifier of kind {kind}.",
    ),
    "remainder": (
        "被隐去的只有 {count} 行，少于 k = {k}：它们合在一起仍然可以被指认。请用 suppressed: remove。",
        "Only {count} rows are masked, fewer than k = {k}: together they can still be singled out."
        " Use suppressed: remove.",
    ),
    "class_size": (
        "最小的组只有 {k} 行，低于该使用范围的下限 {least} 行：每个人的被识别概率高达 1/{k}。",
        "The smallest class has {k} rows, below the {least} that this kind of use needs: somebody can be picked out"
        " with a chance of 1 in {k}.",
    ),
    "tier_missing": (
        "处理方案没有写明使用范围（tier），且 k = {k} 低于实训室的下限 5。",
        "The recipe names no tier, and k = {k} is below the 5 that a lab needs.",
    ),
    "claim": (
        "重新计算发布表得到 {model} = {found}，达不到处理方案要求的 {wanted}。",
        "Computed again from the release, {model} is {found}; the recipe asks for {wanted}.",
    ),
    "empty_column": ("列“{column}”没有任何值。", "Column {column} holds no value at all."),
    "no_class_column": (
        "处理方案没有准标识符，k-匿名不起作用。请确认没有任何列能与外部信息对上。",
        "The recipe has no quasi-identifier, so k-anonymity protects nothing. Make sure that no column can be linked.",
    ),
    "trajectory": (
        "假名列“{column}”把同一个人的多个地点和时间串在一起：{share} 的人只凭两个时空单元就能被单独认出。"
        "请删除该列、按天轮换假名，或只发布计数（output: counts）。",
        "The pseudonym {column} links the places and times of one person: two cells single out {share} of them. Drop it,"
        " rotate it by day, or publish counts only (output: counts).",
    ),
    "cross_release": (
        "与以前的版本“{version}”对照，有 {count} 行落在少于 {least} 行的交叉组里（最小 {k} 行）：两次发布合起来比单独一次"
        "更细，可以指认。请采用与旧版相同或更粗的级别。",
        "Held against the earlier version {version}, {count} rows lie in joint classes of fewer than {least} rows"
        " (smallest: {k}): both together tell more than each alone. Use the same or coarser levels.",
    ),
    "cross_release_new": (
        "与以前的版本“{version}”相减，可以单独算出 {count} 行（最小一组 {k} 行，少于 {least}）：它们在旧版中没有发布，"
        "现在却出现。请隐去这些行，或采用更粗的级别。",
        "Subtracting the earlier version {version} leaves {count} rows by themselves (smallest group {k}, below {least}):"
        " they were not published then and appear now. Suppress them or use coarser levels.",
    ),
    "cross_release_counts": (
        "与以前的版本“{version}”相比，有 {count} 个组的行数只差几行（最少差 {rows} 行，少于 {least}）：两版相减就能得到"
        "新增或减少的那几个人的数据。请攒够更多新数据再发布，或采用更粗的级别。",
        "Since the earlier version {version}, {count} classes differ by a few rows only (as few as {rows}, below {least}):"
        " subtraction gives the data of those who came or left. Wait for more new data or use coarser levels.",
    ),
    "cross_release_other": (
        "以前的版本“{version}”用的是别的分组方式，无法逐组对照；请同时给出它的处理方案，或人工核对。",
        "The earlier version {version} groups values in another way and cannot be compared class by class; give its"
        " recipe as well, or compare by hand.",
    ),
    "population_lacks": (
        "数据里有 {kinds} 种人在总体表中不够数（共差 {rows} 人）：总体表没有包含数据中的所有人，k-map、δ 和记者风险只按总体表"
        "计算。请核对总体表的地区和日期。",
        "{kinds} kinds of people are more often in the data than in the population ({rows} too many): the population does"
        " not cover everybody in the data, and k-map, δ and journalist risk are computed from it alone. Check which area"
        " and date it is of.",
    ),
    "not_optimal": (
        "没有证明这是损失最小的方案：发布表的信息损失为 {ncp}，可以证明的下限是 {least}。t 还要对照留下来的行成立，因此多隐去了一些行；"
        "方案满足全部要求，只是可能不是最优。",
        "Not proven optimal: the release loses {ncp}, and what is proved is that none loses less than {least}. t must also"
        " hold against the rows that stay, which took out more rows. Everything asked for holds; a better release may exist.",
    ),
    "release_empty": ("没有任何行可以发布。", "No row is left to release."),
    **NOTES,
}


# Judgements about what a column is: the program may be wrong, so a person may answer for it. Figures are never accepted.
ACCEPTABLE = frozenset({"identifying_column", "identifier"})


class Acceptance(Protocol):
    """Who answers for which finding, and why."""

    @property
    def check(self) -> str:
        """The check whose finding it is."""

    @property
    def column(self) -> str:
        """The column that was found."""

    @property
    def reason(self) -> str:
        """Why it may be published all the same."""

    @property
    def by(self) -> str:
        """Who says so."""


@dataclass(frozen=True)
class Finding:
    """One finding of one check. `row` counts the released rows from 1."""

    check: str
    severity: str  # stop | warn | accepted
    sentence: str
    values: dict[str, Any]
    column: str | None = None
    row: int | None = None
    reason: str = ""
    by: str = ""

    def text(self, *, chinese: bool) -> str:
        """Return the explanation in one language."""
        zh, en = SENTENCES[self.sentence]
        return (zh if chinese else en).format(column=self.column, **self.values)

    def accepted(self, reason: str, by: str) -> Finding:
        """Return the finding as one that no longer stops, with who answers for it and why."""
        return replace(self, severity="accepted", reason=reason, by=by)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the report holds it."""
        chinese, english = self.text(chinese=True), self.text(chinese=False)
        return {
            "check": self.check,
            "severity": self.severity,
            "column": self.column,
            "row": self.row,
            "message": chinese if is_chinese() else english,
            "message_zh": chinese,
            "message_en": english,
            **({"accepted_reason": self.reason, "accepted_by": self.by} if self.by else {}),
        }


def with_accepted(findings: Iterable[Finding], accepted: Iterable[Acceptance]) -> list[Finding]:
    """Return the findings with those taken out of the way that the recipe names and that may be accepted."""
    known = {(one.check, one.column): one for one in accepted if one.check in ACCEPTABLE}
    out = []
    for found in findings:
        answer = known.get((found.check, found.column or ""))
        out.append(found.accepted(answer.reason, answer.by) if answer and found.severity == "stop" else found)
    return out


def finding(
    check: str, severity: str, *, column: str | None = None, row: int | None = None, sentence: str = "", **values: Any
) -> Finding:
    """Return a finding whose sentence is named like the check unless said otherwise."""
    return Finding(check, severity, sentence or check, values, column, row)
