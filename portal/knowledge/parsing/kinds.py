"""What a file is, by its first bytes rather than by its name, and the text of one that is text."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from pathlib import PurePath

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".docx")
KNOWN = {
    ".doc": "kind_doc", ".dot": "kind_doc", ".wps": "kind_wps", ".wpt": "kind_wps", ".ofd": "kind_ofd", ".pdf": "kind_pdf",
    ".rtf": "kind_rtf", ".odt": "kind_odt", ".ceb": "kind_ceb", ".cebx": "kind_ceb", ".gd": "kind_ceb", ".mht": "kind_mht",
    ".mhtml": "kind_mht", ".xls": "kind_table", ".xlsx": "kind_table", ".et": "kind_table", ".ppt": "kind_table",
    ".pptx": "kind_table", ".jpg": "kind_picture", ".jpeg": "kind_picture", ".png": "kind_picture", ".tif": "kind_picture",
    ".tiff": "kind_picture", ".bmp": "kind_picture", ".zip": "kind_archive", ".rar": "kind_archive", ".7z": "kind_archive",
}  # fmt: skip
"""Kinds of file that texts are sent as and that cannot be read: for each there is a sentence with what to do."""
_MAGIC = (
    (b"%PDF", "kind_pdf"), (b"{\\rtf", "kind_rtf"), (b"\xff\xd8\xff", "kind_picture"), (b"\x89PNG", "kind_picture"),
    (b"II*\x00", "kind_picture"), (b"MM\x00*", "kind_picture"), (b"BM", "kind_picture"), (b"Rar!", "kind_archive"),
    (b"7z\xbc\xaf", "kind_archive"),
)  # fmt: skip
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民"
    "得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社"
    "义事平形相全表间样与关各重新线内数正心反明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通"
    "并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区"
    "强放决西被干做必战先回则任取据处理府给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清"
    "己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步"
    "群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团"
    "往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局"
    "這個國時來們會對發動業為從還應開關當實點體學說現產種過無與長經應請據處規條數權證單傳區務達報離類確際連難約"
)


class UnreadableFile(ValueError):
    """The file is not what its name says, or too large. `code` names the reason."""

    def __init__(self, code: str, subject: str = "") -> None:
        super().__init__(code)
        self.code, self.subject = code, subject


def check_kind(name: str, content: bytes) -> str:
    """Return the ending of a file that can be read. Raises UnreadableFile, which names the kind of any other."""
    suffix = PurePath(name).suffix.lower()
    found = _kind_of(content)
    if found is not None and not (suffix in (".txt", ".md") and found == "kind_picture" and content[:2] == b"BM"):
        raise UnreadableFile(found, suffix)
    if suffix in KNOWN:
        raise UnreadableFile(KNOWN[suffix], suffix)
    if suffix not in SUFFIXES:
        raise UnreadableFile("suffix_unknown", suffix)
    if suffix != ".docx" and content.startswith(b"PK\x03\x04"):
        raise UnreadableFile("kind_renamed", ".docx")
    if suffix == ".docx" and content and not content.startswith(b"PK"):
        raise UnreadableFile("docx_broken")
    return suffix


def _kind_of(content: bytes) -> str | None:
    """Return which kind that cannot be read the bytes are of; None: none that is known."""
    if content.startswith(_OLD_OFFICE):
        return "kind_locked" if "EncryptedPackage".encode("utf-16-le") in content else "kind_doc"
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:2000].lstrip()[:13].lower() == b"mime-version:":
        return "kind_mht"
    return _kind_of_archive(content) if content.startswith(b"PK\x03\x04") else None


def _kind_of_archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None  # the reader of DOCX says that it is broken
    if "OFD.xml" in names:
        return "kind_ofd"
    if "content.xml" in names and "mimetype" in names:
        return "kind_odt"
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        return "kind_table"
    return None if "[Content_Types].xml" in names else "kind_archive"


def decoded(content: bytes) -> str:
    """Return the text of UTF-8, UTF-16, GB 18030 or Big5. Raises UnreadableFile rather than to guess at signs."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding)
    for encoding in _guesses(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_plausible(text):
            return text
    raise UnreadableFile("not_text")


def _guesses(content: bytes) -> tuple[str, ...]:
    sample = content[:4000]
    if sample.count(b"\x00") * 10 > len(sample) or (sample and b"\n" in sample and b"\n\x00" in sample):
        return ("utf-16-le", "utf-16-be")
    return ("utf-8", "gb18030", "big5hkscs")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableFile("not_text") from problem
    if encoding == "utf-16" and not _is_plausible(text):
        raise UnreadableFile("not_text")
    return text


def _is_plausible(text: str) -> bool:
    """Whether it can be Chinese: of real text well over a third is made of the commonest signs, of mojibake next to nothing."""
    if re.search(r"[\ue000-\uf8ff\ud800-\udfff]", text):
        return False
    han = re.findall(r"[\u3400-\u9fff]", text[:20_000])
    return len(han) < 4 or sum(each in _COMMON for each in han) * 5 > len(han)
