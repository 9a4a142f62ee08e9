"""All that the page of one exception shows, gathered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from intake.desk import AskAgain, Refused
from intake.desk.forms import came
from intake.desk.judge import CLOCKS
from intake.desk.known import sayable
from intake.desk.people import still_wanted
from intake.message import read_mail
from intake.process import as_far_as_it_goes
from intake.replay import comes_to_more
from model import (
    Attachment,
    Code,
    InboundEmail,
    OutgoingEmail,
    Problem,
    Reading,
    Reason,
    Role,
    Submission,
    Word,
)
from notifier.reasons import NEXT, REASONS
from pages.fields import Input, inputs
from pages.queue.paper import Paper
from pages.queue.shown_mail import safe
from pages.register.history import Told, told
from pages.site import me, site
from pages.undo import still
from parsers.kept import as_kept, why_unread
from parsers.references import find
from parsers.spec import forms
from store import Acted, AuditEntry, Filter, QueueCase, QueueState, StoredMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A consultation that a mail may be about. `score` of 1, of outcomes; None: there is none."""

    reference: str
    title: str
    score: float | None = None
    organisation: str = ""
    named: bool = False  #: the form, or the mail without one, gives its reference
    theirs: bool | None = None  #: the sender's own, of which they may be told; None: not kept

    def told(self, where: str) -> str:
        """What speaks for it, and what against. `where` it may be named: "form" or "email"."""
        alike = "" if self.score is None else f"{self.score * 100:.0f}% alike"
        named = f"named in the {where}" if self.named else ""
        stranger = "the sender is not one of its people" if self.theirs is False else ""
        return ", ".join(filter(None, (self.organisation, alike, named, stranger)))

    @classmethod
    def of(cls, kept: Any) -> Likely:
        """As `intake.outcomes` keeps it."""
        if isinstance(kept, Mapping):
            reference, title = kept.get("reference") or "", kept.get("title") or ""
            return cls(
                reference=reference,
                title=title,
                score=kept.get("score"),
                organisation=kept.get("organisation") or "",
                named=bool(kept.get("named")),
                theirs=kept.get("theirs"),
            )
        reference, _, title = str(kept).partition(" ")  # as it was kept once
        return cls(reference=reference, title=title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One exception with its mail, its form and what can be done."""

    case: QueueCase
    state: QueueState
    email: InboundEmail | None = None
    files: tuple[tuple[Attachment, Reading], ...] = ()
    unread: str = ""  #: where our code fails on the mail; its headers are all that is known then
    form: Submission | None = None
    several: str = ""  #: why none of its forms can be shown
    paper: Paper | None = None  #: what the form's file looks like, or the only document
    again: bool = False  #: whether handling its mail once more would come to anything else
    came_back: OutgoingEmail | None = None  #: of ours, where it is known which one that was
    likely: tuple[Likely, ...] = ()  #: consultations that it may be about, the likeliest first
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def number(self) -> int:
        """Its number in the queue."""
        return self.case.item.id

    @property
    def is_open(self) -> bool:
        """Whether anything is to be done."""
        return self.state.closed_at is None

    @property
    def reason(self) -> str:
        """Why it is here, in plain words."""
        return REASONS[self.case.item.reason]

    @property
    def next(self) -> str:
        """What to do about it."""
        if self.case.item.reason is Reason.BOUNCED and not self.wrong_addresses:
            return _WHOSE
        return NEXT[self.case.item.reason]

    @property
    def title(self) -> str:
        """Of the consultation that it is about."""
        return self.case.consultation.title if self.case.consultation else ""

    @property
    def asked(self) -> tuple[str, ...]:
        """What its sender was asked for."""
        detail = self.case.item.detail
        prefix = site().house.rules.reference_prefix
        return tuple(as_kept(detail, named, prefix) for named in detail.get("problems", ()))

    @property
    def not_read(self) -> tuple[str, ...]:
        """Why each of its documents could not be read, in the words that its sender was told."""
        if self.case.item.reason is not Reason.UNREADABLE_DOCUMENT:
            return ()
        found = ((file.name, why_unread(read)) for file, read in self.files if not file.in_text)
        return tuple(f"{name or 'A file'}: {why}" for name, why in found if why)

    @property
    def reached(self) -> tuple[str, ...]:
        """The caps that are reached, where mails wait for them."""
        named = [str(one).partition(" ") for one in self.case.item.detail.get("reached", ())]
        return tuple(
            "everybody together" if not key else f"the {what} {key}" for what, _, key in named
        )

    @property
    def form_name(self) -> str:
        """Of the form in it."""
        return forms()[self.form.form].name if self.form else ""

    @property
    def html(self) -> Markup:
        """The mail as its sender wrote it, safe to look at; "" where that was plain text."""
        return safe(self.email.html) if self.email and self.email.html else Markup()

    @property
    def words(self) -> tuple[Word, ...]:
        """The words that would do something, said for the lead worker."""
        words = sayable(self.case.consultation)
        overdue = self.case.item.reason is Reason.OUTCOMES_OVERDUE
        return tuple(word for word in words if not (overdue and word is Word.PROCEED))

    @property
    def comes_once(self) -> bool:
        """Whether the calendar brought it, and will not again: nobody is reminded any more."""
        return self.case.item.reason in CLOCKS

    @property
    def answerable(self) -> bool:
        """Whether there is anybody to write to."""
        if self.case.consultation and self.case.consultation.people:
            return True
        machine = self.case.item.reason is Reason.BOUNCED
        return bool(self.email and self.email.sender) and not machine

    @property
    def wrong_addresses(self) -> tuple[str, ...]:
        """Addresses of the consultation's people from which mail came back."""
        if self.case.item.reason is not Reason.BOUNCED or self.case.consultation is None:
            return ()
        came_back = self.case.item.detail.get("recipients", ())
        theirs = [p.address.email for p in self.case.consultation.people]
        return tuple(address for address in theirs if address in came_back)

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Addresses that get no mail, of those that a letter about this would go to."""
        about = self.case.consultation
        people = [p.address.email for p in about.people if p.role is not Role.CC] if about else []
        sender = self.email.sender if self.email else None
        wanted = dict.fromkeys((*people, *((sender.email,) if sender else ())))
        blocked = site().store.views.blocked() if wanted else frozenset()
        return tuple(address for address in wanted if address.lower() in blocked)

    @property
    def owed(self) -> tuple[str, ...]:
        """Subjects of what goes to the right address: what came back, and what was kept since."""
        record = self.case.consultation
        if record is None or not self.wrong_addresses:
            return ()
        missed = site().store.views.undelivered(record.key, self.wrong_addresses)
        return tuple(one.mail.subject for one in still_wanted(missed))

    @property
    def asked_again(self) -> AuditEntry | None:
        """When its sender was asked again, and by whom, the latest time that still stands."""
        asked: list[AuditEntry] = []
        for line in self.case.history:
            if line.detail.get("act") == AskAgain.name and line.act in ("desk", "undone"):
                asked = [*asked, line] if line.act == "desk" else asked[:-1]
        return asked[-1] if asked else None

    @property
    def taken_by(self) -> str:
        """Who else is at it now; "" for nobody."""
        return self.state.claimed_by or "" if self._claimed and not self.mine else ""

    @property
    def mine(self) -> bool:
        """Whether whoever looks said that they are at it."""
        return self._claimed and self.state.claimed_by == me().name

    @property
    def _claimed(self) -> bool:
        until = self.state.claimed_until
        return bool(self.state.claimed_by and until and until > site().now())

    @property
    def history(self) -> tuple[Told, ...]:
        """Who did what, the latest first."""
        return told(self.case.history)[::-1]

    def inputs(
        self, sent: MultiDict[str, str] | None, problems: Sequence[Problem] | None
    ) -> tuple[Input, ...]:
        """Its form's answers, to be looked at and put right."""
        return inputs(self.form, sent, problems) if self.form else ()


def look_at(number: int) -> Item:
    """One exception, open or closed; where there is none, the page that says so."""
    views = site().store.views
    case = views.queue_item(number) if number < _MOST else None
    state = views.item(number) if case else None
    if case is None or state is None:
        abort(404)
    stored = site().store.mail(state.mail_id) if state.mail_id is not None else None
    ours = state.detail.get("mail")
    came_back = views.ours(ours) if ours else None
    likely = tuple(map(Likely.of, state.detail.get("likely", ())))
    if stored is None:
        return Item(case=case, state=state, came_back=came_back, likely=likely)
    known = bool(state.detail.get("read"))
    email, files, unread = as_far_as_it_goes(site().house, stored, reading=not known)
    try:
        drawn, several = came(state, files), ""
    except Refused as refused:
        drawn, several = None, str(refused)
    return Item(
        case=case,
        state=state,
        again=not unread and _again(state, stored, email, None if known else files),
        email=email,
        files=files,
        unread=unread,
        form=drawn[0] if drawn else None,
        several=several,
        paper=_paper(drawn[0] if drawn else None, files),
        came_back=came_back,
        likely=likely or (tuple(_named_in(email)) if case.consultation is None else ()),
    )


def _named_in(email: InboundEmail) -> Iterator[Likely]:
    """The consultations whose references stand in a mail that belongs to none."""
    views = site().store.views
    given = find(f"{email.subject}\n{email.written}", site().house.rules.reference_prefix)
    for reference in given[:_SHOWN]:
        for line in views.register(Filter(words=reference), size=1).lines:
            people = [p.address for c in views.consultations([line.key]) for p in c.people]
            yield Likely(
                reference=reference,
                title=line.title,
                organisation=line.organisation,
                named=True,
                theirs=email.sender is not None and email.sender.email in {a.email for a in people},
            )


def _again(
    state: QueueState,
    stored: StoredMail,
    email: InboundEmail,
    files: tuple[tuple[Attachment, Reading], ...] | None,
) -> bool:
    is_open = state.closed_at is None
    return is_open and comes_to_more(site().house, stored.id, email, files, site().now())


def _paper(form: Submission | None, files: tuple[tuple[Attachment, Reading], ...]) -> Paper | None:
    """What the form's file looks like; without a form, the first file that can be opened."""
    if form is not None:
        named = [file for file, _ in files if file.name == form.file]
    else:
        named = [f for f, reading in files if reading.verdict is None or _is_none(reading.verdict)]
    for file in named[:_TRIED]:
        if file.content and (shown := site().house.show(file.name, file.content)):
            return Paper.of(file.name, shown, form)
    return None


def _is_none(verdict: Problem) -> bool:
    """Whether a file was opened, but is no form of ours."""
    return verdict.code in (Code.NOT_A_FORM, Code.MISSING)


#: What to do about a mail that came back, where none of a consultation's addresses is meant.
_WHOSE = (
    "See in the email which address it came back from. If it is one of a consultation’s people, "
    "find that in the register and put the right address among its people; then set this aside."
)
#: What a database counts to.
_MOST = 2**31
#: Consultations that a mail names, of which so many are shown.
_SHOWN = 5
#: Files of one mail that are opened to be looked at.
_TRIED = 3


def original(number: int) -> StoredMail:
    """The mail that an exception is about, as it came."""
    mail = site().store.views.mail_of_exception(number) if number < _MOST else None
    stored = site().store.mail(mail) if mail is not None else None
    if stored is None:
        abort(404)
    return stored


def attachment(number: int, place: int) -> Attachment:
    """A file of the mail that an exception is about, counted from 0."""
    stored = original(number)
    email = read_mail(stored.raw, stored.ref.arrived_at, headers_only=stored.headers_only)
    if place >= len(email.attachments):
        abort(404)
    return email.attachments[place]


def undoable(number: int | None) -> Acted | None:
    """What this person did about an exception, and can still take back."""
    if number is None or not 0 < number < _MOST:
        return None
    return still(site().store.views.last_act(number))
