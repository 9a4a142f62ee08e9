"""The short run of the harness; the long one is `benchmarks/kill.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.kill import Plan, Way, trial


@pytest.mark.parametrize("way", ["maildir", "smtp"])
def test_whatever_the_moment_of_a_kill_nothing_is_lost_and_nothing_sent_twice(
    way: Way, tmp_path: Path
) -> None:
    reckoning = trial(Plan(folder=tmp_path, mails=6, kills=3, seed=7, way=way))

    assert reckoning.faults == (), reckoning.table()
    assert reckoning.lost == reckoning.doubled == 0
