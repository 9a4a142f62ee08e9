"""`askonce due`: what the calendar brings, and what of it was paused or skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from commands.due import run
from intake.desk import Act, Pause, Skip, perform
from model import Decision
from notifier.due import forecast
from settings import load
from tests.gates import OPEN
from tests.intake.world import LEAD, OTHER, World, form1
from tests.store import given

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
TODAY, UNTIL = date(2027, 4, 6), date(2027, 5, 10)


def test_what_is_paused_or_skipped_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with World.at(tmp_path, now=NOW) as world:
        world.receive(form1())
        world.receive(
            form1(title="Bus fares", purpose="Cost?", area=["Waveney"], email=OTHER.email),
            sender=OTHER,
        )
        clocked, house = world.store.views.clocked(), world.house
        found = forecast(clocked, house.clock, since=TODAY, until=UNTIL)
        for doing, due in zip((Pause, Skip), found, strict=False):
            act = Act(
                token=due.key,
                who="ann",
                doing=doing(key=due.key),
                consultation=due.consultation.key,
                why="ill",
            )
            perform(house, act, NOW)
    lines = [line for line in printed(tmp_path, capsys) if "in the outbox" not in line]
    marks = [line.rpartition(" (")[2] if line.endswith(")") else "" for line in lines]
    assert marks == ["PAUSED by ann: ill)", "SKIPPED by ann: ill)", "PAUSED by ann: ill)", ""]


def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    file = tmp_path / "config.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/askonce.db"\n')
    assert run(load(file, {}), TODAY, UNTIL) == 0
    return capsys.readouterr().out.splitlines()


def test_what_is_written_and_has_not_gone_comes_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with World.at(tmp_path, now=NOW) as world:
        world.receive(form1())
        (mail,) = world.store.views.unsent()
        assert printed(tmp_path, capsys)[0] == (
            f"in the outbox    registered          {mail.about[0].reference}  "
            "A skate park for everyone: waits to go"
        )
        blocked = Decision(kind=None, outcome="bounced", blocked=(LEAD.email,))
        given.do(world.store, blocked, now=NOW)
        assert world.store.outbox.claim(NOW + timedelta(hours=1), OPEN) is None
        assert "HELD: mail to all its addresses came back" in printed(tmp_path, capsys)[0]
