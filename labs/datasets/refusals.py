"""Why the desk does not do what it was asked for."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "stale": _("%(name)s has changed this draft in the meantime. Reload the page, look at the change, and try again."),
    "state": _("This cannot be done with a draft that is %(state)s."),
    "editing": _("Only a draft that is still a draft can be changed. Return it first."),
    "busy": _("A build of this draft is already under way. Wait for it, or cancel it."),
    "no_build": _("The draft has changed since it was built, or was never built. Build it first."),
    "stops": _("%(count)s findings forbid the release. The first: %(first)s"),
    "unanswered": _("Not signed: %(count)s findings are not ticked with a reason. The first: %(first)s"),
    "not_acceptable": _("This finding cannot be accepted, or the newest build no longer has it. Reload the page."),
    "same_person": _("Whoever wrote the draft or prepared the report cannot approve it. Somebody else has to look."),
    "no_reason": _("Say why: it is written down for whoever asks later."),
    "has_persons": _(
        "This dataset tells of natural persons, so it cannot be released as holding no personal information."
    ),
    "recipe_missing": _("There is no recipe yet: every column needs a role."),
    "population_missing": _(
        "k-map and δ-presence need a table of the population. Choose one of the deliveries, or empty both fields."
    ),
    "population_destroyed": _(
        "The table of the population was destroyed on %(date)s. Choose another delivery, or none."
    ),
    "reversible": _(
        "A release with pseudonyms or shifted dates can be linked back by whoever holds the key: it is de-identified, "
        "not anonymized."
    ),
    "class_small": _("Anonymized data must meet the threshold of the public: classes of at least %(least)s."),
    "destroyed": _("The raw data of this batch was destroyed on %(date)s. Import it again."),
    "damaged": _("The files of the build are not those that were checked (%(first)s). Build again."),
    "outdated": _(
        "Another version of the dataset was released after this build. Build again, so that both are compared."
    ),
    "same_release": _("This is exactly version %(number)s, which is already released."),
    "withdrawn": _("This version was withdrawn."),
    "twin_of_twin": _("This is a synthetic twin already."),
    "twin_no_table": _("This version holds no table, so it cannot get a synthetic twin."),
    "original_withdrawn": _(
        "The version of which this is the synthetic twin was withdrawn. The twin cannot be released."
    ),
    "valid_until": _("The report must be valid until a day in the future."),
    "retention": _("The day until which raw data is kept must lie in the future."),
    "code_taken": _("There is a dataset with this code already."),
    "receiver": _("Choose exactly one: a run, a unit or a person."),
    "asked": _("This unit has asked for this dataset already; wait for the answer."),
    "own_request": _("Nobody decides on a request of one's own."),
    "period": _("The end must not lie before the start."),
    "unusable": _("%(problem)s"),
    "too_large": _("The file is larger than %(most)s MB."),
    "disk_full": _("The disk is full. Nothing was changed; free some space and try again."),
    "format": _("The format of the file is unknown. Take CSV, XLSX, Parquet, JSON, GeoJSON, INP or OSM PBF."),
    "needs_cleaning": _(
        "No table can be read from this delivery as it stands. Clean it first, and begin the draft on the clean one."
    ),
    "cleaned_already": _("This delivery is a clean one. Change the steps on the delivery that it was made from."),
    "plan_stale": _("%(name)s has changed the cleaning steps in the meantime. Look at them, and try again."),
    "plan_wrong": _("%(problem)s"),
    "differences_unseen": _("This delivery differs from the last one. Look at the differences and say that you have."),
    "finished": _("This is already finished."),
    "recipe_wrong": _("%(problem)s"),
    "unwritable": _("The recipe holds a character that cannot be stored (NUL or half a character). Remove it."),
}


class DeskRefused(Exception):
    """The desk refuses; `code` says why and `str()` says it to a person in the active language."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.values
