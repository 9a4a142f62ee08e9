"""What a mail is made of: its texts, and every file in it, however it was put in."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass, field, replace
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from intake.headers import Mime, children, clean, decode, header, looks_like_mail, parse, people
from intake.page import from_html, overloaded
from intake.transfer import attached_message, content, file_name, out_of_text
from intake.wrapped.kinds import Wrapper, is_locked, wrapper_of
from intake.wrapped.opener import Opener
from model import Address, Attachment, Code, Problem
from parsers.sniff import Refused

_LONGEST_PAGE = 1_000_000  # characters of HTML
_DEEPEST = 50  # levels of parts in parts
_LONGEST_TEXT = 4_000_000  # bytes
_MOST_WRAPPED = 3  # wrappers in wrappers
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.I)
#: Parts about the mail, not in it: signatures, reports, keys.
_NOT_FILES = {
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pgp-encrypted",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/global-headers",
}
#: What calls itself so and has no bytes was meant to be something: its sender is told.
_DOCUMENTS = tuple(
    ".docx .docm .dotx .doc .xlsx .xlsm .xls .odt .ods .rtf .pdf .pages .zip .msg .p7m "
    "winmail.dat".split()
)
#: What `mimetypes` does not know on every machine.
_ENDINGS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/calendar": ".ics",
    "application/ms-tnef": ".dat",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/octet-stream": ".bin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The text that is shown as the mail's own, and the files in and below it."""

    text: str = ""
    html: str = ""  #: the same as its sender wrote it, where that was HTML; trusted in nothing
    files: tuple[Attachment, ...] = ()


class _Text(NamedTuple):
    html: bool
    source: str
    written: str = ""  #: of plain text that was made from HTML: that


@dataclass(slots=True, kw_only=True)
class _Found:
    opener: Opener
    origin: Address | None = None  # From of the attached mail that it is found in
    wrapped: int = 0  # wrappers around it
    texts: list[_Text] = field(default_factory=list)
    named: list[_Text] = field(default_factory=list)  # shown as well, but under a file's name
    spare: list[_Text] = field(default_factory=list)  # shown where there is nothing else to show
    files: list[tuple[Mime, Attachment]] = field(default_factory=list)
    cids: set[str] = field(default_factory=set)

    def inside(self, *, origin: Address | None = None, wrapped: int = 0) -> _Found:
        """An empty one, for what is in a part of this."""
        return _Found(
            opener=self.opener, origin=origin or self.origin, wrapped=self.wrapped + wrapped
        )

    def take(self, inside: _Found) -> None:
        """Everything but the texts, which are alternatives or another mail's."""
        self.files += inside.files
        self.cids |= inside.cids


def gather(message: Mime) -> Parts:
    """Every text and file, wrappers opened.

    Text of an attached message is not the mail's own; its files are. Raises `Transient` where no
    process to open a wrapper can be started.
    """
    found = _Found(opener=Opener())
    _walk(message, found, 0)
    files = tuple(_named(_placed(p, a, found.cids), n) for n, (p, a) in enumerate(found.files, 1))
    shown = found.texts if any(t.source.strip() for t in found.texts) else []
    shown = shown or found.spare or found.named[:1]  # some mailers give the body itself a name
    texts = [from_html(t.source) if t.html else t.source for t in shown]
    return Parts(text="\n".join(t for t in texts if t.strip()), html=_as_html(shown), files=files)


def _as_html(shown: list[_Text]) -> str:
    """The texts as one page; "" where nobody wrote HTML, or more of it than a page can show."""
    if not any(t.html or t.written for t in shown):
        return ""
    pages = [t.source if t.html else t.written or f"<pre>{escape(t.source)}</pre>" for t in shown]
    page = "\n".join(pages)
    return "" if len(page) > _LONGEST_PAGE or overloaded(page) else page


def _walk(part: Mime, found: _Found, depth: int) -> None:
    kind = _kind(part)
    if depth > _DEEPEST or kind in _NOT_FILES:
        return
    if kind in ("message/rfc822", "message/global"):
        inner = attached_message(part)
        if inner is not None:
            _walk_attached(inner, found, depth + 1)
    elif kind == "multipart/alternative":
        _walk_alternatives(part, found, depth + 1)
    elif part.is_multipart():
        # What a report returns of another mail is no news of its sender's (RFC 6522).
        for child in children(part)[: 1 if kind == "multipart/report" else None]:
            _walk(child, found, depth + 1)
    elif _is_shown(part) and not file_name(part):
        _add_text(part, found)
    else:
        _add_file(part, found, depth)


def _walk_attached(message: Mime, found: _Found, depth: int) -> None:
    inside = found.inside(origin=next(iter(people(message, "From")), None))
    _walk(message, inside, depth)
    found.files += [(part, _placed(part, file, inside.cids)) for part, file in inside.files]


def _walk_alternatives(part: Mime, found: _Found, depth: int) -> None:
    """The plain text where it says anything, else the first that does (RFC 2046 5.1.4)."""
    choices: list[list[_Text]] = []
    for child in children(part):
        inside = found.inside()
        _walk(child, inside, depth)
        found.take(inside)
        found.spare += inside.spare
        if any(t.source.strip() for t in inside.texts):
            choices.append(inside.texts)
    choices.sort(key=lambda texts: any(t.html for t in texts))
    found.texts += _best(choices) if choices else []


def _best(choices: list[list[_Text]]) -> list[_Text]:
    """The first, with the HTML of another that says the same as its sender wrote it."""
    first, *others = choices
    rich = next((texts for texts in others if any(t.html for t in texts)), None)
    if rich is None or any(t.html for t in first):
        return first
    written = "\n".join(t.source for t in rich if t.html)
    return [t._replace(written=written if n == 0 else " ") for n, t in enumerate(first)]


def _kind(part: Mime) -> str:
    """Its content type; what calls itself multipart but has no parts is text."""
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def _is_shown(part: Mime) -> bool:
    """Text, and not said to be a file."""
    is_text = _kind(part) in ("text/plain", "text/html")
    return is_text and part.get_content_disposition() != "attachment"


def _add_text(part: Mime, found: _Found) -> None:
    text = _text(part)
    if text.html:
        found.cids |= {unquote(c) for c in _CID.findall(text.source)}
    else:
        shown, files = out_of_text(text.source)
        text = _Text(html=False, source=shown)
        for file in files:
            _add(part, file.name, file.content, found)
        if is_locked(shown.encode(), ""):
            _add(part, "", shown.encode(), found)
    found.texts.append(text)


def _text(part: Mime) -> _Text:
    """Of an endless one the beginning, unless a file may stand in it."""
    data, html = content(part), part.get_content_type() == "text/html"
    if html or b"begin " not in data:
        data = data[:_LONGEST_TEXT]
    return _Text(html, decode(data, part.get_content_charset("")))


def _add_file(part: Mime, found: _Found, depth: int) -> None:
    """A file, or what it is a wrapper of."""
    data, name, kind = content(part), file_name(part), part.get_content_type()
    if _is_shown(part):
        found.named.append(_text(part))
    wrapper = wrapper_of(data, kind, name)
    if wrapper and found.wrapped < _MOST_WRAPPED:
        _unwrap(wrapper, part, data, found, depth + 1)
    elif looks_like_mail(data, kind, name):
        _walk_attached(parse(data), found, depth + 1)
    elif data or name.lower().endswith(_DOCUMENTS):
        _add(part, name, data, found)


def _add(
    part: Mime,
    name: str,
    data: bytes,
    found: _Found,
    verdict: Problem | None = None,
) -> None:
    kind = clean(part.get_content_type())
    if is_locked(data, kind):
        verdict = Problem(field=None, code=Code.ENCRYPTED, seen=Wrapper.SIGNED)
    file = Attachment(
        name=name, content_type=kind, content=data, forwarded_from=found.origin, verdict=verdict
    )
    found.files.append((part, file))


def _unwrap(wrapper: Wrapper, part: Mime, data: bytes, found: _Found, depth: int) -> None:
    """What is in a wrapper in its place; what is not opened stays, with the verdict why.

    What winmail.dat and a signature wrap is the mail itself, so its text is the sender's own.
    """
    try:
        mail = parse(found.opener.open(wrapper, data))
    except Refused as e:
        verdict = Problem(field=None, code=e.code, seen=e.seen)
        _add(part, file_name(part), data, found, verdict)
        return
    inside = found.inside(wrapped=1)
    if wrapper is Wrapper.OUTLOOK:
        _walk_attached(mail, inside, depth)
    else:
        _walk(mail, inside, depth)
    found.take(inside)
    if wrapper is Wrapper.SIGNED:
        found.texts += inside.texts
    elif wrapper is Wrapper.TNEF:
        found.spare += inside.texts


def _placed(part: Mime, file: Attachment, cids: set[str]) -> Attachment:
    """Marked as part of the text where the text shows it. Outlook gives documents ids as well."""
    cid = header(part, "Content-ID").strip("<> ")
    shown = bool(cid) and cid in cids and part.get_content_maintype() == "image"
    return replace(file, in_text=file.in_text or shown)


def _named(file: Attachment, number: int) -> Attachment:
    if file.name:
        return file
    kind = file.content_type
    ending = _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    return replace(file, name=f"attachment-{number}{ending}")
