"""Mails that no person wrote: automatic ones of every family, bounces, and our own come back."""

from __future__ import annotations

from model import Kind
from tests.intake.mails.making import Made, Office, about, attached, form, letter, reply
from tests.intake.world import LEAD

JO = "Jo Roe <jo@school.example.net>"


def _automatic(name: str, headers: str, subject: str = "Re: something") -> Made:
    raw = letter("I am away.", sender=JO, subject=subject, more=f"{headers}\n")
    return Made(name=name, raw=raw, kind=Kind.AUTOMATIC)


SUPPRESS = "X-Auto-Response-Suppress: All"
AUTOMATIC = [
    _automatic("auto-replied", "Auto-Submitted: auto-replied"),
    _automatic("auto-replied, with a comment", "Auto-Submitted: auto-replied (vacation)"),
    _automatic("auto-generated, with a parameter", "Auto-Submitted: auto-generated; owner-email=a@x.org"),
    _automatic("auto-notified", "Auto-Submitted: auto-notified; owner-email=a@x.org"),
    _automatic("in capitals", "AUTO-SUBMITTED: AUTO-REPLIED"),
    _automatic("said twice, the second time in earnest", "Auto-Submitted: no\nAuto-Submitted: auto-replied"),
    _automatic("bulk", "Precedence: bulk"),
    _automatic("junk", "Precedence: junk"),
    _automatic("Gmail's vacation note", "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied"),
    _automatic("Exchange's vacation note", f"{SUPPRESS}\nAuto-Submitted: auto-generated\nX-MS-Exchange-Inbox-Rules-Loop: jo@school.example.net", "Automatic reply: Registered"),
    _automatic("Exchange's vacation note by its subject", SUPPRESS, "Automatic reply: Registered"),
    _automatic("Exchange's vacation note in the old way", "Return-Path: <>", "Out of Office: Registered"),
    _automatic("Exchange's vacation note in Welsh", SUPPRESS, "=?utf-8?Q?Ateb_awtomatig=3A_Cofrestrwyd?="),
    _automatic("Exchange's vacation note in French", SUPPRESS, "=?utf-8?Q?R=C3=A9ponse_automatique=C2=A0=3A_x?="),
    _automatic("Exchange's vacation note in German", SUPPRESS, "Automatische Antwort: x"),
    _automatic("Exchange's vacation note in Dutch", SUPPRESS, "Automatisch antwoord: x"),
    _automatic("Exchange's vacation note in Spanish", SUPPRESS, "=?iso-8859-1?Q?Respuesta_autom=E1tica=3A_x?="),
    _automatic("Exchange's vacation note in Polish", SUPPRESS, "=?utf-8?Q?Odpowied=C5=BA_automatyczna=3A_x?="),
    _automatic("GroupWise's vacation note", "X-Mailer: Novell GroupWise Internet Agent 14\nReturn-Path: <>", "Away from my office: Registered"),
    _automatic("Notes' vacation note", "X-Mailer: Lotus Domino", "AUTO: Jo Roe is out of the office (returning 15/03/2027)"),
    _automatic("a mail that calls itself automatic", "X-Mailer: x", "[AUTO GENERATED] Report"),
    _automatic("cPanel's autoresponder", "X-Autorespond: Registered"),
    _automatic("a list", "List-Id: Youth workers <youth.lists.example.org>"),
    _automatic("a newsletter", "List-Unsubscribe: <https://news.example.org/u>"),
    _automatic("a Google group", "Precedence: list\nList-ID: <x.googlegroups.com>"),
    _automatic("Zendesk", "X-Mailer: Zendesk Mailer\nX-Zendesk-From-Account-Id: 1"),
    _automatic("Freshdesk", "X-Freshdesk-Ticket-Id: 12"),
    _automatic("ServiceNow", "X-ServiceNow-Generated: true"),
    _automatic("Jira", "X-JIRA-FingerPrint: 1234\nAuto-Submitted: auto-generated"),
    _automatic("OTRS", "X-OTRS-Loop: yes\nX-Powered-By: OTRS"),
    _automatic("RT", "X-RT-Loop-Prevention: example.net\nManaged-BY: RT 5.0.3"),
    _automatic("osTicket", "X-Mailer: osTicket Mailer"),
    _automatic("Zammad", "X-Zammad-Ticket-Id: 7"),
    _automatic("Salesforce", "X-SFDC-LK: 00D30000000\nX-SFDC-User: 0053"),
    _automatic("TOPdesk", "X-Mailer: TOPdesk"),
    _automatic("a request to prove to be a person", "X-Boxbe-Notice: 1\nReturn-Path: <>"),
    _automatic("a loop header of another", "X-Loop: bot@example.net"),
    _automatic("GitHub", "X-GitHub-Reason: mention"),
    _automatic("a read receipt without structure", SUPPRESS, "Read: Registered"),
    Made(name="a vacation note to our answer", raw=reply("Away.", sender=JO, subject="Automatic reply: {reference}"), kind=Kind.AUTOMATIC),
    Made(name="a vacation note of the lead worker's that says nothing", raw=reply("I am away and will be back next week.", more="Auto-Submitted: auto-replied\n"), kind=Kind.AUTOMATIC, status="registered"),
    Made(name="a word in a vacation note", raw=reply("WITHDRAW", more="Auto-Submitted: auto-replied\n"), kind=Kind.AUTOMATIC, status="registered"),
    Made(name="a form in an automatic mail", raw=letter("Form", attached(form(), "filename=form.docx"), more="Auto-Submitted: auto-generated\n"), kind=Kind.AUTOMATIC, holds=("not_from_a_person",)),
    Made(name="a form through a mailing list", raw=letter("Form", attached(form(), "filename=form.docx"), more="List-Id: <x.example.org>\n"), kind=Kind.AUTOMATIC, holds=("not_from_a_person",)),
    Made(name="a read receipt", raw=about(
        "Return-Path: <>\nFrom: {lead}\nSubject: Read: {subject}\nContent-Type: multipart/report; report-type=disposition-notification; boundary=z\n\n"
        "--z\nContent-Type: text/plain\n\nIt was read.\n--z\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{lead}\nOriginal-Message-ID: {answer}\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--z--\n"), kind=Kind.AUTOMATIC),
    Made(name="a mail deleted unread", raw=about(
        "From: {lead}\nSubject: Not read: {subject}\nContent-Type: multipart/mixed; boundary=z\n\n"
        "--z\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;{lead}\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--z--\n"), kind=Kind.AUTOMATIC),
    Made(name="a complaint by a feedback loop", raw=letter("This is spam.", "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x\nVersion: 1\n", sender="fbl@big.example.net", kind="report; report-type=feedback-report"), kind=Kind.AUTOMATIC),
]  # fmt: skip


# --------------------------------------------------------------------------- bounces

RETURNED = "From: consultations@example.org\nTo: {lead}\nMessage-ID: {answer}\nSubject: {subject}\n\nYour form\n"
BARE = "From: consultations@example.org\nTo: {lead}\nSubject: {subject}\n\nYour form\n"


def _status(
    fields: str, *, text: str = "Sorry.", returned: str = RETURNED, kind: str = "message/rfc822",
    sender: str = "MAILER-DAEMON@mx.example.net", subject: str = "Undelivered Mail Returned to Sender",
    head: str = "Return-Path: <>\n", report: str = "report; report-type=delivery-status",
) -> str:  # fmt: skip
    back = f"--z\nContent-Type: {kind}\n\n{returned}\n" if returned else ""
    return (
        f"{head}From: {sender}\nTo: consultations@example.org\nSubject: {subject}\n"
        f"Content-Type: multipart/{report}; boundary=z\n\n--z\nContent-Type: text/plain\n\n{text}\n"
        f"--z\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{fields}\n{back}--z--\n"
    )


def _text(
    body: str,
    *,
    sender: str = "MAILER-DAEMON@mx.example.net",
    subject: str,
    head: str = "Return-Path: <>\n",
) -> str:
    return f"{head}From: {sender}\nSubject: {subject}\n\n{body}\n"


def _bounced(name: str, template: str) -> Made:
    return Made(
        name=name,
        raw=about(template),
        kind=Kind.BOUNCE,
        outcome="bounced",
        holds=("bounced",),
        blocks=LEAD.email,
    )


def _delayed(name: str, template: str) -> Made:
    return Made(name=name, raw=about(template), kind=Kind.DELAY_NOTICE, outcome="ignored")


GONE = "Final-Recipient: rfc822; {lead}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n"
FULL = "Final-Recipient: rfc822; {lead}\nAction: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full\n"
LATE = "Final-Recipient: rfc822; {lead}\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Fri, 5 Mar 2027 12:00:00 +0000\n"
EXCHANGE = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org"

BOUNCES = [
    _bounced("Postfix", _status(GONE)),
    _bounced("Postfix with headers alone", _status(GONE, kind="text/rfc822-headers")),
    _bounced("Postfix, mailbox full", _status(FULL)),
    _bounced("Gmail", _status(GONE, sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>", subject="Delivery Status Notification (Failure)", head="Return-Path: <>\nX-Failed-Recipients: {lead}\nAuto-Submitted: auto-replied\n")),
    _bounced("Exchange Online", _status(GONE, sender="postmaster@example.org", subject="Undeliverable: {subject}", head="Return-Path: <>\nX-MS-Exchange-Message-Is-Ndr:\n")),
    _bounced("Exchange within the tenant", _status(GONE, sender=EXCHANGE, subject="Undeliverable: {subject}", head="")),
    _bounced("Exchange within the tenant, without its structure", _text("Your message to {lead} couldn't be delivered.\n\nOriginal message headers:\n\nMessage-ID: {answer}\n", sender=EXCHANGE, subject="Undeliverable: {subject}", head="")),
    _bounced("Exchange 2003, with a reference alone", _status(GONE, returned=BARE, sender="postmaster@school.example.net", subject="Undeliverable: {subject}")),
    _bounced("nothing returned but our subject", _status(GONE, returned="", subject="Undeliverable: {subject}")),
    _bounced("qmail", _text("Hi. This is the qmail-send program at mx.\nI'm afraid I wasn't able to deliver your message.\n\n<{lead}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <consultations@example.org>\n" + RETURNED, subject="failure notice")),
    _bounced("Exim", _text("This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  {lead}\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n" + RETURNED, subject="Mail delivery failed: returning message to sender", head="Return-Path: <>\nX-Failed-Recipients: {lead}\nAuto-Submitted: auto-replied\n")),
    _bounced("Exim through a list", _text("The following address(es) failed:\n\n  {lead}\n\n" + RETURNED, subject="Mail delivery failed", head="Return-Path: <>\nX-Failed-Recipients: {lead}\nList-Id: <x.example.org>\n")),
    _bounced("sendmail", _status(GONE, sender="Mail Delivery Subsystem <MAILER-DAEMON>", subject="Returned mail: see transcript for details", head="Return-Path: <MAILER-DAEMON>\nAuto-Submitted: auto-generated (failure)\n")),
    _bounced("sendmail of long ago", _text("   ----- The following addresses had permanent fatal errors -----\n<{lead}>\n\n   ----- Original message follows -----\n\n" + RETURNED, sender="Mail Delivery Subsystem <MAILER-DAEMON>", subject="Returned mail: User unknown")),
    _bounced("GroupWise", _text("The message that you sent was undeliverable to the following:\n\t{lead} (user not found)\n\nMessage-ID: {answer}\n", sender="Postmaster <Postmaster@school.example.net>", subject="Message status - undeliverable")),
    _bounced("Notes", _status(GONE, sender="postmaster@school.example.net", subject="DELIVERY FAILURE: User lead not listed in Domino Directory", report='mixed')),
    _bounced("Symantec, all in one group", _status("Arrival-Date: Tue, 2 Mar 2027 11:00:00 +0000\nDiagnostic-Code: smtp; 550\nStatus: 5.0.0\nAction: failed\nFinal-Recipient: rfc822; {lead}\n", sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>", subject="Mail Delivery Failure", head="")),
    _bounced("a webshield of long ago", _text("    ---- Failed Recipients ----\n\n<{lead}>\nMail Loop Detected\n\n    ---- Contents of the undelivered mail ----\n\n" + RETURNED, sender="Webshield SMTP V4.5 MR3 Mail Service", subject="Returned Mail: Error During Delivery", head="Return-Path: <MAILER-DAEMON@mx.example.net>\n")),
    _bounced("DragonFly, without an address", _text("There was an error delivering your mail to <{lead}>.\n\nMessage headers follow.\n\n" + RETURNED, sender="MAILER-DAEMON <>", subject="Mail delivery failed", head="")),
    _bounced("in EAI's own types (RFC 6533)", _status(GONE.replace("rfc822;", "utf-8;")).replace("message/delivery-status", "message/global-delivery-status").replace("message/rfc822", "message/global")),
    _bounced("by the original address where the final one is another", _status("Original-Recipient: rfc822;{lead}\nFinal-Recipient: rfc822; other@elsewhere.example.net\nAction: failed\nStatus: 5.1.1\n")),
    _bounced("one of several failed", _status("Final-Recipient: rfc822; a@x.org\nAction: delivered\nStatus: 2.0.0\n\n" + GONE)),
    _bounced("status alone, class 5", _status("Final-Recipient: rfc822; {lead}\nStatus: 5.7.999\n")),
    _bounced("failed after days of trying", _status("Final-Recipient: rfc822; {lead}\nAction: failed\nStatus: 4.4.7\n")),
    _bounced("a null path and nothing else", _text("Could not be delivered to {lead}\n\nMessage-ID: {answer}\n", sender="system@mx.example.net", subject="Your mail")),
    _bounced("in an answer to ours", "Return-Path: <>\nIn-Reply-To: {answer}\nFrom: MAILER-DAEMON@x.org\nSubject: failure\n\n{lead}: no such user\n"),
    _bounced("told by the address that it came to alone", _status(GONE, returned="", head="Return-Path: <>\nDelivered-To: consultations+b-{name}@example.org\n")),
    _bounced("of no structure, told by the address that it came to alone", _text("No such user.", subject="Mail delivery failed", head="Return-Path: <>\nX-Original-To: consultations+B-{name}@example.org\n")),
    _bounced("in line ends of a Mac", _status(GONE).replace("\n", "\r")),
    _bounced("in line ends of DOS", _status(GONE).replace("\n", "\r\n")),
    _delayed("Postfix, delayed", _status(LATE, subject="Delayed Mail (still being retried)")),
    _delayed("Exchange, delayed", _status(LATE, sender="postmaster@example.org", subject="Delivery delayed: {subject}")),
    _delayed("delayed, in text", _text("Will be tried again: {lead}", subject="Warning: message delayed 24 hours")),
    _delayed("relayed", _status("Final-Recipient: rfc822; {lead}\nAction: relayed\nStatus: 2.1.9\n", subject="Relayed: {subject}", sender="postmaster@x.org")),
    _delayed("status alone, class 4", _status("Final-Recipient: rfc822; {lead}\nStatus: 4.4.1\n")),
    Made(name="a bounce of somebody else's mail", raw=_status(GONE.replace("{lead}", "x@y.org"), returned="Message-ID: <else@y.org>\nSubject: x\n\nx\n", subject="Undelivered").encode(), kind=Kind.BOUNCE, outcome="bounced", holds=("bounced",)),
]  # fmt: skip


def _come_back(here: Office) -> bytes:
    return here.content


OWN = [
    Made(name="our own mail, come back", raw=_come_back, kind=Kind.OUR_OWN, outcome="ignored"),
    Made(name="our own mark under another's name", raw=letter("x", sender=JO, more="X-Ask-Once: registered\n"), kind=Kind.OUR_OWN, outcome="ignored"),
    Made(name="our own mail, sent on by a rule", raw=lambda here: b"Received: by x\nResent-From: jo@x.org\n" + here.content, kind=Kind.OUR_OWN, outcome="ignored"),
]  # fmt: skip

ALL: list[Made] = [*AUTOMATIC, *BOUNCES, *OWN]
