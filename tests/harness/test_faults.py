"""The short run of the fault harness; the long one is `benchmarks/faults.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.fault_rounds import Plan, trial
from tests.harness.faults import kills

pytestmark = pytest.mark.needs("dovecot")


def test_killed_at_every_named_step_it_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    steps = len(kills())
    plan = Plan(folder=tmp_path, mails=4 * steps, a_round=4, seed=2, only="killed", kills_times=1)
    tally = trial(plan)

    assert tally.faults == (), tally.table()
    assert tally.total().struck > steps / 2


def test_whatever_goes_away_around_it_it_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    tally = trial(Plan(folder=tmp_path, mails=66, a_round=3, seed=4, kills_times=0))

    assert tally.faults == (), tally.table()
    assert tally.total().struck > 10
