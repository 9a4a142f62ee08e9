"""What each automatic letter is for, and when it goes, in an officer's words: edit them here."""

from __future__ import annotations

from model import ClockRules, Letter, Rules
from notifier.outline import clock as spoken

PURPOSES: dict[Letter, str] = {
    Letter.REGISTERED: "Gives the reference number, what was read, and the day outcomes are due.",
    Letter.SIMILAR: "Names similar work with its contacts, and asks for PROCEED or WITHDRAW.",
    Letter.INCOMPLETE: "Says which answers are missing or cannot be read, and what is needed.",
    Letter.REVISED: "Says what a changed form changed, and names similar work that is new.",
    Letter.REPEAT: "Says that the same form came before, and how it stands.",
    Letter.CONFIRMED: "Says that the consultation is registered after all.",
    Letter.WITHDRAWN: "Says that the consultation is withdrawn and nothing more is expected.",
    Letter.EXTENDED: "Gives the new day on which outcomes are due.",
    Letter.STOPPED: "Says that no more reminders come, and how to have them again.",
    Letter.REMINDERS_AGAIN: "Says that the reminders come again that were stopped.",
    Letter.OUTCOMES_LOGGED: "Thanks for the outcomes, and says what of them is published.",
    Letter.OUTCOMES_UNMATCHED: "Asks which consultation some outcomes belong to.",
    Letter.UNREADABLE: "Says why a document could not be read, and how to send it right.",
    Letter.NOT_UNDERSTOOD: "Brings the blank forms to somebody who wrote without one.",
    Letter.COMPLETION_NOTE: "Brings Form 2, filled in with what is known, after the end.",
    Letter.CHASER: "Reminds of outcomes that are due or late.",
    Letter.CONFIRM_REMINDER: "Asks once more for PROCEED or WITHDRAW.",
    Letter.POD_REQUEST: "Passes a request for POD support on, with the form.",
    Letter.SIMILAR_NOTICE: "Tells the contact of earlier work of a proposal like it.",
    Letter.NEW_CONTACT: "Tells somebody new what they are the contact for, and what is due.",
    Letter.MERGED: "Tells the contacts of two consultations that they are one now. A trial shows "
    "the letter about the one that ends; the contact of the one that stays gets one of their own.",
    Letter.SEPARATED: "Tells the contacts of two that were merged that they are two again.",
    Letter.DIGEST: "Tells the administrator what waits in the queue.",
    Letter.ALERT: "Tells the administrator that email stopped, or flows again.",
    Letter.ANSWER: "Carries what a person in the office wrote at the desk.",
}

_AT_ONCE = {
    Letter.REGISTERED: "a complete Form 1 with nothing like it",
    Letter.SIMILAR: "a complete Form 1 with similar work",
    Letter.INCOMPLETE: "a form with a required answer missing",
    Letter.REVISED: "a changed Form 1",
    Letter.REPEAT: "the same form once more",
    Letter.CONFIRMED: "PROCEED",
    Letter.WITHDRAWN: "WITHDRAW",
    Letter.EXTENDED: "EXTEND with a date",
    Letter.STOPPED: "STOP",
    Letter.OUTCOMES_LOGGED: "a Form 2 that fits a consultation",
    Letter.OUTCOMES_UNMATCHED: "a Form 2 that fits none for certain",
    Letter.UNREADABLE: "a document that is no form we can read",
    Letter.NOT_UNDERSTOOD: "an email with no form in it",
}


def when(kind: Letter, rules: Rules, clock: ClockRules) -> str:
    """When a letter goes, by the settings."""
    if kind in _AT_ONCE:
        return f"At once, in answer to {_AT_ONCE[kind]}."
    return {
        Letter.COMPLETION_NOTE: f"{_days(clock.completion_note_days)} after the end date.",
        Letter.CHASER: f"{_chased(clock)} outcomes are due.",
        Letter.CONFIRM_REMINDER: f"{_days(clock.confirm_reminder_days)} after the question.",
        Letter.POD_REQUEST: "When a form that asks for it is registered, once.",
        Letter.SIMILAR_NOTICE: "When the proposal comes."
        if rules.similar_notice
        else "Never: the settings do not want it (similar.notice).",
        Letter.REMINDERS_AGAIN: "A minute after somebody started them again in the register.",
        Letter.NEW_CONTACT: "A minute after somebody put them in, if it is wished there.",
        Letter.MERGED: "A minute after somebody merged it, if it is wished there.",
        Letter.SEPARATED: "A minute after somebody separated two that were merged.",
        Letter.DIGEST: f"Each working day at {spoken(clock.digest_at)}, unless the queue is empty.",
        Letter.ALERT: "When something has not worked for hours, and when it works again.",
        Letter.ANSWER: "A minute after somebody sent it from the queue.",
    }[kind]


def _chased(clock: ClockRules) -> str:
    """Before "outcomes are due": "On the day, 14 days and 28 days after"."""
    told = ["on the day" if days == 0 else _days(days) for days in clock.chaser_days]
    if not told:
        return "Never (process.chaser_days) after"
    several = ", ".join(told[:-1]) + f" and {told[-1]}" if len(told) > 1 else told[0]
    return f"{several[:1].upper()}{several[1:]} after" if told != ["on the day"] else "On the day"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
