"""The automatic letters: read, and tried on a past case without anything going out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from model import Letter
from pages.outgoing.purposes import PURPOSES
from pages.plain import LETTERS
from tests.intake.world import OTHER, World, form1, form2
from tests.pages.office import NOW, Browser, Pages, text

ABOUT = "CYP-2027-0001-8"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """One consultation that is complete, and one that was warned of it."""
    root = tmp_path_factory.mktemp("letters")
    with World.at(root, now=NOW) as world:
        world.receive(form1())
        world.receive(form2(), answers=world.last())
        world.receive(form1(organisation="Leisure", email=OTHER.email), sender=OTHER)
        world.receive(text="A question", sender=OTHER)
        yield Pages(root=root, world=world)


@pytest.fixture(scope="module")
def anna(office: Pages) -> Browser:
    return office.browser("anna")


def test_every_letter_is_listed_with_what_it_is_for_and_when_it_goes(anna: Browser) -> None:
    shown = anna.shown("/letters")
    for kind in Letter:
        assert LETTERS[kind] in shown
        assert PURPOSES[kind] in shown
    assert "On the day, 14 days and 28 days after outcomes are due." in shown
    assert "1 day after the end date." in shown


@pytest.mark.parametrize("kind", list(Letter))
def test_each_is_read_and_tried_on_the_latest_case_that_fits(anna: Browser, kind: Letter) -> None:
    page = anna.get(f"/letters/{kind}")
    shown = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "{% macro body() %}" in shown
    assert f"Letter {LETTERS[kind]} {PURPOSES[kind]}" in text(page)
    assert "Look at it as an email program shows it" in shown
    alone = anna.get(f"/letters/{kind}/as-html?about={ABOUT if kind != 'similar' else ''}")
    if kind is not Letter.SIMILAR_NOTICE:
        assert alone.headers["Content-Security-Policy"].endswith("sandbox")


def test_one_is_chosen_by_its_reference_as_people_type_it(anna: Browser) -> None:
    shown = anna.shown("/letters/registered?about=cyp+2027+1+8")
    assert f"About {ABOUT} A skate park for everyone, as on 1 March 2027" in shown
    assert f"Registered: A skate park for everyone [{ABOUT}]" in shown


def test_a_merge_is_tried_with_another_of_the_register(anna: Browser) -> None:
    shown = anna.shown(f"/letters/merged?about={ABOUT}")
    assert f"About {ABOUT}" in shown
    assert "the contact of the one that stays gets one of their own" in shown
    assert "as if it had been merged into CYP-2027-0002-6 “A skate park for everyone”" in shown
    assert "Please use the reference number CYP-2027-0002-6 from now on" in shown
    assert f"Please use the reference number {ABOUT} from now on" not in shown


def test_what_does_not_fit_is_said(anna: Browser) -> None:
    assert "There is no consultation nobody" in anna.shown("/letters/chaser?about=nobody")
    shown = anna.shown(f"/letters/similar?about={ABOUT}")
    assert "Nothing like it was found when it came" in shown
    assert anna.get(f"/letters/similar/as-html?about={ABOUT}").status_code == 404
    assert anna.get("/letters/nonsense").status_code == 404


def test_readers_try_them_and_nothing_is_stored(office: Pages) -> None:
    before = office.world.store.views.counts()
    shown = office.browser("rita").shown("/letters/extended")
    assert "as if its lead worker had said EXTEND" in shown
    assert office.world.store.views.counts() == before


def test_with_an_empty_register_there_is_nothing_to_try_on(pages: Pages) -> None:
    shown = pages.browser("anna").shown("/letters/chaser")
    assert "There is no consultation yet to try it on." in shown
