"""The exceptions queue's reasons in plain words: edit them here, nowhere else."""

from __future__ import annotations

from model import Reason

#: Why something is in the exceptions queue, for the person who looks at it.
REASONS: dict[Reason, str] = {
    Reason.INCOMPLETE: "A form has answers missing that its sender was asked for",
    Reason.UNREADABLE_DOCUMENT: "A document came that could not be read as a form",
    Reason.NO_FORM: "An email with no form in it",
    Reason.OUTCOMES_UNMATCHED: "Outcomes came in, but for which consultation is not clear",
    Reason.NEEDS_ANSWER: "A reply that a person has to read and answer",
    Reason.BOUNCED: "An email of ours could not be delivered",
    Reason.SENDER_UNVERIFIED: "The sender could not be verified",
    Reason.SENDER_NOT_ALLOWED: "The sender is not on the allowed list",
    Reason.UNCONFIRMED: "No plain answer to the question about similar work",
    Reason.OUTCOMES_OVERDUE: "Outcomes have not come in",
    Reason.TOO_MANY: "Unusually many emails at once",
    Reason.DELIVERY_FAILED: "An email of ours was refused, or could not be sent in time",
    Reason.DELIVERY_UNCERTAIN: "It is not certain whether an email of ours was delivered",
    Reason.NOT_FROM_A_PERSON: "A form came in an automatic email",
    Reason.TOO_LARGE: "An email was too large to be fetched",
    Reason.FAILED: "The software failed on this email; nothing was half done",
}

#: What a person can do about each, on the pages or at a terminal: also the words of
#: docs/operations.md.
NEXT: dict[Reason, str] = {
    Reason.INCOMPLETE: "You can leave this while you wait for the corrected form, which settles "
    "it. If none comes, ask again.",
    Reason.UNREADABLE_DOCUMENT: "You can leave this while you wait for the sender’s form. If none "
    "comes, help them.",
    Reason.NO_FORM: "Read it; answer if it is a question.",
    Reason.OUTCOMES_UNMATCHED: "Find the consultation (any that are likely are named) and link "
    "this to it, or ask the sender to send it again with the reference.",
    Reason.NEEDS_ANSWER: "Read it and answer. If the register should act on it, put in the plain "
    "word for the lead worker, or ask for it.",
    Reason.BOUNCED: "See why it came back. If the address is right after all, set this aside "
    "(dismiss it): it gets mail again, with what was held for it. If not, put the right "
    "address in its place: what came back, and was kept from it since, can go there.",
    Reason.SENDER_UNVERIFIED: "If it is genuine, ask the sender to send it again from a proper "
    "account, and tell your mail team.",
    Reason.SENDER_NOT_ALLOWED: "If it should be, have it added to the settings, and run this mail "
    "again.",
    Reason.UNCONFIRMED: "Ask the lead worker; their PROCEED or WITHDRAW can be put in here.",
    Reason.OUTCOMES_OVERDUE: "Ask the lead worker or their manager.",
    Reason.TOO_MANY: "See whether two automatic mailers are answering each other. What waits is "
    "under “Going out”, and goes by itself.",
    Reason.DELIVERY_FAILED: "Read what the server said; send it again, or write another way.",
    Reason.DELIVERY_UNCERTAIN: "Look among the sent mails, or ask whether it came. If it did not, "
    "send it again.",
    Reason.NOT_FROM_A_PERSON: "Ask for it from a person's own address.",
    Reason.TOO_LARGE: "You can leave this while you wait for a smaller email. If none comes, ask "
    "for it.",
    Reason.FAILED: "Report the fault with the lines of the log. If it was the search for similar "
    "work, look again yourself and tell the lead worker. If not, run this mail again after an "
    "upgrade, or handle it by hand.",
}
