"""`askonce due`: what the calendar brings, and what of it was paused or skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commands.due import run
from intake.desk import Act, Pause, Skip, perform
from notifier.due import forecast
from settings import load
from tests.intake.world import OTHER, World, form1

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
    file = tmp_path / "config.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/askonce.db"\n')
    assert run(load(file, {}), TODAY, UNTIL) == 0
    lines = capsys.readouterr().out.splitlines()
    marks = [line.rpartition(" (")[2] if line.endswith(")") else "" for line in lines]
    assert marks == ["PAUSED by ann: ill)", "SKIPPED by ann: ill)", "PAUSED by ann: ill)", ""]
