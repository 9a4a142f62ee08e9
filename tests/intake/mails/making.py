"""How the mails are made, and the office that they come to."""

from __future__ import annotations

import shutil
import tempfile
from base64 import encodebytes
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from intake.message import read_mail
from intake.process import composed, read_files
from model import Decision, InboundEmail, Kind, Reading
from parsers.read import read
from store import Store
from tests.intake.desk import form1_file
from tests.intake.world import LEAD, World

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OCTETS = "application/octet-stream"
US = "consultations@example.org"
LEAD_LINE = f"{LEAD.name} <{LEAD.email}>"


@cache
def _read(name: str, data: bytes) -> Reading:
    """Most mails hold the same form."""
    return read(name, data, prefix="CYP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a mail can know of us: one consultation that LEAD registered, and our answer to it."""

    database: Path
    reference: str
    answer: str  #: our answer's Message-ID
    subject: str  #: and subject
    content: bytes  #: and bytes


#: A mail, or how to make it once there is something to answer.
Raw = bytes | Callable[[Office], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A mail and what it has to end as."""

    name: str
    raw: Raw
    kind: Kind
    outcome: str = "kept"
    holds: tuple[str, ...] = ()  #: reasons in the exceptions queue
    files: tuple[str, ...] | None = None  #: their names
    sender: str | None = None
    origin: str | None = None  #: From of the forwarded mail that its files were in
    says: str | None = None  #: somewhere in its text
    status: str | None = None  #: of the consultation afterwards
    blocks: str | None = None  #: who gets no more mail
    authserv_id: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a mail ended as."""

    email: InboundEmail
    decision: Decision
    went: tuple[str, ...]  #: whom mails of ours go to
    reasons: tuple[str, ...]
    statuses: dict[str, str]  #: reference -> status


@cache
def form() -> bytes:
    """A Form 1 for something new, as a Word file."""
    return form1_file(
        title="Cooking at the youth club",
        purpose="Which meals should the kitchen of the youth club offer?",
        audience=["Primary age"],
        area=["Babergh"],
    ).content


@cache
def office() -> Office:
    """Made once; every mail comes to a copy of it."""
    folder = Path(tempfile.mkdtemp(prefix="askonce-mails-"))
    with World.at(folder, now=datetime(2027, 3, 1, 10, tzinfo=UTC)) as world:
        first = form1_file().content
        raw = letter("Our form", attached(first, 'filename="Form 1.docx"'))
        decision = handled(world, raw, world.now).decision
        (ours,) = composed(world.house, decision.drafts, world.now)
        reference = str(world.record()["reference"])
    return Office(
        database=folder / "askonce.db",
        reference=reference,
        answer=ours.message_id,
        subject=ours.subject,
        content=ours.content,
    )


def ending(made: Made, folder: Path) -> Ending:
    """Let a mail come to the office, and see what it ends as."""
    here = office()
    shutil.copy(here.database, folder / "askonce.db")
    raw = made.raw if isinstance(made.raw, bytes) else made.raw(here)
    with World(store=Store.open(f"sqlite:///{folder}/askonce.db"), now=NOON, count=1) as world:
        return handled(world, raw, NOON, authserv_id=made.authserv_id, internal=made.internal)


def handled(
    world: World, raw: bytes, now: datetime, *, authserv_id: str = "", internal: bool = False
) -> Ending:
    """One mail as the daemon handles it: read, kept, decided, applied."""
    house = replace(world.house, read=_read)
    email = read_mail(raw, now, authserv_id=authserv_id, trust_internal=internal)
    world.count += 1
    decision = world.handle(replace(email, size=len(raw)), read_files(house, email))
    return Ending(
        email=email,
        decision=decision,
        went=tuple(a.email for d in decision.drafts for a in (*d.to, *d.cc)),
        reasons=tuple(world.reasons()),
        statuses={str(r["reference"]): str(r["status"]) for r in world.records()},
    )


# --------------------------------------------------------------------------- raw mails


def letter(
    *parts: str,
    sender: str = LEAD_LINE,
    subject: str = "Consultation",
    more: str = "",
    kind: str = "mixed",
    charset: str = "utf-8",
    boundary: str = "zz",
) -> bytes:
    """A mail: of one part, or of several; a part is its own header, a blank line and its body.

    A part without a header is plain text. `more` are further lines of the mail's header.
    """
    head = f"From: {sender}\nTo: {US}\nSubject: {subject}\nMessage-ID: <made@mail.example.org>\n"
    head += f"Date: Tue, 2 Mar 2027 11:59:00 +0000\nMIME-Version: 1.0\n{more}"
    if len(parts) == 1:
        return (head + _part(parts[0])).encode(charset, "surrogateescape")
    body = multipart(*parts, kind=kind, boundary=boundary)
    return (head + body).encode(charset, "surrogateescape")


def _part(part: str) -> str:
    return part if part.startswith("Content-") else f"Content-Type: text/plain\n\n{part}"


def attached(
    data: bytes, name: str = "", kind: str = OCTETS, disposition: str = "attachment"
) -> str:
    """A part with a file. `name` is a whole parameter, such as 'filename="f.docx"'."""
    shown = f"Content-Disposition: {disposition}{'; ' + name if name else ''}\n"
    encoding = "Content-Transfer-Encoding: base64\n\n"
    return f"Content-Type: {kind}\n{shown}{encoding}{encodebytes(data).decode()}"


def multipart(*parts: str, kind: str, boundary: str = "yy") -> str:
    """Parts within a part."""
    inner = "".join(f"--{boundary}\n{_part(p)}\n" for p in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inner}--{boundary}--\n'


def reply(text: str, *, more: str = "", **given: str) -> Callable[[Office], bytes]:
    """A reply to our answer, by LEAD unless told otherwise."""

    def write(here: Office) -> bytes:
        return letter(
            text.replace("{reference}", here.reference).replace("{answer}", here.answer),
            subject=given.get("subject", f"Re: {here.subject}").replace(
                "{reference}", here.reference
            ),
            sender=given.get("sender", LEAD_LINE),
            more=f"In-Reply-To: {here.answer}\nReferences: {here.answer}\n{more}",
        )

    return write


def about(template: str) -> Callable[[Office], bytes]:
    """A whole mail in which {answer}, {subject} and {reference} stand for ours.

    {name} is what names our answer in an address.
    """

    def write(here: Office) -> bytes:
        made = template.replace("{answer}", here.answer).replace("{subject}", here.subject)
        return (
            made.replace("{reference}", here.reference)
            .replace("{name}", here.answer[1:21])
            .replace("{lead}", LEAD.email)
            .encode()
        )

    return write
