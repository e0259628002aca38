"""Addresses of the data desk, below `datasets/desk/`, and of risk reports."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import cleaning, datasets, drafts, hierarchies, meanings, requests, reviews, versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", datasets.overview, name="desk"),
    path("desk/register/", datasets.register, name="desk_register"),
    path("desk/catalogue/<slug:code>/", datasets.take_from_catalog, name="desk_catalog"),
    path("desk/datasets/<slug:code>/", datasets.dataset, name="desk_dataset"),
    path("desk/datasets/<slug:code>/change/", datasets.change, name="desk_change"),
    path("desk/datasets/<slug:code>/deliver/", datasets.deliver, name="desk_deliver"),
    path("desk/datasets/<slug:code>/columns/", meanings.meanings, name="meanings"),
    path("desk/batches/<uuid:batch_uuid>/", datasets.batch, name="desk_batch"),
    path("desk/batches/<uuid:batch_uuid>/cleaning/", cleaning.cleaning, name="cleaning"),
    path("desk/batches/<uuid:batch_uuid>/cleaning/change/", cleaning.change_cleaning, name="cleaning_change"),
    path("desk/batches/<uuid:batch_uuid>/cleaning/apply/", cleaning.apply_cleaning, name="cleaning_apply"),
    path("desk/batches/<uuid:batch_uuid>/rows/", cleaning.bad_rows, name="bad_rows"),
    path("desk/batches/<uuid:batch_uuid>/draft/", datasets.begin_draft, name="begin_draft"),
    path("desk/batches/<uuid:batch_uuid>/destroy/", datasets.destroy, name="destroy_batch"),
    path("desk/work/<uuid:work_uuid>/cancel/", datasets.cancel, name="cancel_work"),
    path("desk/drafts/<uuid:draft_uuid>/", drafts.draft, name="draft"),
    path("desk/drafts/<uuid:draft_uuid>/save/", drafts.save, name="draft_save"),
    path("desk/drafts/<uuid:draft_uuid>/preview/", drafts.preview, name="draft_preview"),
    path("desk/drafts/<uuid:draft_uuid>/live/", drafts.live, name="draft_live"),
    path("desk/drafts/<uuid:draft_uuid>/recipe/", drafts.recipe_file, name="draft_recipe"),
    path("desk/drafts/<uuid:draft_uuid>/recipe/upload/", drafts.upload_recipe, name="draft_recipe_upload"),
    path("desk/drafts/<uuid:draft_uuid>/hierarchy/<int:place>/", hierarchies.hierarchy, name="draft_hierarchy"),
    path("desk/drafts/<uuid:draft_uuid>/review/", reviews.review, name="draft_review"),
    path("desk/drafts/<uuid:draft_uuid>/approve/", reviews.approve, name="draft_approve"),
    path("desk/drafts/<uuid:draft_uuid>/accept/", reviews.accept, name="draft_accept"),
    path("desk/drafts/<uuid:draft_uuid>/return/", drafts.give_back, name="draft_return"),
    path("desk/drafts/<uuid:draft_uuid>/release/", drafts.release, name="draft_release"),
    path("desk/versions/<uuid:version_uuid>/", versions.version, name="desk_version"),
    path("desk/versions/<uuid:version_uuid>/grant/", versions.grant, name="grant"),
    path("desk/versions/<uuid:version_uuid>/withdraw/", versions.withdraw, name="withdraw"),
    path("desk/versions/<uuid:version_uuid>/renew/", versions.renew, name="renew"),
    path("desk/versions/<uuid:version_uuid>/twin/", versions.twin, name="make_twin"),
    path("desk/grants/<uuid:grant_uuid>/revoke/", versions.revoke, name="revoke"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new/<slug:code>/", requests.ask, name="ask"),
    path("requests/<uuid:request_uuid>/", requests.one, name="request"),
    path("reports/<uuid:report_uuid>/", versions.report, name="report"),
    path("reports/<uuid:report_uuid>/paper.pdf", versions.report_paper, name="report_paper"),
    path("desk/reports/<uuid:report_uuid>/sign/", reviews.sign_renewal, name="sign_renewal"),
]
