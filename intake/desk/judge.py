"""What follows from an act: values in, one `Decision` out, by the rules that mails go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from intake.answers import carry_out
from intake.decide import answer_to, decide_case
from intake.desk.acts import (
    Accept,
    AskAgain,
    ChangePeople,
    Edit,
    Link,
    Merge,
    Refused,
    RemindAgain,
    Reply,
    Say,
    SendAgain,
    Separate,
    SetAside,
)
from intake.desk.forms import Drawn
from intake.desk.known import Desk, name_of, standing, the_record, this_item, with_reason
from intake.desk.merging import merge, separate
from intake.desk.people import change_people
from intake.notices import notices
from intake.outcomes import judge_outcomes
from intake.overtaken import skip
from intake.people import answered_for, join, people_of
from intake.proposals import TABLE, judge_proposal, revise
from intake.steps import Case, Step
from intake.which import Event, which
from intake.words import Said
from model import (
    ENDED,
    FORM2,
    WATCHED,
    Address,
    Change,
    Consultation,
    Decision,
    Draft,
    FormFile,
    Letter,
    Part,
    Reason,
    Status,
    Wish,
    Wished,
    Word,
)
from notifier.due import filled_in
from notifier.ready import gap
from parsers.typed import BY_HAND

#: Letters that ask their reader for something.
_ASKING = frozenset(
    {Letter.INCOMPLETE, Letter.UNREADABLE, Letter.OUTCOMES_UNMATCHED, Letter.NOT_UNDERSTOOD}
)
#: What the clock asks, asked once more. It opens these exceptions, each of them once.
CLOCKS = {Reason.UNCONFIRMED: Letter.CONFIRM_REMINDER, Reason.OUTCOMES_OVERDUE: Letter.CHASER}


def judge(desk: Desk) -> Decision:
    """What follows from an act. Raises `Refused` where it cannot be done as things are."""
    decision = _RULES[type(desk.act.doing)](desk, desk.act.doing)
    return replace(decision, why=desk.act.why)


# --------------------------------------------------------------------------- forms


def _accept(desk: Desk, _doing: Accept) -> Decision:
    return _take(desk, _put_in(desk) or desk.record)


def _put_in(desk: Desk) -> Consultation | None:
    """The consultation whose reference a person put into a Form 2: they know whose it is."""
    assert desk.drawn
    form, _file = desk.drawn
    origin = form.origins.get("reference")
    if form.form != FORM2 or origin is None or origin.where != BY_HAND:
        return None
    return desk.case.facts.named.get(form["reference"] or "")


def _take(desk: Desk, linked: Consultation | None) -> Decision:
    assert desk.drawn
    form, file = desk.drawn
    case = desk.case
    if form.form == FORM2:
        step = judge_outcomes(case, form, linked)
    else:
        step = _proposal(case, desk.drawn, linked)
    if linked is not None and not (case.email.sender and linked.includes(case.email.sender)):
        return _told_as_well(desk, step, linked)
    lead = answered_for(case.email, form, file)
    return _said(desk, step, (lead,) if lead else ())


def _told_as_well(desk: Desk, step: Step, linked: Consultation) -> Decision:
    """A stranger's form: the letter goes to the lead worker, and the stranger gets a copy."""
    sender = desk.case.email.sender
    if step.part and sender:
        details = {**step.part.details, "sent_by": sender.name or sender.email}
        step = replace(step, part=replace(step.part, details=details))
    lead = linked.lead_worker
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
    other = standing(desk.other)
    if desk.item is None or desk.item.mail_id is None:
        raise Refused("This is about no mail that came in, so there is nothing to link.")
    if desk.drawn is not None:
        return _take(desk, other)
    return Decision(kind=None, outcome="linked", settles=this_item(desk), about=(other.key,))


def _edit(desk: Desk, doing: Edit) -> Decision:
    assert desk.drawn
    record, form = the_record(desk), desk.drawn[0]
    with_reason(desk)
    if record.status in ENDED:
        raise Refused(f"{name_of(record)} is {record.status}: it cannot be changed.")
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
    record = the_record(desk)
    if desk.item is None:
        with_reason(desk)
    word = Said(word=doing.word, until=doing.until, references=())
    step = carry_out(desk.case, record, word)
    decision = _said(desk, step)
    if desk.item is not None and desk.item.reason in CLOCKS:  # which comes once: not for any word
        decision = replace(decision, settles=step.settles)
    return _unsaid(desk, decision, Letter.REMINDERS_AGAIN) if doing.word is Word.STOP else decision


def _remind_again(desk: Desk, _doing: RemindAgain) -> Decision:
    """What came due meanwhile is not made up for: the clock brings the latest of it, as ever."""
    record = the_record(desk)
    with_reason(desk)
    if record.stopped_at is None:
        raise Refused(f"The reminders of {name_of(record)} were not stopped.")
    if record.status not in WATCHED:
        raise Refused(f"{name_of(record)} is {record.status}: there are no reminders for it.")
    after = replace(record, stopped_at=None)
    change = Change(event=Letter.REMINDERS_AGAIN, before=record, after=after)
    part = Part(kind=Letter.REMINDERS_AGAIN, consultation=after)
    decision = _said(desk, Step(part=part, changes=(change,), about=(after.key,)))
    return _unsaid(desk, decision, Letter.STOPPED)


def _unsaid(desk: Desk, decision: Decision, opposite: Letter) -> Decision:
    """Where the opposite was done by hand within the minute, its letter does not go, nor does ours.

    Whoever reads neither is where they were before.
    """
    for mail in desk.waiting:
        undoable = not mail.attempts and mail.next_attempt_at > desk.case.now
        if mail.kind is opposite and undoable:
            skipped = skip(mail.id, mail.key, mail.about[0].key)
            return replace(decision, drafts=(), wished=(skipped,))
    return decision


def _reply(desk: Desk, doing: Reply) -> Decision:
    if not doing.text.strip() or not doing.subject.strip():
        raise Refused("A mail needs a subject and a text.")
    if desk.case.email.report is not None:
        raise Refused("This is from a mail server: there is nobody to answer.")
    if left := gap(f"{doing.subject}\n{doing.text}"):
        raise Refused(f"Fill in {left} before you send it.")
    details = {"subject": doing.subject.strip(), "text": doing.text.strip()}
    part = Part(kind=Letter.ANSWER, consultation=desk.record, details=details)
    answer = answer_to(desk.case, (part,))
    if answer is None:
        raise Refused("There is no address that it could go to.")
    return Decision(
        kind=None,
        outcome=Letter.ANSWER,
        drafts=(answer,),
        settles=this_item(desk) if doing.settles else (),
        about=(desk.record.key,) if desk.record else (),
    )


def _ask_again(desk: Desk, _doing: AskAgain) -> Decision:
    item = desk.item
    if item is not None and item.reason in CLOCKS:
        drafts: tuple[Draft, ...] = (_clocks(desk, CLOCKS[item.reason]),)
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
    record = the_record(desk)
    forms = (FormFile(form=FORM2, fields=filled_in(record)),) if kind is Letter.CHASER else ()
    answer = answer_to(desk.case, (Part(kind=kind, consultation=record),), forms=forms)
    if answer is None:
        raise Refused("There is no address that it could go to.")
    return replace(answer, answers=None, thread=record.thread)


def _set_aside(desk: Desk, _doing: SetAside) -> Decision:
    with_reason(desk)
    item = desk.item
    if item is None:
        raise Refused("Only what is in the queue can be set aside.")
    bounced = item.reason is Reason.BOUNCED
    addresses = tuple(item.detail.get("recipients", ())) if bounced else ()
    return Decision(kind=None, outcome="set_aside", settles=(item.id,), unblocked=addresses)


def _send_again(desk: Desk, _doing: SendAgain) -> Decision:
    """Its bytes and its Message-ID stay, so that whoever has it already sees one mail."""
    item = desk.item
    if item is None or item.outgoing_id is None:
        raise Refused("This is about no mail of ours that could be sent again.")
    if item.detail.get("refused"):
        raise Refused("It went to everybody else: write an answer to whoever did not get it.")
    wished = Wished(
        wish=Wish.AGAIN,
        key=f"again:{item.outgoing_id}",
        consultation=item.consultation,
        outgoing=item.outgoing_id,
    )
    return Decision(kind=None, outcome="sent_again", settles=(item.id,), wished=(wished,))


# --------------------------------------------------------------------------- told


def _said(desk: Desk, step: Step, leads: tuple[Address, ...] = ()) -> Decision:
    """A step of the mail path, told to the same people, with a sentence that the office did it."""
    _passes(step)
    part = step.told and _by_office(desk, step.told)
    answer = answer_to(desk.case, (part,) if part else (), leads)
    told = notices(desk.case.after(step), step.changes)
    return Decision(
        kind=None,
        outcome=part.kind if part else next((c.event for c in step.changes), "done"),
        changes=step.changes,
        holds=step.holds,
        settles=tuple(dict.fromkeys((*this_item(desk), *step.settles))),
        drafts=(*((answer,) if answer else ()), *step.drafts, *told),
        about=step.about,
    )


def _passes(step: Step) -> None:
    """What would put a mail into the queue is told to the person at once."""
    for held in step.holds:
        if held.reason is not Reason.FAILED:
            why = str(held.detail.get("why") or held.reason)
            unmatched = held.reason is Reason.OUTCOMES_UNMATCHED
            more = " Link it to the consultation that it belongs to." if unmatched else ""
            raise Refused(f"This cannot be done as things are: {why}.{more}")


def _by_office(desk: Desk, part: Part) -> Part:
    """With the answers that the office put in, for the letter to name them."""
    origins = part.submission.origins if part.submission else {}
    put_in = tuple(key for key, origin in origins.items() if origin.where == BY_HAND)
    details = {**part.details, "put_in": put_in}
    return replace(part, notes=(*part.notes, "by_office"), details=details)


_RULES: dict[type, Callable[[Desk, Any], Decision]] = {
    Accept: _accept,
    Link: _link,
    Reply: _reply,
    AskAgain: _ask_again,
    Say: _say,
    RemindAgain: _remind_again,
    SendAgain: _send_again,
    SetAside: _set_aside,
    Edit: _edit,
    Merge: merge,
    Separate: separate,
    ChangePeople: change_people,
}
