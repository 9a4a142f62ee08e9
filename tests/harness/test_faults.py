"""The short run of the fault harness; the long one is `benchmarks/faults.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.fault_rounds import Plan, trial
from tests.harness.faults import faults, kills

pytestmark = pytest.mark.needs("dovecot")


def test_killed_at_every_named_step_it_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    steps = len(kills())
    plan = Plan(folder=tmp_path, mails=2 * steps, a_round=2, seed=2, only="killed", kills_times=1)
    tally = trial(plan)

    assert tally.faults == (), tally.table()
    assert tally.total().struck > steps / 2


def test_whatever_goes_away_around_it_it_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    kinds = len({fault.row for fault in faults("sqlite", filling=True)} - {k.row for k in kills()})
    plan = Plan(
        folder=tmp_path, mails=3 * kinds, a_round=3, seed=4, kills_times=0, one_of_each=True
    )
    tally = trial(plan)

    assert tally.faults == (), tally.table()
    assert tally.total().struck > kinds / 2
