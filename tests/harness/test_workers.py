"""The short run with several daemons; the long one is `benchmarks/workers.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.workers import Plan, trial


@pytest.mark.needs("dovecot")
def test_three_daemons_share_a_mailbox_and_some_are_killed(tmp_path: Path) -> None:
    result = trial(Plan(folder=tmp_path, people=8, workers=3, kill_every=4.0, patience=5.0, seed=3))

    assert result.faults == (), result.table()
    assert result.lost == result.doubled == 0
    assert result.kills > 0
