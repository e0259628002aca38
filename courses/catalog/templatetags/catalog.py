"""Tags of the catalog."""

from __future__ import annotations

from django import template
from django.utils import timezone

from courses.catalog.labs import lab_count
from courses.catalog.listing import CourseListing, list_courses
from courses.catalog.models import Course
from portal.pages.queries import address_of, spoken_language, top_page

register = template.Library()


@register.simple_tag(takes_context=True)
def course_list(context: template.Context) -> CourseListing:
    """Return the courses that the address asks for."""
    request = context.get("request")
    parameters = request.GET if request is not None else {}
    return list_courses(parameters, spoken_language(), timezone.now(), getattr(request, "user", None))


@register.simple_tag(takes_context=True)
def catalog_url(context: template.Context) -> str:
    """Address of the catalog in the language of the page."""
    request = context.get("request")
    index = top_page(request, "courseindexpage") if request is not None else None
    return address_of(index) if index else "/"


@register.simple_tag
def labs_of_course(course: Course) -> int:
    """Return how many labs a course has."""
    return int(Course.objects.filter(pk=course.pk).values_list(lab_count("pk"), flat=True).get())
