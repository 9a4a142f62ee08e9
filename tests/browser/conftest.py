"""One Chromium for all of these tests, and an office for each of them or for all of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.office import Office, open_office, start


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
