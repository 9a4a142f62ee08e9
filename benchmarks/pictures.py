"""Pictures of the main pages, of the demo's people.

    ./askonce demo
    .venv/bin/python -m benchmarks.pictures [--demo DIR] [--out DIR]

Needs Chromium (`./askonce test --prepare` brings it). The pictures go to docs/pictures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from commands import wiring
from commands.demo_mails import days
from pages.app import create
from pages.getting_in.passwords import hashed
from pages.serving import serving
from settings import load
from store import Part, Store
from tests.browser.office import start

_NAME, _PASSWORD = "sam", "only for the pictures"
ROOT = Path(__file__).parent.parent


def main() -> int:
    """Takes each picture, and says where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, default=ROOT / "var" / "demo")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    args = parser.parse_args()
    settings, at = load(args.demo / "config.toml", {}), days()[-1].moment(hour=11)
    with wiring.open_store(settings) as store:
        store.accounts.remove(_NAME)
        store.accounts.add(_NAME, Part.ADMINISTRATOR, hashed(_PASSWORD), at)
        app = create(wiring.site(settings, store, lambda: at))
        with serving(app, "127.0.0.1", 0) as (host, port), sync_playwright() as playwright:
            chromium = start(playwright)
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            _take_all(page, f"http://{host}:{port}", _addresses(store), args.out)
            chromium.close()
        store.accounts.remove(_NAME)
    return 0


def _addresses(store: Store) -> dict[str, str]:
    item = store.views.queue()[0].id
    line = next(one for one in store.views.register().lines if one.reference)
    return {
        "first": "/",
        "queue": "/queue",
        "item": f"/queue/{item}",
        "register": "/register",
        "consultation": f"/register/{line.reference}",
        "going-out": "/outgoing",
    }


def _take_all(page: Page, site: str, addresses: dict[str, str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    page.goto(f"{site}/login")
    page.get_by_label("Name").fill(_NAME)
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Overview").wait_for()
    for name, address in addresses.items():
        page.goto(site + address)
        height = min(page.evaluate("document.documentElement.scrollHeight"), 1600)
        clip = {"x": 0.0, "y": 0.0, "width": 1280.0, "height": float(height)}
        page.screenshot(path=out / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
        print(out / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
