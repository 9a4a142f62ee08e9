"""One consultation's page: all that there is about it, and its mails."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest

from intake import process
from intake.message import read_mail
from model import FORM2, InboundEmail
from tests.intake.desk import File, form1_file, form2_file, mail, said
from tests.intake.world import LEAD, OTHER
from tests.pages.office import Browser, Pages
from tests.pages.records import EVIL, act, comes, goes, key


@pytest.fixture
def rita(pages: Pages) -> Browser:
    """A reader, and a consultation."""
    comes(pages, mail(form1_file()))
    return pages.browser("rita")


def record(rita: Browser, pages: Pages) -> str:
    return rita.shown(f"/register/{key(pages)}")


def test_it_says_what_comes_next_and_why(rita: Browser, pages: Pages) -> None:
    page = record(rita, pages)
    assert "12 April 2027 Email: It has ended: outcomes are asked for" in page
    assert "1 day after the end date" in page
    assert "18 June 2027 Comes into the queue: Outcomes have not come in" in page


def test_what_is_silent_says_why(rita: Browser, pages: Pages) -> None:
    comes(pages, mail(form2_file(reference=pages.world.record()["reference"])))
    assert "Nothing goes out by itself. Its outcomes have come in." in record(rita, pages)


def test_both_forms_are_shown_with_what_a_revision_changed(rita: Browser, pages: Pages) -> None:
    rows = [{"action": "Put up lights", "owner": "Omar Bell", "due": "2027-09-01"}]
    reference = pages.world.record()["reference"]
    comes(pages, mail(form1_file(purpose="What keeps girls away?"), subject=reference))
    comes(pages, mail(form2_file(reference=reference, actions=rows)))
    page = record(rita, pages)
    assert "Form 1, revision 2" in page
    assert "Why is the skate park used almost only by boys? What keeps girls away?" in page
    assert "Put up lights Omar Bell 1 September 2027" in page
    assert "There are more lights." in page
    assert "Form 1 was changed: revision 2" in page
    assert "Job title Not answered" in page


def test_who_changes_a_form_is_told_what_each_answer_was_and_is(
    rita: Browser, pages: Pages
) -> None:
    reference = pages.world.record()["reference"]
    sent = (
        (form1_file(end_date="2027-04-16"), "End date: Was: 9 April 2027 Is now: 16 April 2027"),
        (form2_file(reference=reference), ""),
        (form2_file(reference=reference, participants=43), "Was: 42 Is now: 43"),
    )
    for file, told in sent:
        (ours,) = comes(pages, mail(file, subject=reference))
        words = " ".join(said(ours).split())
        assert told in words
        assert ("Was: " in words) is bool(told)
    anna = pages.browser("anna")
    fields = {"answer.title": "A skate park for girls", "tell": "yes"}
    assert act(anna, pages, "edit-form1", **fields).status_code == 302
    (ours,) = goes(pages)
    words = " ".join(said(ours).split())
    assert "Was: A skate park for everyone Is now: A skate park for girls" in words


def test_similar_work_is_shown_from_both_sides(rita: Browser, pages: Pages) -> None:
    comes(pages, mail(form1_file(email=OTHER.email), sender=OTHER))
    for this, other in ((0, 1), (1, 0)):
        page = rita.get(f"/register/{key(pages, this)}").get_data(as_text=True)
        assert "Almost the same" in page
        assert "Alike</p>" in page
        leads_to = (pages.world.record(other)["reference"], key(pages, other))
        assert any(f'href="/register/{one}"' in page for one in leads_to)
    assert "7 days after the question about similar work" in rita.shown(
        f"/register/{key(pages, 1)}"
    )


def test_every_mail_of_it_can_be_opened_and_read(rita: Browser, pages: Pages) -> None:
    page = rita.get(f"/register/{key(pages)}").get_data(as_text=True)
    paths = re.findall(r'href="(/mails/[^"]+)"', page)
    assert paths == ["/mails/in/1", "/mails/out/1"]
    came, went = (rita.shown(path) for path in paths)
    assert "From Lena Adams, lead@youth.example.org" in came
    assert "What it is A form Kept with" in came
    assert "Please find our form attached." in came
    assert "Form 1.docx" in came
    assert "Answered by Registered, with the reference" in came
    assert "To lead@youth.example.org State Sent Written 1 March 2027 at 10:00am" in went
    assert "Attempts to deliver it" in went
    assert "1 March 2027 at 10:00am Sent" in went
    assert rita.get("/mails/in/1/file/0").data[:2] == b"PK"
    for path in ("/mails/in/2", "/mails/out/2", "/mails/in/1/file/1", "/mails/out/1/file/0",
                 f"/mails/in/{10**30}", f"/mails/out/{10**30}"):  # fmt: skip
        assert rita.get(path).status_code == 404, path


def test_a_mail_that_cannot_be_read_any_more_has_a_page(
    rita: Browser, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: Any, headers_only: bool, **more: Any) -> InboundEmail:
        if headers_only:
            return read_mail(*given, headers_only=True, **more)
        raise KeyError("secret")

    monkeypatch.setattr(process, "read_mail", fails)
    came = rita.shown("/mails/in/1")
    assert "The software cannot read this email (KeyError at" in came
    assert (LEAD.email in came, "secret" in came) == (True, False)


def test_a_mail_is_shown_as_it_was_written_without_what_acts(rita: Browser, pages: Pages) -> None:
    ours = mail(subject=pages.world.record()["reference"])
    ours.add_alternative(f"<p><b>Dear all</b></p><script>alert(1)</script>{EVIL}", subtype="html")
    comes(pages, ours)
    page = rita.get("/mails/in/2").get_data(as_text=True)
    assert "<b>Dear all</b>" in page
    assert "alert(1)</script>" not in page


def test_a_file_that_we_send_is_handed_on_as_we_sent_it(rita: Browser, pages: Pages) -> None:
    pages.now = pages.now.replace(month=4, day=12)
    (ours,) = pages.desk.run(pages.now)
    (file,) = ours.iter_attachments()
    assert isinstance(file, EmailMessage)
    rita.log_in("rita")  # some weeks later
    answer = rita.get("/mails/out/2/file/0")
    assert answer.data == file.get_payload(decode=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    reading = pages.desk.house.read("Form 2.docx", answer.data)
    assert [form.form for form in reading.submissions] == [FORM2]


def test_what_was_merged_leads_to_what_took_its_place(rita: Browser, pages: Pages) -> None:
    comes(pages, mail(form1_file(title="Library hours", purpose="When to open?")))
    first, second = (r["reference"] for r in pages.world.records())
    anna = pages.browser("anna")
    assert act(anna, pages, f"merge/{key(pages, 1)}").location == f"/register/{first}"
    assert "This was merged into Library hours" in rita.shown(f"/register/{first}")
    kept = rita.get(f"/register/{second}").get_data(as_text=True)
    assert "Merged into this" in kept
    assert f'href="/register/{first}"' in kept


def test_open_exceptions_are_named_at_the_top(rita: Browser, pages: Pages) -> None:
    comes(pages, mail(form1_file(title="Library hours", purpose="When?", start_date=None)))
    page = rita.get(f"/register/{key(pages, 1)}").get_data(as_text=True)
    assert "Waits for a person" in page
    assert 'href="/queue/1"' in page


def test_a_reader_is_offered_nothing_and_may_ask_for_nothing(rita: Browser, pages: Pages) -> None:
    name = key(pages)
    page = rita.get(f"/register/{name}").get_data(as_text=True)
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == ["/logout"]
    assert "What you can do" not in page
    assert "Change<span" not in page
    for one in ("withdraw", "edit-form1", "people", "merge", f"merge/{name}"):
        assert rita.get(f"/register/{name}/{one}").status_code == 403, one


def test_what_strangers_write_never_becomes_part_of_a_page(pages: Pages) -> None:
    form = form1_file(title=EVIL, purpose=EVIL, organisation=EVIL, lead_worker=EVIL)
    hostile = mail(form, File(name=f"{EVIL}.txt", content=b"x"), subject=EVIL, text=EVIL)
    comes(pages, hostile, mail(form1_file(title=EVIL, purpose=EVIL), sender=OTHER, subject=EVIL))
    comes(pages, mail(form2_file(we_did=EVIL, reference=pages.world.record()["reference"])))
    anna, name = pages.browser("anna"), key(pages)
    offers = ("", "/edit-form1", "/edit-form2", "/people", "/merge?words=script")
    assert act(anna, pages, "people", **{"person-0-name": EVIL, "why": EVIL}).status_code == 302
    for path in (
        *(f"/register/{name}{offer}" for offer in offers),
        f"/register/{name}/merge/{key(pages, 1)}",
        "/mails/in/1",
        "/mails/out/1",
    ):
        page = anna.get(path).get_data(as_text=True)
        assert "&lt;script&gt;" in page, path
        assert "<script>alert" not in page, path
    goes(pages)
    assert LEAD.email in anna.shown(f"/register/{name}")


def test_back_leads_to_the_list_as_it_was_filtered_and_nowhere_else(
    rita: Browser, pages: Pages
) -> None:
    came = {
        "http://localhost/register?words=skate": "/register?words=skate",
        "http://evil.example/register?words=skate": "/register",
        "http://localhost/queue?words=skate": "/register",
        "http://[": "/register",
    }
    for referrer, back in came.items():
        page = rita.get(f"/register/{key(pages)}", headers={"Referer": referrer})
        assert f'href="{back}" class="govuk-back-link"' in page.get_data(as_text=True), referrer
