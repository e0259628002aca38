"""Releasing datasets."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.db import transaction

from portal.audit.actions import record
from portal.users.models import User
from search.actions import put_entry

from .entries import dataset_entries
from .layout import describe_files, lay_out, version_digest
from .models import Dataset, DatasetVersion
from .sources import DatasetSource
from .tables import count_rows

README = """# {title}（{title_en}）

{description}

{description_en}

- 来源 Source: {source}
- 网址 Address: {source_url}
- 许可 Licence: {licence}
- 版本 Version: {number}
- 数据字典 Dictionary: dictionary.json
"""


def release_dataset(
    *, source: DatasetSource, content: bytes, root: Path, by: User | None, at: datetime
) -> tuple[DatasetVersion, bool]:
    """This will make the source's table the released version 1 of its dataset, or return the one that is there.

    Files first, row last: a crash leaves files without a row, which the next try takes over. Raises WrongTable.
    """
    rows = count_rows(content, [column.name for column in source.columns])
    contents = _contents(source, content)
    files = describe_files(contents)
    lay_out(root, source.code, 1, contents)
    with transaction.atomic():
        dataset, _ = Dataset.objects.get_or_create(
            code=source.code,
            defaults={
                name: getattr(source, name)
                for name in ("title", "title_en", "description", "description_en", "source", "source_url", "licence")
            }
            | {"created_at": at},
        )
        version, is_new = DatasetVersion.objects.get_or_create(
            dataset=dataset,
            number=1,
            defaults={
                "importer": source.address,
                "source_sha256": source.sha256,
                "sha256": version_digest(files),
                "files": [file.as_json() for file in files],
                "columns": [column.as_json() for column in source.columns],
                "rows": rows,
                "released_at": at,
                "released_by": by,
            },
        )
        if is_new:
            for entry in dataset_entries([dataset]):
                put_entry(**vars(entry), at=at)
            details = {"version": 1, "sha256": version.sha256, "importer": source.address, "rows": rows}
            record(by=by, at=at, event="datasets.version_released", target=version, details=details)
    return version, is_new


def _contents(source: DatasetSource, table: bytes) -> dict[str, bytes]:
    readme = README.format(number=1, **{name: getattr(source, name) for name in DatasetSource.__dataclass_fields__})
    dictionary = {
        "dataset": source.code,
        "version": 1,
        "file": source.file_name,
        "licence": source.licence,
        "columns": [column.as_json() for column in source.columns],
    }
    return {
        source.file_name: table,
        "README.md": readme.encode(),
        "dictionary.json": (json.dumps(dictionary, ensure_ascii=False, indent=1) + "\n").encode(),
    }
