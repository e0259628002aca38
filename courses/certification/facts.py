"""What a certificate states, gathered once when the award is made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from courses.learning.models import CourseCompletion, LearningHours
from courses.partners.models import PartnerProgram

from .models import Certification
from .queries import post_of
from .snapshots import VERSION, digest


def award_facts(
    certification: Certification, completion: CourseCompletion, valid_from: date, expires: date | None, at: datetime
) -> dict[str, Any]:
    """Return the snapshot of an award, without its serial."""
    course, run = completion.course, completion.enrollment.run
    return {
        "version": VERSION,
        "certification": {
            "uuid": str(certification.uuid),
            "code": certification.code,
            "name": certification.name,
            "name_en": certification.name_en,
        },
        "issuer": certification.issuer,
        "program": _program_facts(certification.program),
        "person": _person_facts(completion, timezone.localdate(at)),
        "course": {
            "uuid": str(course.uuid),
            "code": course.code,
            "title": course.title,
            "title_en": course.title_en,
            "hours": _credited_hours(completion),
        },
        "run": {
            "uuid": str(run.uuid),
            "code": run.code,
            "name": run.name,
            "starts_date": timezone.localdate(run.starts_at).isoformat(),
            # A run that ends at midnight has had its last day before.
            "ends_date": timezone.localdate(run.ends_at - timedelta(microseconds=1)).isoformat(),
        },
        "completed_date": timezone.localdate(completion.completed_at).isoformat(),
        "awarded_at": at.isoformat(timespec="seconds"),
        "valid_from_date": valid_from.isoformat(),
        "expires_date": expires.isoformat() if expires else None,
        "evidence": _evidence_facts(completion),
    }


def _person_facts(completion: CourseCompletion, on: date) -> dict[str, str]:
    user = completion.enrollment.user
    post = post_of(user, on)
    return {
        "name": user.name,
        "unit": post.organization.name if post else "",
        "post": post.position.name if post else "",
    }


def _program_facts(program: PartnerProgram | None) -> dict[str, str] | None:
    if program is None:
        return None
    return {
        "uuid": str(program.uuid),
        "name": program.name,
        "partner": program.partner.name,
        "signatory_name": program.signatory_name,
        "signatory_title": program.signatory_title,
    }


def _credited_hours(completion: CourseCompletion) -> int:
    """Return what the ledger credited for this completion; the course's own hours where no entry names it."""
    entries = LearningHours.objects.filter(source_uuid__in=[completion.uuid, completion.enrollment.uuid])
    credited = entries.aggregate(total=Sum("hours"))["total"]
    return int(credited if credited is not None else completion.course.hours)


def _evidence_facts(completion: CourseCompletion) -> dict[str, Any]:
    """Digests of what the award rests on; the evidence itself stays with its owners."""
    met = completion.enrollment.requirements_met.select_related("requirement").order_by("pk")
    return {
        "completion": str(completion.uuid),
        "completion_sha256": digest(completion.evidence),
        "requirements": [
            {
                "kind": row.requirement.kind,
                "subject": str(row.requirement.subject_uuid),
                "label": row.requirement.label,
                "met_at": row.met_at.isoformat(timespec="seconds"),
                "sha256": digest(row.evidence),
            }
            for row in met
        ],
    }
