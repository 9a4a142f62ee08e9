"""Codes of the register in an officer's words: edit them here."""

from __future__ import annotations

from model import Kind, Letter, Status

#: What a mail of ours is.
LETTERS: dict[Letter, str] = {
    Letter.REGISTERED: "Registered, with the reference",
    Letter.SIMILAR: "Similar work was found: PROCEED or WITHDRAW?",
    Letter.INCOMPLETE: "Answers are missing",
    Letter.REVISED: "The change was noted",
    Letter.REPEAT: "The same form came before",
    Letter.CONFIRMED: "Confirmed: it goes ahead",
    Letter.WITHDRAWN: "Withdrawn",
    Letter.EXTENDED: "Outcomes may come later",
    Letter.STOPPED: "No more reminders",
    Letter.REMINDERS_AGAIN: "Reminders come again",
    Letter.OUTCOMES_LOGGED: "Outcomes were logged",
    Letter.OUTCOMES_UNMATCHED: "Whose outcomes are these?",
    Letter.UNREADABLE: "The document could not be read",
    Letter.NOT_UNDERSTOOD: "No form, and no word that we know",
    Letter.COMPLETION_NOTE: "It has ended: outcomes are asked for",
    Letter.CHASER: "Reminder of outcomes",
    Letter.CONFIRM_REMINDER: "Reminder of the question about similar work",
    Letter.POD_REQUEST: "Request for POD support, passed on",
    Letter.SIMILAR_NOTICE: "Told of a proposal like theirs",
    Letter.NEW_CONTACT: "Put down as a contact by the office",
    Letter.MERGED: "Merged into another",
    Letter.SEPARATED: "Separated from another again",
    Letter.DIGEST: "The morning's digest",
    Letter.ALERT: "Something stopped, or works again",
    Letter.ANSWER: "Answer by the office",
}

#: What a mail that came in is.
KINDS: dict[Kind, str] = {
    Kind.OUR_OWN: "One of our own emails",
    Kind.BOUNCE: "An email of ours came back",
    Kind.DELAY_NOTICE: "An email of ours is late",
    Kind.AUTOMATIC: "An automatic email",
    Kind.FROM_OUR_PEOPLE: "From our own people",
    Kind.UNVERIFIED: "A sender who could not be verified",
    Kind.NOT_ALLOWED: "A sender who is not on the list",
    Kind.FORM: "A form",
    Kind.WORD: "A word: PROCEED, WITHDRAW, EXTEND or STOP",
    Kind.REPLY: "A reply",
    Kind.UNREADABLE: "A document that could not be read",
    Kind.TOO_LARGE: "Too large to be fetched",
    Kind.OTHER: "Another email",
    Kind.NO_ADDRESS: "Nobody to answer",
    Kind.DUPLICATE: "The same email again",
    Kind.FAILED: "The software failed on it",
}

#: How far a mail of ours has come, and how that looks as a tag.
STATES: dict[str, tuple[str, str]] = {
    "waiting": ("Waiting to go", "govuk-tag--yellow"),
    "claimed": ("Going now", "govuk-tag--yellow"),
    "handing_over": ("Going now", "govuk-tag--yellow"),
    "sent": ("Sent", "govuk-tag--green"),
    "capped": ("Waiting for its turn", "govuk-tag--yellow"),
    "held": ("Held: its address gets no mail", "govuk-tag--orange"),
    "to_come": ("To come", "govuk-tag--blue"),
    "paused": ("Paused", "govuk-tag--purple"),
    "skipped": ("Skipped", "govuk-tag--grey"),
    "unneeded": ("No longer needed", "govuk-tag--grey"),
    "sent_on": ("Sent on", "govuk-tag--grey"),
    "failed": ("Not delivered", "govuk-tag--red"),
    "uncertain": ("Not certain", "govuk-tag--orange"),
}

#: How one attempt to deliver ended.
RESULTS: dict[str, str] = {
    "": "Not known",
    "sent": "Sent",
    "retry": "Put off by the server",
    "refused": "Refused",
    "uncertain": "Not certain",
}

#: How a status looks as a tag.
STATUS_TAGS: dict[Status, str] = {
    Status.DRAFT: "govuk-tag--grey",
    Status.AWAITING_CONFIRMATION: "govuk-tag--yellow",
    Status.REGISTERED: "govuk-tag--green",
    Status.COMPLETE: "govuk-tag--blue",
    Status.WITHDRAWN: "govuk-tag--grey",
    Status.AWAITING_APPROVAL: "govuk-tag--purple",
    Status.MERGED: "govuk-tag--grey",
}


def waits_for(capped: str) -> str:
    """Whom a mail waits for that is beyond a cap, as `store.caps` names it."""
    what, _, whom = capped.partition(" ")
    return {"address": whom, "conversation": "one conversation"}.get(what, "everybody together")
