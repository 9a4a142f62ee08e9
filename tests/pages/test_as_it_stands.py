"""What turns letters round is taken out wherever something of a stranger's is shown."""

from __future__ import annotations

import re

import pytest

from commands.queue import say
from model import FORM1, Address, Submission, as_it_stands
from pages.fields import Sent, changed, inputs
from pages.look import breaking
from tests.intake.desk import File, form1_file, kind, mail
from tests.intake.world import LEAD
from tests.pages.office import Pages
from tests.pages.records import comes, key

TURNED = "\u202excod.exe\u2066 x\u200b\u200f"
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def test_names_read_as_they_stand_and_nothing_else_is_lost() -> None:
    assert as_it_stands(TURNED) == "xcod.exe x"
    for whole in ("Ann Ó Briain", "שלום", "مرحبا", "👩\u200d👧", "a\u00adb"):
        assert as_it_stands(whole) == whole


def test_no_page_file_or_letter_shows_a_name_turned_round(pages: Pages) -> None:
    sender = Address(email="x@youth.example.org", name=f"Lena {TURNED}")
    plan = File(name=f"plan {TURNED}.pdf", content=b"%PDF-1.4")
    (ours,) = comes(pages, mail(plan, sender=sender, subject=f"Our {TURNED} form"))
    anna = pages.browser("anna")
    for path in ("/", "/queue", "/queue/1", "/mails/in/1"):
        page = anna.get(path).get_data(as_text=True)
        assert not UNSEEN.search(page), path
    assert "plan xcod.exe x.pdf" in anna.shown("/queue/1")
    assert "Our xcod.exe x form" in anna.shown("/queue")
    told = anna.get("/queue/1/file/0").headers["Content-Disposition"]
    assert "xcod.exe x.pdf" in told
    assert kind(ours) == "unreadable"
    for part in ("plain", "html"):
        body = ours.get_body((part,))
        assert body is not None
        assert "xcod.exe x.pdf" in body.get_content()
        assert not UNSEEN.search(body.get_content())


def test_an_address_breaks_after_its_at_and_dots_and_stays_harmless(pages: Pages) -> None:
    assert breaking("Jo B. Smith, jo.smith@youth.example.org") == (
        "Jo B. Smith, jo.<wbr>smith@<wbr>youth.<wbr>example.<wbr>org"
    )
    evil = breaking(f'"><img src=x onerror=a@b.c>@"\0.x\n<{LEAD.email}>')
    assert "<" not in evil.replace("<wbr>", "")
    assert '"' not in evil
    comes(pages, mail(sender=LEAD))
    page = pages.browser("anna").get("/queue").get_data(as_text=True)
    assert "lead@<wbr>youth.<wbr>example.<wbr>org" in page


def test_a_terminal_shows_them_no_more_than_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    say([f"File: {TURNED}\x1b"])
    assert capsys.readouterr().out == "File: xcod.exe x\ufffd\n"


def test_an_answer_that_nobody_touched_is_not_changed_by_it(pages: Pages) -> None:
    comes(pages, mail(form1_file(title=f"A skate park {TURNED}", organisation=f"Us {TURNED}")))
    page = pages.browser("anna").get(f"/register/{key(pages)}/edit-form1").get_data(as_text=True)
    assert not UNSEEN.search(page)
    form = Submission(form=FORM1, fields={"title": f"A skate park {TURNED}"})
    shown = {one.name: as_it_stands(str(one.typed)) for one in inputs(form)}
    assert changed(form, Sent({"answer.title": shown["answer.title"]})) == {}
