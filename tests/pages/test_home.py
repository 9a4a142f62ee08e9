"""The first page: its numbers are those of the queue and the register, to which they lead."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from lxml.html import document_fromstring

from pages.home import bars, in_words, months_until, quarter
from tests.intake.desk import form1_file, mail
from tests.intake.world import STRANGER
from tests.pages.office import Pages
from tests.pages.records import act, comes, failed_mail

DAYS = some.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(day=DAYS)
def test_a_quarter_is_three_whole_months_around_its_day(day: date) -> None:
    begins, ends = quarter(day)
    assert begins <= day <= ends
    assert (begins.day, begins.month) in [(1, 1), (1, 4), (1, 7), (1, 10)]
    assert (ends.year, ends.month) == (begins.year, begins.month + 2)
    assert ends.day == monthrange(ends.year, ends.month)[1]


@given(day=DAYS, count=some.integers(1, 30))
def test_months_follow_each_other_up_to_that_of_a_day_and_one_after_it(
    day: date, count: int
) -> None:
    months = months_until(day, count)
    assert len(months) == count + 1
    assert months[-2] == day.replace(day=1)
    assert all(m.day == 1 for m in months)
    assert all((after - m).days in (28, 29, 30, 31) for m, after in pairwise(months))


def test_the_longest_bar_is_the_whole_width_and_none_is_longer() -> None:
    made = bars([("May", "M"), ("June", "J"), ("July", "J")], [2, 4, 0])
    assert [bar.share for bar in made] == [0.5, 1.0, 0.0]
    assert [bar.share for bar in bars([("May", "M")], [0])] == [0.0]


def figures(pages: Pages) -> dict[str, int]:
    """The numbers on top of the first page, by their words."""
    document: Any = document_fromstring(pages.browser("rita").get("/").get_data(as_text=True))
    shown = document.xpath("//ul[contains(@class, 'office-figures')]/li")
    return {one.findtext("a"): int(one.findtext("strong")) for one in shown}


def test_its_numbers_are_those_of_the_lists_that_they_lead_to(pages: Pages) -> None:
    comes(
        pages,
        mail(form1_file()),
        mail(form1_file(title="Buses at night", purpose="Are there buses?", area=["Babergh"])),
        mail(form1_file(start_date=None, title="Benches")),
        mail(sender=STRANGER, subject="A question", text="May we come?"),
    )
    assert figures(pages) == {
        "waiting for a person": 2,
        "with outcomes overdue": 0,
        "going on this quarter": 2,
        "in the register": 3,
    }
    pages.now += timedelta(days=150)
    late = figures(pages)
    assert late["with outcomes overdue"] == 2
    assert late["going on this quarter"] == 0
    assert pages.browser("rita").shown("/register?overdue=1").count("2 found") == 1


def test_what_it_counts_as_going_on_is_what_the_list_has(pages: Pages) -> None:
    comes(pages, mail(form1_file()), mail(form1_file(title="Buses", purpose="Are there buses?")))
    anna = pages.browser("anna")
    assert act(anna, pages, "withdraw").status_code == 302
    page: Any = document_fromstring(anna.get("/").get_data(as_text=True))
    (link,) = [a for a in page.iter("a") if a.text == "going on this quarter"]
    assert figures(pages)["going on this quarter"] == 1
    listed = anna.shown(link.get("href"))
    assert "1 found" in listed
    assert "Status: Registered or complete" in listed


def test_it_leads_to_what_waits_longest(pages: Pages) -> None:
    anna = pages.browser("anna")
    assert "Nothing waits for a person." in anna.shown("/")
    comes(
        pages,
        mail(form1_file(start_date=None, title="Benches")),
        mail(sender=STRANGER, subject="A question", text="May we come?"),
    )
    first: Any = document_fromstring(anna.get("/").get_data(as_text=True))
    (oldest,) = [a for a in first.iter("a") if a.text == "Start with the oldest"]
    assert oldest.get("href") == "/queue/1"


def test_it_says_as_the_item_does_when_the_oldest_came(pages: Pages) -> None:
    pages.desk.post(mail(sender=STRANGER, text="May we come?"), pages.now)
    pages.now += timedelta(minutes=54)  # the program was off
    pages.desk.run(pages.now)
    anna = pages.browser("anna")
    assert "which came 1 March 2027 at 10:00am" in anna.shown("/")
    assert "Came 1 March 2027 at 10:00am (waiting for 54 minutes)" in anna.shown("/queue/1")
    assert "54 minutes" in anna.shown("/queue")


def test_our_emails_that_do_not_go_are_counted_in_whole_sentences(pages: Pages) -> None:
    none = pages.world.store.views.counts()
    assert in_words(none) == ""
    assert in_words(replace(none, held=1)) == "1 is held"
    assert in_words(replace(none, held=2, paused=1)) == "2 are held and 1 is paused"
    assert in_words(replace(none, held=1, failed=3, uncertain=1)) == (
        "1 is held, 3 failed and of 1 it is not known whether it arrived"
    )
    assert in_words(replace(none, uncertain=2)).endswith("whether they arrived")
    comes(pages, mail(form1_file()))
    assert "Of our emails" not in pages.browser("rita").shown("/")
    failed_mail(pages)
    assert "Of our emails 1 failed." in pages.browser("rita").shown("/")


def test_an_email_that_failed_is_settled_with_its_item(pages: Pages) -> None:
    failed_mail(pages)
    anna = pages.browser("anna")
    assert "Held, or not delivered (1)" in anna.shown("/outgoing")
    anna.send("/queue/1", "/queue/1/set-aside", why="settled by telephone")
    assert "Of our emails" not in anna.shown("/")
    assert "Held, or not delivered (0)" in anna.shown("/outgoing")
    anna.send("/queue/1", "/queue/1/undo")
    assert "Of our emails 1 failed." in anna.shown("/")
