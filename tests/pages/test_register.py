"""The register, looked through by its pages."""

from __future__ import annotations

import re

import pytest

from pages.register.filtered import Wanted
from pages.register.routes import page_links
from store import Filter, Page
from tests.intake.desk import form1_file, mail
from tests.intake.world import LEAD, OTHER
from tests.pages.office import Browser, Pages
from tests.pages.records import EVIL, act, comes
from tests.store.given import consultation, do, new


@pytest.fixture
def rita(pages: Pages) -> Browser:
    """Two consultations, looked at by a reader."""
    library = form1_file(
        title="Library hours",
        purpose="When to open?",
        area=["Babergh"],
        organisation="Suffolk Libraries",
    )
    comes(pages, mail(form1_file()), mail(library))
    return pages.browser("rita")


def chips(rita: Browser, path: str) -> dict[str, str]:
    """What a list says that it is filtered by, and where each leads away."""
    page = rita.get(path).get_data(as_text=True)
    found = re.findall(
        r'office-chip[^>]*href="([^"]*)"[^>]*><span[^>]*>Remove </span>([^<]*)', page
    )
    return {text.strip(): href.replace("&amp;", "&") for href, text in found}


def test_the_register_is_searched_filtered_and_sorted(rita: Browser) -> None:
    assert "2 found" in rita.shown("/register")
    for path in (
        "?words=libr",
        "?area=Babergh",
        "?words=library&status=registered",
        "?organisation=Suffolk+Libraries",
        "?organisation=libr",
    ):
        shown = rita.shown(f"/register{path}")
        assert ("1 found" in shown, "Library hours" in shown) == (True, True), path
    for path in ("?status=withdrawn", "?overdue=1", "?since=2028-01-01", "?words=nothing",
                 "?organisation=nobody"):  # fmt: skip
        assert "0 found" in rita.shown(f"/register{path}"), path
    rising, falling = (rita.shown(f"/register?by=title&down={d}") for d in ("", "1"))
    assert rising.index("A skate park") < rising.index("Library hours")
    assert falling.index("Library hours") < falling.index("A skate park")


def test_a_reference_is_found_however_it_is_typed(rita: Browser, pages: Pages) -> None:
    reference = pages.world.record()["reference"]
    for typed in (reference, reference.lower(), reference.replace("-", " "), reference[4:]):
        shown = rita.get("/register", query_string={"words": typed})
        assert "1 found" in shown.get_data(as_text=True), typed


@pytest.mark.parametrize(
    "typed",
    [LEAD.email, LEAD.email.upper(), LEAD.email.partition("@")[0], "lena", "@youth.example"],
)
def test_a_consultation_is_found_by_its_people(rita: Browser, typed: str) -> None:
    shown = rita.get("/register", query_string={"words": typed}).get_data(as_text=True)
    assert "2 found" in shown
    assert "0 found" in rita.shown("/register?words=nobody@youth.example.org")


def test_whoever_is_put_in_is_found_and_whoever_left_is_not(pages: Pages, rita: Browser) -> None:
    row = {"person-0-email": OTHER.email, "person-0-name": "Cleo Day"}
    assert act(pages.browser("anna"), pages, "people", **row).status_code == 302
    for typed in (OTHER.email, "cleo"):
        shown = rita.get("/register", query_string={"words": typed}).get_data(as_text=True)
        assert "1 found" in shown, typed
    assert "1 found" in rita.shown(f"/register?words={LEAD.email}")


def test_what_is_filtered_by_is_shown_and_taken_away_one_by_one(rita: Browser) -> None:
    path = "/register?words=library&since=8+March+2027&overdue=1&by=title"
    assert chips(rita, path) == {
        "Words: library": "/register?since=8+March+2027&overdue=1&by=title",
        "Going on from: 8 March 2027": "/register?words=library&overdue=1&by=title",
        "Outcomes are overdue": "/register?words=library&since=8+March+2027&by=title",
    }
    assert chips(rita, "/register") == {}


@pytest.mark.parametrize("typed", ["8 March 2027", "08/03/2027", "8.3.27", "2027-03-08"])
def test_dates_are_read_as_people_write_them(rita: Browser, typed: str) -> None:
    shown = rita.get("/register", query_string={"since": typed}).get_data(as_text=True)
    assert "Going on from: 8 March 2027" in shown


def test_a_date_that_cannot_be_read_is_told_and_left_out(rita: Browser) -> None:
    page = rita.get("/register?since=spring&words=library").get_data(as_text=True)
    assert "“spring” cannot be read as a date" in page
    assert 'href="#since"' in page
    assert 'value="spring"' in page
    assert "1 found" in page
    assert "<details" in page
    assert re.search(r"<details[^>]* open", page)
    never = rita.shown("/register?since=30+2+2027")
    assert "“30 2 2027” cannot be read as a date: February 2027 has no day 30" in never
    assert "This is before 8 March 2027" in rita.shown("/register?since=8/3/27&until=7/3/27")


def test_an_address_that_asks_for_nonsense_is_answered_all_the_same(rita: Browser) -> None:
    for path in ("?page=x", "?page=-5", "?page=99999999999999999999", "?by=x&status=x&down=x"):
        assert "2 found" in rita.shown(f"/register{path}"), path
    assert rita.get("/register/no-such-thing").status_code == 404


def test_where_nothing_is_found_the_page_helps_on(rita: Browser) -> None:
    page = rita.get("/register?words=nothing").get_data(as_text=True)
    assert "use fewer words" in page
    assert 'href="/register">look at the whole register' in page
    assert "Export" not in page


def test_the_headings_sort_and_say_so(rita: Browser) -> None:
    page = rita.get("/register?by=title&words=a").get_data(as_text=True)
    assert re.findall(r'aria-sort="(\w+)"><a[^>]*href="([^"]*)"', page) == [
        ("ascending", "/register?words=a&amp;by=title&amp;down=1")
    ]


def test_pages_are_numbered(pages: Pages) -> None:
    known = Wanted(asked={"words": "a"}, filter=Filter())
    here = Page(lines=(), found=230, number=5, size=25)
    with pages.app.test_request_context():
        shown = page_links(known, here)
    named = [item.get("number", "…") for item in shown["items"]]
    assert named == ["1", "…", "4", "5", "6", "…", "10"]
    assert [item["number"] for item in shown["items"] if item.get("current")] == ["5"]
    assert shown["next"]["href"] == "/register?words=a&page=6"
    for number in range(26):
        do(pages.world.store, new(consultation(key=f"k{number}", form1={"title": "One"})))
    page = pages.browser("rita").shown("/register?page=2")
    assert "26 found, page 2 of 2" in page
    assert "Previous page 1 2" in page


def test_what_stands_in_a_form_never_becomes_part_of_a_page(pages: Pages) -> None:
    form = form1_file(title=EVIL, organisation=EVIL, purpose=EVIL, lead_worker=EVIL)
    comes(pages, mail(form, subject=EVIL))
    rita = pages.browser("rita")
    evil = {"words": EVIL, "organisation": EVIL, "area": EVIL, "since": EVIL, "by": EVIL}
    for path, asked in (("/register", {}), ("/register", evil), ("/register/export", evil)):
        page = rita.get(path, query_string=asked).get_data(as_text=True)
        assert asked or "&lt;script&gt;" in page, path
        assert EVIL not in page
        assert "<script>" not in page


def test_nothing_waits_for_approval(rita: Browser) -> None:
    assert "Nothing waits for approval." in rita.shown("/approvals")
