"""The risk report for readers: its numbers in words, its pictures, and its paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import weasyprint
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs.datasets.deidentification.recipe import TIERS
from labs.datasets.desk.names import ROLES, STEPS
from labs.datasets.desk.reviewing import without_value
from labs.datasets.models import RiskReport
from portal.printing import NothingFetched

HEIGHT, BAR, GAP, LEFT = 120, 22, 14, 40


def report_context(report: RiskReport) -> dict[str, Any]:
    """Return what page and paper show of a report."""
    numbers = report.numbers.get("numbers", {})
    plots = numbers.get("plots") or {}
    document = report.build.recipe.document
    answers = {row.place: row for row in report.answers.select_related("by")}
    sentence = "message_en" if get_language() == "en" else "message_zh"
    return {
        "report": report,
        "dataset": report.draft.dataset,
        "version": report.draft.version,
        "numbers": numbers,
        "before": numbers.get("before") or {},
        "recipe": document,
        "suppression_max": f"{100 * (document.get('suppression_max') or 0):g}",
        "least": TIERS.get(report.release_class),
        "columns": _columns(document, numbers),
        "findings": [
            {**finding, "text": (finding | without_value(finding)).get(sentence, ""), "answer": answers.get(place)}
            for place, finding in enumerate(report.numbers.get("findings", []), start=1)
        ],
        "whole": answers.get(0),
        "sizes": _pairs(
            plots.get("class_size_bins"), plots.get("class_size_rows_before"), plots.get("class_size_rows_after")
        ),
        "sizes_picture": _picture(
            plots.get("class_size_bins"), plots.get("class_size_rows_before"), plots.get("class_size_rows_after")
        ),
        "risks": _pairs(
            _percents(plots.get("risk_at_least")), plots.get("risk_share_before"), plots.get("risk_share_after")
        ),
        "risks_picture": _picture(
            _percents(plots.get("risk_at_least")), plots.get("risk_share_before"), plots.get("risk_share_after")
        ),
        "sensitive": numbers.get("sensitive") or {},
        "compared": numbers.get("compared_with") or [],
    }


def report_pdf(report: RiskReport) -> bytes:
    """Return the report as PDF, in the reader's language."""
    page = render_to_string("datasets/desk/report_paper.html", report_context(report))
    document = weasyprint.HTML(string=page, url_fetcher=NothingFetched(fail_on_errors=True))
    pdf: bytes = document.write_pdf(pdf_identifier=report.uuid.bytes)
    return pdf


def _columns(document: Mapping[str, Any], numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    losses, levels = numbers.get("ncp_columns") or {}, numbers.get("levels") or {}
    return [
        {
            "name": name,
            "role": ROLES.get(rule.get("role", ""), ""),
            "treatment": STEPS.get(rule.get("treatment", ""), ""),
            "loss": None if losses.get(name) is None else round(100 * losses[name], 1),
            "level": _level(levels.get(name)),
        }
        for name, rule in (document.get("columns") or {}).items()
    ]


def _level(level: Any) -> str:
    """One level, or all that occur where classes differ."""
    if isinstance(level, list | tuple):
        return ", ".join(map(str, level))
    return "—" if level is None else str(level)


def _percents(shares: Sequence[float] | None) -> list[str] | None:
    return None if shares is None else [f"≥ {100 * share:g} %" for share in shares]


def _pairs(labels: Any, before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    if not labels or not before or not after:
        return []
    return [(label, _shown(was), _shown(is_now)) for label, was, is_now in zip(labels, before, after, strict=False)]


def _shown(value: float) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, float) else f"{value:,}"


def _picture(labels: Any, before: Any, after: Any) -> SafeString:
    """Two bars per label, before and after, drawn to one scale. The table beside it says the same in numbers."""
    if not labels or not before or not after:
        return SafeString("")
    highest = max([*before, *after, 1e-9])
    width = LEFT + len(labels) * (2 * BAR + GAP)
    bars = []
    for place, (label, was, is_now) in enumerate(zip(labels, before, after, strict=False)):
        left = LEFT / 2 + place * (2 * BAR + GAP)
        for offset, value, fill in ((0, was, "#b4560f"), (BAR, is_now, "#1a8799")):
            height = round(HEIGHT * value / highest, 1)
            bars.append((left + offset, HEIGHT - height + 4, BAR - 2, height, fill))
        bars.append((left, 0, 0, 0, label))
    rects = format_html_join(
        "", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', [bar for bar in bars if bar[2]]
    )
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="10" text-anchor="middle" fill="currentColor">{}</text>',
        [(bar[0] + BAR, HEIGHT + 18, bar[4]) for bar in bars if not bar[2]],
    )
    name = _("Before (brown) and after (green-blue)")
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" width="{}" height="{}">{}{}</svg>',
        width,
        HEIGHT + 26,
        name,
        width,
        HEIGHT + 26,
        rects,
        texts,
    )
