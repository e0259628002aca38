"""Whether a version may be used on a day, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from .models import DatasetVersion, Passport, RiskReport, Withdrawal


@dataclass(frozen=True)
class PassportProblem:
    """Why a version may not be used, in both languages. `code`: withdrawn, unreported, expired."""

    code: str
    message: str
    message_en: str

    def __str__(self) -> str:
        return self.message_en if get_language() == "en" else self.message


def usable_versions(on: date) -> QuerySet[DatasetVersion]:
    """Versions that labs may use on the local day: with a passport in force, not withdrawn."""
    passports = Passport.objects.filter(in_force(on), version=OuterRef("pk"))
    return DatasetVersion.objects.filter(Exists(passports), withdrawal__isnull=True)


def in_force(on: date) -> Q:
    """Condition on Passport: its report is approved and valid on the day."""
    return Q(report__approved_at__isnull=False, report__valid_until__gte=on)


def report_in_force(version: DatasetVersion, on: date) -> RiskReport | None:
    """Return the newest approved report that covers the version on the day."""
    passport = Passport.objects.filter(in_force(on), version=version).select_related("report").order_by("-pk").first()
    return passport.report if passport else None


def newest_report(version: DatasetVersion) -> RiskReport | None:
    """Return the newest report that ever covered the version, whether it is still valid or not."""
    passport = Passport.objects.filter(version=version).select_related("report").order_by("-pk").first()
    return passport.report if passport else None


def passport_problem(version: DatasetVersion, *, on: date) -> PassportProblem | None:
    """Return why labs may not rest on the version on the local day; None when they may."""
    return next(iter(passport_problems([version], on=on).values()), None)


def passport_problems(versions: Iterable[DatasetVersion], *, on: date) -> dict[int, PassportProblem]:
    """Problems by id of the version; at most three queries however many versions (`dataset` comes with the rows)."""
    wanted = {version.pk: version for version in versions}
    good = set(usable_versions(on).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    bad = {pk: version for pk, version in wanted.items() if pk not in good}
    if not bad:
        return {}
    withdrawn = {row.version_id: row for row in Withdrawal.objects.filter(version__in=bad)}
    reports = Passport.objects.filter(version__in=bad, report__approved_at__isnull=False).select_related("report")
    ends: dict[int, date] = {}
    for passport in reports:
        last = passport.report.valid_until
        if last is not None:
            ends[passport.version_id] = max(last, ends.get(passport.version_id, last))
    return {pk: _problem(version, withdrawn.get(pk), ends.get(pk)) for pk, version in bad.items()}


def _problem(version: DatasetVersion, withdrawal: Withdrawal | None, valid_until: date | None) -> PassportProblem:
    name = f"{version.dataset.title}（{version}）"
    name_en = f"{version.dataset.title_en or version.dataset.title} ({version})"
    if withdrawal is not None:
        reason, reason_en = withdrawal.reason, withdrawal.reason_en or withdrawal.reason
        return PassportProblem(
            "withdrawn",
            f"数据 {name} 已撤回：{reason}",
            f"The data {name_en} was withdrawn: {reason_en}",
        )
    if valid_until is not None:
        return PassportProblem(
            "expired",
            f"数据 {name} 的风险评估报告已于 {valid_until:%Y-%m-%d} 到期，须重新评估后才能继续使用。",
            f"The risk report of {name_en} expired on {valid_until:%Y-%m-%d}; the data must be assessed again first.",
        )
    return PassportProblem(
        "unreported",
        f"数据 {name} 没有经批准的风险评估报告，不能用于实训。",
        f"No approved risk report covers {name_en}, so no lab may use it.",
    )
