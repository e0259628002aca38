"""Files and folders → documents ready to be taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from .actions.importing import Source
from .models import PolicyLevel, PolicyStatus, PolicyTheme
from .models.works import RESERVED_CODES
from .parsing.about import About, UnreadableField, complete, read_date, read_fields
from .parsing.corpus import CorpusDocument, corpus_documents, is_corpus
from .parsing.formats import SUFFIXES, Manuscript, UnreadableFile, clean, read_file
from .parsing.kinds import KNOWN
from .parsing.parts import without_closing
from .parsing.pieces import MAX_CLAUSE, build_tree
from .parsing.several import Several, laws_of
from .parsing.wording import SourceProblem, read_wording

Say = Callable[[str], str]
SENTENCES: dict[str, Say] = {
    "suffix_unknown": lambda subject: _("%s is no Markdown, HTML or DOCX file.") % (subject or "?"),
    "kind_doc": lambda subject: _(
        "This is a file of an old office program (.doc). Open it, save it as DOCX and take that in."
    ),
    "kind_wps": lambda subject: _("This is a WPS file. Open it in WPS, save it as DOCX and take that in."),
    "kind_ofd": lambda subject: _(
        "This is an OFD file. Ask the issuing office for the DOCX, or export it as text and take that in."
    ),
    "kind_pdf": lambda subject: _(
        "This is a PDF file. Open it in an office program, save it as DOCX and compare it; a scan needs text recognition first."
    ),
    "kind_rtf": lambda subject: _(
        "This is an RTF file. Open it in an office program, save it as DOCX and take that in."
    ),
    "kind_odt": lambda subject: _(
        "This is an ODT file. Open it in an office program, save it as DOCX and take that in."
    ),
    "kind_ceb": lambda subject: _(
        "This is a file of a reader for official documents. Ask the issuing office for the DOCX or for the web page."
    ),
    "kind_mht": lambda subject: _("This is a web archive. Save the page as HTML, or open it and save it as DOCX."),
    "kind_table": lambda subject: _(
        "This is a spreadsheet or a presentation, no text of a policy. Save the text as DOCX."
    ),
    "kind_picture": lambda subject: _(
        "This is a picture. Have its text recognized, check it against the original, and take in the DOCX."
    ),
    "kind_archive": lambda subject: _("This is an archive of files. Unpack it and take in the files in it one by one."),
    "kind_locked": lambda subject: _("This file is locked with a password. Save it without one and take that in."),
    "kind_renamed": lambda subject: (
        _("The file is not what its name says: it may be a %s. Give it the right ending.") % subject
    ),
    "articles_unread": lambda subject: (
        _("Lines begin like articles (“%s”), but none could be read as one. Write the numbers as 第一条 or 第1条.")
        % subject
    ),
    "several_laws": lambda subject: (
        _(
            "There are several texts in this file (%s). Take each in as a file of its own, with its title in the first line."
        )
        % subject
    ),
    "numbers_missing": lambda subject: _("Numbers are missing: %s. Compare with the original.") % subject,
    "number_out_of_order": lambda subject: _("The numbers are out of order: %s. Compare with the original.") % subject,
    "annex_empty": lambda subject: _("%s has no words.") % subject,
    "changes_accepted": lambda subject: (
        _(
            "The file has tracked changes. All were accepted; deleted: “%s”. Check that this is the text that was adopted."
        )
        % (subject or "–")
    ),
    "hidden_left_out": lambda subject: _("Hidden text was left out: “%s”.") % subject,
    "footnotes_at_end": lambda subject: _("%s footnotes stand at the end under 附注.") % subject,
    "part_not_read": lambda subject: _(
        "A document embedded in the file was not read. Open it in an office program and save it anew."
    ),
    "numbering_unknown": lambda subject: (
        _("Automatic numbers of a kind that cannot be computed (%s). Compare the numbers with the original.") % subject
    ),
    "valid_until": lambda subject: _("By its own words it holds until %s.") % subject,
    "file_too_large": lambda subject: _("The file is too large (%s bytes; at most 20 MB).") % (subject or "> 100 MB"),
    "not_text": lambda subject: _("The file is no text in UTF-8 or GB 18030."),
    "head_without_end": lambda subject: _("The head that begins with --- does not end."),
    "docx_broken": lambda subject: _("The DOCX file is broken. Open it in an office program and save it anew."),
    "title_missing": lambda subject: _("There is no title: the first line must be one."),
    "clauses_missing": lambda subject: _("There is no clause in it."),
    "clause_empty": lambda subject: _("%s has no words.") % (subject or _("A clause")),
    "clause_too_long": lambda subject: (
        _("%(clause)s has more than %(limit)s characters: is it really one clause?")
        % {"clause": subject or _("A clause"), "limit": f"{MAX_CLAUSE:,}"}
    ),
    "number_repeated": lambda subject: _("%s comes twice; the second one gets an address of its own.") % subject,
    "field_unreadable": lambda subject: _("The head says “%s”, which cannot be read.") % subject,
    "level_unknown": lambda subject: _("“%s” is no level.") % subject,
    "theme_unknown": lambda subject: _("“%s” is no theme.") % subject,
    "status_unknown": lambda subject: _("“%s” is no status.") % subject,
    "code_wrong": lambda subject: _("“%s” cannot be a code: lower-case letters, digits and hyphens only.") % subject,
    "document_unknown": lambda subject: (
        _("Clauses of document %s, which the list of documents does not have.") % subject
    ),
}


def sentence_of(problem: SourceProblem) -> str:
    """Return what is wrong, in the reader's language."""
    say = SENTENCES.get(problem.code)
    return str(say(problem.subject)) if say else problem.code


def sources_in(paths: Iterable[Path]) -> Iterator[Source]:
    """Documents of files and folders, one at a time. Raises OSError, and UnreadableCorpus in the middle."""
    for path in paths:
        if path.is_dir() and is_corpus(path):
            yield from (corpus_source(document) for document in corpus_documents(path))
        elif path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix.lower() in (*SUFFIXES, *KNOWN))
            for file in files:
                yield from file_sources(file.name, file.read_bytes())
        else:
            yield from file_sources(path.name, path.read_bytes())


def corpus_source(document: CorpusDocument) -> Source:
    """Return a document of a corpus as a source."""
    last = "\n".join(clause.text for clause in document.clauses[-3:])
    about = complete(document.about, (), last) if document.about.title else document.about
    problems = document.problems
    if not about.title:
        problems = (*problems, SourceProblem(0, "title_missing"))
    pieces = [] if any(problem.is_refusal for problem in problems) else build_tree(document.clauses)
    if not pieces and not problems:
        problems = (SourceProblem(0, "clauses_missing"),)
    return Source(
        f"corpus:{document.key}",
        about.title or document.key,
        about,
        pieces,
        problems=problems,
        is_current=document.is_current,
    )


def file_source(name: str, content: bytes, given: About | None = None) -> Source:
    """Return a file with one text as a source; one with several is refused."""
    found = file_sources(name, content, given)
    return found[0] if len(found) == 1 else _refused(found[0].name, SourceProblem(0, "several_laws", str(len(found))))


def file_sources(name: str, content: bytes, given: About | None = None) -> list[Source]:
    """Return the texts of a file; `given` is what a person said of it, which counts more than what it says itself.

    Several laws in one file are as many texts where each has a title of its own and nobody said which policy it is.
    """
    name = PurePath(name).name
    try:
        manuscript = read_file(name, content)
        about = _given(read_fields(manuscript.head), given)
    except UnreadableFile as problem:
        return [_refused(name, SourceProblem(0, problem.code, problem.subject))]
    except UnreadableField as problem:
        return [_refused(name, SourceProblem(1, "field_unreadable", clean(str(problem))[:80]))]
    try:
        parts = laws_of(manuscript)
    except Several as problem:
        return [_refused(name, SourceProblem(problem.line, "several_laws", problem.subject))]
    if len(parts) > 1 and (about.code or about.title):
        return [_refused(name, SourceProblem(parts[1].lines[0][0], "several_laws", parts[1].title))]
    found = [_whole(name, part, about, place) for place, part in enumerate(parts, start=1)]
    broken = [source for source in found if source.refusals]
    return broken if len(found) > 1 and broken else found


def _given(about: About, given: About | None) -> About:
    if given is None:
        return about
    changes = {name: value for name, value in vars(given).items() if value not in ("", None, ())}
    return replace(about, **changes)


def _whole(name: str, manuscript: Manuscript, about: About, place: int = 1) -> Source:
    lines, closing = without_closing(manuscript.lines)
    wording = read_wording(lines)
    about = replace(
        about,
        title=about.title or manuscript.title,
        number=about.number or manuscript.number,
        issuer=about.issuer or manuscript.issuer or closing.signer,
    )
    own = [clause for clause in wording.clauses if not clause.number.startswith("附")]
    last = "\n".join(clause.text for clause in own[-3:])
    problems = [*manuscript.notes, *wording.problems, *_wrong_fields(about)]
    if not about.title:
        problems.append(SourceProblem(1, "title_missing"))
    preamble = [*manuscript.above, *wording.preamble]
    about = complete(about, [*manuscript.head.values(), *preamble], last)
    about = replace(about, issued_date=about.issued_date or read_date(closing.day))
    if about.valid_until is not None:
        problems.append(SourceProblem(0, "valid_until", about.valid_until.isoformat(), is_refusal=False))
    pieces = build_tree(wording.clauses)
    if not pieces and not any(problem.is_refusal for problem in problems):
        problems.append(SourceProblem(0, "clauses_missing"))
    key = f"file:{name}" if place == 1 else f"file:{name}#{place}"
    return Source(key, name, about, pieces, "\n".join([*preamble, *closing.lines]), tuple(problems))


def _wrong_fields(about: About) -> Iterator[SourceProblem]:
    if about.level and about.level not in PolicyLevel.values:
        yield SourceProblem(1, "level_unknown", about.level[:40])
    if about.status and about.status not in PolicyStatus.values:
        yield SourceProblem(1, "status_unknown", about.status[:40])
    if about.theme and not PolicyTheme.objects.filter(code=about.theme).exists():
        yield SourceProblem(1, "theme_unknown", about.theme[:40])
    code = about.code
    if code and (code in RESERVED_CODES or not all(c.isascii() and (c.isalnum() or c == "-") for c in code)):
        yield SourceProblem(1, "code_wrong", code[:40])


def _refused(name: str, problem: SourceProblem) -> Source:
    return Source(f"file:{name}", name, About(), problems=(problem,))
