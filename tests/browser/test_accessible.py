"""axe-core finds nothing wrong with any page, wide or narrow, empty or full, nor when something was
wrong with what was typed; and no page is wider than the narrowest screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pages.offered import offers
from store import Dossier, Filter
from tests.browser.axe import addresses, found_wrong, too_wide
from tests.browser.office import DESKTOP, NARROW, PHONE, Office, Person, open_office
from tests.browser.work import at_work

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
        yield made


def all_of(office: Office) -> list[str]:
    """The address of every page of an office."""
    views = office.world.store.views
    references = [r["reference"] for r in views.export() if r["reference"]]
    items = [item.id for item in views.queue()]
    values: dict[str, list[object]] = {
        "queue.one number": [*items],
        "queue.file number": [*items[:1]],
        "queue.file place": [0],
        "queue.mail number": [*items[:1]],
        "register.one name": [*references],
        **of_records(office),
    }
    return list(addresses(office.app, values))


def of_records(office: Office) -> dict[str, list[object]]:
    """What can be done to the first of the register, and what came and went about all."""
    views = office.world.store.views
    first, second, *_ = views.filtered(Filter(), down=False)
    mails = dossier(office, first.key).mails
    acts = [one.act for one in offers(first) if one.act != "merge"]
    return {
        "changing.ask name": [first.key],
        "changing.ask act": [*acts],
        "changing.choose name": [first.key],
        "changing.compare name": [first.key],
        "changing.compare into": [second.key],
        "mails.came number": [next(m.id for m in mails if m.direction == "in")],
        "mails.went number": [next(m.id for m in mails if m.direction == "out")],
        "mails.file_in number": [1],
        "mails.file_in place": [0],
        "mails.file_out number": [],
        "mails.file_out place": [],
    }


def dossier(office: Office, key: str) -> Dossier:
    found = office.world.store.views.dossier(key)
    assert found is not None
    return found


def faults(person: Person) -> list[str]:
    """What is wrong with the page that somebody is at, at each width."""
    page, out = person.page, []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        out += found_wrong(page)
    page.set_viewport_size({"width": NARROW, "height": 800})
    return out + too_wide(page)


def looked_at(person: Person, pages: list[str]) -> tuple[int, list[str]]:
    """How many of these are pages, and what is wrong with them. Each has to be there."""
    count, wrong = 0, []
    for address in pages:
        answer = person.page.request.get(
            person.office.address + address, headers={"Accept": "text/html"}
        )
        assert answer.status == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            count += 1
            wrong += faults(person.open(address))
    return count, wrong


def test_every_page_of_a_busy_office_is_accessible(full: Office) -> None:
    count, wrong = looked_at(full.person("anna"), all_of(full))
    assert wrong == []
    assert count > 10
    full.all_leave()


def test_every_list_is_accessible_while_it_is_empty(bare: Office) -> None:
    rules = bare.app.url_map.iter_rules()
    there = {f"{rule.endpoint} {name}" for rule in rules for name in rule.arguments}
    lists = [a for a in addresses(bare.app, dict.fromkeys(there, ())) if a != "/health"]
    count, wrong = looked_at(bare.person("anna"), lists)
    assert wrong == []
    assert count > 3


def test_what_a_reader_sees_is_accessible(full: Office) -> None:
    rita = full.person("rita")
    wrong = faults(rita.open("/queue/1")) + faults(rita.open("/register"))
    assert wrong == []
    full.all_leave()


def test_pages_that_say_what_is_wrong_are_accessible(full: Office) -> None:
    wrong = faults(full.person().log_in("anna", "guessed").sees("do not fit together"))
    wrong += faults(full.person("anna").open("/no/such/page").sees("There is no such page"))
    assert wrong == []
