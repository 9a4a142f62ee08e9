"""What a mail is (process table "What a mail can be, and what happens"): the first match wins."""

from __future__ import annotations

from collections.abc import Callable

from intake.answers import said, spoken_to
from intake.people import answerable
from intake.steps import Case, File, settled_in_thread
from model import FORM2, Attachment, Code, Kind, Reading, Reason, Submission
from parsers.answered import answered

#: What we fill in ourselves in the Form 2 that goes with a completion note.
FILLED_BY_US = frozenset(
    {"reference", "title", "organisation", "lead_worker", "email", "start_date", "end_date"}
)

_SMALL_PICTURE = 30_000  #: bytes; a signature's logo, not a photographed form


def classify(case: Case) -> Kind:
    """The kind of a mail."""
    return next(kind for kind, test in TABLE if test(case))


def filled_forms(case: Case) -> tuple[tuple[Submission, Attachment], ...]:
    """The forms in a mail with something filled in beyond what we filled in ourselves."""
    return tuple(
        (form, file)
        for file, reading in case.files
        for form in reading.submissions
        if _filled_in(case, form)
    )


def unread_documents(case: Case) -> tuple[Reading, ...]:
    """The files that look as if a form was meant, and in which none could be read."""
    return tuple(
        reading
        for file, reading in case.files
        if _a_document(file, reading) and not _a_form(reading)
    )


def broken_files(case: Case) -> tuple[Reading, ...]:
    """Office files that could not be opened at all: any of them may have been a form."""
    return tuple(
        reading
        for reading in unread_documents(case)
        if reading.verdict and reading.verdict.code in _BROKEN
    )


_BROKEN = frozenset({Code.DAMAGED, Code.ENCRYPTED, Code.UNSAFE, Code.TOO_LARGE})


def _filled_in(case: Case, form: Submission) -> bool:
    filled = answered(form)
    if form.form != FORM2 or not filled <= FILLED_BY_US:
        return bool(filled)
    known = case.facts.named.get(form["reference"] or "")
    return bool(filled) and known is None


def _a_form(reading: Reading) -> bool:
    return bool(reading.submissions)


def _a_document(file: Attachment, reading: Reading) -> bool:
    """An Office document, PDF, .pages or a photograph standing alone; no signature pictures."""
    found = reading.verdict
    if file.in_text or found is None:
        return False
    if found.seen == "picture":
        return len(file.content) > _SMALL_PICTURE
    return found.code is not Code.UNSUPPORTED_TYPE or found.seen in _DOCUMENTS


#: Kinds of file, as reading names them, in which a form may have been meant to come.
_DOCUMENTS = frozenset("doc xls odt ods rtf pdf pages pptx zip ole".split())


def _our_people(case: Case) -> bool:
    """About a consultation, or in answer to a mail that waits in the queue for them."""
    sender = case.email.sender
    known = sender is not None and sender.email in case.rules.our_people
    return known and bool(case.mentioned or settled_in_thread(case.facts, case.email, *Reason))


def _not_allowed(case: Case) -> bool:
    allowed, sender = case.rules.allowed_domains, case.email.sender
    return bool(allowed) and sender is not None and sender.domain not in allowed


def _bounce(case: Case) -> bool:
    return case.email.report is not None and not case.email.report.delayed


def _delay_notice(case: Case) -> bool:
    return case.email.report is not None and case.email.report.delayed


def _our_own(case: Case) -> bool:
    return (case.email.our_mark or case.facts.our_own) and not case.email.report


def _unverified(case: Case) -> bool:
    return case.email.sender is not None and not case.email.verified


def _a_reply(case: Case) -> bool:
    return bool(spoken_to(case))


#: The process table, row by row. A mail that cannot be answered holds no form that could be
#: registered: nobody would hear of it.
TABLE: tuple[tuple[Kind, Callable[[Case], bool]], ...] = (
    (Kind.DUPLICATE, lambda case: case.facts.seen_before),
    (Kind.OUR_OWN, _our_own),
    (Kind.BOUNCE, _bounce),
    (Kind.DELAY_NOTICE, _delay_notice),
    (Kind.AUTOMATIC, lambda case: bool(case.email.automatic)),
    (Kind.FROM_OUR_PEOPLE, _our_people),
    (Kind.UNVERIFIED, _unverified),
    (Kind.NOT_ALLOWED, _not_allowed),
    (Kind.NO_ADDRESS, lambda case: not answerable(case.email.sender, case.rules)),
    (Kind.TOO_LARGE, lambda case: case.email.headers_only),
    (Kind.FORM, lambda case: bool(filled_forms(case))),
    (Kind.WORD, lambda case: _a_reply(case) and said(case) is not None),
    (Kind.REPLY, _a_reply),
    (Kind.UNREADABLE, lambda case: bool(unread_documents(case) or blank_forms(case.files))),
    (Kind.OTHER, lambda case: True),
)


def blank_forms(files: tuple[File, ...]) -> tuple[Reading, ...]:
    """Files that hold one of our forms with nothing filled in."""
    return tuple(reading for _file, reading in files if _a_form(reading))
