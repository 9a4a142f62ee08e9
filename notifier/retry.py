"""When to try a mail again that was not accepted for the moment.

Pure: time and chance are arguments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
#: How long to go on in all (RFC 5321 section 4.5.4.1: at least four to five days).
FOR_AT_MOST = timedelta(days=5)
#: Share of a delay by which it may come out shorter or longer, so that a backlog spreads out.
JITTER = 0.2


def delay(attempts: int) -> timedelta:
    """The wait after attempt number `attempts` (from 1), before jitter; at most `LONGEST`."""
    doublings = min(attempts - 1, 16)  # 2**16 minutes are far beyond LONGEST
    return min(SHORTEST * (1 << doublings), LONGEST)


def next_attempt(attempts: int, now: datetime, rng: Random) -> datetime | None:
    """When to try again a mail tried `attempts` times; None when it was tried for long enough.

    Only attempts count: while the software is off, no mail comes nearer to being given up.
    """
    waited = sum((delay(n) for n in range(1, attempts)), timedelta())
    if waited >= FOR_AT_MOST:
        return None
    return now + delay(attempts) * rng.uniform(1 - JITTER, 1 + JITTER)
