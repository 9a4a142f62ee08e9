"""One Chromium for all of these tests, and an office for each of them or for all of a file;
and somebody at work there, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.office import Office, Person, open_office, start


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "does(*acts): whoever `anna` is, does these at a browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A browser; its contexts are as many people."""
    with sync_playwright() as playwright:
        browser = start(playwright)
        yield browser
        browser.close()


@pytest.fixture
def office(tmp_path: Path, chromium: Browser) -> Iterator[Office]:
    """An office with nothing in it yet."""
    with open_office(tmp_path, chromium) as made:
        yield made
        made.all_leave()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether scripts run in the browser."""
    return bool(request.param)


@pytest.fixture
def anna(office: Office, scripts: bool, request: pytest.FixtureRequest) -> Iterator[Person]:
    """Somebody who has not logged in yet. In the end it is looked whether everything was done that
    the test says is done in it."""
    yield office.person(scripts=scripts)
    said = {act for mark in request.node.iter_markers("does") for act in mark.args}
    assert {act for act in said if (act, scripts) not in office.done} == set()
