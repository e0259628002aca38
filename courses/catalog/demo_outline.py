"""What the demo province teaches, in outline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CourseOutline:
    """A course of the demo: its words per language (for whom, summary), its lessons and its run."""

    code: str
    title: str
    title_en: str
    hours: int
    words: Mapping[str, tuple[str, str]]
    lessons: tuple[str, ...]
    run: str
    run_name: str
    delivery: str
    is_of_partner: bool


COURSES = (
    CourseOutline(
        code="smart-city-governance",
        title="智慧城市治理与数据要素",
        title_en="Smart-city governance and data as a factor of production",
        hours=400,
        words={
            "zh-hans": (
                "县处级、乡科级干部",
                "四讲讲清数据要素、一网统管、人工智能辅助治理和数据安全：是什么，边界在哪里，回到单位第一步做什么。",
            ),
            "en": (
                "Officials of counties and townships",
                "Four lessons on data, city management, artificial intelligence and data security: what they are, where "
                "their limits lie, and what to do first back at work.",
            ),
        },
        lessons=("data-as-a-factor", "one-network", "limits-of-ai", "data-security"),
        run="scg-2026",
        run_name="2026年智慧城市治理专题班",
        delivery="online",
        is_of_partner=True,
    ),
    CourseOutline(
        code="city-data-practice",
        title="城市数据分析实训",
        title_en="Practice in analyzing city data",
        hours=800,
        words={
            "zh-hans": (
                "数据、交通、城运等单位的技术人员",
                "从问题到指标，从清洗到方案：用真实的城市停车占用数据完成一次停车诱导分析，代码自动评分，方案由教师评阅。",
            ),
        },
        lessons=("from-question-to-measure", "reading-occupancy", "cleaning-and-quality", "guidance-plan"),
        run="cdp-2026",
        run_name="2026年城市数据分析实训班",
        delivery="blended",
        is_of_partner=True,
    ),
    CourseOutline(
        code="city-operation-labs",
        title="城市运行专题实训",
        title_en="Labs on running a city",
        hours=600,
        words={
            "zh-hans": (
                "生态环境、水务、城管、数据管理等单位的技术人员",
                "四个专题、四次动手：空气质量预警、供水管网爆管推演、公厕覆盖与选址、数据去标识化，代码自动评分，方案由教师评阅。",
            ),
        },
        lessons=("air-quality-warning", "water-network-twin", "sanitation-coverage", "sharing-safely"),
        run="col-2026",
        run_name="2026年城市运行专题实训班",
        delivery="blended",
        is_of_partner=True,
    ),
)
PARTNER = (
    "长安大学",
    {
        "name_en": "Chang'an University",
        "introduction": "长安大学承担城市数据分析与智慧城市治理课程的建设和教学，负责实训题目的编写、评阅与更新。",
        "introduction_en": "Chang'an University builds and teaches the courses on city data and smart-city governance, "
        "and writes and marks their labs.",
    },
)
ARTICLES = ("knowledge-data-twenty", "knowledge-grading", "knowledge-genai")
PEOPLE: Mapping[str, tuple[str, str, str, list[dict[str, Any]]]] = {
    "zh-hans": (
        "teachers",
        "师资",
        "课程和实训由下列教师编写、讲授和评阅。",
        [
            {
                "name": "张军",
                "title": "教授，城市数据分析实训负责人",
                "organization": "长安大学",
                "portrait": None,
                "biography": "<p>长期从事城市交通数据分析，主持编写停车诱导实训。</p>",
            },
            {
                "name": "何平",
                "title": "高级工程师，数据安全课程顾问",
                "organization": "陕西省数据和政务服务局",
                "portrait": None,
                "biography": "<p>负责实训数据集的登记与去标识化评估。</p>",
            },
        ],
    ),
    "en": (
        "teachers",
        "Teachers",
        "Those who write, teach and mark the courses and labs.",
        [
            {
                "name": "Zhang Jun",
                "title": "Professor, head of the practice in city data",
                "organization": "Chang'an University",
                "portrait": None,
                "biography": "<p>Works on urban traffic data; author of the lab on parking guidance.</p>",
            }
        ],
    ),
}
