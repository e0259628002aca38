"""Files and folders → documents ready to be taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from .actions.importing import Source
from .models import PolicyLevel, PolicyStatus, PolicyTheme
from .models.works import RESERVED_CODES
from .parsing.about import About, UnreadableField, complete, read_fields
from .parsing.corpus import CorpusDocument, corpus_documents, is_corpus
from .parsing.formats import SUFFIXES, Manuscript, UnreadableFile, clean, read_file
from .parsing.pieces import MAX_CLAUSE, build_tree
from .parsing.wording import SourceProblem, read_wording

Say = Callable[[str], str]
SENTENCES: dict[str, Say] = {
    "suffix_unknown": lambda subject: _("%s is no Markdown, HTML or DOCX file.") % (subject or "?"),
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
            files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
            yield from (file_source(file.name, file.read_bytes()) for file in files)
        else:
            yield file_source(path.name, path.read_bytes())


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
    """Return a file as a source; `given` is what a person said of it, which counts more than what it says itself."""
    name = PurePath(name).name
    try:
        manuscript = read_file(name, content)
        about = read_fields(manuscript.head)
    except UnreadableFile as problem:
        return _refused(name, SourceProblem(0, problem.code, problem.subject))
    except UnreadableField as problem:
        return _refused(name, SourceProblem(1, "field_unreadable", clean(str(problem))[:80]))
    return _whole(name, manuscript, _given(about, given))


def _given(about: About, given: About | None) -> About:
    if given is None:
        return about
    changes = {name: value for name, value in vars(given).items() if value not in ("", None, ())}
    return replace(about, **changes)


def _whole(name: str, manuscript: Manuscript, about: About) -> Source:
    wording = read_wording(manuscript.lines)
    about = replace(about, title=about.title or manuscript.title)
    last = "\n".join(clause.text for clause in wording.clauses[-3:])
    problems = [*wording.problems, *_wrong_fields(about)]
    if not about.title:
        problems.append(SourceProblem(1, "title_missing"))
    about = complete(about, [*manuscript.head.values(), *wording.preamble], last)
    pieces = build_tree(wording.clauses)
    if not pieces and not any(problem.is_refusal for problem in problems):
        problems.append(SourceProblem(0, "clauses_missing"))
    preamble = "\n".join(wording.preamble)
    return Source(f"file:{name}", name, about, pieces, preamble, tuple(problems))


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
