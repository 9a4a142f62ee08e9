"""The page of one exception: the mail as it was written, the form beside its file, what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from lxml.html import document_fromstring

from commands.answers import answers
from intake import process
from model import FORM1, FORM2, Change, Code, Hold, Origin, Problem, Reason, Submission
from notifier.ready import About, filled_in, ready
from pages.fields import Input, inputs
from pages.queue.todo import FIRST, TITLES
from parsers.spec import forms
from tests.gates import OPEN
from tests.intake.desk import File, form1_file, form2_file, kind, mail, said
from tests.intake.world import LEAD, OTHER, STRANGER, QuickFace
from tests.pages.office import Browser, Pages, filled
from tests.pages.records import failed_mail
from tests.store import given

MINUTE = timedelta(minutes=1)


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


def comes(pages: Pages, *mails: EmailMessage) -> None:
    """These mails come in and are answered."""
    for made in mails:
        pages.desk.post(made, pages.now)
    pages.desk.run(pages.now)


def goes(pages: Pages) -> list[EmailMessage]:
    """What goes out when a minute has passed, and not before."""
    assert pages.desk.run(pages.now) == []
    pages.now += MINUTE
    return pages.desk.run(pages.now)


def do(browser: Browser, name: str, number: int = 1, **fields: Any) -> int:
    return browser.send(f"/queue/{number}", f"/queue/{number}/{name}", **fields).status_code


def tree(browser: Browser, path: str) -> Any:
    return document_fromstring(browser.get(path).get_data(as_text=True))


def has(name: str) -> str:
    """In XPath: of this class."""
    return f"contains(concat(' ', @class, ' '), ' {name} ')"


# --------------------------------------------------------------------------- the mail


def test_a_mail_is_shown_as_it_was_written_and_as_plain_text(pages: Pages, anna: Browser) -> None:
    made = mail(sender=STRANGER, text="Hello\n\nin plain words")
    made.add_alternative(
        '<h1>Hello</h1><p style="position:fixed">in <b>rich</b> words</p>'
        '<a href="https://elsewhere.example.org/x">your bank</a><img src="https://x.org/1.gif">'
        '<form action="/logout"><button>Press</button></form><script>alert(1)</script>',
        subtype="html",
    )
    comes(pages, made)
    page = tree(anna, "/queue/1")
    (shown,) = page.xpath(f"//div[{has('office-mail--page')}]")
    assert shown.findtext(".//b") == "rich"
    assert {one.tag for one in shown.iter()} == {"div", "strong", "p", "b", "a"}
    assert shown.xpath(".//@style") == []
    (link,) = shown.xpath(".//a")
    assert (link.get("href"), link.get("rel")) == (
        "https://elsewhere.example.org/x",
        "noopener noreferrer",
    )
    assert "your bank [https://elsewhere.example.org/x]" in shown.text_content()
    assert len(page.xpath("//h1")) == 1
    assert "in plain words" in page.xpath(f"//details//div[{has('office-mail')}]")[0].text_content()


def test_the_whole_mail_can_be_kept(pages: Pages, anna: Browser) -> None:
    made = mail(sender=STRANGER, text="Hello")
    comes(pages, made)
    answer = anna.get("/queue/1/original")
    assert answer.get_data() == made.as_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=email-1.eml")
    assert anna.get("/queue/9/original").status_code == 404


def test_a_mail_that_cannot_be_read_any_more_has_a_page_and_is_set_aside(
    pages: Pages, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes(pages, mail(sender=STRANGER, subject="A question"))

    def fails(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(process, "read_files", fails)
    shown = anna.shown("/queue/1")
    assert "The software cannot read this email (KeyError at" in shown
    assert (STRANGER.email in shown, "A question" in shown) == (True, True)
    assert "secret" not in shown
    assert "Run it again" not in shown
    page = anna.get("/queue/1").get_data(as_text=True)
    assert anna.post("/queue/1/again", filled(page, "/queue/1/set-aside")).status_code == 422
    assert do(anna, "set-aside", why="read in the mailbox") == 302


# --------------------------------------------------------------------------- the form


def test_each_answer_leads_to_its_place_in_the_file_and_back(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    page = tree(anna, "/queue/1")
    for key, seen in (("organisation", "Youth Forum"), ("lead_worker", "Lena Adams")):
        (there,) = page.xpath(f'//a[@href="#place-{key}"]')
        assert there.text.startswith("table 1, row")
        (back,) = page.xpath(f'//a[@id="place-{key}"]')
        assert seen in back.getparent().text_content()
        assert "office-marked" in back.getparent().get("class")
        assert page.get_element_by_id(back.get("href")[1:]) is not None


def test_a_workbook_is_shown_like_a_document(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file("xlsx", start_date=None)))
    page = tree(anna, "/queue/1")
    (back,) = page.xpath('//a[@id="place-title"]')
    assert "A skate park for everyone" in back.getparent().text_content()
    assert "cell" in page.xpath('//a[@href="#place-title"]')[0].text


def test_a_document_that_is_no_form_can_be_looked_at(pages: Pages, anna: Browser) -> None:
    made = Document()
    made.add_paragraph("Our plan for the summer")
    stream = BytesIO()
    made.save(stream)
    plan = File(name="plan.docx", content=stream.getvalue())
    comes(pages, mail(plan, File(name="gone.docx", content=b"no document"), sender=STRANGER))
    shown = anna.shown("/queue/1")
    assert "What is in plan.docx Our plan for the summer" in shown


def test_a_document_that_could_not_be_read_says_why_in_the_words_of_our_answer(
    pages: Pages, anna: Browser
) -> None:
    blank = File(name="Form 1.docx", content=QuickFace().write(FORM1, {}, "docx"))
    photo = File(name="form.pdf", content=b"%PDF-1.4 no more of it")
    broken = File(name="plan.docx", content=form1_file().content[:3000])
    for files in ((broken,), (photo, blank)):
        pages.desk.post(mail(*files, sender=STRANGER), pages.now)
    answers = [" ".join(said(ours).split()) for ours in pages.desk.run(pages.now)]
    assert pages.world.reasons() == ["unreadable_document"] * 2
    for number, told in (
        (1, ["plan.docx: This file is damaged and cannot be opened."]),
        (
            2,
            [
                "form.pdf: This is a PDF,",
                "Form 1.docx: This is one of our forms, but it came empty",
            ],
        ),
    ):
        shown = anna.shown(f"/queue/{number}")
        assert "You can leave this while you wait for the sender’s form." in shown
        for words in told:
            assert words in shown
            assert words.partition(": ")[2] in answers[number - 1]
    assert "Why it could not be read" in shown


def test_what_came_stands_before_what_can_be_done_about_it(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER, text="May we come too?"))
    page = tree(anna, "/queue/1")
    assert len(page.xpath('//a[@href="#what-to-do"]')) == 1
    order = [one.get("id") for one in page.iter() if one.get("id") in ("the-email", "what-to-do")]
    assert order == ["the-email", "what-to-do"]
    reader = tree(pages.browser("rita"), "/queue/1")
    assert reader.xpath('//a[@href="#what-to-do"]') == []


def test_doubtful_and_missing_answers_are_listed_first_and_marked(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form2_file(reference="CYP-2027-0001-9", title="Unknown"), sender=STRANGER))
    page = tree(anna, "/queue/1")
    (first,) = page.xpath(f"//div[{has('office-beside__form')}]/div[{has('govuk-inset-text')}]//a")
    assert first.get("href") == "#answer.reference"
    (box,) = page.xpath(f"//div[{has('office-answer--unsure')}]")
    assert "We could not read: “CYP-2027-0001-9”" in box.text_content()
    assert page.get_element_by_id("answer.reference").get("value") in (None, "")
    assert "% sure" not in page.text_content()


def typed_over(file: File, **instead: str) -> File:
    """A form in which an answer was typed in another way: old words, with _ for a space -> new."""
    made, out = Document(BytesIO(file.content)), BytesIO()
    for run in made.element.iter(f"{{{made.element.nsmap['w']}}}t"):
        run.text = instead.get((run.text or "").replace(" ", "_"), run.text)
    made.save(out)
    return File(name=file.name, content=out.getvalue())


def test_where_one_accepts_it_says_what_stood_there_that_was_taken_otherwise(
    pages: Pages, anna: Browser
) -> None:
    plain = form1_file(purpose=None, start_date="2027-05-01", participants_expected=4711)
    comes(pages, mail(typed_over(plain, **{"4711": "30-40", "1_May_2027": "May 2027"})))
    number = "We took “30-40” to mean “40”."
    month = "“May 2027” names no day, so we took the first day of that month."
    page = tree(anna, "/queue/1")
    boxes = {box.xpath(".//input/@name")[0]: " ".join(box.text_content().split())
             for box in page.xpath(f"//div[{has('office-answer--unsure')}]")}  # fmt: skip
    assert f"80% sure. {number} Please check." in boxes["answer.participants_expected"]
    assert f"50% sure. {month} Please check." in boxes["answer.start_date"]
    shown = anna.shown("/queue/1")
    assert shown.count(f"not certain. {number}") == 2  # above the form, and where it is accepted
    assert shown.count(f"not certain. {month}") == 2
    assert number in pages.browser("rita").shown("/queue/1")
    for told in (number, month):  # as its sender was told
        words = " ".join(said(pages.desk.everything()[0]).split())
        assert told[3:].partition("” ")[0] in words


def test_a_month_taken_for_a_day_is_not_certain_and_not_wrong() -> None:
    problem = Problem(field="start_date", code=Code.DATE_APPROXIMATE, seen="May 2027")
    origin = Origin(where="row 5", seen="May 2027", certainty=0.5)
    fields = {**forms()[FORM1].blank(), "start_date": "2027-05-01"}
    read = Submission(
        form=FORM1, fields=fields, problems=(problem,), origins={"start_date": origin}
    )
    (shown,) = [one for one in inputs(read) if one.spec.key == "start_date"]
    assert (shown.wrong, shown.unsure) == ("", "50% sure")
    assert shown.taken == "“May 2027” names no day, so we took the first day of that month."


def test_neither_is_such_a_month_in_a_table_of_actions() -> None:
    problem = Problem(field="actions", code=Code.DATE_APPROXIMATE, seen="May 2027")
    origin = Origin(where="row 5", seen="May 2027", certainty=0.5)
    rows = [{"action": "Menu", "owner": None, "due": "2027-05-31"}]
    fields = {**forms()[FORM2].blank(), "actions": rows}
    read = Submission(form=FORM2, fields=fields, problems=(problem,), origins={"actions": origin})
    (shown,) = [one for one in inputs(read) if one.spec.key == "actions"]
    assert (shown.wrong, shown.unsure) == ("", "50% sure")


def test_of_an_action_s_date_that_is_not_certain_the_row_s_own_is_told(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    rows = [
        {"action": "Second till", "owner": "Kitchen", "due": "2027-05-01"},
        {"action": "Menu", "owner": None, "due": "2027-07-05"},
    ]
    form = typed_over(form2_file(actions=rows, reference=None, title="Owls"),
                      **{"1_May_2027": "May 2027"})  # fmt: skip
    comes(pages, mail(form))
    month = "“May 2027” names no day, so we took the last day of that month."
    shown = anna.shown("/queue/1")
    assert f"Actions : not certain. {month}" in shown
    assert f"Not certain 50% sure. {month} Please check." in shown
    assert "to mean" not in shown
    assert do(anna, "accept", 1, **{"answer.reference": reference}) == 302
    (letter,) = goes(pages)
    words = " ".join(said(letter).split())
    assert kind(letter) == "outcomes_logged"
    assert f"Actions: {month}" in words
    assert "to mean" not in words


def test_what_is_only_out_of_place_is_asked_about_and_nothing_hides_in_it() -> None:
    assert doubtful("organisation", "Youth Forum", "Youth  Forum").taken == ""
    turned = doubtful("participants_expected", 40, "30\u202e-40").taken
    assert turned == "We took “30-40” to mean “40”."


def doubtful(key: str, value: Any, seen: str) -> Input:
    """An answer of Form 1 that was read at half a certainty, as its page shows it."""
    origin = Origin(where="table 2, row 5", seen=seen, certainty=0.5)
    fields = {**forms()[FORM1].blank(), key: value}
    form = Submission(form=FORM1, fields=fields, origins={key: origin})
    (shown,) = [one for one in inputs(form) if one.spec.key == key]
    return shown


def test_a_doubtful_answer_is_so_many_per_cent_sure_and_an_empty_one_never() -> None:
    read = doubtful("start_date", "2027-03-01", "March 2027")
    assert (read.unsure, read.unread) == ("50% sure", "")
    for key, nothing in (("start_date", None), ("themes", []), ("organisation", "")):
        lost = doubtful(key, nothing, "the  thing\nthere")
        assert (lost.unsure, lost.unread, lost.typed) == ("", "“the thing there”", lost.typed)
        assert not lost.typed
    assert list(answers(FORM1, {}, {"start_date": Origin(where="row 5", seen="x", certainty=0.5)}))[
        [f.key for f in forms()[FORM1].fields].index("start_date")
    ].endswith(": (blank)  [row 5, could not be read: “x”]")


def test_rows_of_actions_are_changed_added_and_removed(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    rows = [
        {"action": "Benches", "owner": "Council", "due": "2027-09-30"},
        {"action": "Lights", "owner": None, "due": None},
    ]
    form = form2_file(actions=rows, reference=reference, participants=None)
    comes(pages, mail(form, subject=reference))
    page = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/accept")
    assert page["answer.actions.0.due"] == ["30 September 2027"]
    assert page["answer.actions.3.action"] == [""]
    fields: dict[str, Any] = {
        "answer.participants": "42",
        "answer.actions.0.owner": "Town Council",
        "answer.actions.1.action": "",
        "answer.actions.3.action": "Bins",
        "answer.actions.3.due": "1/5/2027",
    }
    assert do(anna, "accept", **fields) == 302
    assert pages.world.record()["form2"]["actions"] == [
        {"action": "Benches", "owner": "Town Council", "due": "2027-09-30"},
        {"action": "Bins", "owner": None, "due": "2027-05-01"},
    ]


def test_rows_that_nobody_touched_stay_as_they_were_read(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    rows = [{"action": "Benches; and bins", "owner": "Council - parks", "due": None}]
    form = form2_file(actions=rows, reference=reference, participants=None)
    comes(pages, mail(form, subject=reference))
    assert do(anna, "accept", 1, **{"answer.participants": "42"}) == 302
    assert pages.world.record()["form2"]["actions"] == rows


# --------------------------------------------------------------------------- what to do


def test_every_reason_has_something_to_do_first() -> None:
    assert set(FIRST) == set(Reason)
    assert {act for acts in FIRST.values() for act in acts} <= set(TITLES)
    assert all(1 <= len(acts) <= 2 for acts in FIRST.values())


def test_the_likeliest_consultation_is_linked_by_one_click(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    comes(pages, mail(form2_file(title="A skate park for some", reference="CYP-2027-0001-9")))
    page = tree(anna, "/queue/1")
    (line,) = page.xpath(f"//ul[{has('office-likely')}]/li")
    assert reference in line.text_content()
    assert re.search(r"\d\d% alike", line.text_content())
    assert "not one of its people" not in line.text_content()
    (form,) = line.xpath(".//form")
    assert anna.post(form.get("action"), dict(form.form_values())).status_code == 302
    assert [kind(m) for m in goes(pages)] == ["outcomes_logged"]


def test_of_a_stranger_the_likeliest_of_anybodys_are_shown_but_not_told(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    form = form2_file(title="A skate park for everyone", reference=None)
    comes(pages, mail(form, sender=STRANGER))
    (line,) = tree(anna, "/queue/1").xpath(f"//ul[{has('office-likely')}]/li")
    assert reference in line.text_content()
    assert "named in the form" not in line.text_content()
    named = form2_file(title="Library hours", reference=reference)
    comes(pages, mail(named, sender=STRANGER))
    (line,) = tree(anna, "/queue/2").xpath(f"//ul[{has('office-likely')}]/li")
    stranger = "the sender is not one of its people"
    assert re.search(rf"\d\d% alike, named in the form, {stranger}", line.text_content())
    assert stranger in pages.browser("rita").shown("/queue/2")
    page = tree(anna, "/queue/1?answer=which")
    assert reference not in page.get_element_by_id("text").text_content()


def test_a_mail_without_a_form_that_names_a_strangers_consultation_says_so(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    comes(pages, mail(sender=STRANGER, subject=reference, text="May we come too?"))
    shown = anna.shown("/queue/1")
    assert f"{reference}), Youth Forum, named in the email, the sender is not one of" in shown


def test_what_is_overdue_says_when_outcomes_were_due(pages: Pages) -> None:
    comes(pages, mail(form1_file()))  # it ends on 9 April 2027
    pages.now = datetime(2027, 6, 18, 10, tzinfo=UTC)
    pages.desk.run(pages.now)
    shown = pages.browser("anna").shown("/queue/1")
    assert "Why it is here 42 days after outcomes were due" in shown
    assert "Outcomes were due on 7 May 2027" in shown
    assert "Was due on" not in shown


def test_what_the_calendar_brings_once_is_not_settled_by_the_way(pages: Pages) -> None:
    comes(pages, mail(form1_file()))
    pages.now = datetime(2027, 6, 18, 10, tzinfo=UTC)
    pages.desk.run(pages.now)
    anna = pages.browser("anna")
    page = tree(anna, "/queue/1")
    words = [one.get("value") for one in page.xpath('//input[@name="word"]')]
    assert words == ["withdraw", "extend", "stop"]
    (settles,) = page.xpath('//input[@name="settles"]')
    assert "checked" not in settles.attrib
    for name, fields in (("say", {"word": "proceed"}), ("reply", {"subject": "Hi", "text": "So?"})):
        assert anna.send("/queue/1", f"/queue/1/{name}", **fields).status_code == 302
        assert pages.world.reasons() == ["outcomes_overdue"], name
    assert anna.send("/queue/1", "/queue/1/say", word="stop").status_code == 302
    assert pages.world.reasons() == []


def test_what_is_unanswered_says_when_it_was_asked(pages: Pages) -> None:
    comes(pages, mail(form1_file()))
    alike = form1_file(title="A skate park for all", email=OTHER.email)
    comes(pages, mail(alike, sender=OTHER))
    pages.now += timedelta(days=21)
    pages.desk.run(pages.now)
    shown = pages.browser("anna").shown("/queue/1")
    assert "No plain answer to the question about similar work" in shown
    assert "We asked on 1 March 2027" in shown


def test_a_consultation_is_found_by_words_and_linked_by_one_click(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(form1_file()))
    reference = pages.world.record()["reference"]
    form = form2_file(title="A skate park for everyone", reference=None)
    comes(pages, mail(form, sender=STRANGER))
    assert pages.world.reasons() == ["outcomes_unmatched"]
    assert "has these words: “library”" in anna.shown("/queue/1?find=library")
    for words in (reference.lower(), "skate", LEAD.email):
        page = tree(anna, f"/queue/1?find={words}")
        line = page.xpath(f"//ul[{has('office-likely')}]/li")[-1]
        assert reference in line.text_content(), words
    (sent,) = line.xpath(".//form")
    assert anna.post(sent.get("action"), dict(sent.form_values())).status_code == 302
    assert [kind(m) for m in goes(pages)] == ["outcomes_logged"]
    assert pages.world.record()["status"] == "complete"


def test_an_answer_begins_with_a_ready_one_and_is_edited(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file(start_date=None)))
    page = tree(anna, "/queue/1?answer=missing")
    text = page.get_element_by_id("text").text_content()
    assert "“A skate park for everyone”" in text
    assert "- Start date: this has no answer yet" in text
    action = "/queue/1/reply"
    sent = filled(anna.get("/queue/1?answer=missing").get_data(as_text=True), action)
    sent["text"] = f"{sent['text'][0]}\nOr ring us."
    assert anna.post(action, sent).status_code == 302
    (out,) = goes(pages)
    body = out.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert ("Dear Lena Adams" in said, "Or ring us." in said) == (True, True)


def test_every_reason_has_a_ready_answer_or_asks_nobody() -> None:
    nobody = {Reason.BOUNCED, Reason.TOO_MANY, Reason.FAILED}
    nobody |= {Reason.DELIVERY_FAILED, Reason.DELIVERY_UNCERTAIN}
    for reason in set(Reason) - nobody:
        assert reason in ready(reason)[0].reasons, reason


@pytest.mark.parametrize("one", ready(Reason.NO_FORM), ids=lambda one: one.key)
def test_a_ready_answer_reads_well_whatever_is_known(one: Any) -> None:
    bare = filled_in(one, About())
    assert not re.search(r"[{}]|  |“”|\(\)", bare.subject + bare.text)
    full = filled_in(one, About(subject="{x}", title="{y}", reference="CYP-2027-0001-8"))
    assert "{x}" in full.subject or "{y}" in full.subject + full.text


def test_a_mail_of_ours_that_failed_is_sent_again(pages: Pages, anna: Browser) -> None:
    store = pages.world.store
    number = failed_mail(pages)
    shown = anna.shown("/queue/1")
    assert "550 no such user" in shown
    assert do(anna, "send-again") == 302
    assert store.outbox.claim(pages.now, OPEN) is None
    assert anna.send("/queue?after=1", "/queue/1/undo").status_code == 302
    pages.now += MINUTE
    assert store.outbox.claim(pages.now, OPEN) is None
    assert do(anna, "send-again") == 302
    pages.now += MINUTE
    mail_ = store.outbox.claim(pages.now, OPEN)
    assert mail_ is not None
    assert mail_.id == number
    assert "An email of ours was let go again" in anna.shown("/queue/1")


def test_a_wrong_address_is_put_right(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()))
    record = pages.world.store.views.consultation(pages.world.record()["reference"])
    assert record is not None
    detail = {"recipients": [LEAD.email]}
    held = Hold(key="b", reason=Reason.BOUNCED, consultation=record.key, detail=detail)
    change = Change(event="away", before=record, after=record)
    given.do(pages.world.store, given.decision(holds=(held,), changes=(change,)), now=pages.now)
    assert do(anna, "address", 1, **{"address-0": "", "why": "x"}) == 422
    assert do(anna, "address", 1, **{"address-0": "no address", "why": "x"}) == 422
    assert do(anna, "address", 1, **{"address-0": OTHER.email, "why": "she rang"}) == 302
    after = pages.world.store.views.consultation(record.reference or "")
    assert after is not None
    assert [p.address.email for p in after.people] == [OTHER.email]


def test_an_item_is_taken_over(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER))
    ben = pages.browser("ben")
    assert do(ben, "claim") == 302
    page = anna.get("/queue/1").get_data(as_text=True)
    assert "ben is at this. It is free again" in page
    assert 'action="/queue/1/reply"' not in page
    assert do(anna, "take-over") == 302
    assert "You are at this until" in anna.shown("/queue/1")
    assert "Taken over from whoever was at it, by anna" in ben.shown("/queue/1")


def test_what_is_wrong_is_said_at_its_input_in_what_is_unfolded(
    pages: Pages, anna: Browser
) -> None:
    comes(pages, mail(sender=STRANGER))
    for act, where in (
        ("link", "to"),
        ("say", "word"),
        ("reply", "text"),
        ("set-aside", "why-aside"),
    ):
        answer = anna.send("/queue/1", f"/queue/1/{act}")
        assert answer.status_code == 422, act
        page: Any = document_fromstring(answer.get_data(as_text=True))
        (link,) = page.xpath(f"//div[{has('govuk-error-summary')}]//a")
        assert link.get("href") == f"#{where}"
        there = page.get_element_by_id(where)
        folded = [one for one in there.iterancestors("details") if one.get("open") is None]
        assert folded == [], act


def test_a_closed_item_says_who_settled_it_and_why(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(sender=STRANGER))
    assert do(anna, "set-aside", why="answered by telephone") == 302
    shown = anna.shown("/queue/1")
    assert "anna settled this on 1 March 2027" in shown
    assert "answered by telephone" in shown
    assert "What to do" not in shown
