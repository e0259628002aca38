"""Terms of the demo province, in our own words; each names the document in which the concept stands."""

from __future__ import annotations

TERMS: tuple[dict[str, str], ...] = (
    {
        "term": "去标识化",
        "term_en": "de-identification",
        "definition": "处理个人信息，使其在没有额外信息帮助时不能认出特定的人。处理之后仍属于个人信息。",
        "definition_en": "Treating personal information so that, without additional information, it does not point to a "
        "particular person. What remains is still personal information.",
        "source": "个人信息保护法第七十三条；GB/T 37964-2019",
    },
    {
        "term": "匿名化",
        "term_en": "anonymization",
        "definition": "处理个人信息，使任何人都不能再认出特定的人，而且不能复原。处理之后不再是个人信息。",
        "definition_en": "Treating personal information so that nobody can point to a particular person any more and it "
        "cannot be undone. What remains is no personal information.",
        "source": "个人信息保护法第七十三条",
    },
    {
        "term": "数据分类分级",
        "term_en": "data classification and grading",
        "definition": "按业务分类，按泄露、篡改或者破坏后的危害定级：核心数据、重要数据、一般数据。",
        "definition_en": "Sorting data by business and grading it by the harm that loss or misuse would do: core, important, "
        "ordinary.",
        "source": "数据安全法第二十一条；GB/T 43697-2024",
    },
    {
        "term": "数据要素",
        "term_en": "data as a factor of production",
        "definition": "参与生产经营并产生价值的数据。与土地、劳动力、资本、技术一起被视为生产要素。",
        "definition_en": "Data that takes part in production and creates value, counted as a factor beside land, labor, "
        "capital and technology.",
        "source": "关于构建数据基础制度更好发挥数据要素作用的意见",
    },
    {
        "term": "一网统管",
        "term_en": "one network for city management",
        "definition": "用一个平台感知城市运行、受理事件、调度部门处置，一件事从发现到办结全程可查。",
        "definition_en": "One platform that senses how the city runs, takes in events and dispatches departments, so that "
        "every event can be followed to its end.",
        "source": "城市运行管理服务平台标准体系建设指南",
    },
    {
        "term": "k 匿名",
        "term_en": "k-anonymity",
        "definition": "每一种准标识的组合至少对应 k 个人，因此单凭这些信息最多把范围缩小到 k 个人。",
        "definition_en": "Every combination of quasi-identifiers is shared by at least k people, so that it narrows a search "
        "to no fewer than k.",
        "source": "GB/T 42460-2023",
    },
    {
        "term": "准标识",
        "term_en": "quasi-identifier",
        "definition": "单独不能认人，但与其他信息组合后可能认出特定的人的内容，例如出生日期、居住社区、岗位。",
        "definition_en": "What does not point to a person alone but may do so together with other information, such as date "
        "of birth, neighborhood or post.",
        "source": "GB/T 37964-2019",
    },
    {
        "term": "公共数据",
        "term_en": "public-sector data",
        "definition": "机关和提供公共服务的组织在履行职责、提供服务时收集和产生的数据。",
        "definition_en": "Data that public bodies and providers of public services collect or produce while doing their "
        "duties.",
        "source": "公共数据资源登记管理暂行办法",
    },
)
