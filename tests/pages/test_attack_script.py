"""Script in every field, header, body, file name and account: none of it comes to life anywhere."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from store import Part, Store
from tests.intake.world import World
from tests.pages.attack import leads_on, token
from tests.pages.closely import Seen, as_browsers_do
from tests.pages.crawl import Form, Found, crawl
from tests.pages.hostile import FILES, MARK, NASTY, SCRIPTS, Office
from tests.pages.office import NOW, Browser, Pages, kept_password


@pytest.fixture(scope="module")
def pages(attacked: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A copy of the office that is attacked, to work in."""
    folder = tmp_path_factory.mktemp("worked")
    before, after = (sqlite3.connect(f / "askonce.db") for f in (attacked.pages.root, folder))
    with before, after:
        before.backup(after)
    with World(store=Store.open(f"sqlite:///{folder}/askonce.db")) as world:
        yield Pages(root=folder, world=world, now=attacked.pages.now)


@pytest.fixture(scope="module")
def worked(pages: Pages, found: Found) -> Found:
    """What it shows when somebody, whose own name is script, typed that into everything."""
    for name in SCRIPTS:
        pages.world.store.accounts.add(name, Part.ADMINISTRATOR, kept_password(), NOW)
    evil = pages.browser(SCRIPTS[1])
    for number, form in enumerate(found.posts):
        if form.action not in ("/logout", "/password"):
            typed(evil, form, SCRIPTS[number % len(SCRIPTS)])
    pages.now += timedelta(minutes=2)
    pages.desk.run(pages.now)
    return crawl(evil, *found.pages)


def typed(browser: Browser, form: Form, text: str) -> None:
    """Send a form with script in it; where that is refused, once more with what was sensible."""
    fresh = form.again(browser)
    if fresh is None:
        return  # done already, by a form before it
    answer = browser.post(fresh.action, fresh.filled(text))
    assert answer.status_code < 500, form.action
    if answer.status_code == 422:
        again = {name: text for name in fresh.typed if name in ("why", "text", "subject")}
        answer = browser.post(fresh.action, {**dict(fresh.values), **dict(fresh.ticks), **again})
        assert answer.status_code < 500, form.action


@pytest.mark.parametrize(
    "page",
    ["<script>alert(1)</script>", "<p onclick=x>", "<a href=javascript:x>", "<a href=//evil.test>",
     "<img src=/x>", "<script src=https://evil.test/x.js></script>", "<a href='data:text/html,x'>",
     "<svg><style><a id='</style><img src=1 onerror=alert(1)>'>", "<p style=x>", "<base href=/>",
     "<form action=https://evil.test>", "<a href=https://evil.test>", "<iframe srcdoc=x>"],
)  # fmt: skip
def test_what_comes_to_life_is_seen(page: str) -> None:
    assert Seen(page).faults
    assert as_browsers_do(page) or "https" in page


def test_no_script_that_somebody_wrote_comes_to_life(worked: Found) -> None:
    faults, looked = [], Counter[str]()
    for path, answer in worked.pages.items():
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            seen = Seen(page)
            told = [*seen.faults, *as_browsers_do(page)]
            if answer.headers["Content-Security-Policy"].endswith("; sandbox"):
                told = [f for f in told if " style" not in f]  # a letter of ours, by itself
            faults += [(path, fault) for fault in told]
            looked += seen.counted
            looked["marked"] += MARK in page
    assert faults == []
    assert looked["marked"] > 40
    assert looked["attributes"] > 12_000


def test_all_that_was_sent_is_shown_as_it_is_written(worked: Found) -> None:
    """Or the test above would have looked at nothing."""
    pages = [a.get_data(as_text=True) for a in worked.pages.values() if a.mimetype == "text/html"]
    words = plainly(" ".join(word for page in pages for word in Seen(page).words))
    assert [script for script in SCRIPTS if plainly(script) not in words] == []


def plainly(words: str) -> str:
    """Without what is not seen."""
    return "".join(c for c in words if c.isprintable() and not c.isspace())


def test_our_own_letters_carry_no_script_on(attacked: Office, pages: Pages, worked: Found) -> None:
    looked = 0
    for ours in (*attacked.pages.desk.everything(), *pages.desk.everything()):
        assert not re.search(r"[\r\n]", f"{ours['Subject']}{ours['To']}{ours['From']}")
        body = ours.get_body(("html",))
        if body is not None:
            page = body.get_content()
            faults = [f for f in (*Seen(page).faults, *as_browsers_do(page)) if " style" not in f]
            assert faults == []
            looked += MARK in page
    assert looked >= 5


def test_no_spreadsheet_takes_an_answer_for_a_formula(worked: Found) -> None:
    (as_csv,) = [a for path, a in worked.pages.items() if path == "/register.csv"]
    cells = [cell for row in csv.reader(StringIO(as_csv.get_data(as_text=True))) for cell in row]
    assert any("=HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    (as_xlsx,) = [a for path, a in worked.pages.items() if path == "/register.xlsx"]
    sheet = load_workbook(BytesIO(as_xlsx.get_data())).active
    assert sheet is not None
    kinds = Counter(cell.data_type for row in sheet.iter_rows() for cell in row)
    assert kinds["s"] > 50
    assert kinds["f"] == 0


def test_files_are_handed_on_to_be_kept_and_not_to_be_opened(found: Found) -> None:
    files = {path: answer for path, answer in found.pages.items() if "/file/" in path}
    assert len(files) >= len(FILES)
    for path, answer in files.items():
        headers = answer.headers
        assert headers["Content-Type"] == "application/octet-stream", path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        told = headers["Content-Disposition"]
        assert told.startswith("attachment; filename"), path
        assert not re.search(r"[\r\n/\\\\<>\u202e]|\.\.|filename.*filename=.*filename", told), told
        assert headers.get("X-Evil") is None


def test_no_form_falls_over_whatever_is_sent(pages: Pages, found: Found, worked: Found) -> None:
    """Hidden fields are an attacker's as much as the others."""
    anna, tried = pages.browser("anna"), 0
    good = token(anna)
    for number, form in enumerate(found.posts):
        if form.action in ("/logout", "/password"):
            continue
        names = {*form.typed, *dict(form.values), *dict(form.ticks)} - {"csrf_token"}
        for nasty in (NASTY[(number * 2 + step) % len(NASTY)] for step in range(2)):
            for sent in (dict.fromkeys(names, nasty), {**dict(form.values), "seen": nasty}):
                answer = anna.post(form.action, {**sent, "csrf_token": good})
                assert answer.status_code < 500, (form.action, nasty[:50])
                leads_on(answer)
                tried += 1
    assert tried > 80
