"""The queue as a list: filtered, counted, a page at a time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from model import Hold, Reason
from tests.intake.desk import form1_file, mail
from tests.intake.world import LEAD, STRANGER
from tests.pages.office import Browser, Pages
from tests.store.given import decision, do


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


def waits(pages: Pages, count: int, reason: Reason = Reason.TOO_MANY) -> None:
    """So many items, each a minute after the one before."""
    for n in range(count):
        held = Hold(key=f"{reason}:{n}", reason=reason)
        do(pages.world.store, decision(holds=(held,)), now=pages.now + timedelta(minutes=n))


def numbers(browser: Browser, path: str) -> list[int]:
    """The items of a list, in its order."""
    page = browser.get(path).get_data(as_text=True)
    return [int(number) for number in re.findall(r'href="/queue/(\d+)', page)]


def test_the_oldest_is_first_and_the_reasons_are_counted(pages: Pages, anna: Browser) -> None:
    waits(pages, 3)
    waits(pages, 2, Reason.FAILED)
    assert numbers(anna, "/queue") == [1, 4, 2, 5, 3]
    shown = anna.shown("/queue")
    assert "Unusually many emails at once (3)" in shown
    assert "The software failed on this email; nothing was half done (2)" in shown
    assert numbers(anna, "/queue?reason=failed") == [4, 5]
    assert "2 wait" in anna.shown("/queue?reason=failed")
    assert "Nothing of this kind waits" in anna.shown("/queue?reason=bounced")


def test_who_is_at_an_item_is_told_and_filtered_by(pages: Pages, anna: Browser) -> None:
    waits(pages, 3)
    assert anna.send("/queue/1", "/queue/1/claim").status_code == 302
    ben = pages.browser("ben")
    assert ben.send("/queue/2", "/queue/2/claim").status_code == 302
    assert numbers(anna, "/queue?whose=mine") == [1]
    assert numbers(anna, "/queue?whose=somebody") == [2]
    assert numbers(anna, "/queue?whose=nobody") == [3]
    shown = anna.shown("/queue")
    assert "You, until 10:15am" in shown
    assert "ben, until 10:15am" in shown
    pages.now += timedelta(minutes=20)
    assert numbers(anna, "/queue?whose=nobody") == [1, 2, 3]


def test_many_are_shown_a_page_at_a_time(pages: Pages, anna: Browser) -> None:
    waits(pages, 51)
    assert len(numbers(anna, "/queue")) == 50
    assert numbers(anna, "/queue?page=2") == [51]
    assert numbers(anna, "/queue?page=99999999999999999999&reason=x&whose=x") == [51]
    assert "51 wait, the oldest first: page 2 of 2" in anna.shown("/queue?page=2")


def test_a_list_of_any_length_asks_the_store_as_often(pages: Pages, anna: Browser) -> None:
    def asked() -> int:
        seen: list[str] = []

        def note(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        event.listen(Engine, "before_cursor_execute", note)
        anna.get("/queue")
        event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    waits(pages, 2)
    few = asked()
    waits(pages, 30, Reason.FAILED)
    assert asked() == few


def test_a_consultation_is_a_link_to_the_register(pages: Pages, anna: Browser) -> None:
    pages.desk.post(mail(form1_file(start_date=None)), pages.now)
    pages.desk.run(pages.now)
    page = anna.get("/queue").get_data(as_text=True)
    assert re.search(r'<a class="govuk-link" href="/register/[^"]+">Draft</a>', page)
    assert LEAD.email in anna.shown("/queue")


def test_the_list_that_an_item_was_opened_from_is_come_back_to(pages: Pages, anna: Browser) -> None:
    waits(pages, 2)
    waits(pages, 2, Reason.FAILED)
    page = anna.get("/queue?reason=failed&page=1").get_data(as_text=True)
    assert 'href="/queue/3?reason=failed"' in page
    answer = anna.send("/queue/3?reason=failed", "/queue/3/set-aside", why="done")
    assert answer.location == "/queue?after=3&reason=failed"
    shown = anna.get("/queue?after=3&reason=failed").get_data(as_text=True)
    assert "Item 3: it was set aside" in shown
    assert 'href="/queue/4?reason=failed">Go to the next one' in shown
    assert numbers(anna, "/queue?reason=failed") == [4]


def test_the_next_one_is_none_that_somebody_else_is_at(pages: Pages, anna: Browser) -> None:
    waits(pages, 3)
    ben = pages.browser("ben")
    assert ben.send("/queue/2", "/queue/2/claim").status_code == 302
    assert anna.send("/queue/1", "/queue/1/set-aside", why="done").status_code == 302
    assert 'href="/queue/3">Go to the next one' in anna.get("/queue?after=1").get_data(as_text=True)
    assert anna.send("/queue/3", "/queue/3/set-aside", why="done").status_code == 302
    assert "Go to the next one" not in anna.shown("/queue?after=3")


def test_what_a_stranger_sent_is_listed_by_its_sender(pages: Pages, anna: Browser) -> None:
    pages.desk.post(mail(sender=STRANGER, subject="A question"), pages.now)
    pages.desk.run(pages.now)
    shown = anna.shown("/queue")
    assert (STRANGER.email in shown, "A question" in shown) == (True, True)
