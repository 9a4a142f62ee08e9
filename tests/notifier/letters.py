"""One draft of every letter, and of those that read differently from case to case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from model import (
    FORM1,
    FORM2,
    Code,
    FormFile,
    Letter,
    Origin,
    OutgoingEmail,
    Part,
    Problem,
    Reading,
    Status,
)
from tests.notifier.samples import (
    ADMIN,
    AWAITING,
    FIELDS1,
    FIELDS2,
    FORM1_READ,
    FORM2_READ,
    MATCH,
    NOW,
    OTHER,
    POD,
    REGISTERED,
    composed,
)
from tests.notifier.variants import BLANK, VARIANTS

COMPLETE = replace(REGISTERED, status=Status.COMPLETE, form2=FIELDS2, outcomes_revision=1)
FOUND = ((MATCH, OTHER),)
NEW_MATCH = replace(MATCH, key=AWAITING.key, reference=str(AWAITING.reference), why=MATCH.why[:1])
UNREAD_DATE = Problem(field="start_date", code=Code.DATE_UNREADABLE, seen="Spring term")
APPROXIMATE = Problem(field="end_date", code=Code.DATE_APPROXIMATE, seen="May 2027")
UNSURE = replace(
    FORM1_READ,
    problems=(APPROXIMATE,),
    origins={"area": Origin(where="table 1, row 9", seen="Ipswitch", certainty=0.8)},
)
DRAFT = replace(REGISTERED, status=Status.DRAFT, reference=None, outcomes_due=None)
FORM2_FILE = FormFile(form=FORM2, fields={"reference": "CYP-2027-0042-1", "title": "A skate park"})
QUEUE = (
    {"id": 8, "reason": "failed", "from": None, "subject": "", "received_at": NOW},
    {
        "id": 7,
        "reason": "needs_answer",
        "from": "asha.patel@ipswich-youth.example",
        "subject": "Re: Registered",
        "received_at": "2027-02-01T09:00:00+00:00",
        "reference": "CYP-2027-0042-1",
    },
)
BY_CLOCK: dict[str, Any] = {"answers": None, "thread": ("<form1@ipswich-youth.example>",)}
L = Letter

#: name -> (its parts, what else the draft and the composing are given)
CASES: dict[str, tuple[tuple[Part, ...], dict[str, Any]]] = {
    "registered": (
        (
            Part(
                kind=L.REGISTERED,
                consultation=REGISTERED,
                submission=FORM1_READ,
                notes=("late_notice", "pod_forwarded", "email_from_sender"),
            ),
        ),
        {},
    ),
    "registered, not all certain": (
        (Part(kind=L.REGISTERED, consultation=REGISTERED, submission=UNSURE),),
        {},
    ),
    "similar": (
        (
            Part(
                kind=L.SIMILAR,
                consultation=AWAITING,
                submission=FORM1_READ,
                matches=FOUND,
                notes=("pod_after_proceed",),
            ),
        ),
        {},
    ),
    "incomplete": (
        (
            Part(
                kind=L.INCOMPLETE,
                consultation=DRAFT,
                submission=replace(FORM1_READ, problems=(UNREAD_DATE, APPROXIMATE)),
                problems=(UNREAD_DATE,),
            ),
        ),
        {},
    ),
    "incomplete outcomes": (
        (
            Part(
                kind=L.INCOMPLETE,
                consultation=REGISTERED,
                submission=FORM2_READ,
                problems=(Problem(field="we_did", code=Code.MISSING),),
            ),
        ),
        {},
    ),
    "revised": (
        (
            Part(
                kind=L.REVISED,
                consultation=REGISTERED,
                submission=FORM1_READ,
                changed=("end_date", "partners"),
                before={**FORM1_READ.fields, "end_date": "2027-05-07", "partners": "Girls’ Club"},
                matches=FOUND,
            ),
        ),
        {},
    ),
    "revised, with the warning": (
        (
            Part(
                kind=L.REVISED,
                consultation=AWAITING,
                submission=FORM1_READ,
                changed=("end_date",),
                matches=FOUND,
            ),
        ),
        {},
    ),
    "repeat": (
        (Part(kind=L.REPEAT, consultation=REGISTERED, submission=FORM1_READ),),
        {},
    ),
    "repeat, with the warning": (
        (Part(kind=L.REPEAT, consultation=AWAITING, submission=FORM1_READ, matches=FOUND),),
        {},
    ),
    "confirmed": (
        (Part(kind=L.CONFIRMED, consultation=REGISTERED, notes=("pod_forwarded",)),),
        {},
    ),
    "withdrawn": (
        (Part(kind=L.WITHDRAWN, consultation=replace(REGISTERED, status=Status.WITHDRAWN)),),
        {},
    ),
    "extended": (
        (Part(kind=L.EXTENDED, consultation=REGISTERED),),
        {},
    ),
    "withdrawn by the office": (
        (
            Part(
                kind=L.WITHDRAWN,
                consultation=replace(REGISTERED, status=Status.WITHDRAWN),
                notes=("by_office",),
            ),
        ),
        {},
    ),
    "registered by the office": (
        (
            Part(
                kind=L.REGISTERED,
                consultation=REGISTERED,
                submission=FORM1_READ,
                notes=("by_office",),
                details={"put_in": ("start_date",)},
            ),
        ),
        {},
    ),
    "answer": (
        (
            Part(
                kind=L.ANSWER,
                consultation=REGISTERED,
                details={"subject": "Your question", "text": "Yes, you can.\n\nPlease go ahead."},
            ),
        ),
        {},
    ),
    "stopped": ((Part(kind=L.STOPPED, consultation=REGISTERED),), {}),
    "stopped, unconfirmed": ((Part(kind=L.STOPPED, consultation=AWAITING),), {}),
    "outcomes logged": (
        (Part(kind=L.OUTCOMES_LOGGED, consultation=COMPLETE, submission=FORM2_READ),),
        {},
    ),
    "outcomes revised": (
        (
            Part(
                kind=L.OUTCOMES_LOGGED,
                consultation=replace(
                    COMPLETE, outcomes_revision=2, form2={**FIELDS2, "publish": None}
                ),
                submission=FORM2_READ,
                changed=("we_did", "publish"),
            ),
        ),
        {},
    ),
    "outcomes unmatched": (
        (
            Part(
                kind=L.OUTCOMES_UNMATCHED,
                submission=FORM2_READ,
                references=("CYP-2027-0042-1", "CYP-2027-0043-7"),
            ),
        ),
        {},
    ),
    "unreadable": (
        (
            Part(
                kind=L.UNREADABLE,
                verdicts=(
                    Reading(
                        file="scan.pdf",
                        verdict=Problem(field=None, code=Code.UNSUPPORTED_TYPE, seen="pdf"),
                    ),
                    Reading(file="form 1.docx", verdict=Problem(field=None, code=Code.MISSING)),
                ),
            ),
        ),
        {},
    ),
    "too large": (
        (
            Part(
                kind=L.UNREADABLE,
                notes=("too_large",),
                details={"size": 32_000_000, "limit": 25_000_000},
            ),
        ),
        {},
    ),
    "not understood": ((Part(kind=L.NOT_UNDERSTOOD),), {"forms": BLANK}),
    "completion note": (
        (Part(kind=L.COMPLETION_NOTE, consultation=REGISTERED),),
        {**BY_CLOCK, "forms": (FORM2_FILE,), "now": datetime(2027, 5, 17, 9, tzinfo=UTC)},
    ),
    "chaser": (
        (Part(kind=L.CHASER, consultation=REGISTERED, details={"last": False}),),
        {**BY_CLOCK, "forms": (FORM2_FILE,), "now": datetime(2027, 6, 11, 9, tzinfo=UTC)},
    ),
    "last chaser": (
        (Part(kind=L.CHASER, consultation=REGISTERED, details={"last": True}),),
        {**BY_CLOCK, "now": datetime(2027, 7, 9, 9, tzinfo=UTC)},
    ),
    "confirm reminder": (
        (Part(kind=L.CONFIRM_REMINDER, consultation=AWAITING),),
        {**BY_CLOCK, "now": NOW + timedelta(days=7)},
    ),
    "similar notice": (
        (Part(kind=L.SIMILAR_NOTICE, consultation=OTHER, matches=((NEW_MATCH, AWAITING),)),),
        {**BY_CLOCK, "cc": ()},
    ),
    "reminders again": (
        (Part(kind=L.REMINDERS_AGAIN, consultation=REGISTERED, notes=("by_office",)),),
        {},
    ),
    "reminders again, of the question": (
        (Part(kind=L.REMINDERS_AGAIN, consultation=AWAITING, notes=("by_office",)),),
        {},
    ),
    "new contact": (
        (Part(kind=L.NEW_CONTACT, consultation=REGISTERED, details={"lead": True}),),
        {**BY_CLOCK, "cc": ()},
    ),
    "new contact, not in front": (
        (Part(kind=L.NEW_CONTACT, consultation=COMPLETE, details={"lead": False}),),
        {**BY_CLOCK, "cc": ()},
    ),
    "merged": (
        (
            Part(
                kind=L.MERGED,
                consultation=REGISTERED,
                details={"was": "CYP-2027-0041-3", "was_title": "Skate park"},
            ),
        ),
        BY_CLOCK,
    ),
    "merged, to whom is written to about the other": (
        (
            Part(
                kind=L.MERGED,
                consultation=REGISTERED,
                details={
                    "was": "CYP-2027-0041-3",
                    "was_title": "Skate park",
                    "stays": True,
                    "joined": ("Omar Bell",),
                },
            ),
        ),
        {**BY_CLOCK, "cc": ()},
    ),
    "separated": (
        (
            Part(
                kind=L.SEPARATED,
                consultation=REGISTERED,
                details={"other": "CYP-2027-0041-3", "other_title": "Skate park"},
            ),
        ),
        BY_CLOCK,
    ),
    "separated, and it stayed": (
        (
            Part(
                kind=L.SEPARATED,
                consultation=COMPLETE,
                details={"other": "", "other_title": "Skate park", "stays": "yes"},
            ),
        ),
        BY_CLOCK,
    ),
    "outcomes under the number of one that was merged": (
        (
            Part(
                kind=L.OUTCOMES_LOGGED,
                consultation=COMPLETE,
                submission=FORM2_READ,
                details={"once": "CYP-2027-0041-3", "also": ("Lena Adams",)},
            ),
        ),
        {},
    ),
    "registered, similar work not looked for": (
        (
            Part(
                kind=L.REGISTERED,
                consultation=REGISTERED,
                submission=FORM1_READ,
                notes=("similar_unchecked",),
            ),
        ),
        {},
    ),
    "pod request": (
        (Part(kind=L.POD_REQUEST, consultation=REGISTERED),),
        {
            **BY_CLOCK,
            "to": (POD,),
            "cc": (),
            "forms": (FormFile(form=FORM1, fields=FIELDS1),),
        },
    ),
    "digest": (
        (Part(kind=L.DIGEST, details={"items": QUEUE}),),
        {"answers": None, "to": (ADMIN,), "cc": ()},
    ),
    "several forms": (
        (
            Part(
                kind=L.INCOMPLETE,
                submission=FORM1_READ,
                problems=(Problem(field="purpose", code=Code.MISSING),),
            ),
            Part(kind=L.SIMILAR, consultation=AWAITING, submission=FORM1_READ, matches=FOUND),
        ),
        {},
    ),
    **VARIANTS,
}


def letter(name: str, **more: Any) -> OutgoingEmail:
    """One of them as a mail; its first part names its kind. Made once where nothing is changed."""
    return written(name, **more) if more else _made_once(name)


def written(name: str, **more: Any) -> OutgoingEmail:
    """The same, made anew."""
    parts, given = CASES[name]
    return composed(parts[0].kind, *parts, **{"key": name, **given, **more})


_made_once = cache(written)
