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
    Reason.UNCONFIRMED: "No answer to the question about similar work",
    Reason.OUTCOMES_OVERDUE: "Outcomes have not come in",
    Reason.TOO_MANY: "Unusually many emails at once",
    Reason.DELIVERY_FAILED: "An email of ours was refused, or could not be sent in time",
    Reason.DELIVERY_UNCERTAIN: "It is not certain whether an email of ours was delivered",
    Reason.NOT_FROM_A_PERSON: "A form came in an automatic email",
    Reason.TOO_LARGE: "An email was too large to be fetched",
    Reason.FAILED: "The software failed on this email; nothing was half done",
}
