"""Word files from raw markup: lists, changes, fields and boxes that python-docx cannot write."""

from __future__ import annotations

import io

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def run(words: str) -> str:
    """Return a run of text."""
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(words: str = "", properties: str = "", inside: str = "") -> str:
    """Return a paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside or (run(words) if words else '')}</w:p>"


def listed(words: str, number: int, level: int = 0, properties: str = "") -> str:
    """Return a paragraph of a list."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(words, place + properties)


def level(place: int, kind: str, text: str, more: str = "") -> str:
    """Return a level of a list."""
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(number: int, *levels: str) -> str:
    """Return a list as such."""
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def instance(number: int, of: int, more: str = "") -> str:
    """Return a list as paragraphs name it."""
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def table(*rows: tuple[str, ...]) -> str:
    """Return a table of cells; a cell is words or its own markup."""
    cells = [
        ["".join(each if each.startswith("<") else f"<w:tc>{paragraph(each)}</w:tc>" for each in row)] for row in rows
    ]
    return f"<w:tbl>{''.join(f'<w:tr>{row[0]}</w:tr>' for row in cells)}</w:tbl>"


def word_file(body: str, lists: str = "", styles: str = "", footnotes: str = "") -> bytes:
    """Return a DOCX file."""
    document = docx.Document()
    for node in list(document.element.body)[:-1]:
        document.element.body.remove(node)
    for place, node in enumerate(parse_xml(f"<w:body {NAMES}>{body}</w:body>")):
        document.element.body.insert(place, node)
    numbering = document.part.numbering_part.element
    if lists:
        for node in list(numbering):
            numbering.remove(node)
        numbering.extend(list(parse_xml(f"<w:numbering {NAMES}>{lists}</w:numbering>")))
    document.styles.element.extend(list(parse_xml(f"<w:styles {NAMES}>{styles}</w:styles>")))
    if footnotes:
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        text = f"<w:footnotes {NAMES}>{footnotes}</w:footnotes>".encode()
        part = Part(PackURI("/word/footnotes.xml"), kind, text, document.part.package)
        document.part.relate_to(part, FOOTNOTES)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
