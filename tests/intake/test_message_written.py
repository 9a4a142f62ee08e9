"""What the sender wrote, told from what mail programs quote and sign."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.message import read_mail

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
OURS = "To go on, reply with the word PROCEED or WITHDRAW."
HEAD = "From: Consultations <c@x.org>\nSent: 4 January 2027 10:00\nTo: Jo\nSubject: Similar work\n"


def written(text: str) -> str:
    return read_mail(b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode(), NOON).written


def written_html(page: str) -> str:
    return read_mail(b"Content-Type: text/html; charset=utf-8\n\n" + page.encode(), NOON).written


@pytest.mark.parametrize(
    "quote",
    [
        f"> {OURS}\n> More.",
        f"On Mon, 4 Jan 2027 at 10:00, Consultations <c@x.org> wrote:\n\n> {OURS}\n>\n> More",
        "On Mon, 4 Jan 2027 at 10:00, The Consultation Register of a very\n"
        f"long name <c@x.org> wrote:\n\n> {OURS}",
        f"On 4 Jan 2027, at 10:00, Consultations <c@x.org> wrote:\n\n{OURS}",
        f"-----Original Message-----\n{HEAD}\n{OURS}",
        f"{HEAD}\n{OURS}",
        f"________________________________\n{HEAD}\n{OURS}",
        f"________________________________\r\n{HEAD}\n{OURS}".replace("\n", "\r\n"),
        f"*From:* Consultations\n*Sent:* 4 January\n*To:* Jo\n*Subject:* Similar\n\n{OURS}",
        f"From: Consultations\nDate: Monday, 4 January\nTo: Jo\nCc: Al\nSubject: S\n{OURS}",
        f"Begin forwarded message:\n\n{HEAD}\n{OURS}",
        f"---------- Forwarded message ---------\n{HEAD}\n{OURS}",
        f"> Am 04.01.2027 um 10:00 schrieb C <c@x.org>:\n> {OURS}",
        f"2027-01-04 10:00 GMT+00:00 Consultations <c@x.org>:\n\n> {OURS}",
        f"##- Please type your reply above this line -##\n{OURS}",
    ],
)
def test_a_reply_above_the_quote_is_what_was_written(quote: str) -> None:
    assert written(f"Please go ahead.\n\nJo\n\n{quote}\n") == "Please go ahead.\n\nJo"


@pytest.mark.parametrize(
    "quote",
    [
        f"> {OURS}",
        f"On Mon, 4 Jan 2027 at 10:00, C <c@x.org> wrote:\n\n> {OURS}\n> More",
        f"-----Original Message-----\n> {HEAD}> {OURS}",
        f"Consultations wrote:\n> {OURS}",
    ],
)
def test_a_reply_below_the_quote_is_what_was_written(quote: str) -> None:
    assert "Yes please." in written(f"{quote}\n\nYes please.\n")
    assert OURS not in written(f"{quote}\n\nYes please.\n")


def test_answers_between_the_lines_are_kept() -> None:
    assert written("> One?\nYes.\n> Two?\nNo.\n") == "Yes.\nNo."


@pytest.mark.parametrize(
    "signature",
    ["-- \nJo\nI proceed with care", "--\nJo", "Sent from my iPhone", "Get Outlook for iOS"],
)
def test_the_signature_is_left_out(signature: str) -> None:
    assert written(f"Withdraw, please.\n\n{signature}\n") == "Withdraw, please."
    assert written(f"Withdraw.\n{signature}\n\n> {OURS}\n\nAs I said.") == "Withdraw.\n\nAs I said."


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organisation. Do not click links or\n"
        "open attachments unless you recognise the sender and know the content is safe.",
        "[EXTERNAL]",
        "WARNING\n\nThis message originated outside the council. Take care with links.",
        "You don't often get email from jo@x.org. Learn why this is important",
        "External email: be careful with attachments from an unknown sender.",
    ],
)
def test_warnings_that_the_server_put_on_top_are_left_out(banner: str) -> None:
    assert written(f"{banner}\n\nPlease proceed.\n\nJo") == "Please proceed.\n\nJo"


@pytest.mark.parametrize(
    "text",
    [
        "I could not open the attachments.\nProceed.",
        "Proceed, if external partners agree.",
        "Proceed.\nCAUTION: only if the head agrees.",
        "On Monday we start.\nThe head wrote: go on.",
        "From: 1 May\nTo: 3 May\nThat is when we ask.",
        "I wrote -- as you know -- to her.",
        "Forwarded by my colleague, the form is attached.",
        "The original message was unclear.",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert written(text) == text


# --------------------------------------------------------------------------- HTML


@pytest.mark.parametrize(
    "quote",
    [
        f'<div class="gmail_quote"><div class="gmail_attr">On 4 Jan 2027 C wrote:</div>'
        f"<blockquote>{OURS}</blockquote></div>",
        f'<blockquote type="cite"><div>On 4 Jan 2027, C wrote:</div>{OURS}</blockquote>',
        f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Von:</b> C</div>{OURS}',
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> C &lt;c@x.org&gt;"
        f"<br><b>Sent:</b> 4 January<br><b>To:</b> Jo<br><b>Subject:</b> S</p></div><p>{OURS}</p>",
        f'<div class="yahoo_quoted">{OURS}</div>',
        f'<div class="moz-cite-prefix">On 04/01/2027 10:00, C wrote:</div><blockquote>{OURS}'
        "</blockquote>",
        f'<div class="protonmail_quote">On 4 Jan, C wrote:<blockquote>{OURS}</blockquote></div>',
    ],
)
def test_quotes_in_pages_are_left_out(quote: str) -> None:
    assert written_html(f"<html><body><p>Please <b>go</b> ahead.</p>{quote}</body>") == (
        "Please go ahead."
    )


def test_a_reply_below_a_quote_in_a_page_is_found() -> None:
    assert written_html(f"<blockquote>{OURS}</blockquote><p>Yes please.</p>") == "Yes please."


def test_text_that_was_indented_is_no_quote() -> None:
    indent = '<blockquote style="margin:0 0 0 40px;border:none;padding:0">Indented</blockquote>'
    assert written_html(f"<p>Hello</p>{indent}") == "Hello\nIndented"


@pytest.mark.parametrize(
    "footer",
    [
        "This email and any attachments are confidential. If you are not the intended\n"
        "recipient, please delete it.",
        "The information in this e-mail may be legally privileged. Do not copy it.",
        "This message (and whatever came with it, of any sort) is meant for and\n"
        "intended only for its addressee. If it is not for you, tell us.",
        "If you have received this email in error, please do not read it.",
        "DISCLAIMER: these are not the views of the council.",
        "Any views expressed in this email may not be those of the trust.",
        "Emails sent to or from the council may be monitored.",
        "Please consider the environment before printing this email.",
        "Lowestoft Sport - please do not print this email unless necessary",
        "\U0001f333 Think before you print",
        "Think before you print\n\nThis email is confidential unless it says otherwise.",
    ],
)
def test_what_an_organisation_puts_below_every_mail_is_left_out(footer: str) -> None:
    assert written(f"Please go ahead.\n\nJo\n\n{footer}\n") == "Please go ahead.\n\nJo"
    assert written(f"{footer}\n\nNot before June!") == "Not before June!"


@pytest.mark.parametrize(
    "said",
    [
        "Do not print the form unless we agree",
        "If you are not the right person, ask Ben",
        "This email is not intended as a yes",
        "This message is only for Ben unless he is away",
        "The views expressed by parents are not for it",
        "Confidentiality is not agreed yet",
        "Please consider the environment group before you go on",
        "This email is confidential. PROCEED if Ben agrees",
        "Our views expressed at the meeting: not before June",
    ],
)
def test_what_only_begins_like_such_a_footer_is_kept(said: str) -> None:
    assert said in written(f"Please go ahead.\n\n{said}")


def test_signatures_in_pages_are_left_out() -> None:
    for mark in ('class="gmail_signature"', 'id="Signature"', 'class="moz-signature"'):
        assert written_html(f"<p>Go ahead.</p><div {mark}>Jo, who will withdraw</div>") == (
            "Go ahead."
        )


def test_pages_read_as_they_are_seen() -> None:
    page = (
        "<html><head><title>No</title><style>p {color: red}</style></head><body>"
        "<!-- no -->One<br>two&nbsp;three<p>four</p><div>five<span> six</span></div>"
        "<script>no()</script><table><tr><td>a</td><td>b</td></tr></table>"
        '<span style="display:none">hidden</span>tail &amp; é</body></html>'
    )
    assert written_html(page) == "One\ntwo three\nfour\nfive six\na b\ntail & é"


def test_a_page_that_is_none_is_empty() -> None:
    assert written_html("") == ""
    assert written_html("<!-- only this -->") == ""


@pytest.mark.parametrize(
    "tag",
    [
        "<p " + " ".join(f"a{n}" for n in range(300)) + ">",
        "<p" + "".join(f'/a{n}=">"' for n in range(300)) + ">",
        "<!--<p a='--><p" + "".join(f"\n{'n' * 40}{n} = '>'" for n in range(300)) + ">",
    ],
)
def test_a_tag_that_parsers_would_be_at_for_an_hour_makes_a_page_none(tag: str) -> None:
    page = f"<html><body>{tag}PROCEED</p></body></html>"
    assert written_html(page) == ""
    assert read_mail(b"Content-Type: text/html\n\n" + page.encode(), NOON).html == ""


def test_as_many_attributes_as_mail_programs_write_are_no_trouble() -> None:
    body = "<body " + " ".join(f'a{n}="1"' for n in range(60)) + ">"
    assert written_html(f"<html>{body}PROCEED {'b=1 ' * 200}</body></html>").startswith("PROCEED")


def test_a_lesser_than_in_the_text_costs_no_more_than_a_browser_leaves_out() -> None:
    assert written_html(f"<p>PROCEED</p><p>where a <b {'word ' * 150}</p>") == "PROCEED\nwhere a"
