"""Certifications of the demonstration province. Nobody is certified by it: awards come from completed courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from courses.catalog.models import Course
from courses.partners.models import PartnerProgram
from portal.audit.actions import record
from portal.installation.paths import Paths

from .models import Certification

ISSUER = "陕西省智慧城市人才培训中心"
VALIDITY_MONTHS = 36


@dataclass(frozen=True)
class DemoCertifications:
    """What the demonstration can certify."""

    governance: Certification
    practice: Certification


@transaction.atomic
def seed(*, at: datetime, paths: Paths) -> DemoCertifications:
    """Make the two certifications of the demonstration courses, once."""
    return DemoCertifications(
        governance=_certification(
            code="ZHZL",
            name="智慧城市治理能力证书",
            name_en="Certificate in Smart-City Governance",
            course="smart-city-governance",
            program=None,
            at=at,
        ),
        practice=_certification(
            code="CSSJ",
            name="城市数据分析实训证书",
            name_en="Certificate in City Data Practice",
            course="city-data-practice",
            program="chd-2026",
            at=at,
        ),
    )


def _certification(
    *, code: str, name: str, name_en: str, course: str, program: str | None, at: datetime
) -> Certification:
    certification, is_new = Certification.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "name_en": name_en,
            "course": Course.objects.get(code=course),
            "program": PartnerProgram.objects.get(code=program) if program else None,
            "issuer": ISSUER,
            "validity_months": VALIDITY_MONTHS,
        },
    )
    if is_new:
        record(by=None, at=at, event="certification.certification_added", target=certification)
    return certification
