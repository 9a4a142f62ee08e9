"""Which consultation a Form 1 is about (process section "Every event on every status")."""

from __future__ import annotations

from enum import StrEnum

from intake.similar import same_words
from intake.steps import Case, changed_fields, live
from model import Consultation, Fields, Submission


class Event(StrEnum):
    """How a Form 1 relates to a consultation that is there already."""

    SAME = "same"
    CHANGED = "changed"
    UNCLEAR = "unclear"  #: changed, but it may be any of several


def which(case: Case, form: Submission) -> tuple[Event, Consultation] | None:
    """The sender's own consultation that a Form 1 is about, and how; None: a new proposal."""
    own = live(case.facts.own)
    same = next((known for known in own if _says_the_same(known, form)), None)
    return (Event.SAME, same) if same else _changed(case, own, form)


def _changed(
    case: Case, own: tuple[Consultation, ...], form: Submission
) -> tuple[Event, Consultation] | None:
    """The title says which one; without it, what the mail answers."""
    title = same_words(form["title"])
    answered = tuple(known for known in own if _in_reply(case, known))
    for known in (*answered, *own):
        if title and same_words(known.title) == title:
            return Event.CHANGED, known
    likely = [known for known in answered if not _another_proposal(known, form)]
    if not likely:
        return None
    return Event.CHANGED if len(likely) == 1 else Event.UNCLEAR, likely[0]


def _says_the_same(known: Consultation, form: Submission) -> bool:
    """The same values as read. An address left blank is the one that was filled in before."""
    old: Fields = known.form1 or {}
    return not changed_fields(old, {**form.fields, "email": form["email"] or old.get("email")})


def _in_reply(case: Case, known: Consultation) -> bool:
    """In reply to ours, or with its reference in the subject."""
    asked = (*case.in_thread, *(c for r in case.in_subject if (c := case.own_of(r))))
    return any(case.stands_for(c).key == known.key for c in asked)


def _another_proposal(known: Consultation, form: Submission) -> bool:
    """Title and dates both differ: a new proposal, whatever thread it came in.

    What either of them leaves blank does not differ: a corrected form fills it in.
    """
    old: Fields = known.form1 or {}
    titles = {same_words(known.title), same_words(form["title"])} - {""}
    dates = ((old.get(d), form[d]) for d in ("start_date", "end_date"))
    return len(titles) == 2 and any(was and now and was != now for was, now in dates)
