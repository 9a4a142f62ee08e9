"""What follows from an act: values in, one `Decision` out, by the rules that mails go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from intake.answers import carry_out, spoken_to
from intake.decide import answer_to, decide_case
from intake.desk.acts import (
    Accept,
    Act,
    AskAgain,
    ChangePeople,
    Edit,
    Link,
    Merge,
    Refused,
    Reply,
    Say,
    SetAside,
)
from intake.desk.forms import Drawn
from intake.notices import notices
from intake.outcomes import judge_outcomes
from intake.people import answered_for, join, people_of
from intake.proposals import TABLE, judge_proposal, revise
from intake.steps import Case, Step, settled
from intake.which import Event, which
from intake.words import Said
from model import (
    FORM2,
    Address,
    Change,
    Consultation,
    Decision,
    Draft,
    FormFile,
    Letter,
    Part,
    Reason,
    Role,
    Status,
)
from notifier.due import filled_in
from parsers.typed import BY_HAND
from store import QueueState

#: Letters that ask their reader for something.
_ASKING = frozenset(
    {Letter.INCOMPLETE, Letter.UNREADABLE, Letter.OUTCOMES_UNMATCHED, Letter.NOT_UNDERSTOOD}
)
#: What the clock asks, asked once more.
_CLOCKS = {Reason.UNCONFIRMED: Letter.CONFIRM_REMINDER, Reason.OUTCOMES_OVERDUE: Letter.CHASER}
#: Exceptions that a merge settles: nobody waits for that consultation any more.
_OVER = (Reason.INCOMPLETE, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE)
_ENDED = frozenset({Status.WITHDRAWN, Status.MERGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that is known when an act is judged.

    `case` is the mail that the act is about, or one as the lead worker would have sent it; its
    facts hold `record` and `other` among the sender's own.
    """

    act: Act
    case: Case
    item: QueueState | None = None  #: the exception; it is open
    record: Consultation | None = None  #: the consultation that it is about
    other: Consultation | None = None  #: the one to link to, or to merge into
    drawn: Drawn | None = None  #: the form to be taken, complete and right


def judge(desk: Desk) -> Decision:
    """What follows from an act. Raises `Refused` where it cannot be done as things are."""
    decision = _RULES[type(desk.act.doing)](desk, desk.act.doing)
    return replace(decision, why=desk.act.why)


# --------------------------------------------------------------------------- forms


def _accept(desk: Desk, _doing: Accept) -> Decision:
    return _take(desk, desk.record)


def _take(desk: Desk, linked: Consultation | None) -> Decision:
    assert desk.drawn
    form, file = desk.drawn
    case = desk.case
    if form.form == FORM2:
        step = judge_outcomes(case, form, linked)
    else:
        step = _proposal(case, desk.drawn, linked)
    lead = answered_for(case.email, form, file)
    return _said(desk, step, (lead,) if lead else ())


def _proposal(case: Case, drawn: Drawn, linked: Consultation | None) -> Step:
    """As a mail's; but a person may also change one that is complete."""
    form, file = drawn
    found = (Event.CHANGED, linked) if linked else which(case, form)
    if found and found[0] is Event.CHANGED and found[1].status is Status.COMPLETE:
        people = people_of(case.email, form, file, case.rules)
        return revise(case, replace(found[1], people=join(found[1].people, people)), form)
    return judge_proposal(case, form, file, linked)


def _link(desk: Desk, _doing: Link) -> Decision:
    other = _wanted(desk.other)
    if desk.item is None or desk.item.mail_id is None:
        raise Refused("This is about no mail that came in, so there is nothing to link.")
    if desk.drawn is not None:
        return _take(desk, other)
    return Decision(kind=None, outcome="linked", settles=_this(desk), about=(other.key,))


def _wanted(other: Consultation | None) -> Consultation:
    if other is None:
        raise Refused("There is no such consultation in the register.")
    if other.status in _ENDED:
        raise Refused(f"{_name(other)} is {other.status}.")
    return other


def _edit(desk: Desk, doing: Edit) -> Decision:
    assert desk.drawn
    record, form = _record(desk), desk.drawn[0]
    _reason(desk)
    if record.status in _ENDED:
        raise Refused(f"{_name(record)} is {record.status}: it cannot be changed.")
    if form.form == FORM2:
        step = judge_outcomes(desk.case, form, record)
    elif record.status is Status.DRAFT:
        step = TABLE[Event.CHANGED, Status.DRAFT](desk.case, record, form)
    else:
        step = revise(desk.case, record, form)
    if not any(c.before is None or _differs(c) for c in step.changes):
        raise Refused("No answer was changed.")
    return _said(desk, step if doing.tell else replace(step, part=None))


def _differs(change: Change) -> bool:
    before, after = change.before, change.after
    return before is None or (before.form1, before.form2) != (after.form1, after.form2)


# --------------------------------------------------------------------------- words and letters


def _say(desk: Desk, doing: Say) -> Decision:
    record = _record(desk)
    if desk.item is None:
        _reason(desk)
    word = Said(word=doing.word, until=doing.until, references=())
    return _said(desk, carry_out(desk.case, record, word))


def _reply(desk: Desk, doing: Reply) -> Decision:
    if not doing.text.strip() or not doing.subject.strip():
        raise Refused("A mail needs a subject and a text.")
    details = {"subject": doing.subject.strip(), "text": doing.text.strip()}
    part = Part(kind=Letter.ANSWER, consultation=desk.record, details=details)
    answer = answer_to(desk.case, (part,))
    if answer is None:
        raise Refused("There is no address that it could go to.")
    return Decision(
        kind=None,
        outcome=Letter.ANSWER,
        drafts=(answer,),
        settles=_this(desk) if doing.settles else (),
        about=(desk.record.key,) if desk.record else (),
    )


def _ask_again(desk: Desk, _doing: AskAgain) -> Decision:
    item = desk.item
    if item is not None and item.reason in _CLOCKS:
        drafts: tuple[Draft, ...] = (_clocks(desk, _CLOCKS[item.reason]),)
    else:
        drafts = tuple(d for d in _judged_anew(desk).drafts if d.kind in _ASKING)
    if not drafts:
        raise Refused("No letter asked for anything here: write an answer instead.")
    return Decision(kind=None, outcome="asked_again", drafts=drafts)


def _judged_anew(desk: Desk) -> Decision:
    """What the mail would be told if it came now; how often it was told before does not matter."""
    case = desk.case
    facts = replace(case.facts, seen_before=False, answers=(), unasked_for=(), forms_sent=())
    case = replace(case, facts=facts, email=replace(case.email, verified=True))
    return decide_case(case)


def _clocks(desk: Desk, kind: Letter) -> Draft:
    record = _record(desk)
    forms = (FormFile(form=FORM2, fields=filled_in(record)),) if kind is Letter.CHASER else ()
    answer = answer_to(desk.case, (Part(kind=kind, consultation=record),), forms=forms)
    if answer is None:
        raise Refused("There is no address that it could go to.")
    return replace(answer, answers=None, thread=_thread(record))


def _thread(record: Consultation) -> tuple[str, ...]:
    return (record.message_id,) if record.message_id else ()


def _set_aside(desk: Desk, _doing: SetAside) -> Decision:
    _reason(desk)
    item = desk.item
    if item is None:
        raise Refused("Only what is in the queue can be set aside.")
    bounced = item.reason is Reason.BOUNCED
    addresses = tuple(item.detail.get("recipients", ())) if bounced else ()
    return Decision(kind=None, outcome="set_aside", settles=(item.id,), unblocked=addresses)


# --------------------------------------------------------------------------- records


def _merge(desk: Desk, _doing: Merge) -> Decision:
    record, other = _record(desk), _wanted(desk.other)
    _reason(desk)
    if record.key == other.key:
        raise Refused("A consultation cannot be merged into itself.")
    if record.status is Status.MERGED:
        raise Refused(f"{_name(record)} is merged already.")
    if record.form2 is not None and other.form2 is None:
        raise Refused(
            f"{_name(record)} has outcomes and {_name(other)} has none: merge the other way round."
        )
    gone = replace(record, status=Status.MERGED, merged_into=other.key)
    kept = replace(other, people=join(other.people, record.people))
    changes = [Change(event="merged", before=record, after=gone)]
    if kept != other:
        changes.append(Change(event="people_changed", before=other, after=kept))
    return Decision(
        kind=None,
        outcome="merged",
        changes=tuple(changes),
        settles=(*_this(desk), *settled(desk.case.facts, record, *_OVER)),
        about=(record.key, other.key),
    )


def _change_people(desk: Desk, doing: ChangePeople) -> Decision:
    record = _record(desk)
    _reason(desk)
    people = join((), doing.people)
    if not any(p.role is not Role.CC for p in people):
        raise Refused("Somebody has to be written to first: name one who is not only in copy.")
    if people == record.people:
        raise Refused("Nobody was changed.")
    change = Change(event="people_changed", before=record, after=replace(record, people=people))
    return Decision(kind=None, outcome="people_changed", changes=(change,), settles=_this(desk))


# --------------------------------------------------------------------------- shared


def _said(desk: Desk, step: Step, leads: tuple[Address, ...] = ()) -> Decision:
    """A step of the mail path, told to the same people, with a sentence that the office did it."""
    _passes(step)
    part = step.part and _by_office(desk, step.part)
    answer = answer_to(desk.case, (part,) if part else (), leads)
    told = notices(desk.case.after(step), step.changes)
    return Decision(
        kind=None,
        outcome=part.kind if part else next((c.event for c in step.changes), "done"),
        changes=step.changes,
        holds=step.holds,
        settles=tuple(dict.fromkeys((*_this(desk), *step.settles))),
        drafts=(*((answer,) if answer else ()), *step.drafts, *told),
        about=step.about,
    )


def _passes(step: Step) -> None:
    """What would put a mail into the queue is told to the person at once."""
    for held in step.holds:
        if held.reason is not Reason.FAILED:
            why = str(held.detail.get("why") or held.reason)
            raise Refused(f"This cannot be done as things are: {why}.")


def _by_office(desk: Desk, part: Part) -> Part:
    """With the answers that the office put in, for the letter to name them."""
    origins = part.submission.origins if part.submission else {}
    put_in = tuple(key for key, origin in origins.items() if origin.where == BY_HAND)
    details = {**part.details, "put_in": put_in}
    return replace(part, notes=(*part.notes, "by_office"), details=details)


def _this(desk: Desk) -> tuple[int, ...]:
    return (desk.item.id,) if desk.item else ()


def _record(desk: Desk) -> Consultation:
    about = spoken_to(desk.case)
    record = desk.record or (about[0] if len(about) == 1 else None)
    if record is None:
        raise Refused("Say which consultation is meant.")
    return record


def _reason(desk: Desk) -> None:
    if not desk.act.why.strip():
        raise Refused("Give a reason: it is kept in the audit trail.")


def _name(record: Consultation) -> str:
    return record.reference or record.title or "This draft"


_RULES: dict[type, Callable[[Desk, Any], Decision]] = {
    Accept: _accept,
    Link: _link,
    Reply: _reply,
    AskAgain: _ask_again,
    Say: _say,
    SetAside: _set_aside,
    Edit: _edit,
    Merge: _merge,
    ChangePeople: _change_people,
}
