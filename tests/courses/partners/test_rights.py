"""Authors' rights follow grants and end with the program."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from courses.partners.actions import ProgramTerms, change_program
from courses.partners.models import PartnerProgram
from courses.partners.queries import access_programs_for
from portal.users.models import User
from portal.users.rights import has_role
from tests.courses.conftest import NOW, School, group_names
from tests.courses.learning.test_views import signed_in

TODAY = timezone.localdate()
OWN = "program:chd-2026:instructor"


def _terms(program: PartnerProgram, days: int) -> ProgramTerms:
    return ProgramTerms(program.name, program.start_date, "周立新", "院长", end_date=TODAY + timedelta(days=days))


def test_a_grant_puts_its_holder_into_the_group_of_the_program(school: School, own_instructor: User) -> None:
    page = school.page(school.lessons[0])

    assert OWN in group_names(own_instructor)
    assert page.permissions_for_user(own_instructor).can_publish()
    assert not school.page(school.foreign_course).permissions_for_user(own_instructor).can_edit()


def test_a_lab_author_edits_but_does_not_publish(school: School, instructor: User) -> None:
    school.appoint(instructor, "lab_author", school.program)

    rights = school.page(school.lessons[0]).permissions_for_user(instructor)

    assert rights.can_edit()
    assert not rights.can_publish()
    assert rights.can_submit_for_moderation() if hasattr(rights, "can_submit_for_moderation") else True


def test_rights_end_when_the_program_is_ended(school: School, own_instructor: User) -> None:
    change_program(program=school.program, terms=_terms(school.program, -1), by=None, at=NOW)

    own_instructor = User.objects.get(pk=own_instructor.pk)
    assert OWN not in group_names(own_instructor)
    assert not school.page(school.lessons[0]).permissions_for_user(own_instructor).can_edit()
    assert not has_role(own_instructor, "instructor", on=TODAY)
    assert not access_programs_for(own_instructor, TODAY).exists()


def test_rights_come_back_when_it_is_prolonged(school: School, own_instructor: User) -> None:
    change_program(program=school.program, terms=_terms(school.program, -1), by=None, at=NOW)

    change_program(program=school.program, terms=_terms(school.program, 30), by=None, at=NOW)

    assert OWN in group_names(own_instructor)


def test_the_day_after_the_last_one_needs_no_chore(school: School, own_instructor: User) -> None:
    # The program's last day passes: nobody acts, no signal is sent.
    PartnerProgram.objects.filter(pk=school.program.pk).update(end_date=TODAY - timedelta(days=1))

    signed_in(own_instructor).get("/admin/")

    assert OWN not in group_names(own_instructor)


def test_the_page_of_a_partner_tells_its_programs_and_courses(school: School, official: User) -> None:
    page = signed_in(official).get("/courses/chd/").content.decode()

    assert "chd 项目" in page
    assert "智慧城市治理" in page
    assert "外单位的课程" not in page
