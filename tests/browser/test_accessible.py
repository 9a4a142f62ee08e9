"""axe-core finds nothing wrong with any page, wide or narrow, empty or full, nor when something was
wrong with what was typed; and no page is wider than the narrowest screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import addresses, found_wrong, never_seen, too_wide
from tests.browser.office import DESKTOP, NARROW, PHONE, Office, Person, open_office
from tests.browser.work import at_work
from tests.intake.desk import form1_file, form2_file, mail
from tests.intake.world import OTHER

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    """An office with something on each page."""
    with open_office(tmp_path_factory.mktemp("full"), chromium) as made:
        at_work(made)
        yield made


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    """An office with nothing in it yet."""
    with open_office(tmp_path_factory.mktemp("bare"), chromium) as made:
        made.goes_out()
        yield made


#: Of these there are several kinds to look at.
SEVERAL = {"queue.one": 4, "changing.ask": 4, "outgoing.one": 2, "register.one": 2}
#: Redirects of theirs, which are there where a provider is set; see test_entry.py.
ELSEWHERE = {f"single_sign_on.{name}" for name in ("start", "back", "leave")}


def all_of(office: Office) -> list[str]:
    """The address of every page of an office; none is left out."""
    found = addresses(office.app, office.browser("anna"))
    assert never_seen(office.app, found) - {"entry.login", "outgoing.file"} == ELSEWHERE
    for letter in ("outgoing.as_html", "letters.as_html"):
        del found[letter]  # no script may run in it: axe neither
    return [one for name, pages in found.items() for one in pages[: SEVERAL.get(name, 1)]]


def faults(person: Person, *, contrast: bool = False) -> list[str]:
    """What is wrong with the page that somebody is at, at each width.

    `contrast`: at the desktop's too. On a phone letters are smaller, so that more is asked of them.
    """
    page, out = person.page, []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        out += found_wrong(page, contrast=contrast or width == PHONE)
    page.set_viewport_size({"width": NARROW, "height": 800})
    return out + too_wide(page)


def looked_at(person: Person, pages: list[str]) -> tuple[int, list[str]]:
    """How many of these are pages, and what is wrong with them. Each has to be there.

    The first page of each section is looked at more closely.
    """
    count, wrong, sections = 0, list[str](), set[str]()
    for address in pages:
        if address in ("/metrics", "/colour.css"):
            continue
        answer = person.page.request.get(
            person.office.address + address, headers={"Accept": "text/html"}
        )
        assert answer.status == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            count += 1
            section = address.split("/")[1]
            wrong += faults(person.open(address), contrast=section not in sections)
            sections.add(section)
    return count, wrong


def test_every_page_of_a_busy_office_is_accessible(full: Office) -> None:
    count, wrong = looked_at(full.person("anna"), all_of(full))
    assert wrong == []
    assert count > 10
    full.all_leave()


def test_every_list_is_accessible_while_it_is_empty(bare: Office) -> None:
    lists = ["/", "/queue", "/register", "/outgoing", "/approvals"]
    count, wrong = looked_at(bare.person("anna"), lists)
    assert wrong == []
    assert count == len(lists)


def test_what_a_reader_sees_is_accessible(full: Office) -> None:
    rita = full.person("rita")
    wrong = faults(rita.open("/queue/1")) + faults(rita.open("/register"))
    assert wrong == []
    full.all_leave()


def test_pages_that_say_what_is_wrong_are_accessible(full: Office) -> None:
    wrong = faults(full.person().log_in("anna", "guessed").sees("do not fit together"))
    wrong += faults(full.person("anna").open("/no/such/page").sees("There is no such page"))
    assert wrong == []


def test_on_a_phone_one_reads_before_one_decides_and_no_list_of_emails_is_cut_off(
    full: Office,
) -> None:
    anna = full.person("anna", width=PHONE)
    assert anna.open("/queue/1").page.evaluate(_READ_FIRST)
    anna.open(f"/register/{full.world.record()['reference']}")
    assert anna.page.evaluate(_CUT_OFF, "#next, #emails, #changes, #history") == []
    for address in ("/mails/out/1", "/register/{}/merge?words=benches"):
        anna.open(address.format(full.world.record()["reference"]))
        assert anna.page.locator(".office-table").count() == 1, address
        assert anna.page.evaluate(_CUT_OFF, "main") == [], address
    assert anna.open("/queue/1").page.evaluate(_CUT_OFF, ".office-beside__file") == []
    full.all_leave()


def test_in_colours_that_a_reader_forces_every_figure_is_to_be_seen(full: Office) -> None:
    page = full.person("anna").open("/").page
    page.emulate_media(forced_colors="active", color_scheme="dark")
    for part, paint in (
        ("figure", "fill"),
        ("name", "fill"),
        ("bar", "fill"),
        ("ground", "stroke"),
    ):
        drawn = page.locator(f".office-chart__{part}").first
        assert drawn.evaluate(f"one => getComputedStyle(one).{paint}") == "rgb(255, 255, 255)"
    full.all_leave()


def test_on_paper_stand_the_answers_and_the_whole_file(full: Office) -> None:
    page = full.person("anna").open("/queue/1").page
    page.emulate_media(media="print")
    expect(page.get_by_label("Organisation or agency")).to_be_visible()
    expect(page.get_by_role("button", name="Ask again")).to_be_hidden()
    hidden = "one => one.scrollHeight - one.clientHeight"
    assert page.locator(".office-paper").evaluate(hidden) <= 0
    full.all_leave()


def test_on_a_phone_the_two_of_a_merge_stand_below_one_another(full: Office) -> None:
    one, two = (full.world.record(number)["reference"] for number in (0, 1))
    anna = full.person("anna", width=PHONE).open(f"/register/{one}/merge/{two}")
    assert anna.page.evaluate(_CUT_OFF, "main") == []
    rows = anna.page.evaluate(_BELOW)
    assert len(rows) > 5
    assert {tuple(names) for names, _ in rows} == {
        ("This one ends: ", "This one takes its place: ")
    }
    assert all(below for _, below in rows)
    assert faults(anna, contrast=True) == []
    full.all_leave()


#: Of each row of a table: what its cells are named by, and whether each is below the one before.
_BELOW = """() => [...document.querySelectorAll('main tbody tr')].map(row => {
    const cells = [...row.querySelectorAll('td')]
    const boxes = [row.querySelector('th'), ...cells].map(one => one.getBoundingClientRect())
    return [
        cells.map(one => getComputedStyle(one, '::before').content.replace(/" "|"/g, '')),
        boxes.every((box, n) => box.right <= innerWidth && (!n || box.top >= boxes[n - 1].bottom)),
    ]
})"""
_READ_FIRST = """() => {
    const top = id => document.getElementById(id).getBoundingClientRect().top
    return top('the-email') < top('what-to-do')
}"""
_CUT_OFF = """where => [...document.querySelectorAll(where)]
    .flatMap(one => [...one.querySelectorAll('.office-table, .office-paper')])
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.getAttribute('aria-label'))"""


def test_two_that_were_merged_and_their_separation_are_accessible(
    office: Office,
) -> None:
    other = form1_file(title="Buses", purpose="Are there buses?", email=OTHER.email)
    office.comes(mail(form1_file()), mail(other, sender=OTHER))
    kept, gone = (str(record["reference"]) for record in office.world.records())
    anna = office.person("anna").open(f"/register/{gone}/merge/{kept}")
    anna.do("Merge", Why="the same work").sees("This was merged into")
    wrong = faults(anna)
    office.comes(mail(form2_file(reference=kept)))
    anna.follow("Separate it from the other one again").sees("While the two were one")
    wrong += faults(anna)
    assert anna.page.evaluate(_CUT_OFF, "main") == []
    assert wrong == []
