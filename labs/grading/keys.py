"""What a grading run depends on, and the key that makes a second run of the same thing impossible."""

from __future__ import annotations

import hashlib

from labs.assignments.models import LabRelease
from labs.grader.engine.digests import grader_digest

from .models import Submission


def dataset_digest(release: LabRelease) -> str:
    """One digest over the dataset versions that a release reads."""
    digests = release.data.order_by("version__dataset__code", "version__number").values_list(
        "version__sha256", flat=True
    )
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def run_key(submission: Submission, release: LabRelease, dataset: str, cause: str, batch: str = "") -> str:
    """sha256(submission uuid ‖ release ‖ environment ‖ dataset ‖ grader ‖ cause ‖ batch)."""
    parts = (
        str(submission.uuid),
        release.content_sha256,
        release.environment_digest,
        dataset,
        grader_digest(),
        cause,
        batch,
    )
    return hashlib.sha256("‖".join(parts).encode()).hexdigest()
