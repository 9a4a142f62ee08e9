"""What a template may say about one part of a letter: facts, dates and answers, already in words.

Templates print only what a `View` gives them, and a `View` knows only its own `Part`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from model import (
    FORM1,
    FORM2,
    Code,
    Consultation,
    FormFile,
    Forms,
    Letter,
    Office,
    Part,
    Problem,
    Reading,
    Rules,
    Status,
)
from notifier.outline import Item, Outline, answer, clock, short_day, shorten

Rows = tuple[tuple[str, str], ...]
#: Dates further from today than this are asked about.
_YEARS = timedelta(days=3 * 366)


#: Longest extract of an answer before and after a change, in characters: all of it is read back.
_EXTRACT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One part of a letter and the settings its wording depends on."""

    part: Part
    office: Office
    forms: Forms
    rules: Rules
    now: datetime
    attached: tuple[FormFile, ...] = ()
    several: bool = False  #: the letter has more than one part

    @property
    def c(self) -> Consultation | None:
        """The record the part is about."""
        return self.part.consultation

    @property
    def today(self) -> date:
        """The day of writing, in the office's time zone."""
        return self.rules.local_date(self.now)

    @property
    def form(self) -> str:
        """Which form the part is about."""
        if self.part.submission:
            return self.part.submission.form
        outcomes = (Letter.OUTCOMES_LOGGED, Letter.OUTCOMES_UNMATCHED)
        return FORM2 if self.part.kind in outcomes else FORM1

    @property
    def fields(self) -> Mapping[str, Any]:
        """The answers to read back: the record's (with what the mail filled in), or the file's."""
        record = None
        if self.c:
            stands = {**self.c.form1, **self.c.contact} if self.c.form1 is not None else None
            record = stands if self.form == FORM1 else self.c.form2
        unsettled = self.part.kind in (Letter.INCOMPLETE, Letter.OUTCOMES_UNMATCHED)
        if self.part.submission and (unsettled or record is None):
            return self.part.submission.fields
        return record or {}

    @property
    def title(self) -> str:
        """The consultation's title, or "" where none is known.

        Outcomes are those of the consultation in the register, whatever the form calls it.
        """
        of_form, of_record = str(self.fields.get("title") or ""), self.c.title if self.c else ""
        return of_record or of_form if self.form == FORM2 else of_form or of_record

    @property
    def reference(self) -> str:
        """The reference number, or ""."""
        return (self.c.reference if self.c else None) or ""

    @property
    def revised(self) -> bool:
        """Whether this Form 2 takes the place of an earlier one."""
        return self.c is not None and self.c.outcomes_revision > 1

    @property
    def awaiting(self) -> bool:
        """Whether the record waits for PROCEED or WITHDRAW."""
        return self.c is not None and self.c.status is Status.AWAITING_CONFIRMATION

    @property
    def complete(self) -> bool:
        """Whether its outcomes have come in."""
        return self.c is not None and self.c.status is Status.COMPLETE

    @property
    def stopped(self) -> bool:
        """Whether STOP was said: nothing more is sent unasked."""
        return self.c is not None and self.c.stopped_at is not None

    @property
    def registered_now(self) -> bool:
        """Whether this part registered the consultation; not a word beside it in the same mail."""
        here = self.detail("registered_now")
        return self.c is not None and self.c.registered_at == self.now and here is not False

    @property
    def end(self) -> date | None:
        """The end date as planned."""
        return self.c.end_date if self.c else None

    @property
    def due(self) -> date | None:
        """The day outcomes are due."""
        return self.c.outcomes_due if self.c else None

    @property
    def agreed(self) -> bool:
        """Whether that day is one that EXTEND asked for."""
        return self.c is not None and self.due is not None and self.due == self.c.extended_to

    @property
    def later(self) -> date:
        """A due date that somebody might ask for instead, as an example."""
        return max(self.due or self.today, self.today) + timedelta(days=self.rules.outcome_days)

    @property
    def days_late(self) -> int:
        """Whole days since outcomes were due; 0 on the day or before."""
        return max((self.today - self.due).days, 0) if self.due else 0

    @property
    def waiting_days(self) -> int:
        """Whole days since the question about similar work was asked."""
        if not self.c or not self.c.asked_at:
            return 0
        return (self.today - self.rules.local_date(self.c.asked_at)).days

    @property
    def weeks(self) -> str:
        """How long after the end outcomes are due, in words."""
        numbers = {1: "one week", 2: "two weeks", 3: "three weeks", 4: "four weeks"}
        weeks, odd = divmod(self.rules.outcome_days, 7)
        return f"{self.rules.outcome_days} days" if odd else numbers.get(weeks, f"{weeks} weeks")

    @property
    def brings_form(self) -> bool:
        """Whether a filled-in form travels with the letter."""
        return any(f.fields is not None for f in self.attached)

    def word(self, word: str) -> str:
        """What to reply: a letter about several things needs the reference beside the word."""
        return f"{word} {self.reference}" if self.several and self.reference else word

    def noted(self, code: str) -> bool:
        """Whether the decision asked for this sentence."""
        return code in self.part.notes

    def detail(self, key: str, otherwise: Any = None) -> Any:
        """An extra that the decision gave for this letter; `compose` lists them."""
        return self.part.details.get(key, otherwise)

    def moment(self, key: str) -> str:
        """An instant among the extras, in the office's time: "9:30am on 4 June 2027"; or ""."""
        at = self.part.details.get(key)
        if not isinstance(at, datetime):
            return ""
        local = at.astimezone(self.rules.zone)
        return f"{clock(local)} on {local.day} {local:%B} {local.year}"

    # ------------------------------------------------------------------ answers in words

    @property
    def rows(self) -> Rows:
        """(label, answer) of everything that was read."""
        return self.forms.shown(self.form, self.fields)

    def shown(self, keys: Iterable[str]) -> Rows:
        """(label, answer) of some fields; one that is blank now says so."""
        return tuple((self.forms.label(self.form, k), self._said(k) or "(blank)") for k in keys)

    def shown_if_given(self, keys: Iterable[str]) -> Rows:
        """(label, answer) of those of some fields that have an answer."""
        return self.shown(k for k in keys if self.fields.get(k) not in (None, "", []))

    @property
    def changes(self) -> Rows:
        """(label, what was said before and what is now) of what a revision changed."""
        before, now = self.part.before, self.shown(self.part.changed)
        if before is None:
            return now
        said = (answer(self.forms, self.form, before, k) or "(blank)" for k in self.part.changed)
        pairs = zip(now, said, strict=True)
        return tuple((label, _was_and_is(was, this)) for (label, this), was in pairs)

    @property
    def put_in(self) -> Rows:
        """(label, answer) of what the office put in, without what is told as changed."""
        given = self.detail("put_in", ())
        return self.shown(key for key in given if key not in self.part.changed)

    @property
    def published(self) -> Rows:
        """(label, answer) of what a Form 2 that may be published says on the public site."""
        keys = ("title", "organisation", "participants", "you_said", "we_did", "public_summary")
        return self.shown_if_given(keys) if self.fields.get("publish") is True else ()

    def _said(self, key: str) -> str:
        return answer(self.forms, self.form, self.fields, key)

    # ------------------------------------------------------------------ what is wrong or unsure

    @property
    def needed(self) -> tuple[str, ...]:
        """What has to be put right before a form counts, a sentence for each field."""
        return tuple(self.forms.message(self.form, p) for p in self._stopping())

    @property
    def doubts(self) -> tuple[str, ...]:
        """What counts as read but was not certain, a sentence for each field."""
        stopping = self._stopping()
        known = dict.fromkeys((*self.part.problems, *self._read_problems()))
        others = [p for p in known if p not in stopping and not self._told_elsewhere(p)]
        said = tuple(self.forms.message(self.form, p) for p in others)
        return said + self._uncertain({p.field for p in known}) + tuple(self._odd_dates())

    def _odd_dates(self) -> Iterator[str]:
        """Dates that were read for certain, and may have been typed wrong all the same."""
        if not self.part.submission:
            return
        fields = self.part.submission.fields
        for key in ("start_date", "end_date"):
            given = date.fromisoformat(fields[key]) if fields.get(key) else None
            if given and abs(given - self.today) > _YEARS:
                label = self.forms.label(self.form, key)
                far = "more than three years " + ("ago" if given < self.today else "ahead")
                yield f"{label}: {short_day(given)} is {far}. Is the year right?"
        begins = self.c.start_date if self.c and self.part.kind is Letter.OUTCOMES_LOGGED else None
        if begins and begins > self.today:
            yield f"By our register the consultation only begins on {short_day(begins)}."

    def _stopping(self) -> tuple[Problem, ...]:
        if self.part.kind is not Letter.INCOMPLETE:
            return ()
        return self.part.problems or tuple(
            p
            for p in self._read_problems()
            if p.code is not Code.DATE_APPROXIMATE and not self._told_elsewhere(p)
        )

    def _read_problems(self) -> tuple[Problem, ...]:
        return self.part.submission.problems if self.part.submission else ()

    def _told_elsewhere(self, problem: Problem) -> bool:
        """About the address or the reference a sentence of the letter's own says what matters."""
        if problem.field == "email":
            return self.noted("email_from_sender")
        told = self.part.kind in (Letter.OUTCOMES_LOGGED, Letter.OUTCOMES_UNMATCHED)
        return problem.field == "reference" and (problem.code is Code.MISSING or told)

    def _uncertain(self, told: set[str | None]) -> tuple[str, ...]:
        """What was read without a problem, but not for certain, and where it stood."""
        submission = self.part.submission
        if not submission:
            return ()
        meant, placed = [], []
        for key, origin in submission.origins.items():
            if origin.certainty >= 1 or key in told or submission.fields.get(key) in (None, []):
                continue
            label = self.forms.label(submission.form, key)
            aside = f" ({origin.where}; {origin.certainty:.0%} sure)"
            value = submission.fields[key]
            if taken := self.forms.taken(submission.form, key, value, origin, aside):
                meant.append(f"{label.removesuffix('?')}: {taken}")
            else:
                placed.append(f"{label} “{shorten(origin.seen, 120)}”{aside}")
        if placed:
            meant.append(f"Do these answers belong here? {'; '.join(placed)}.")
        return tuple(meant)

    def verdict(self, reading: Reading) -> str:
        """Why a file could not be read and how to send it right."""
        return self.forms.message(None, reading.verdict or Problem(field=None, code=Code.MISSING))

    @property
    def came_empty(self) -> bool:
        """Whether all that came was forms of ours with nothing filled in."""
        found = [r.verdict.code if r.verdict else Code.MISSING for r in self.part.verdicts]
        return bool(found) and set(found) == {Code.MISSING}

    # ------------------------------------------------------------------ the reference in a Form 2

    @property
    def slip(self) -> str:
        """The reference in the form as typed, where it is mistyped; else ""."""
        known = (*self.part.problems, *self._read_problems())
        seen = (p.seen for p in known if p.code is Code.REFERENCE_INVALID)
        return shorten(next(seen, ""), 80)

    @property
    def given(self) -> str:
        """The reference in the form, or ""."""
        return str(self.detail("given") or self.fields.get("reference") or "")

    @property
    def misfiled(self) -> str:
        """Why outcomes are not filed under the valid reference given: "unknown", "contradicts"."""
        return str(self.detail("why") or "unknown") if self.given and not self.slip else ""

    @property
    def same_title(self) -> bool:
        """Whether the form that came has the very title of the record."""
        sent = self.part.submission.fields.get("title") if self.part.submission else None
        known = (self.c.form1 or {}).get("title") if self.c else None
        return bool(sent) and str(sent).casefold().split() == str(known).casefold().split()

    # ------------------------------------------------------------------ the digest

    @property
    def items(self) -> tuple[Item, ...]:
        """What waits in the exceptions queue, oldest first."""
        given = [Item.of(row, self.now, self.rules) for row in self.detail("items", ())]
        return tuple(sorted(given, key=lambda item: -item.days))

    @property
    def groups(self) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        """The same by reason, the reason of the oldest first."""
        reasons = dict.fromkeys(item.reason for item in self.items)
        return tuple((r, tuple(i for i in self.items if i.reason == r)) for r in reasons)

    # ------------------------------------------------------------------ similar work

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """Similar work, best match first as the decision gave it."""
        shows, reader = self.office.show_contacts, self.c.lead_worker if self.c else None
        return tuple(
            Outline.of(match, other, self.forms, show_contacts=shows, reader=reader)
            for match, other in self.part.matches
        )

    @property
    def others_named(self) -> bool:
        """Whether it names contacts who are not its reader."""
        return self.office.show_contacts and not all(one.own for one in self.outlines)


def _was_and_is(was: str, this: str) -> str:
    """An answer before and after, a line each; of long ones, from shortly before they differ."""
    before, now = was.split(), this.split()
    skipped = 0
    if max(len(was), len(this)) > _EXTRACT:
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False))
        skipped = max(sum(1 for _ in alike) - 5, 0)
    cut = ("… " if skipped else "") + "{}"
    one, two = (cut.format(" ".join(words[skipped:])) for words in (before, now))
    return f"Was: {shorten(one, _EXTRACT)}\nIs now: {shorten(two, _EXTRACT)}"
