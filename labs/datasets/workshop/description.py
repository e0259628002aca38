"""What a package says about itself: dictionary, Frictionless, Croissant, DCAT, license and a page to read.

Nothing here tells a time, a person or a version's number: the same data is described by the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

FRICTIONLESS = {"text": "string"}
CROISSANT = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "text": "sc:Text",
}
MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "inp": "text/plain",
    "json": "application/json",
    "jsonld": "application/ld+json",
}
STATEMENTS = {
    "no_persons": ("不含个人信息", "Holds no personal information"),
    "deidentified": ("去标识化(仍属个人信息处理的范围)", "De-identified (still handled as personal information)"),
    "anonymised": ("匿名化", "Anonymized"),
}


@dataclass(frozen=True)
class About:
    """The words around a dataset."""

    code: str
    title: str
    title_en: str
    description: str
    description_en: str
    source: str
    source_url: str
    license: str
    license_url: str
    attribution: str
    crs: str
    statement: str


@dataclass(frozen=True)
class Column:
    """A released column."""

    name: str
    type: str
    description: str = ""
    description_en: str = ""


@dataclass(frozen=True)
class PackagedTable:
    """A released table, already written."""

    name: str
    rows: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class PackagedFile:
    """A file of data, already written."""

    name: str
    sha256: str
    bytes: int

    @property
    def media_type(self) -> str:
        """Its media type by its name."""
        return MEDIA.get(self.name.rpartition(".")[2], "application/octet-stream")


def describe(
    about: About, tables: Sequence[PackagedTable], files: Sequence[PackagedFile], risk: Mapping[str, Any]
) -> dict[str, bytes]:
    """Return the describing files by name."""
    return {
        "README.md": _readme(about, tables).encode(),
        "LICENSE": _license(about).encode(),
        "RISK.json": _json(risk),
        "dictionary.json": _json(_dictionary(about, tables)),
        "datapackage.json": _json(_datapackage(about, tables, files)),
        "croissant.json": _json(_croissant(about, tables, files)),
        "dcat.jsonld": _json(_dcat(about, files)),
    }


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _readme(about: About, tables: Sequence[PackagedTable]) -> str:
    zh, en = STATEMENTS[about.statement]
    sizes = "\n".join(f"- {t.name}.csv / {t.name}.parquet: {t.rows} × {len(t.columns)}" for t in tables)
    credit = f"- 署名 Attribution: {about.attribution}\n" if about.attribution else ""
    return (
        f"# {about.title}（{about.title_en or about.code}）\n\n{about.description}\n\n{about.description_en}\n\n"
        f"- 来源 Source: {about.source}\n- 网址 Address: {about.source_url}\n- 许可 License: {about.license}\n{credit}"
        f"- 个人信息 Personal information: {zh} / {en} (RISK.json)\n{sizes}\n- 数据字典 Dictionary: dictionary.json\n"
    )


def _license(about: About) -> str:
    lines = [about.license, about.license_url, about.attribution, f"Source: {about.source} {about.source_url}"]
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n"


def _dictionary(about: About, tables: Sequence[PackagedTable]) -> dict[str, Any]:
    return {
        "dataset": about.code,
        "licence": about.license,
        "tables": [
            {"name": t.name, "rows": t.rows, "columns": [asdict(column) for column in t.columns]} for t in tables
        ],
    }


def _datapackage(about: About, tables: Sequence[PackagedTable], files: Sequence[PackagedFile]) -> dict[str, Any]:
    schemas = {t.name: t for t in tables}

    def resource(file: PackagedFile) -> dict[str, Any]:
        stem, _, suffix = file.name.rpartition(".")
        entry: dict[str, Any] = {
            "name": file.name.lower().replace(".", "-").replace("_", "-"), "path": file.name, "format": suffix,
            "mediatype": file.media_type, "bytes": file.bytes, "hash": f"sha256:{file.sha256}",
        }  # fmt: skip
        if suffix == "csv" and stem in schemas:
            fields = [
                {"name": c.name, "type": FRICTIONLESS.get(c.type, c.type), "description": c.description}
                for c in schemas[stem].columns
            ]
            entry |= {"profile": "tabular-data-resource", "encoding": "utf-8-sig"}
            entry |= {"schema": {"fields": fields, "missingValues": ["", "NA"]}}
        return entry

    return {
        "profile": "data-package",
        "name": about.code,
        "title": about.title,
        "description": about.description,
        "licenses": [{"name": about.license, "title": about.license} | _maybe("path", about.license_url)],
        "sources": [{"title": about.source} | _maybe("path", about.source_url)],
        "resources": [resource(file) for file in files],
    }


def _croissant(about: About, tables: Sequence[PackagedTable], files: Sequence[PackagedFile]) -> dict[str, Any]:
    return {
        "@context": {
            "@language": "zh", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
            "recordSet": "cr:recordSet", "field": "cr:field", "source": "cr:source", "fileObject": "cr:fileObject",
            "extract": "cr:extract", "column": "cr:column", "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.code,
        "description": about.description,
        "license": about.license_url or about.license,
        "url": about.source_url or f"urn:chengxue:{about.code}",
        "citeAs": about.attribution or about.source,
        "distribution": [
            {
                "@type": "cr:FileObject", "@id": file.name, "name": file.name, "contentUrl": file.name,
                "encodingFormat": file.media_type, "contentSize": f"{file.bytes} B", "sha256": file.sha256,
            }
            for file in files
        ],
        "recordSet": [_record_set(table) for table in tables],
    }  # fmt: skip


def _record_set(table: PackagedTable) -> dict[str, Any]:
    source = f"{table.name}.csv"
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{c.name}",
                "name": c.name,
                "description": c.description,
                "dataType": CROISSANT[c.type],
                "source": {"fileObject": {"@id": source}, "extract": {"column": c.name}},
            }
            for c in table.columns
        ],
    }


def _dcat(about: About, files: Sequence[PackagedFile]) -> dict[str, Any]:
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "spdx": "http://spdx.org/rdf/terms#",
        },
        "@type": "dcat:Dataset",
        "@id": f"urn:chengxue:{about.code}",
        "dct:identifier": about.code,
        "dct:title": _both(about.title, about.title_en),
        "dct:description": _both(about.description, about.description_en),
        "dct:license": about.license_url or about.license,
        "dct:source": about.source_url or about.source,
        "dct:provenance": about.attribution or about.source,
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution", "dct:title": file.name, "dcat:downloadURL": file.name,
                "dcat:mediaType": file.media_type, "dcat:byteSize": file.bytes,
                "spdx:checksum": {"spdx:algorithm": "spdx:checksumAlgorithm_sha256", "spdx:checksumValue": file.sha256},
            }
            for file in files
        ],
    }  # fmt: skip


def _both(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@language": "zh", "@value": zh}] + ([{"@language": "en", "@value": en}] if en else [])


def _maybe(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}
