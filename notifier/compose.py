"""A draft becomes a mail: words, headers, attachments, bytes. Pure: the same draft, the same bytes.

What a decision may put into `Part.details`, beside the parts' own fields:

=================  ====================================================================
letter             keys (all optional)
=================  ====================================================================
chaser             `last`: True where no more reminder follows
revised            `registered_now`: False where something else in the mail registered it
outcomes_unmatched `given`: the reference as typed; `why` a valid one did not settle it: "unknown"
                   among the sender's, the title "contradicts" it, or there are "anothers" already
unreadable         `size`, `limit`: bytes, of a mail that was too large to be fetched
digest             `items`: mappings with `id`, `reason`, `from`, `subject`, `reference`,
                   `received_at` (aware datetime or ISO text)
merged             `was`, `was_title`: reference and title of the one that was merged into this;
                   `stays` to whom is written to about this one, `joined`: who came to it
separated          `other`, `other_title` of the other one; `stays`, where that was merged into
                   this, and what became of it `since`
answers since a    `once`: the reference or title under which its sender wrote; `also`: the names of
merge              the other contacts, who get a copy; `first`: whom the clock writes to, where that
                   is not the reader
new_contact        `lead`: True where the consultation's letters go to its reader; `named` where
                   others are given them as its contact
answer             `subject`, `text`: as a person wrote them
alert              `stage`: "stopped", "back" or "ends"; `what` (`Trouble`), `since`, `until`,
                   `fault`, `free` bytes; of a credential `name`, `ends` (its last day), `left` days
=================  ====================================================================

Notes (`Part.notes`) that letters know: `late_notice`, `email_from_sender`, `pod_forwarded`,
`pod_after_proceed`, `similar_unchecked`, `more_said` (beside a word), `another_title` and
`another_reference` (in a Form 2, than its consultation's), `by_office` (a person did it on the lead
worker's behalf; among the details `put_in`, the answers that it put in, and `sent_by`, whose form
it was that is none of the consultation's people).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage

from model import (
    UNASKED,
    Address,
    Consultation,
    Draft,
    Fields,
    FormFile,
    Forms,
    InboundEmail,
    Letter,
    Office,
    OutgoingEmail,
    Permanent,
    Role,
    Rules,
)
from notifier.mime import (
    MAIL,
    OWN_ID,
    Enclosure,
    enclose,
    first_sent,
    message_ids,
    sent_on,
    settle_boundaries,
)
from notifier.view import View
from notifier.wording import Wording, day, one_line, write

#: Everything an Exchange server would send back by itself, except reports of failed delivery.
SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"

FORM_NAMES = {"form1": "Form 1 Consultation proposal", "form2": "Form 2 Outcomes and impact"}


def compose(
    draft: Draft, office: Office, forms: Forms, rules: Rules, now: datetime
) -> OutgoingEmail:
    """The mail that says what `draft` decided, its Message-ID fixed by the draft's key.

    Raises `Permanent` if there is nobody it could go to.
    """
    to, cc = _recipients(draft)
    if draft.copy_of is not None:
        return _sent_on(draft, draft.copy_of, to, office, now)
    views = tuple(
        View(
            part=part,
            office=office,
            forms=forms,
            rules=rules,
            now=now,
            attached=draft.forms,
            several=len(draft.parts) > 1,
        )
        for part in draft.parts
    )
    lead = next((v for v in views if v.part.kind is draft.kind), views[0])
    words = write(views, lead, office, _greeting(views, to[0], draft.kind))
    message_id = message_id_of(office, draft.key, (v.reference for v in views))
    mail = _headers(draft, office, words.subject, message_id, now.astimezone(office.zone))
    mail["To"] = [_header(a) for a in to]
    if cc:
        mail["Cc"] = [_header(a) for a in cc]
    _body(mail, words)
    for enclosure in (*_form_files(draft, forms, lead.reference), *_others(draft)):
        enclose(mail, enclosure)
    mail["Content-Language"] = "en-GB"  # last: set_content would move it into a part
    settle_boundaries(mail, message_id)
    return OutgoingEmail(
        key=draft.key,
        kind=draft.kind,
        message_id=message_id,
        recipients=tuple(a.email for a in (*to, *cc)),
        subject=words.subject,
        content=mail.as_bytes(),
        consultations=tuple(dict.fromkeys(v.c.key for v in views if v.c)),
        thread=next(iter(_threading(draft)[1]), ""),
    )


def _sent_on(
    draft: Draft, mail: OutgoingEmail, to: list[Address], office: Office, now: datetime
) -> OutgoingEmail:
    """A mail of ours that came back, as it goes to the right address."""
    message_id = message_id_of(office, draft.key)
    at = now.astimezone(office.zone)
    first = day(first_sent(mail.content).astimezone(office.zone))
    said = f"We first sent this email on {first}. It did not reach the address that we had then."
    return replace(
        mail,
        id=0,
        attempts=0,
        key=draft.key,
        message_id=message_id,
        recipients=tuple(a.email for a in to),
        content=sent_on(mail.content, [_header(a) for a in to], message_id, at, said=said),
    )


def message_id_of(office: Office, key: str, references: Iterable[str] = ()) -> str:
    """The Message-ID of the mail with this key: the same at every attempt (RFC 5322 3.6.4).

    Another one where it tells another reference, as after a restored backup: a mail server that
    knows the first would drop it.
    """
    named = "\0".join((office.installation, key, *references))
    digest = hashlib.sha256(named.encode()).hexdigest()
    return f"<{digest[:40]}@{office.sender.domain}>"


def _headers(
    draft: Draft, office: Office, subject: str, message_id: str, at: datetime
) -> EmailMessage:
    mail = EmailMessage(policy=MAIL)
    mail["From"] = _header(office.sender)
    mail["Subject"] = subject
    mail["Date"] = at
    mail["Message-ID"] = message_id
    answered, thread = _threading(draft)
    if answered:
        mail["In-Reply-To"] = answered
    if thread:
        mail["References"] = " ".join(thread)
    mail["Auto-Submitted"] = "auto-generated" if draft.kind in UNASKED else "auto-replied"
    mail["X-Auto-Response-Suppress"] = SUPPRESSED
    mail["X-Ask-Once"] = draft.kind.value
    mail[OWN_ID] = message_id
    return mail


def _body(mail: EmailMessage, words: Wording) -> None:
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")


# --------------------------------------------------------------------------- people


def _recipients(draft: Draft) -> tuple[list[Address], list[Address]]:
    to = _writable(draft.to)
    if not to:
        raise Permanent(
            f"the mail {draft.key} ({draft.kind}) has no address it could go to; "
            "correct the people of the consultation, then run it again"
        )
    taken = {a.email for a in to}
    return to, [a for a in _writable(draft.cc) if a.email not in taken]


def _writable(addresses: Iterable[Address]) -> list[Address]:
    """Each address once, without those that no mail server would take as they stand."""
    plain = re.compile(r"[^\s@<>()\[\]\",;:\\\x00-\x20\x7f-\U0010ffff]+@[A-Za-z0-9.-]+")
    return list({a.email: a for a in addresses if plain.fullmatch(a.email)}.values())


def _header(address: Address) -> HeaderAddress:
    return HeaderAddress(one_line(address.name), addr_spec=address.email)


def _greeting(views: tuple[View, ...], to: Address, kind: Letter) -> str:
    if kind in (Letter.DIGEST, Letter.POD_REQUEST, Letter.ALERT):
        return "Hello,"
    if kind is Letter.ANSWER and any(_greets(v) for v in views):
        return ""
    forms = [f for v in views for f in (v.c.contact if v.c else {}, v.fields)]
    theirs = [f for f in forms if str(f.get("email") or "").lower() == to.email]
    sent = [v.c.form1 for v in views if v.c and v.c.form1 and _sent_by(v.c, to)]
    names = (*map(_lead_worker, theirs), one_line(to.name), *map(_lead_worker, sent))
    name = next(filter(_is_plain, names), "")
    return f"Dear {name}," if name else "Hello,"


def _greets(view: View) -> bool:
    """Whether a person's own words begin with a greeting."""
    first = next(iter(str(view.detail("text") or "").strip().splitlines()), "")
    return bool(re.match(r"(dear|hello|hi|hey|good (morning|afternoon|evening))\b", first, re.I))


def _is_plain(name: str) -> bool:
    return 0 < len(name) < 60 and not re.search(r"[@,;:/()<>\"\d]", name)


def _lead_worker(form: Fields) -> str:
    return one_line(str(form.get("lead_worker") or ""))


def _sent_by(consultation: Consultation, to: Address) -> bool:
    senders = (p.address.email for p in consultation.people if p.role is Role.SENDER)
    return to.email in senders


# --------------------------------------------------------------------------- threading


def _threading(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References (RFC 5322 3.6.4)."""
    if draft.answers:
        return _answering(draft.answers)
    thread = message_ids(draft.thread)
    return (thread[-1] if thread else ""), thread


def _answering(mail: InboundEmail) -> tuple[str, tuple[str, ...]]:
    answered = message_ids([mail.message_id or ""])
    parents = mail.references or (mail.in_reply_to if len(mail.in_reply_to) == 1 else ())
    return (answered[0] if answered else ""), message_ids([*parents, *answered])


# --------------------------------------------------------------------------- attachments


def _form_files(draft: Draft, forms: Forms, reference: str) -> Iterable[Enclosure]:
    for file in draft.forms:
        yield from _form_file(file, forms, reference)


def _form_file(file: FormFile, forms: Forms, reference: str) -> Iterable[Enclosure]:
    name = FORM_NAMES.get(file.form, file.form)
    if file.fields is not None:
        told = str(file.fields.get("reference") or reference)
        name = f"{name} {told}".strip()
        yield Enclosure(f"{name}.docx", forms.write(file.form, file.fields, "docx"))
        return
    yield Enclosure(f"{name}.docx", forms.write(file.form, None, "docx"))
    yield Enclosure(f"{name}.xlsx", forms.write(file.form, None, "xlsx"))


def _others(draft: Draft) -> Iterable[Enclosure]:
    for file in draft.attachments:
        yield Enclosure(one_line(file.name) or "attachment", file.content, file.content_type)
