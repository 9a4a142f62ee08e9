"""The register, looked through by its pages."""

from __future__ import annotations

import pytest

from tests.intake.desk import form1_file, mail
from tests.intake.world import LEAD
from tests.pages.office import Browser, Pages

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def rita(pages: Pages) -> Browser:
    """Two consultations, looked at by a reader."""
    library = form1_file(title="Library hours", purpose="When to open?", area=["Babergh"])
    for made in (mail(form1_file()), mail(library)):
        pages.desk.post(made, pages.now)
    pages.desk.run(pages.now)
    return pages.browser("rita")


def test_the_register_is_searched_filtered_and_sorted(rita: Browser) -> None:
    assert "2 found" in rita.shown("/register")
    for path in ("?words=libr", "?area=Babergh", "?words=library&status=registered"):
        shown = rita.shown(f"/register{path}")
        assert ("1 found" in shown, "Library hours" in shown) == (True, True), path
    for path in ("?status=withdrawn", "?overdue=1", "?since=2028-01-01", "?words=nothing"):
        assert "0 found" in rita.shown(f"/register{path}"), path
    rising, falling = (rita.shown(f"/register?by=title&down={d}") for d in ("", "1"))
    assert rising.index("A skate park") < rising.index("Library hours")
    assert falling.index("Library hours") < falling.index("A skate park")


def test_an_address_that_asks_for_nonsense_is_answered_all_the_same(rita: Browser) -> None:
    for path in ("?page=x", "?page=-5", "?page=99999999999999999999", "?by=x&status=x&since=x"):
        assert "2 found" in rita.shown(f"/register{path}"), path
    assert rita.get("/register/no-such-thing").status_code == 404


def test_many_are_shown_a_page_at_a_time(pages: Pages) -> None:
    for number in range(26):
        form = form1_file(title=f"Number {number}", purpose=f"Why {number}?")
        pages.desk.post(mail(form, sender=LEAD), pages.now)
    pages.desk.run(pages.now)
    rita = pages.browser("rita")
    page = rita.get("/register?by=title").get_data(as_text=True)
    assert "26 found, page 1 of 2" in page
    assert "/register?by=title&amp;page=2" in page
    assert "page 2 of 2" in rita.shown("/register?by=title&page=2")


def test_what_stands_in_a_form_never_becomes_part_of_a_page(pages: Pages) -> None:
    form = form1_file(title=EVIL, organisation=EVIL, purpose=EVIL, lead_worker=EVIL)
    pages.desk.post(mail(form, subject=EVIL), pages.now)
    pages.desk.run(pages.now)
    rita = pages.browser("rita")
    for path in ("/register", f"/register?words={EVIL}&area={EVIL}"):
        page = rita.get(path).get_data(as_text=True)
        assert "&lt;script&gt;" in page, path
        assert EVIL not in page
