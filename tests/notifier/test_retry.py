"""Growing, jittered delays, up to a limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from notifier.retry import FOR_AT_MOST, JITTER, LONGEST, delay, next_attempt

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


def _waits(seed: int) -> list[timedelta]:
    """The waits of a mail that is never accepted, until it is given up."""
    rng = Random(seed)
    waits: list[timedelta] = []
    while (at := next_attempt(len(waits) + 1, NOW, rng)) is not None:
        waits.append(at - NOW)
    return waits


def test_delays_double_up_to_the_longest() -> None:
    minutes = [delay(n) / timedelta(minutes=1) for n in range(1, 12)]

    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


@pytest.mark.parametrize("seed", range(20))
def test_each_wait_is_near_its_delay(seed: int) -> None:
    for n, wait in enumerate(_waits(seed), start=1):
        assert delay(n) * (1 - JITTER) <= wait <= delay(n) * (1 + JITTER)


def test_mails_refused_together_do_not_come_back_together() -> None:
    rng = Random(1)

    assert len({next_attempt(5, NOW, rng) for _ in range(50)}) == 50


@pytest.mark.parametrize("seed", range(20))
def test_a_mail_is_given_up_after_about_five_days(seed: int) -> None:
    waited = sum(_waits(seed), timedelta())

    assert FOR_AT_MOST * (1 - JITTER) <= waited <= (FOR_AT_MOST + LONGEST) * (1 + JITTER)


def test_a_count_of_attempts_beyond_all_bounds_is_given_up_too() -> None:
    assert next_attempt(100_000, NOW, Random(1)) is None
