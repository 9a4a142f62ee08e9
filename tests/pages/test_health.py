"""What a monitor is told: well or not, by a page and by figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from model import Hold, Reason, Trouble
from pages.app import create
from pages.health import Watch
from pages.site import Site
from store import Store
from tests.intake import world as office
from tests.store.given import NOW, do, kept, letter
from tests.store.given import decision as decided

TOKEN = "a token of some length"
READS = {"Authorization": f"Bearer {TOKEN}"}
MINUTES = timedelta(minutes=1)


class World:
    """One installation, looked at from outside at a moment of one's choosing."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "askonce.db"
        self.store = Store.open(f"sqlite:///{self.file}", patience=0.1)
        self.now = NOW
        self.free = 10**12
        watch = Watch(
            store=self.store,
            now=lambda: self.now,
            patience=15 * MINUTES,
            free=lambda: self.free,
            room=500_000_000,
            version="1.2.3",
        )
        house = office.World(store=self.store).house
        site = Site(watch=watch, house=house, name="the register", metrics_token=TOKEN)
        self.browser: FlaskClient = create(site).test_client()

    def health(self) -> tuple[int, list[str]]:
        """The status, and what does not work."""
        answer = self.browser.get("/health", headers={"Accept": "application/json"})
        checks = answer.get_json()["checks"]
        return answer.status_code, [name for name, check in checks.items() if not check["well"]]

    def figures(self) -> dict[str, float]:
        text = self.browser.get("/metrics", headers=READS).get_data(as_text=True)
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
        return {name: float(value) for name, value in lines}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.store.health.well("one", Trouble.MAILBOX, NOW)
    yield made
    made.store.close()


def test_all_is_well_where_the_mailbox_was_read_lately(world: World) -> None:
    world.now += 15 * MINUTES
    assert world.health() == (200, [])
    assert world.figures()["askonce_last_poll_age_seconds"] == 900


def test_a_mailbox_that_nobody_reads_is_not_well_whatever_the_reason(world: World) -> None:
    world.now += 16 * MINUTES
    assert world.health() == (503, ["mailbox"])
    assert world.figures()['askonce_well{what="mailbox"}'] == 0


def test_what_a_wrong_clock_wrote_does_not_make_it_well(world: World) -> None:
    world.store.health.well("one", Trouble.MAILBOX, NOW + timedelta(days=365))
    assert world.health() == (503, ["mailbox"])
    assert "askonce_last_poll_age_seconds" not in world.figures()


def test_before_anybody_read_the_mailbox_it_is_not_well(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.health() == (503, ["mailbox"])
    world.store.close()


def test_a_server_that_takes_no_mail_is_not_well_until_it_does(world: World) -> None:
    store = world.store
    do(store, decided(), outgoing=[letter()])
    store.health.failed("one", Trouble.DELIVERY, NOW, "away")
    world.now += 16 * MINUTES
    store.health.well("one", Trouble.MAILBOX, world.now)
    store.health.delivered("one", world.now)  # a round in which nothing was due proves nothing
    assert world.health() == (503, ["delivery"])
    assert world.figures()["askonce_oldest_unsent_age_seconds"] == 960


def test_a_full_disk_is_not_well(world: World) -> None:
    world.free = 1
    assert world.health() == (503, ["disk"])


def test_a_database_that_cannot_be_read_is_not_well_and_no_page_fails(world: World) -> None:
    world.store.close()
    world.file.rename(world.file.with_name("away"))
    assert world.health() == (503, ["database"])
    figures = world.figures()
    assert figures['askonce_well{what="database"}'] == 0
    assert 'askonce_build_info{version="1.2.3"}' in figures


def test_the_figures_count_what_there_is(world: World) -> None:
    store = world.store
    kept(store)
    hold = Hold(key="h", reason=Reason.BOUNCED)
    do(store, decided(holds=(hold,)), outgoing=[letter()])
    figures = world.figures()
    assert figures['askonce_queue_open{reason="bounced"}'] == 1
    assert figures['askonce_queue_open{reason="failed"}'] == 0
    assert figures['askonce_outbox_mails{state="waiting"}'] == 1
    assert figures["askonce_mails_in_total"] == figures["askonce_unhandled_mails"] == 1
    assert figures["askonce_mails_out_total"] == 0
    assert figures["askonce_database_bytes"] > 100_000


def test_a_browser_gets_a_page_and_others_get_json(world: World) -> None:
    page = world.browser.get("/health", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    assert "<h1>All is well</h1>" in page.get_data(as_text=True)
    assert world.browser.get("/health").mimetype == "application/json"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_people_read_the_offices_time_and_monitors_the_worlds(world: World) -> None:
    summer = datetime(2027, 7, 1, 13, 5, tzinfo=UTC)
    world.store.health.well("one", Trouble.MAILBOX, summer)
    world.now = summer
    page = world.browser.get("/health", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert f'<time datetime="{summer.isoformat()}">1 July 2027 at 2:05pm</time>' in page
    assert "last so on <time" in page
    assert "UTC" not in page
    checks = world.browser.get("/health").get_json()["checks"]
    assert checks["mailbox"]["since"] == summer.isoformat()


def test_no_page_names_anybody_or_says_what_a_server_said(world: World) -> None:
    hold = Hold(key="h", reason=Reason.FAILED, detail={"fault": "secret@example.org"})
    do(world.store, decided(holds=(hold,)), outgoing=[letter()])
    world.store.health.failed("one", Trouble.DELIVERY, NOW, "550 secret@example.org: no")
    world.now += 16 * MINUTES
    for path in ("/health", "/metrics"):
        for accept in ("text/html", "application/json"):
            said = {"Accept": accept, **READS}
            answer = world.browser.get(path, headers=said)
            assert answer.status_code in (200, 503)
            text = answer.get_data(as_text=True)
            assert "@" not in text
            assert not re.search("secret|550", text)
