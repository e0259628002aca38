"""Asking for the synthetic twin of a released version.

A twin is a dataset of its own, `<code>-twin`, whose raw data the worker invents: it is assessed, signed, released,
granted and mounted as every other dataset is, and labs practice on its versions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labs.datasets.deidentification.twins import LABEL_EN, LABEL_ZH
from labs.datasets.inventing import PREFIX, TABLE, original_of, twin_address
from labs.datasets.models import Dataset, DatasetVersion, Draft, Import, RawBatch, Statement, Withdrawal
from labs.datasets.models.desk_work import OPEN_WORK
from labs.datasets.passports import newest_report
from labs.datasets.permissions import STEWARD, require
from labs.datasets.refusals import DeskRefused
from portal.users.models import User

from .importing import ask_import
from .registering import WORDS, register_dataset

SUFFIX = "-twin"


@transaction.atomic
def make_twin(*, version: DatasetVersion, by: User, at: datetime) -> Dataset:
    """Have the worker invent a twin of the version; returns the twin's dataset.

    Asked again it leads to the twin that is there. Raises PermissionDenied and DeskRefused.
    """
    source = version.dataset
    require(by, source, STEWARD, timezone.localdate(at))
    if Withdrawal.objects.filter(version=version).exists():
        raise DeskRefused("withdrawn")
    if version.importer.startswith(PREFIX):
        raise DeskRefused("twin_of_twin")
    if TABLE not in {file["name"] for file in version.files}:
        raise DeskRefused("twin_no_table")
    code = source.code[: 60 - len(SUFFIX)] + SUFFIX
    Dataset.objects.select_for_update().get(pk=source.pk)
    twin = Dataset.objects.filter(code=code).first()
    if twin is None:
        twin = register_dataset(code=code, words=_words(source), owner=source.owner, by=by, at=at)
    elif twin.batches.exclude(address__startswith=PREFIX).exists():
        raise DeskRefused("code_taken")
    address = twin_address(version)
    is_there = RawBatch.objects.filter(dataset=twin, address=address, destroyed_at__isnull=True).exists()
    if not is_there and not Import.objects.filter(OPEN_WORK, dataset=twin, address=address).exists():
        ask_import(dataset=twin, address=address, file_name=f"{code}-{version.number}.csv", by=by, at=at)
    return twin


def require_original(address: str) -> None:
    """Raise DeskRefused when the address is a twin's and its original was withdrawn."""
    if address.startswith(PREFIX) and original_of(address) is None:
        raise DeskRefused("original_withdrawn")


def what_a_twin_begins_with(batch: RawBatch) -> dict[str, Any]:
    """Reason, class and dictionary of a draft on an invented batch; nothing for others."""
    scores, original = batch.profile.get("twin"), original_of(batch.address)
    if not scores or original is None:
        return {}
    report = newest_report(original)
    draft = Draft.objects.filter(version=original).first()
    zh, en = scores_in_words(scores)
    return {
        "statement": Statement.NO_PERSONS,
        "reason": f"{LABEL_ZH}原版本：{original}。{zh}",
        "reason_en": f"{LABEL_EN} Original: {original}. {en}",
        "dictionary": draft.dictionary if draft else {},
    } | ({"release_class": report.release_class} if report else {})


def scores_in_words(scores: dict[str, Any]) -> tuple[str, str]:
    """Return utility and disclosure of a twin in a sentence, in Chinese and in English."""
    alike, near = scores["utility"], scores.get("disclosure") or {}
    zh = f"可用性：与原数据的总体相似度 {_percent(alike['score'])}（单列 {_percent(alike['columns'])}，两列之间 {_percent(alike['pairs'])}）。"
    en = (
        f"Utility: {_percent(alike['score'])} alike overall (single columns {_percent(alike['columns'])},"
        f" pairs {_percent(alike['pairs'])})."
    )
    if near:
        zh += (
            f"泄露风险：合成行到最近原数据行的距离中位数为 {near['distance_median']:.3f}，原数据行彼此之间为"
            f" {near['release_distance_median']:.3f}；与原数据中独一无二的行恰好相同的合成行占"
            f" {_percent(near['equal_to_unique_rows'])}。"
        )
        en += (
            f" Disclosure: the median distance of an invented row to the closest row of the original is"
            f" {near['distance_median']:.3f}, that between rows of the original {near['release_distance_median']:.3f};"
            f" {_percent(near['equal_to_unique_rows'])} of the invented rows equal a row that is unique in the original."
        )
    return zh, en


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _words(source: Dataset) -> dict[str, Any]:
    words = {name: getattr(source, name) for name in WORDS}
    return words | {
        "title": f"{source.title[:112]}（合成孪生）",
        "title_en": f"{source.title_en[:140]} (synthetic twin)" if source.title_en else "",
        "description": f"{LABEL_ZH}\n{source.description}",
        "description_en": f"{LABEL_EN}\n{source.description_en}".strip(),
        "has_persons": False,
    }
