"""What people write: words, questions, files that cannot be read; strangers and forgers."""

from __future__ import annotations

from base64 import b64encode

from model import Kind
from tests.intake.desk import form2_file
from tests.intake.mails import wrappers
from tests.intake.mails.making import (
    LEAD_LINE,
    OCTETS,
    Made,
    Office,
    attached,
    form,
    letter,
    reply,
)

STRANGER = "Sid Stranger <sid@elsewhere.example.net>"
QUOTE = "\n\nOn Mon, 1 Mar 2027 at 10:00, Consultations <consultations@example.org> wrote:\n> Say WITHDRAW or STOP.\n"


def _word(name: str, raw: object, outcome: str, status: str) -> Made:
    assert callable(raw)
    return Made(name=name, raw=raw, kind=Kind.WORD, outcome=outcome, status=status)


def _unclear(name: str, raw: object) -> Made:
    assert callable(raw)
    return Made(
        name=name,
        raw=raw,
        kind=Kind.REPLY,
        outcome="needs_answer",
        holds=("needs_answer",),
        status="registered",
    )


def _encoded(text: bytes, charset: str, encoding: str = "base64") -> str:
    return f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n{b64encode(text).decode()}"


HTML = "Content-Type: text/html; charset=utf-8\n\n"
WORDS = [
    _word("a word", reply("WITHDRAW"), "withdrawn", "withdrawn"),
    _word("a word above its quote", reply("Please withdraw it." + QUOTE), "withdrawn", "withdrawn"),
    _word("a word below its quote", reply("> Say something.\n\nSTOP\n"), "stopped", "registered"),
    _word("a word with a date", reply("EXTEND 14 May 2027" + QUOTE), "extended", "registered"),
    _word("a word in a page", reply(HTML + "<p>WITHDRAW</p><div class='gmail_quote'>On 1 Mar STOP</div>"), "withdrawn", "withdrawn"),
    _word("a word in Outlook's page", reply(HTML + "<div>WITHDRAW</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>From:</b> us</div><p>STOP</p>"), "withdrawn", "withdrawn"),
    _word("a word in base64", reply(_encoded(b"WITHDRAW\n", "utf-8")), "withdrawn", "withdrawn"),
    _word("a word in UTF-16", reply(_encoded("WITHDRAW\n".encode("utf-16"), "utf-16")), "withdrawn", "withdrawn"),
    _word("a word in UTF-7", reply("Content-Type: text/plain; charset=utf-7\n\nWITHDRAW\n"), "withdrawn", "withdrawn"),
    _word("a word in an unknown encoding", reply("Content-Type: text/plain; charset=x-martian\n\nWITHDRAW\n"), "withdrawn", "withdrawn"),
    _word("a word said to be base64 that is none", reply("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nWITHDRAW the consultation please\n"), "withdrawn", "withdrawn"),
    _word("a word signed so that only programs read it", reply(attached(wrappers.signed(b"Content-Type: text/plain\n\nWITHDRAW\n"), "filename=smime.p7m", "application/pkcs7-mime")), "withdrawn", "withdrawn"),
    _word("a word in winmail.dat", reply(attached(wrappers.tnef({}, body="WITHDRAW"), "filename=winmail.dat")), "withdrawn", "withdrawn"),
    _word("a word in a new mail with the reference in its subject", lambda here: letter("WITHDRAW", subject=f"Consultation {here.reference}"), "withdrawn", "withdrawn"),
    _word("a word with a telephone's signature", reply("STOP\n\nSent from my iPhone"), "stopped", "registered"),
    _word("a word above a quote in Welsh", reply("WITHDRAW\n\nOddi wrth: Consultations <c@example.org>\nAnfonwyd: 1 Mawrth 2027 10:00\nAt: Lena\nPwnc: Registered\n\nSTOP"), "withdrawn", "withdrawn"),
    _unclear("a question", reply("What happens if we withdraw?")),
    _unclear("a condition", reply("WITHDRAW if the head agrees")),
    _unclear("two words", reply("STOP or WITHDRAW")),
    _unclear("a word in the quote alone", reply("Thanks!" + QUOTE)),
    _unclear("a word in the signature alone", reply("Thanks!\n-- \nSTOP\n")),
    _unclear("an encrypted reply", reply(attached(wrappers.enveloped(), "filename=smime.p7m", "application/pkcs7-mime"))),
    Made(name="a question that is about nothing of ours", raw=letter("When are you open?", sender=STRANGER), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",)),
    Made(name="a calendar's invitation", raw=letter("Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", sender=STRANGER), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",)),
]  # fmt: skip


def _unreadable(
    name: str, *parts: str, files: tuple[str, ...] | None = None, kind: str = "mixed"
) -> Made:
    return Made(
        name=name,
        raw=letter(*parts, kind=kind),
        kind=Kind.UNREADABLE,
        outcome="unreadable",
        holds=("unreadable_document",),
        files=files,
    )


FORM = form()
PGP = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"
UNREADABLE = [
    _unreadable("a PDF", "Form", attached(b"%PDF-1.4 " + bytes(99), "filename=form.pdf")),
    _unreadable("a photograph alone", "Form", attached(b"\xff\xd8\xff" + bytes(90_000), "filename=IMG_1.jpg", "image/jpeg")),
    _unreadable("a zip with a password", "Form", attached(wrappers.locked(wrappers.zipped({"form.docx": FORM})), "filename=f.zip"), files=("f.zip",)),
    _unreadable("a zip that is a bomb", "Form", attached(wrappers.zipped({"form.docx": bytes(30_000_000)}), "filename=f.zip"), files=("f.zip",)),
    _unreadable("a zip with too many files", "Form", attached(wrappers.zipped({f"{n}.docx": b"x" for n in range(200)}), "filename=f.zip"), files=("f.zip",)),
    _unreadable("a zip that was cut off", "Form", attached(wrappers.zipped({"form.docx": FORM})[:-40], "filename=f.zip")),
    _unreadable("a zip in a zip in a zip in a zip", "Form", attached(wrappers.zipped({"c.zip": wrappers.zipped({"b.zip": wrappers.zipped({"a.zip": wrappers.zipped({"form.docx": FORM})})})}), "filename=f.zip"), files=("a.zip",)),
    _unreadable("a mail encrypted by S/MIME", attached(wrappers.enveloped(), "filename=smime.p7m", "application/pkcs7-mime; smime-type=enveloped-data"), files=("smime.p7m",)),
    _unreadable("a mail encrypted by PGP", "Content-Type: application/pgp-encrypted\n\nVersion: 1\n", f"Content-Type: {OCTETS}; name=encrypted.asc\n\n{PGP}", files=("encrypted.asc",), kind='encrypted; protocol="application/pgp-encrypted"'),
    _unreadable("a mail encrypted by PGP in its text", PGP),
    _unreadable("a mail whose rights are managed", "Form", attached(b"\x76\xe8\x04\x60", "filename=message.rpmsg", "application/x-microsoft-rpmsg-message")),
    _unreadable("winmail.dat that was cut off", "Form", attached(wrappers.tnef({"form.docx": FORM})[:-500], "filename=winmail.dat", "application/ms-tnef")),
    _unreadable("winmail.dat that ends after its name", "Form", attached(b"\x78\x9f\x3e\x22\x01\x00", "filename=winmail.dat")),
    _unreadable("winmail.dat of no bytes", "Form", attached(b"", "filename=winmail.dat", "application/ms-tnef"), files=("winmail.dat",)),
    _unreadable("a form of no bytes", "Form", attached(b"", "filename=form.docx"), files=("form.docx",)),
    _unreadable("a signed mail that is damaged", "Form", attached(b"\x30\x82\x10", "filename=smime.p7m", "application/pkcs7-mime")),
    Made(name="a good form beside a zip with a password", raw=letter("Form", attached(FORM, "filename=form.docx"), attached(wrappers.locked(wrappers.zipped({"b.docx": FORM})), "filename=f.zip")), kind=Kind.FORM, outcome="registered"),
]  # fmt: skip


# --------------------------------------------------------------------------- who may change what


def _form2(here: Office) -> str:
    return attached(form2_file(reference=here.reference).content, "filename=form2.docx")


STRANGERS = [
    Made(name="a stranger's word in our thread", raw=reply("WITHDRAW", sender=STRANGER), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",), status="registered"),
    Made(name="a stranger's word with the reference", raw=lambda here: letter(f"STOP {here.reference}", sender=STRANGER, subject=here.reference), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",), status="registered"),
    Made(name="a stranger's outcomes", raw=lambda here: letter("x", _form2(here), sender=STRANGER, subject=here.reference), kind=Kind.FORM, outcome="outcomes_unmatched", holds=("outcomes_unmatched",), status="registered"),
    Made(name="a stranger's own form with somebody's reference in the subject", raw=lambda here: letter("x", attached(FORM, "filename=f.docx"), sender=STRANGER, subject=here.reference), kind=Kind.FORM, outcome="registered", status="registered"),
    Made(name="the lead worker's name with another's address", raw=reply("WITHDRAW", sender='"lead@youth.example.org" <sid@elsewhere.example.net>'), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",), status="registered"),
    Made(name="a stranger's mail that the lead worker is said to have sent", raw=reply("WITHDRAW", sender=STRANGER, more=f"Sender: {LEAD_LINE}\nReply-To: {LEAD_LINE}\n"), kind=Kind.OTHER, outcome="not_understood", holds=("no_form",), status="registered"),
]  # fmt: skip

RESULTS = "Authentication-Results:"
EXCHANGE = f"{RESULTS} spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=youth.example.org; dkim=pass (signature was verified)\n header.d=youth.example.org;dmarc=pass action=none\n header.from=youth.example.org;compauth=pass reason=100\n"


def _trusted(
    name: str, headers: str, *, authserv_id: str = "mx.example.org", internal: bool = False
) -> Made:
    return Made(
        name=name,
        raw=reply("WITHDRAW", more=headers),
        kind=Kind.WORD,
        outcome="withdrawn",
        status="withdrawn",
        authserv_id=authserv_id,
        internal=internal,
    )


def _forged(
    name: str, headers: str, *, authserv_id: str = "mx.example.org", internal: bool = False
) -> Made:
    return Made(
        name=name,
        raw=reply("WITHDRAW", more=headers),
        kind=Kind.UNVERIFIED,
        holds=("sender_unverified",),
        status="registered",
        authserv_id=authserv_id,
        internal=internal,
    )


VERIFIED = [
    _trusted("DMARC of our server", f"{RESULTS} mx.example.org; dmarc=pass header.from=youth.example.org\n"),
    _trusted("Gmail's DKIM", f"{RESULTS} mx.google.com;\n dkim=pass header.i=@youth.example.org header.s=k header.b=abc;\n spf=pass (google.com: domain designates) smtp.mailfrom=x@bounce.example.net\n", authserv_id="mx.google.com"),
    _trusted("Exchange Online's result", EXCHANGE, authserv_id="topmost"),
    _trusted("inside the tenant", "X-MS-Exchange-Organization-AuthAs: Internal\n", authserv_id="topmost", internal=True),
    _forged("no result at all", ""),
    _forged("a result of another's server", f"{RESULTS} mx.evil.example; dmarc=pass header.from=youth.example.org\n"),
    _forged("a good result below a bad one", f"{RESULTS} mx.example.org; dmarc=fail header.from=youth.example.org\n{RESULTS} mx.example.org; dmarc=pass header.from=youth.example.org\n"),
    _forged("a result in a comment", f"{RESULTS} mx.example.org; spf=fail (x; dmarc=pass header.from=youth.example.org) smtp.mailfrom=evil.example\n"),
    _forged("another domain's signature", f"{RESULTS} mx.example.org; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example\n"),
    _forged("a domain that ends alike", f"{RESULTS} mx.example.org; dkim=pass header.d=notyouth.example.org\n"),
    _forged("ARC alone", "ARC-Authentication-Results: i=1; mx.example.org; dmarc=pass header.from=youth.example.org\n"),
    _forged("inside, where that is not trusted", "X-MS-Exchange-Organization-AuthAs: Internal\n", authserv_id="topmost"),
    _forged("outside, by Exchange's mark", "X-MS-Exchange-Organization-AuthAs: Anonymous\n", authserv_id="topmost", internal=True),
    _forged("a second From", f"{EXCHANGE}From: sid@elsewhere.example.net\n", authserv_id="topmost"),
]  # fmt: skip

ALL: list[Made] = [*WORDS, *UNREADABLE, *STRANGERS, *VERIFIED]
