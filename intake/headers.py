"""Raw mail -> a tree of parts whose headers are readable text, whatever bytes they came as.

The tree is the standard library's (`mailparser.MailParser.message` is the same thing). mail-parser
reads the addresses, which it does best: it flattens forwarded mail into the mail around it and
gives unnamed files random names, so the tree itself is walked in `intake.parts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from email._policybase import Compat32
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from mailparser.utils import get_addresses

from intake.light import expanded, header_of, lightened
from model import Address

#: A part of a mail, or a mail.
Mime = Message

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"\[\]]+")
_WORD = r"=\?[^?\s]{1,80}\?[bq]\?[^?]*\?="
_ENCODED = re.compile(rf"{_WORD}(?:\s*{_WORD})*", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Encodings in which text with bytes above 127 makes valid UTF-8 by no likely chance.
_ONE_BYTE = re.compile(r"(x-)?(iso[-_]?8859|cp125|windows-125|latin|mac|koi8)")
_WESTERN = re.compile(r"(us-)?ascii|iso[-_]?8859[-_]1|latin[-_]?1|(windows-|cp)1252")
#: Python decodes by these names too; some take quadratic time.
_NOT_FOR_MAIL = {"punycode", "idna", "unicode_escape", "unicode-escape", "raw_unicode_escape"}
_LONGEST_HEADER = 50_000  # characters


class _Readable(Compat32):
    """Repairs raw 8-bit headers as they are read (RFC 6532 says UTF-8; old mailers do not).

    `original` is the whole mail, in which the files lie that the tree only points to.
    """

    original: bytes = b""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:_LONGEST_HEADER]  # the parsers of parameters take quadratic time
        if not value.isascii():
            value = decode(value.encode("utf-8", "surrogateescape"))
        return name, value


_POLICY = _Readable()


#: A byte order mark, blank lines, and the line by which mailbox files part mails (RFC 4155).
_BEFORE_IT_BEGINS = re.compile(
    rb"(\xef\xbb\xbf)?[\r\n]*(>?From (?!\s*:)[^\n]{1,500}\n)?(?=[A-Za-z-]+[ \t]*:)"
)


def from_its_start(raw: bytes) -> bytes:
    """Without what a mail saved as a file may begin with, and with line ends that are some."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    found = _BEFORE_IT_BEGINS.match(raw)
    return raw[found.end() :] if found and found.end() else raw


def parse(raw: bytes, *, headers_only: bool = False) -> Mime:
    """The tree of parts. A mail in more parts than can be parsed gives its header alone."""
    light = None if headers_only else lightened(raw)
    if light is not None:
        with suppress(RecursionError):
            policy = _POLICY.clone(original=raw)  # type: ignore[call-arg]
            return BytesParser(policy=policy).parsebytes(light)
    return BytesHeaderParser(policy=_POLICY).parsebytes(header_of(raw))


def payload(part: Mime) -> bytes:
    """A part's bytes as they came. Whoever writes such a pointer gets bytes of their own mail."""
    bare = copy(part)
    del bare["Content-Transfer-Encoding"]  # asked for by it, the library guesses at a charset
    held = bare.get_payload(decode=True)
    original: bytes = part.policy.original  # type: ignore[attr-defined]
    if not isinstance(held, bytes) or not original:
        return held if isinstance(held, bytes) else b""
    return expanded(held, original)


def children(part: Mime) -> list[Mime]:
    """The parts directly in a part: none for a text or a file."""
    payload = part.get_payload() if part.is_multipart() else []
    return [p for p in payload if isinstance(p, Message)]


#: Kinds under which mails saved as files are attached.
_UNSURE = ("application/octet-stream", "application/eml")
_TELLING = frozenset("from to date subject received message-id return-path mime-version".split())


def looks_like_mail(data: bytes, content_type: str, name: str) -> bool:
    """Whether a file is a saved mail (.eml): by its name or its lack of one, and by its headers."""
    named = name.lower().endswith(".eml")
    if not named and ("." in name or content_type not in _UNSURE):
        return False
    head = parse(from_its_start(data[:_LONGEST_HEADER]), headers_only=True)
    return len(_TELLING & {key.lower() for key, _ in head.items()}) > (0 if named else 2)


def decode(data: bytes, charset: str = "") -> str:
    """Bytes as text, for any bytes: by the charset they declare, unless they are plainly another.

    UTF-8 declared as Latin-1 reads as UTF-8, Windows' curly quotes in anything read as such.
    """
    charset = charset.strip("\"' \t").lower() or "us-ascii"
    if _WESTERN.fullmatch(charset) or charset in _NOT_FOR_MAIL:
        tried = ["utf-8", "cp1252"]
    elif _ONE_BYTE.match(charset):
        tried = ["utf-8", charset]
    else:
        tried = [charset, "utf-8"]
    for name in tried:
        try:
            return clean(data.decode(name))
        except (LookupError, ValueError):
            continue
    return clean(data.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Text that any database and any file can hold: no NUL, no controls, no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode()


def unfold(value: str) -> str:
    """A header's value on one line (RFC 5322 2.2.3)."""
    return re.sub(r"\s*\n\s*", " ", clean(value)).strip()


def words(value: str) -> str:
    """A header's value as people read it: unfolded, encoded words decoded (RFC 2047)."""
    text = _ENCODED.sub(_decoded, unfold(value))
    return re.sub(r"\s+", " ", clean(text)).strip()


def _decoded(run: re.Match[str]) -> str:
    """Neighbouring words as one: mailers cut characters in two. What is broken stays as it is."""
    try:
        pieces = decode_header(run.group())
    except (MessageError, ValueError):
        return run.group()
    return "".join(p if isinstance(p, str) else decode(p, c or "") for p, c in pieces)


def header(message: Mime, name: str) -> str:
    """The first header of that name, decoded; "" where there is none."""
    return words(str(message.get(name, "")))


def headers(message: Mime, name: str) -> list[str]:
    """Every header of that name from the top down, decoded."""
    return [words(str(value)) for value in message.get_all(name, [])]


def token(message: Mime, name: str) -> str:
    """A header's first word in lower case, without comment or parameters."""
    found = re.match(r"[^\s;(]*", header(message, name))
    return found.group().lower() if found else ""


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """The mailboxes in address headers, groups opened (RFC 5322 3.4, RFC 6854), each once."""
    found: dict[str, Address] = {}
    for value in values:
        for name, mailbox in _mailboxes(unfold(value)):
            email = _by_its_domain(clean(mailbox).strip().lower())
            if _ADDRESS.fullmatch(email):
                found.setdefault(email, Address(email=email, name=words(clean(name))))
    return tuple(found.values())


def _by_its_domain(email: str) -> str:
    """With its domain as servers write it (RFC 5890), where that is all that is not ASCII."""
    local, at, domain = email.rpartition("@")
    if domain.isascii() or not local.isascii():
        return email
    try:
        return local + at + domain.encode("idna").decode()
    except UnicodeError:
        return email


def _mailboxes(value: str) -> list[tuple[str, str]]:
    """Names decoded; where one cannot be, all as they stand."""
    try:
        return list(get_addresses(value, decode_names=True))
    except (MessageError, ValueError):
        return list(get_addresses(value))


def people(message: Mime, name: str) -> tuple[Address, ...]:
    """The mailboxes in every header of that name."""
    return addresses(str(value) for value in message.get_all(name, []))


def message_ids(message: Mime, name: str) -> tuple[str, ...]:
    """The Message-IDs in a header, in its order, with their angle brackets."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(header(message, name))))


def message_id(message: Mime) -> str | None:
    """The mail's own Message-ID; one without brackets is given them."""
    value = header(message, "Message-ID")
    found = _MESSAGE_ID.search(value)
    if found:
        return found.group()
    bare = re.sub(r"[\s<>]", "", value)
    return f"<{bare}>" if bare else None
