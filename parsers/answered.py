"""Which fields of a form that was read were answered."""

from __future__ import annotations

from model import Code, Submission


def answered(submission: Submission) -> frozenset[str]:
    """The keys of the fields in which anything stood, also what could not be read."""
    values = {key for key, value in submission.fields.items() if value not in (None, [], "")}
    unread = {p.field for p in submission.problems if p.field and p.code is not Code.MISSING}
    return frozenset(values | unread)
