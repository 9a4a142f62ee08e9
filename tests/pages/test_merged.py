"""What the pages show and offer where one consultation took the place of another."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest

from model import Reason
from tests.intake.desk import bounce, form1_file, form2_file, kind, mail
from tests.intake.world import COLLEAGUE, LEAD, OTHER, STRANGER
from tests.pages.office import Browser, Pages, filled, text
from tests.pages.records import act, comes, goes, key

OMARS = form1_file(
    title="Library hours",
    purpose="When should libraries open?",
    lead_worker=OTHER.name,
    email=OTHER.email,
)


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


@pytest.fixture
def two(pages: Pages) -> tuple[str, str]:
    """Omar's, which ends, and Lena's, which stays; with a letter to Omar that came back."""
    (ours,) = comes(pages, mail(OMARS, sender=OTHER))
    comes(pages, mail(form1_file()))
    pages.desk.post(bounce(ours), pages.now)
    pages.desk.run(pages.now)
    gone, kept = (str(record["reference"]) for record in pages.world.records())
    return gone, kept


def merge(pages: Pages, anna: Browser) -> None:
    assert act(anna, pages, f"merge/{key(pages, 1)}", tell=[]).status_code == 302
    pages.now += timedelta(minutes=2)


def test_an_item_of_one_that_was_merged_is_about_the_one_that_stands(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    gone, kept = two
    merge(pages, anna)
    page = anna.shown("/queue/1")
    assert f"Consultation A skate park for everyone ({kept})" in page
    assert f"This came about {gone}, which was merged into it." in page
    assert f"Item 1: {'An email to somebody came back'}"[:7] in anna.shown(f"/register/{kept}")
    right = {"address-0": COLLEAGUE.email, "why": "she rang"}
    assert anna.send("/queue/1", "/queue/1/address", **right).status_code == 302
    assert pages.world.reasons() == []
    dossier = pages.world.store.views.dossier(kept)
    assert dossier is not None
    people = [p.address.email for p in dossier.consultation.people]
    assert people == [LEAD.email, COLLEAGUE.email]


def test_what_waits_is_told_by_number_and_day_on_the_page_of_the_one_that_stands(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    merge(pages, anna)
    assert pages.world.reasons() == [Reason.BOUNCED]
    page = anna.shown(f"/register/{two[1]}")
    assert "Waits for a person Item 1: " in page
    assert ", since 1 March 2027 at 10:00am" in page


def test_a_word_for_one_that_was_merged_leads_to_the_other(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    gone, kept = two
    merge(pages, anna)
    comes(pages, mail(sender=STRANGER, text="Hello"))
    say = {"word": "stop", "consultation": gone, "why": "she rang"}
    told = anna.send("/queue/2", "/queue/2/say", **say)
    assert told.status_code == 422
    assert f"{gone} was merged into {kept}: say it of that one." in text(told)


def test_a_mail_that_names_a_reference_offers_it(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    _gone, kept = two
    comes(pages, mail(sender=STRANGER, subject=f"About {kept}", text="Hello, a question"))
    page = anna.shown("/queue/2")
    assert f"A skate park for everyone ({kept})" in page
    assert "named in the email" in page
    assert "% alike" not in page


def test_the_address_that_the_second_had_typed_is_there_to_be_copied(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    ben = pages.browser("ben")
    old = filled(ben.get("/queue/1").get_data(as_text=True), "/queue/1/address")
    assert anna.send("/queue/1", "/queue/1/claim").status_code == 302
    told = ben.post("/queue/1/address", {**old, "address-0": "right@x.example", "why": "rang"})
    assert told.status_code == 409
    assert "right@x.example" in text(told).partition("What you had typed")[2]


def test_an_export_says_into_which_and_who_is_written_to(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    gone, kept = two
    merge(pages, anna)
    data = anna.get("/register.csv").get_data().decode("utf-8-sig")
    rows = {row["Reference"]: row for row in csv.DictReader(StringIO(data, newline=""))}
    assert (rows[gone]["Merged into"], rows[kept]["Merged into"]) == (kept, "")
    told = ("Written to", "May speak for it")
    assert [rows[kept][name] for name in told] == [LEAD.email, OTHER.email]


def test_two_that_were_merged_are_separated_again(
    pages: Pages, anna: Browser, two: tuple[str, str]
) -> None:
    gone, kept = two
    merge(pages, anna)
    comes(pages, mail(form2_file(reference=kept)))
    page = anna.shown(f"/register/{gone}")
    assert "Separate it from the other one again" in page
    asks = anna.shown(f"/register/{gone}/separate")
    assert f"this became of {kept}" in asks
    assert "It is complete now Form 2 came" in asks
    assert act(anna, pages, "separate", why="two after all").status_code == 302
    assert [kind(m) for m in goes(pages)] == ["separated"]  # mail to Omar came back
    assert f"Separated from {kept} again" in anna.shown(f"/register/{gone}")
    assert f"{gone} was separated from it again" in anna.shown(f"/register/{kept}")
    assert Reason.NEEDS_ANSWER in pages.world.reasons()
    assert [r["status"] for r in pages.world.records()] == ["registered", "complete"]


def test_none_that_has_ended_is_offered_to_take_its_place(pages: Pages, anna: Browser) -> None:
    comes(pages, mail(form1_file()), mail(form1_file(email=OTHER.email), sender=OTHER))
    path = f"/register/{key(pages, 1)}/merge"
    assert "Similar work A skate park for everyone" in anna.shown(path)
    assert act(anna, pages, "withdraw").status_code == 302
    assert "Similar work" not in anna.shown(path)
