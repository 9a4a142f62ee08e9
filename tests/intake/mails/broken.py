"""Mails that follow no standard: cut off, mislabelled, nested without end, or nothing at all."""

from __future__ import annotations

from base64 import b64encode

from model import Kind
from tests.intake.mails import wrappers
from tests.intake.mails.making import LEAD_LINE, US, Made, attached, form, letter, multipart

FORM = form()
NAMED = "filename=form.docx"
HEAD = f"From: {LEAD_LINE}\nTo: {US}\nSubject: Form\n"


def _registered(name: str, raw: bytes) -> Made:
    return Made(name=name, raw=raw, kind=Kind.FORM, outcome="registered")


def _no_form(name: str, raw: bytes, *, says: str | None = None, sender: str | None = None) -> Made:
    return Made(
        name=name,
        raw=raw,
        kind=Kind.OTHER,
        outcome="not_understood",
        holds=("no_form",),
        says=says,
        sender=sender,
    )


def _nobody(name: str, raw: bytes) -> Made:
    return Made(name=name, raw=raw, kind=Kind.NO_ADDRESS, holds=("no_form",))


GOOD = letter("Form", attached(FORM, NAMED))
FILE = attached(FORM, NAMED)


def _nested(depth: int) -> str:
    """A file at the bottom of so many parts."""
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="n{n}"\n\n--n{n}\n' for n in range(depth)
    )
    return opening + FILE


STRUCTURE = [
    _registered("line ends of DOS", GOOD.replace(b"\n", b"\r\n")),
    _registered("line ends of a Mac of long ago", GOOD.replace(b"\n", b"\r")),
    _registered("a byte order mark and blank lines first", b"\xef\xbb\xbf\r\n\r\n" + GOOD),
    _registered("a mailbox file's first line", b"From lead@youth.example.org Tue Mar  2 12:00:00 2027\n" + GOOD),
    _registered("a mailbox file's first line, marked", b">From lead@youth.example.org Tue Mar  2 12:00:00 2027\n" + GOOD),
    _registered("no end of its parts", GOOD.replace(b"--zz--\n", b"")),
    _registered("an end of its parts in the middle", GOOD.replace(b"--zz--\n", b"--zz--\n--zz\n")),
    _registered("a boundary with spaces", GOOD.replace(b'"zz"', b'"z z"').replace(b"--zz", b"--z z")),
    _registered("a boundary without quotes", GOOD.replace(b'"zz"', b"zz")),
    _registered("a boundary that begins like another", letter("Form", multipart("Inner", FILE, kind="mixed", boundary="zzz"))),
    _registered("a part without a header", GOOD.replace(b"Content-Type: text/plain\n\nForm", b"\nForm")),
    _registered("a hundred thousand header lines", HEAD.encode() + b"X-Filler: x\n" * 100_000 + GOOD[GOOD.index(b"MIME-Version"):]),
    _registered("a header of a megabyte", HEAD.encode() + b"X-Filler: " + b"x" * 1_000_000 + b"\n" + GOOD[GOOD.index(b"MIME-Version"):]),
    _registered("headers twice", GOOD.replace(b"MIME-Version", b"Subject: Another\nTo: else@example.org\nMIME-Version")),
    _registered("an unknown encoding of the text", GOOD.replace(b"Content-Type: text/plain", b"Content-Type: text/plain; charset=klingon")),
    _registered("NULs in the text", GOOD.replace(b"\n\nForm", b"\n\nF\0o\0rm")),
    _registered("a bad date", GOOD.replace(b"Tue, 2 Mar 2027 11:59:00 +0000", b"yesterday")),
    _registered("no Message-ID", GOOD.replace(b"Message-ID: <made@mail.example.org>\n", b"")),
    _registered("a type that is none", letter("Form", FILE.replace("application/octet-stream", "file"))),
    _registered("a transfer encoding with a comment", GOOD.replace(b"Encoding: base64", b"Encoding: base64 (as usual);")),
    _registered("base64 in capitals with spaces", GOOD.replace(b"Encoding: base64", b"Encoding:  BASE64  ")),
    _registered("thirty parts in parts", letter("Form", _nested(30))),
    _no_form("a thousand parts in parts", letter("Form", _nested(1000))),
    _no_form("no blank line below the header", HEAD.encode() + b"Hello"),
    _no_form("no body", HEAD.encode() + b"\n"),
    _no_form("a header that is cut off", HEAD.encode() + b"Content-Type: multipart/mix"),
    _no_form("parts announced and none there", letter("Hello").replace(b"text/plain", b"multipart/mixed")),
    _no_form("parts announced and no boundary named", letter("Hello").replace(b"text/plain", b"multipart/mixed; boundary=")),
    _no_form("a line of a megabyte", letter("x" * 1_000_000)),
    _no_form("base64 that is none", letter("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!")),
    _no_form("a picture of no bytes", letter("Hello", attached(b"", "filename=photo.jpg"))),
    _no_form("a file that is noise", letter("Hello", attached(bytes(range(256)) * 9, "filename=x.xyz"))),
    _no_form("winmail.dat that says only how the text looks", letter("Hello", attached(wrappers.tnef({}), "filename=winmail.dat"))),
    _no_form("a mail attached that is empty", letter("Hello", "Content-Type: message/rfc822\n\n")),
    _no_form("five thousand parts", letter(*["x"] * 5000)),
    _no_form("a page of nested tables", letter("Content-Type: text/html\n\n" + "<table><tr><td>" * 3000 + "Hello")),
]  # fmt: skip


def _in(charset: str, text: str, said: str | None = None) -> bytes:
    body = b64encode(text.encode(charset)).decode()
    head = f"Content-Type: text/plain; charset={said or charset}\nContent-Transfer-Encoding: base64"
    return letter(f"{head}\n\n{body}\n")


TEXT = "Café “naïve” – £5"
ENCODINGS = [
    _no_form("UTF-8", _in("utf-8", TEXT), says=TEXT),
    _no_form("UTF-8 said to be Latin-1", _in("utf-8", TEXT, "iso-8859-1"), says=TEXT),
    _no_form("UTF-8 said to be ASCII", _in("utf-8", TEXT, "us-ascii"), says=TEXT),
    _no_form("Windows' own said to be Latin-1", _in("cp1252", TEXT, "iso-8859-1"), says=TEXT),
    _no_form("Windows' own said to be UTF-8", _in("cp1252", TEXT, "utf-8"), says=TEXT),
    _no_form("Windows' own said to be nothing", letter(TEXT, charset="cp1252"), says=TEXT),
    _no_form("UTF-16 with its mark", _in("utf-16", TEXT), says=TEXT),
    _no_form("Chinese", _in("gb18030", "咨询表", "gb2312"), says="咨询表"),
    _no_form("Japanese", _in("iso-2022-jp", "相談"), says="相談"),
    _no_form("Cyrillic", _in("koi8-r", "Привет"), says="Привет"),
    _no_form("UTF-7", _in("utf-7", TEXT), says=TEXT),
    _no_form("an encoding in quotes", _in("utf-8", TEXT, '"UTF-8"'), says=TEXT),
    _no_form("an encoding that is a trap", _in("utf-8", "Hello", "punycode"), says="Hello"),
    _no_form("controls and half a character", letter("Hello \x1b[31m \udcff"), says="Hello"),
]  # fmt: skip

LEAD_AT = "lead@youth.example.org"
SENDERS = [
    _no_form("two From lines", letter("Hello", more="From: other@example.net\n"), sender=LEAD_AT),
    _no_form("two addresses in the From", letter("Hello", sender=f"{LEAD_LINE}, other@example.net"), sender=LEAD_AT),
    _no_form("a group in the From (RFC 6854)", letter("Hello", sender=f"Youth team: {LEAD_LINE};"), sender=LEAD_AT),
    _no_form("a From with its name encoded", letter("Hello", sender=f"=?utf-8?B?TMOpbmE=?= <{LEAD_AT}>"), sender=LEAD_AT),
    _no_form("a From with its name encoded and cut off", letter("Hello", sender=f"=?utf-8?B?TMOpbmE5?= <{LEAD_AT}>"), sender=LEAD_AT),
    _no_form("a From with its name in bare Latin-1", letter("Hello", sender=f"Léna <{LEAD_AT}>", charset="latin-1"), sender=LEAD_AT),
    _no_form("a From in capitals", letter("Hello", sender=f"<{LEAD_AT.upper()}>"), sender=LEAD_AT),
    _no_form("a From with a comment", letter("Hello", sender=f"{LEAD_AT} (Lena (of the team))"), sender=LEAD_AT),
    _no_form("a From with a comma in its name", letter("Hello", sender=f'"Adams, Lena" <{LEAD_AT}>'), sender=LEAD_AT),
    _no_form("a From with an address for its name", letter("Hello", sender=f'"other@example.net" <{LEAD_AT}>'), sender=LEAD_AT),
    _no_form("a From without brackets", letter("Hello", sender=LEAD_AT), sender=LEAD_AT),
    _no_form("a From on two lines", letter("Hello", sender=f"Lena Adams\n <{LEAD_AT}>"), sender=LEAD_AT),
    _no_form("sent on behalf of another", letter("Hello", more="Sender: secretary@example.net\n"), sender=LEAD_AT),
    _no_form("with an address to reply to", letter("Hello", more="Reply-To: else@example.net\n"), sender=LEAD_AT),
    _no_form("a domain beyond ASCII (RFC 5890)", letter("Hello", sender="Jo <jo@exämple.org>"), sender="jo@xn--exmple-cua.org"),
    _nobody("an address beyond ASCII (RFC 6532)", letter("Hello", sender="Jörg <jörg@exämple.org>")),
    _nobody("an empty group in the From", letter("Hello", sender="Undisclosed recipients:;")),
    _nobody("an address that no server takes", letter("Hello", sender="Lena <lena..adams.@example.net>")),
    _nobody("an address at a domain of dots", letter("Hello", sender="Lena <lena@example..net>")),
    _nobody("no From at all", b"To: consultations@example.org\nSubject: x\n\nHello\n"),
    _nobody("a From without an address", letter("Hello", sender="Lena")),
    _nobody("a no-reply address", letter("Hello", sender="no-reply@shop.example.net")),
    _nobody("our own address", letter("Hello", sender=US)),
    _nobody("nothing at all", b""),
    _nobody("a body and no header", b"\nHello\n"),
    _nobody("noise", bytes(range(256)) * 20),
    Made(name="a form from a no-reply address", raw=letter("Form", FILE, sender="noreply@shop.example.net"), kind=Kind.NO_ADDRESS, holds=("not_from_a_person",)),
]  # fmt: skip

ALL: list[Made] = [*STRUCTURE, *ENCODINGS, *SENDERS]
