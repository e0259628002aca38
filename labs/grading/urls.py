"""Addresses of a trainee's lab page and of the instructors' submissions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import adjusting, appeals, book, desk, insight, marking, paper, regrades, rubrics, submissions, trainee

app_name = "grading"
urlpatterns: list[URLPattern | URLResolver] = [
    path("submissions/", submissions.submissions, name="submissions"),
    path("desk/", desk.desk, name="desk"),
    path("submissions/<uuid:submission_uuid>/", marking.submission, name="submission"),
    path("submissions/<uuid:submission_uuid>/marks/<int:question_id>/", marking.mark, name="mark"),
    path("submissions/<uuid:submission_uuid>/marks/<int:question_id>/draft", marking.draft, name="draft"),
    path("submissions/<uuid:submission_uuid>/marks/<uuid:mark_uuid>/restore/", marking.restore, name="restore_mark"),
    path("submissions/<uuid:submission_uuid>/feedback/<int:question_id>/", marking.feedback, name="feedback"),
    path("submissions/<uuid:submission_uuid>/lock/", marking.lock, name="lock"),
    path("submissions/<uuid:submission_uuid>/flags/", marking.flags, name="flags"),
    path("submissions/<uuid:submission_uuid>/adjust/<int:question_id>/", adjusting.adjust, name="adjust"),
    path("adjustments/", adjusting.adjustments, name="adjustments"),
    path("adjustments/<uuid:adjustment_uuid>/", adjusting.adjustment, name="adjustment"),
    path("papers/<str:signed>/", paper.paper, name="paper"),
    path("questions/<int:question_id>/rubric/", rubrics.rubric, name="rubric"),
    path("comments/<slug:course_code>/", rubrics.comments, name="comments"),
    path("comments/<slug:course_code>/<uuid:comment_uuid>/", rubrics.comment, name="comment"),
    path("comments/<slug:course_code>/<uuid:comment_uuid>/retire/", rubrics.retire, name="retire_comment"),
    path("analysis/<uuid:assignment_uuid>/", insight.items, name="items"),
    path("analysis/<uuid:assignment_uuid>/questions/<int:question_id>/", insight.clusters, name="clusters"),
    path("similarity/<uuid:assignment_uuid>/", insight.similarity, name="similarity"),
    path("similarity/<uuid:assignment_uuid>/pairs/<int:pair_id>/", insight.pair, name="pair"),
    path("books/", book.books, name="books"),
    path("books/<slug:run_code>/", book.book, name="book"),
    path("books/<slug:run_code>/export.<str:form>", book.export, name="export_book"),
    path("books/<slug:run_code>/import/", book.import_page, name="import"),
    path("submissions/<uuid:submission_uuid>/regrade/", submissions.regrade, name="regrade"),
    path("submissions/<uuid:submission_uuid>/appeal/", appeals.new_appeal, name="new_appeal"),
    path("submissions/<uuid:submission_uuid>/notebook", trainee.notebook, name="notebook"),
    path("regrades/", regrades.regrades, name="regrades"),
    path("regrades/new/<uuid:assignment_uuid>/", regrades.new_regrade, name="new_regrade"),
    path("regrades/<uuid:batch_uuid>/", regrades.regrade_batch, name="regrade_batch"),
    path("regrades/<uuid:batch_uuid>/approve/", regrades.approve, name="approve_regrade"),
    path("regrades/<uuid:batch_uuid>/discard/", regrades.discard, name="discard_regrade"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<uuid:appeal_uuid>/", appeals.appeal, name="appeal"),
    path("<uuid:assignment_uuid>/", trainee.lab, name="lab"),
    path("<uuid:assignment_uuid>/status", trainee.lab_status, name="lab_status"),
]
