"""Which items of the demo rest on which clauses of its policies."""

from __future__ import annotations

from datetime import datetime

from courses.catalog import clause_targets as lessons
from courses.certification import clause_targets as certifications
from courses.certification.models import Certification
from portal.knowledge.demo import link_demo_clause
from portal.knowledge.registry import TargetRef

from . import clause_targets as labs
from .models import Lab

REGULATION, RULE = "qinchuan-smart-city", "qinchuan-data-sharing"
LESSONS = (
    ("共享解决", REGULATION, "art-6", "以共享为原则、不共享为例外"),
    ("去标识化不等于匿名化", REGULATION, "art-9", "应当先行去标识化，并经风险评估"),
    ("分类分级怎样落地", RULE, "art-7", "共享数据按照数据分类分级的结果采取保护措施"),
)
"""Words of a block, and the clause with the words that it rests on."""
LABS = (
    ("parking-guidance", REGULATION, "art-11", "平台应当利用前款数据开展停车诱导和拥堵预警"),
    ("student-deidentification", REGULATION, "art-9", "应当先行去标识化，并经风险评估"),
)
CERTIFICATIONS = (
    ("CSSJ", REGULATION, "art-14", "应当通过实际操作考核，取得相应证书后方可处理去标识化城市数据"),
    ("ZHZL", REGULATION, "art-13", ""),
)


def link_clauses(*, at: datetime) -> int:
    """Make the links that are missing and return how many there were."""
    made = 0
    choices = list(lessons.lesson_choices())
    for words, policy, eid, quote in LESSONS:
        ref = next((ref for ref, label in choices if ref.part and words in label), None)
        made += ref is not None and _link(policy, eid, ref, quote, at)
    for code, policy, eid, quote in LABS:
        lab = Lab.objects.filter(code=code).first()
        made += lab is not None and _link(policy, eid, TargetRef(labs.KIND, lab.uuid), quote, at)
    for code, policy, eid, quote in CERTIFICATIONS:
        row = Certification.objects.filter(code=code).first()
        made += row is not None and _link(policy, eid, TargetRef(certifications.KIND, row.uuid), quote, at)
    return made


def _link(policy: str, eid: str, ref: TargetRef, quote: str, at: datetime) -> bool:
    return link_demo_clause(policy=policy, eid=eid, target=ref, quote=quote, at=at) is not None
