"""Replies as people's own mail programs write them: the word, a signature, our mail quoted."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from html import escape

from tests.intake.desk import MAILBOX, mail, quoted
from tests.intake.world import LEAD

SIGNATURE = "Lena Adams\nYouth Forum | 01473 555 0199\nPlease don't print this email."
DISCLAIMER = (
    "This email may be confidential. If you are not the intended recipient, do not proceed to "
    "read it: please withdraw and delete it."
)
Reply = Callable[[str, EmailMessage], EmailMessage]


def _reply(ours: EmailMessage) -> EmailMessage:
    """Only the headers of a reply."""
    made = mail(text="")
    made.clear_content()
    del made["Subject"]
    made["Subject"] = f"RE: {ours['Subject']}"
    made["In-Reply-To"] = ours["Message-ID"]
    made["References"] = ours["Message-ID"]
    return made


def _said(ours: EmailMessage) -> str:
    body = ours.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _html_said(ours: EmailMessage) -> str:
    body = ours.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def outlook(word: str, ours: EmailMessage) -> EmailMessage:
    """Outlook for Windows, HTML only: signature above, our mail below a rule."""
    lines = "".join(
        f'<p class="MsoNormal">{escape(line)}<o:p></o:p></p>'
        for line in (word, "", "Kind regards", *SIGNATURE.splitlines(), DISCLAIMER)
    )
    made = _reply(ours)
    made.set_content(
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang="EN-GB">'
        f'<div class="WordSection1">{lines}<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal"><b><span lang="EN-US">From:</span></b><span lang="EN-US"> '
        f"{escape(MAILBOX)} <br><b>Sent:</b> 01 March 2027 10:00<br><b>To:</b> {LEAD.name}<br>"
        f"<b>Subject:</b> {escape(str(ours['Subject']))}<o:p></o:p></span></p></div></div>"
        f"{_html_said(ours)}</div></body></html>",
        subtype="html",
        cte="base64",
    )
    return made


def gmail(word: str, ours: EmailMessage) -> EmailMessage:
    """Gmail on the web: both plain and HTML, our mail folded below."""
    attribution = "On Mon, 1 Mar 2027 at 10:00, Consultations <"
    made = _reply(ours)
    made.set_content(
        f"{word}\r\n\r\n{attribution}consultations@example.org>\r\nwrote:\r\n\r\n{quoted(ours)}"
    )
    made.add_alternative(
        f'<div dir="ltr"><div dir="ltr">{word}</div></div><br><div class="gmail_quote '
        f'gmail_quote_container"><div dir="ltr" class="gmail_attr">{escape(attribution)}<a href='
        '"mailto:consultations@example.org">consultations@example.org</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        f'rgb(204,204,204);padding-left:1ex">{_html_said(ours)}</blockquote></div>',
        subtype="html",
    )
    return made


def iphone(word: str, ours: EmailMessage) -> EmailMessage:
    """An iPhone: plain text, its own signature between the word and our mail."""
    made = _reply(ours)
    made.set_content(
        f"{word.capitalize()}\n\nSent from my iPhone\n\n"
        f"> On 1 Mar 2027, at 10:00, {MAILBOX} wrote:\n> \n> \ufeff{quoted(ours)}"
    )
    return made


def android(word: str, ours: EmailMessage) -> EmailMessage:
    """Outlook for Android, HTML only."""
    made = _reply(ours)
    made.set_content(
        '<html><body><div dir="auto" style="font-family:Aptos;">'
        f'{word}</div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>Get '
        '<a href="https://aka.ms/AAb9ysg">Outlook for Android</a></div><hr style="display:'
        'inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face='
        f'"Calibri"><b>From:</b> {escape(MAILBOX)}<br><b>Sent:</b> Monday, March 1, 2027 10:00<br>'
        f"<b>To:</b> {LEAD.email}<br><b>Subject:</b> {escape(str(ours['Subject']))}</font></div>"
        f"{_html_said(ours)}</body></html>",
        subtype="html",
    )
    return made


def below(word: str, ours: EmailMessage) -> EmailMessage:
    """The word below what it answers, as on a mailing list."""
    made = _reply(ours)
    made.set_content(f"{MAILBOX} wrote:\n{quoted(ours)}\n{word}\n\n-- \n{SIGNATURE}\n")
    return made


def between(word: str, ours: EmailMessage) -> EmailMessage:
    """A signature and the small print between the word and the quoted mail."""
    made = _reply(ours)
    made.set_content(
        f"Dear all,\n\n{word}\n\nKind regards,\n{SIGNATURE}\n\n{DISCLAIMER}\n\n"
        f"-----Original Message-----\nFrom: {MAILBOX}\nSent: 01 March 2027 10:00\n"
        f"To: {LEAD.email}\nSubject: {ours['Subject']}\n\n{_said(ours)}"
    )
    return made


PROGRAMS: dict[str, Reply] = {
    "Outlook for Windows, HTML only": outlook,
    "Gmail on the web": gmail,
    "an iPhone": iphone,
    "Outlook for Android, HTML only": android,
    "the word below the quoted mail": below,
    "a signature in between": between,
}
