"""Numbers, instants and bars as the pages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.users.asking import typed_before

register = template.Library()


def _from_hundredths(value: object) -> str:
    if value is None or value == "":
        return "–"
    number = (Decimal(str(value)) / 100).quantize(Decimal("0.01")).normalize()
    return f"{number:f}"


@register.simple_tag(takes_context=True)
def typed(context: template.Context, action: str, name: str) -> str:
    """Return what stood in a form's field before its sender was asked once more and went back
    (`portal.users.asking`)."""
    request = context.get("request")
    return typed_before(request, action, name) if request is not None else ""


@register.filter
def hours(value: object) -> str:
    """Learning hours kept in hundredths, as people read them: 350 → 3.5; nothing → a dash."""
    return _from_hundredths(value)


@register.filter
def points(value: object) -> str:
    """Return a score kept in hundredths, as people read it: 750 → 7.5; nothing → a dash."""
    return _from_hundredths(value)


@register.filter
def percent_of(part: object, whole: object) -> int:
    """Return the whole percents of one number in another, 0–100; 100 only when nothing is missing."""
    if not whole or part is None or part == "":
        return 0
    share = int(Decimal(str(part)) * 100 / Decimal(str(whole)))
    return max(0, min(100, share))


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day: 2026年11月24日, or 24 November 2026."""
    if value is None or value == "":
        return "–"
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return date_format(local, "j F Y" if (get_language() or "").startswith("en") else "Y年n月j日")


@register.filter
def last_day(value: datetime | None) -> str:
    """Until when something is open that ends at an instant: the last full day, or the day and the time.

    What ends at midnight has ended when its day begins: the day before is the last one on which it works.
    """
    if not isinstance(value, datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    if (local.hour, local.minute) == (0, 0):
        return day((local - timedelta(days=1)).date())
    return f"{day(local)} {local:%H:%M}"


@register.simple_tag
def moment(value: datetime | None) -> SafeString | str:
    """Return an instant in local time as a <time> element: 2026年11月24日 19:30."""
    if value is None or value == "":
        return "–"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html(
        '<time class="nowrap" datetime="{}">{} {}</time>',
        local.isoformat(timespec="minutes"),
        day(local),
        f"{local:%H:%M}",
    )


@register.simple_tag
def closing(value: datetime | None) -> SafeString | str:
    """Return an instant at which something closes, as a <time> element;
    midnight is 24:00 of the last day on which it works."""
    if value is None or value == "":
        return "–"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', local.isoformat(timespec="minutes"), closing_in_words(local)
    )


def closing_in_words(value: datetime) -> str:
    """Return the same instant for a sentence: 2026年11月24日 24:00."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    is_midnight = (local.hour, local.minute) == (0, 0)
    return f"{last_day(local)} 24:00" if is_midnight else last_day(local)


@register.simple_tag
def progress_bar(percent: int | float | None) -> SafeString:
    """Return a bar from 0 to 100; the number must stand beside it, the drawing is silent."""
    width = max(0, min(100, round(percent or 0)))
    return format_html(
        '<svg class="progress-bar{}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="4"/><rect class="fill" width="{}" height="4"/></svg>',
        " is-done" if width == 100 else "",
        width,
    )


_BROWSERS = (
    ("Edg/", "Edge"),
    ("QQBrowser", "QQBrowser"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """Return what a person calls the program behind a user-agent line: "Chrome · Windows"."""
    names = (next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS))
    return " · ".join(name for name in names if name) or user_agent[:60] or "–"
