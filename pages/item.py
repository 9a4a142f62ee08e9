"""All that the page of one exception shows, gathered."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import abort
from werkzeug.datastructures import MultiDict

from intake.desk import Refused
from intake.desk.forms import came
from intake.message import read_mail
from intake.process import opened
from model import Attachment, InboundEmail, Problem, Submission
from notifier.reasons import NEXT, REASONS
from pages.fields import Input, inputs
from pages.site import me, site
from pages.undo import still
from parsers.kept import as_kept
from parsers.spec import forms
from store import Acted, QueueCase, QueueState


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One exception with its mail, its form and what can be done."""

    case: QueueCase
    state: QueueState
    email: InboundEmail | None = None
    form: Submission | None = None
    several: str = ""  #: why none of its forms can be shown
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
        return NEXT[self.case.item.reason]

    @property
    def title(self) -> str:
        """Of the consultation that it is about."""
        return self.case.consultation.title if self.case.consultation else ""

    @property
    def asked(self) -> tuple[str, ...]:
        """What its sender was asked for."""
        detail = self.case.item.detail
        return tuple(as_kept(detail, named) for named in detail.get("problems", ()))

    @property
    def likely(self) -> tuple[str, ...]:
        """The likeliest consultations, by reference and title."""
        return tuple(str(one) for one in self.case.item.detail.get("likely", ()))

    @property
    def form_name(self) -> str:
        """Of the form in it."""
        return forms()[self.form.form].name if self.form else ""

    @property
    def taken_by(self) -> str:
        """Who else is at it now; "" for nobody."""
        who, until = self.state.claimed_by, self.state.claimed_until
        busy = who and who != me().name and until and until > site().now()
        return who or "" if busy else ""

    def inputs(
        self, sent: MultiDict[str, str] | None, problems: Sequence[Problem] | None
    ) -> tuple[Input, ...]:
        """Its form's answers, to be looked at and put right."""
        return inputs(self.form, sent, problems) if self.form else ()


def look_at(number: int) -> Item:
    """One exception, open or closed; where there is none, the page that says so."""
    views = site().store.views
    case, state = views.queue_item(number), views.item(number)
    if case is None or state is None:
        abort(404)
    stored = site().store.mail(state.mail_id) if state.mail_id is not None else None
    if stored is None:
        return Item(case=case, state=state)
    email, files = opened(site().house, stored)
    try:
        drawn, several = came(state, files), ""
    except Refused as refused:
        drawn, several = None, str(refused)
    form = drawn[0] if drawn else None
    return Item(case=case, state=state, email=email, form=form, several=several)


def attachment(number: int, place: int) -> Attachment:
    """A file of the mail that an exception is about, counted from 0."""
    mail = site().store.views.mail_of_exception(number)
    stored = site().store.mail(mail) if mail is not None else None
    if stored is None:
        abort(404)
    email = read_mail(stored.raw, stored.ref.arrived_at, headers_only=stored.headers_only)
    if place >= len(email.attachments):
        abort(404)
    return email.attachments[place]


def undoable(number: int | None) -> Acted | None:
    """What this person did about an exception, and can still take back."""
    return still(site().store.views.last_act(number)) if number is not None else None
