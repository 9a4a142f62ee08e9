"""Drafts of letters that read differently from case to case: odd forms, STOP, a long queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from model import FORM1, FORM2, Code, FormFile, Letter, Part, Problem, Reading, Status
from tests.notifier.samples import (
    ADMIN,
    FIELDS2,
    FORM1_READ,
    FORM2_READ,
    NOW,
    REGISTERED,
)


def alert(stage: str, what: str, **details: Any) -> tuple[tuple[Part, ...], dict[str, Any]]:
    """An alert about something that stopped five hours ago."""
    told = {"stage": stage, "what": what, "since": NOW - timedelta(hours=5), **details}
    part = Part(kind=Letter.ALERT, details=told)
    return (part,), {"answers": None, "to": (ADMIN,), "cc": ()}


BLANK = (FormFile(form=FORM1), FormFile(form=FORM2))
SLIP = replace(
    FORM2_READ,
    fields={**FIELDS2, "reference": None},
    problems=(Problem(field="reference", code=Code.REFERENCE_INVALID, seen="CYP-2027-0024-1"),),
)
EMPTY = Reading(file="form 1.docx", verdict=Problem(field=None, code=Code.MISSING))
STOPPED = replace(REGISTERED, stopped_at=NOW)
QUEUE = tuple(
    {
        "id": number,
        "reason": "no_form" if number % 3 else "bounced",
        "from": f"person{number}@ipswich-youth.example",
        "subject": f"Question {number}",
        "received_at": NOW,
    }
    for number in range(1, 16)
)


def unmatched(why: str, **more: Any) -> Part:
    """A Form 2 with a valid reference under which it was not filed."""
    details = {"given": "CYP-2027-0042-1", "why": why}
    return Part(
        kind=Letter.OUTCOMES_UNMATCHED, submission=FORM2_READ, **{"details": details, **more}
    )


#: name -> (its parts, what else the draft is given)
VARIANTS: dict[str, tuple[tuple[Part, ...], dict[str, Any]]] = {
    "outcomes under a number not theirs": ((unmatched("unknown"),), {}),
    "outcomes under another title": ((unmatched("contradicts"),), {}),
    "outcomes under a slip": (
        (
            Part(
                kind=Letter.OUTCOMES_UNMATCHED,
                submission=SLIP,
                problems=SLIP.problems,
                references=("CYP-2027-0042-1",),
                details={"given": "CYP-2027-0024-1", "why": ""},
            ),
        ),
        {},
    ),
    "outcomes without a number": (
        (
            Part(
                kind=Letter.OUTCOMES_UNMATCHED,
                submission=replace(SLIP, problems=()),
                details={"given": "", "why": ""},
            ),
        ),
        {},
    ),
    "outcomes of a withdrawn one": (
        (unmatched("", consultation=replace(REGISTERED, status=Status.WITHDRAWN)),),
        {},
    ),
    "outcomes logged under another title": (
        (
            Part(
                kind=Letter.OUTCOMES_LOGGED,
                consultation=replace(
                    REGISTERED,
                    status=Status.COMPLETE,
                    form2={**FORM2_READ.fields, "title": "What we found at the library"},
                    outcomes_revision=1,
                ),
                submission=FORM2_READ,
                notes=("another_title",),
            ),
        ),
        {},
    ),
    "outcomes logged in spite of a slip": (
        (
            Part(
                kind=Letter.OUTCOMES_LOGGED,
                consultation=replace(
                    REGISTERED, status=Status.COMPLETE, form2=SLIP.fields, outcomes_revision=1
                ),
                submission=SLIP,
                problems=SLIP.problems,
            ),
        ),
        {},
    ),
    "came empty": ((Part(kind=Letter.UNREADABLE, verdicts=(EMPTY,)),), {"forms": BLANK}),
    "confirmed after STOP": ((Part(kind=Letter.CONFIRMED, consultation=STOPPED),), {}),
    "extended after STOP": ((Part(kind=Letter.EXTENDED, consultation=STOPPED),), {}),
    "repeat after STOP": (
        (Part(kind=Letter.REPEAT, consultation=STOPPED, submission=FORM1_READ),),
        {},
    ),
    "registered after STOP": (
        (Part(kind=Letter.REGISTERED, consultation=STOPPED, submission=FORM1_READ),),
        {},
    ),
    "revised after STOP": (
        (Part(kind=Letter.REVISED, consultation=STOPPED, submission=FORM1_READ),),
        {},
    ),
    "digest of one": (
        (Part(kind=Letter.DIGEST, details={"items": QUEUE[:1]}),),
        {"answers": None, "to": (ADMIN,), "cc": ()},
    ),
    "digest of many": (
        (Part(kind=Letter.DIGEST, details={"items": QUEUE}),),
        {"answers": None, "to": (ADMIN,), "cc": ()},
    ),
    "mailbox away": alert("stopped", "mailbox", fault="The mail server does not answer"),
    "mailbox back": alert("back", "mailbox", until=NOW),
    "delivery away": alert("stopped", "delivery", fault="535 refused"),
    "database back": alert("back", "database", until=NOW),
    "disk full": alert("stopped", "disk", free=20_000_000),
    "secret ends": alert("ends", "credential", name="mailbox", ends=date(2027, 2, 15), left=7),
    "secret ended": alert("ends", "credential", name="mailbox", ends=date(2027, 2, 1), left=-7),
}
