"""A letter of ours as its reader will see it."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from flask import make_response
from werkzeug.wrappers import Response

from model import Address, OutgoingEmail

#: The letter's own small styles, and nothing else: no script runs, nothing is fetched.
_ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that goes with it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands in a mail of ours."""

    subject: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    text: str
    html: str
    files: tuple[Enclosed, ...]

    def reads_as(self, other: Letter) -> bool:
        """Whether it says the same as another, and has files of the same names."""
        mine, theirs = ([f.name for f in letter.files] for letter in (self, other))
        return (self.subject, self.text, mine) == (other.subject, other.text, theirs)


def opened(mail: OutgoingEmail) -> Letter:
    """A mail of ours, taken apart."""
    ours = BytesParser(policy=policy.default).parsebytes(mail.content)
    return Letter(
        subject=mail.subject,
        to=_addresses(ours, "To"),
        cc=_addresses(ours, "Cc"),
        text=_body(ours, "plain"),
        html=_body(ours, "html"),
        files=tuple(_enclosed(ours)),
    )


def alone(letter: Letter) -> Response:
    """Its HTML by itself, as a mail program shows it."""
    answer = make_response(letter.html)
    answer.headers["Content-Security-Policy"] = _ALONE
    return answer


def _addresses(ours: EmailMessage, header: str) -> tuple[Address, ...]:
    found = ours[header].addresses if ours[header] else ()
    return tuple(Address(email=one.addr_spec.lower(), name=one.display_name) for one in found)


def _body(ours: EmailMessage, kind: str) -> str:
    body = ours.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _enclosed(ours: EmailMessage) -> list[Enclosed]:
    found = ((p.get_filename(), p.get_payload(decode=True)) for p in ours.iter_attachments())
    return [
        Enclosed(name=name or "file", content=content)
        for name, content in found
        if isinstance(content, bytes)
    ]
