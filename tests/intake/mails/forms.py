"""Forms, in everything that they arrive in."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from binascii import b2a_uu
from quopri import encodestring

from model import Kind
from tests.intake.desk import form1_file, form2_file
from tests.intake.mails import wrappers
from tests.intake.mails.making import (
    LEAD_LINE,
    OCTETS,
    WORD,
    Made,
    attached,
    form,
    letter,
    multipart,
)

FORM = form()
NAMED = 'filename="form.docx"'
TEXT = "Please find our form attached."
MANAGER = "Mo Manager <manager@youth.example.org>"
EML = letter("Here it is.", attached(FORM, NAMED), sender=LEAD_LINE, boundary="xx")
UNNAMED = "attachment-1.docx"


def _registered(
    name: str, raw: bytes, file: str = "form.docx", *, more: tuple[str, ...] = (), origin: str = ""
) -> Made:
    return Made(
        name=name,
        raw=raw,
        kind=Kind.FORM,
        outcome="registered",
        files=(file, *more),
        origin=origin or None,
    )


def _one(part: str, **more: str) -> bytes:
    return letter(TEXT, part, **more)


def _encoded(encoding: str, body: str) -> str:
    head = f"Content-Type: {OCTETS}\nContent-Disposition: attachment; {NAMED}\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n{body}"


def _uu(data: bytes, name: str = "form.docx") -> str:
    lines = b"".join(b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return f"begin 644 {name}\n{lines.decode()}`\nend\n"


def _binary() -> bytes:
    head = _encoded("binary", "").encode()
    frame = letter(TEXT, "@@", sender=LEAD_LINE)
    return frame.replace(b"Content-Type: text/plain\n\n@@", head + FORM)


def _named(parameter: str, shown: str, name: str) -> Made:
    return _registered(name, _one(attached(FORM, parameter)), shown)


PARTS = [
    _registered("a Word file", _one(attached(FORM, NAMED, WORD))),
    _registered("an Excel file", _one(attached(form1_file(
        "xlsx", title="Cooking", purpose="Which meals should the kitchen offer?",
        audience=["Primary age"], area=["Babergh"]).content, 'filename="form.xlsx"')), "form.xlsx"),
    _registered("declared inline", _one(attached(FORM, NAMED, WORD, "inline"))),
    _registered("of an unknown type", _one(attached(FORM, NAMED))),
    _registered("said to be a picture", _one(attached(FORM, NAMED, "image/jpeg"))),
    _registered("said to be text", _one(attached(FORM, NAMED, "text/plain"))),
    _registered("said to be an old Word file", _one(attached(FORM, 'filename="form.doc"', "application/msword")), "form.doc"),
    _registered("without a name", _one(attached(FORM, "", WORD)), UNNAMED),
    _registered("without an ending", _one(attached(FORM, "filename=form")), "form"),
    _registered("without a disposition", _one(f"Content-Type: {WORD}; name=form.docx\nContent-Transfer-Encoding: base64\n\n{b64encode(FORM).decode()}")),
    _registered("nothing but the file", letter(attached(FORM, NAMED, WORD))),
    _registered("in one endless line of base64", _one(_encoded("base64", b64encode(FORM).decode()))),
    _registered("base64 with a list's footer below", _one(_encoded("base64", encodebytes(FORM).decode() + "\n_____\nTo leave this list"))),
    _registered("in quoted-printable", _one(_encoded("quoted-printable", encodestring(FORM).decode()))),
    _registered("in x-uuencode", _one(_encoded("x-uuencode", _uu(FORM)))),
    _registered("as bare bytes", _binary()),
    _registered("uuencoded in the text", letter(f"{TEXT}\n\n{_uu(FORM)}\nBye\n")),
    _registered("beside a logo that the page shows", letter(
        multipart('Content-Type: text/html\n\n<p>Hi</p><img src="cid:logo@x">',
                  attached(b"\x89PNG" + bytes(900), 'filename="logo.png"', "image/png\nContent-ID: <logo@x>", "inline"),
                  kind="related"), attached(FORM, NAMED)), "logo.png", more=("form.docx",)),
    _registered("in multipart/related as Outlook does", letter('Content-Type: text/html\n\n<p>Hi</p>', attached(FORM, NAMED, WORD + "\nContent-ID: <1@x>"), kind="related")),
    _registered("in multipart/alternative as Apple does", letter(TEXT, multipart("Content-Type: text/html\n\n<p>Hi</p>", attached(FORM, NAMED, WORD, "inline"), kind="mixed"), kind="alternative")),
    _registered("in an unknown kind of multipart", letter(TEXT, attached(FORM, NAMED), kind="x-unheard-of")),
    _registered("after a page and nothing else", letter("Content-Type: text/html; charset=utf-8\n\n<html><body><p>Our form</p></body></html>", attached(FORM, NAMED))),
    Made(name="two forms in one mail", raw=letter(TEXT, attached(FORM, NAMED), attached(FORM, 'filename="again.docx"')), kind=Kind.FORM, outcome="registered", files=("form.docx", "again.docx")),
    Made(name="a Form 2 for the one that is there", raw=lambda here: letter(TEXT, attached(form2_file(reference=here.reference).content, NAMED)), kind=Kind.FORM, outcome="outcomes_logged", status="complete"),
]  # fmt: skip

NAMES = [
    _named('filename="=?utf-8?B?RsO2cm0uZG9jeA==?="', "Förm.docx", "a name encoded in quotes"),
    _named("filename==?utf-8?Q?F=C3=B6rm.docx?=", "Förm.docx", "a name encoded without quotes"),
    _named("filename*=utf-8''F%C3%B6rm.docx", "Förm.docx", "a name by RFC 2231"),
    _named("filename*0*=iso-8859-1''F%F6;\n filename*1=rm.do;\n filename*2=cx", "Förm.docx", "a name in three pieces"),
    _named("filename*=iso-8859-15'cy'Ffurflen%20%A41.docx", "Ffurflen €1.docx", "a name with its language"),
    _named('filename="Förm.docx"', "Förm.docx", "a name in bare UTF-8"),
    _registered("a name in bare Latin-1", letter(TEXT, attached(FORM, 'filename="Förm.docx"'), charset="latin-1"), "Förm.docx"),
    _named('filename="C:\\\\My Documents\\\\form.docx"', "form.docx", "a name with folders of Windows"),
    _named('filename="../../form.docx"', "form.docx", "a name that climbs"),
    _named("filename=Our form 1.docx", "Our form 1.docx", "a name with spaces and no quotes"),
    _named("filename*=nonsense''%ZZform.docx", "%ZZform.docx", "a name in an unknown encoding"),
    _named(f'filename="{"long " * 100}.docx"', ("long " * 100 + ".docx")[-200:], "an endless name"),
]  # fmt: skip


def _winmail(data: bytes, text: str = TEXT, kind: str = "application/ms-tnef") -> bytes:
    return letter(text, attached(data, 'filename="winmail.dat"', kind))


WINMAIL = [
    _registered("winmail.dat", _winmail(wrappers.tnef({"form.docx": FORM}))),
    _registered("winmail.dat of an unknown type", _winmail(wrappers.tnef({"form.docx": FORM}), kind=OCTETS)),
    _registered("winmail.dat that is the whole mail", letter(attached(wrappers.tnef({"form.docx": FORM}, body="Body in the wrapper"), "", "application/ms-tnef"))),
    _registered("winmail.dat with short names alone", _winmail(wrappers.tnef({"form.docx": FORM}, long_names=False))),
    _registered("winmail.dat without a code page", _winmail(wrappers.tnef({"form.docx": FORM}, codepage=None, properties={0x1000: "Body"}))),
    _registered("winmail.dat in a code page that nobody knows", _winmail(wrappers.tnef({"form.docx": FORM}, codepage=99999))),
    _registered("winmail.dat with a mail attached in it", _winmail(wrappers.tnef({}, embedded=wrappers.tnef(
        {"form.docx": FORM}, properties={0x5D01: "lead@youth.example.org", 0x0C1A: "Lena"}))), origin="lead@youth.example.org"),
    _registered("winmail.dat with a zip in it", _winmail(wrappers.tnef({"forms.zip": wrappers.zipped({"form.docx": FORM})}))),
]  # fmt: skip

ZIPS = [
    _registered("a zip", _one(attached(wrappers.zipped({"form.docx": FORM}), "filename=f.zip", "application/zip"))),
    _registered("a zip of an unknown type and name", _one(attached(wrappers.zipped({"form.docx": FORM}), "filename=form"))),
    _registered("a zip with folders", _one(attached(wrappers.zipped({"a/b/form.docx": FORM, "a/": b""}), "filename=f.zip"))),
    _registered("a Mac's zip with its litter", _one(attached(wrappers.zipped({"form.docx": FORM, "__MACOSX/._form.docx": b"x", ".DS_Store": b"x"}), "filename=f.zip"))),
    _registered("a zip in a zip", _one(attached(wrappers.zipped({"in.zip": wrappers.zipped({"form.docx": FORM})}), "filename=f.zip"))),
    _registered("a zip without compression", _one(attached(wrappers.zipped({"form.docx": FORM}, method=0), "filename=f.zip"))),
    _registered("a zip with a name in Welsh", _one(attached(wrappers.zipped({"Ffurflen tŷ.docx": FORM}), "filename=f.zip")), "Ffurflen tŷ.docx"),
    _registered("a zip with a saved mail in it", _one(attached(wrappers.zipped({"mail.eml": EML}), "filename=f.zip")), origin="lead@youth.example.org"),
    _registered("a zip named like a Word file", _one(attached(wrappers.zipped({"form.docx": FORM}), "filename=form.docx", WORD))),
]  # fmt: skip


def _twice(inner: str) -> str:
    attachment = f"Content-Type: message/rfc822\n\n{inner}"
    return letter("FYI", attachment, sender="office@x.org", boundary="ww").decode()


SAVED = wrappers.msg(
    {"form.docx": FORM}, subject="Form", body="Here", sender="lead@youth.example.org"
)
MAILS = [
    _registered("an attached mail", letter("FYI", f"Content-Type: message/rfc822\n\n{EML.decode()}", sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an attached mail, encoded against the rules", letter("FYI", attached(EML, "", "message/rfc822"), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an attached mail in an attached mail", letter("FYI", f"Content-Type: message/rfc822\n\n{_twice(EML.decode())}", sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an .eml file of an unknown type", letter("FYI", attached(EML, 'filename="Form.eml"'), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an .eml file without a name", letter("FYI", attached(EML), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an .eml file saved with a mailbox's first line", letter("FYI", attached(b"From lead@x.org Tue Mar  2 12:00:00 2027\n" + EML, 'filename="Form.eml"'), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("a mail saved from Outlook", letter("FYI", attached(SAVED, 'filename="Form.msg"', "application/vnd.ms-outlook"), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("a mail saved from Outlook of an unknown type", letter("FYI", attached(SAVED, "filename=form"), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("a saved mail by the headers it came with", letter("FYI", attached(wrappers.msg({"form.docx": FORM}, headers="Received: by x\r\nFrom: Lena\r\n <lead@youth.example.org>\r\nTo: m@x.org\r\n", sender="/O=EXCHANGELABS/CN=LENA"), 'filename="Form.msg"'), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("a saved mail in a saved mail", letter("FYI", attached(wrappers.msg({}, embedded=wrappers.saved({"form.docx": FORM}, texts={0x0C1F: "lead@youth.example.org"})), 'filename="Form.msg"'), sender=MANAGER), origin="lead@youth.example.org"),
    _registered("an attached group of mails", letter("FYI", multipart(f"Content-Type: message/rfc822\n\n{EML.decode()}", kind="digest"), sender=MANAGER), origin="lead@youth.example.org"),
]  # fmt: skip

INNER = EML
SMIME = [
    _registered("signed in the open", letter(INNER.decode()[INNER.find(b"Content-Type"):], "Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nAAAA", kind='signed; protocol="application/pkcs7-signature"; micalg=sha-256')),
    _registered("signed so that only programs read it", letter(attached(wrappers.signed(INNER), 'filename="smime.p7m"', "application/pkcs7-mime; smime-type=signed-data"))),
    _registered("signed in pieces", letter(attached(wrappers.signed_in_pieces(INNER), 'filename="smime.p7m"', "application/x-pkcs7-mime"))),
    _registered("signed, of an unknown type", letter(attached(wrappers.signed(INNER), 'filename="smime.p7m"'))),
    _registered("signed twice", letter(attached(wrappers.signed(letter(attached(wrappers.signed(INNER), "filename=smime.p7m"))), 'filename="smime.p7m"'))),
    _registered("signed by PGP", letter(INNER.decode()[INNER.find(b"Content-Type"):], "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\n", kind='signed; protocol="application/pgp-signature"')),
]  # fmt: skip

HEAD = "From: Lena Adams <lead@youth.example.org>\nSent: 1 March 2027 10:00\nTo: Mo Manager\nSubject: Form"


def _inline(
    name: str, text: str, subject: str = "Fwd: Form", origin: str = "lead@youth.example.org"
) -> Made:
    return _registered(
        name, letter(text, attached(FORM, NAMED), sender=MANAGER, subject=subject), origin=origin
    )


FORWARDS = [
    _inline("forwarded by Gmail", "FYI\n\n---------- Forwarded message ---------\nFrom: Lena Adams <lead@youth.example.org>\nDate: Mon, 1 Mar 2027 at 10:00\nSubject: Form\nTo: Mo <manager@youth.example.org>\n\nHere it is."),
    _inline("forwarded by Outlook", f"FYI\n\n{HEAD}\n\nHere it is.", "FW: Form"),
    _inline("forwarded by Outlook with a line above", f"FYI\n\n________________________________\n{HEAD}\n\nHere it is.", "FW: Form"),
    _inline("forwarded by Outlook in the old way", f"FYI\n\n-----Original Message-----\n{HEAD}\n\nHere it is.", "FW: Form"),
    _inline("forwarded by Apple Mail", "FYI\n\nBegin forwarded message:\n\nFrom: Lena Adams <lead@youth.example.org>\nSubject: Form\nDate: 1 March 2027 at 10:00:00 GMT\nTo: Mo <manager@youth.example.org>\n\nHere it is."),
    _inline("forwarded by Apple Mail, marked", "FYI\n\nBegin forwarded message:\n\n> From: Lena Adams <lead@youth.example.org>\n> Subject: Form\n> Date: 1 March 2027 at 10:00:00 GMT\n> To: Mo <manager@youth.example.org>\n> \n> Here it is."),
    _inline("forwarded by Outlook in Welsh", "Gweler isod\n\nOddi wrth: Lena Adams <lead@youth.example.org>\nAnfonwyd: 1 Mawrth 2027 10:00\nAt: Mo Manager\nPwnc: Ffurflen\n\nDyma hi.", "Yml: Ffurflen"),
    _inline("forwarded by Thunderbird", "FYI\n\n-------- Forwarded Message --------\nSubject: Form\nDate: Mon, 1 Mar 2027 10:00:00 +0000\nFrom: Lena Adams <lead@youth.example.org>\nTo: manager@youth.example.org\n\nHere it is."),
    _inline("forwarded by Outlook as a page", "Content-Type: text/html\n\n<p>FYI</p><div style='border-top:solid'><p><b>From:</b> Lena Adams &lt;lead@youth.example.org&gt;<br><b>Sent:</b> 1 March 2027 10:00<br><b>To:</b> Mo Manager<br><b>Subject:</b> Form</p></div><p>Here it is.</p>", "FW: Form"),
]  # fmt: skip

ALL: list[Made] = [*PARTS, *NAMES, *WINMAIL, *ZIPS, *MAILS, *SMIME, *FORWARDS]
