"""What a person can do to a consultation, as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model import ENDED, WATCHED, Consultation, Status

_OPEN = frozenset({Status.DRAFT, Status.AWAITING_CONFIRMATION, Status.REGISTERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing to do: its name in the address, and on the page."""

    act: str
    text: str
    fits: Callable[[Consultation], bool]


#: Everything there is to do, in the order of the page.
OFFERS: tuple[Offer, ...] = (
    Offer(
        act="confirm",
        text="Confirm that it goes ahead",
        fits=lambda c: c.status is Status.AWAITING_CONFIRMATION,
    ),
    Offer(
        act="edit-form1",
        text="Change answers of Form 1",
        fits=lambda c: c.status not in ENDED and c.form1 is not None,
    ),
    Offer(
        act="edit-form2",
        text="Change answers of Form 2",
        fits=lambda c: c.status not in ENDED and c.form2 is not None,
    ),
    Offer(
        act="extend",
        text="Give more time for outcomes",
        fits=lambda c: c.status is Status.REGISTERED,
    ),
    Offer(act="people", text="Change its people", fits=lambda c: c.status not in ENDED),
    Offer(
        act="stop",
        text="Stop its reminders",
        fits=lambda c: c.status in WATCHED and c.stopped_at is None,
    ),
    Offer(
        act="remind",
        text="Start its reminders again",
        fits=lambda c: c.status in WATCHED and c.stopped_at is not None,
    ),
    Offer(
        act="merge",
        text="Merge it into another consultation",
        fits=lambda c: c.status not in ENDED,
    ),
    Offer(
        act="separate",
        text="Separate it from the other one again",
        fits=lambda c: c.status is Status.MERGED,
    ),
    Offer(act="withdraw", text="Withdraw it", fits=lambda c: c.status in _OPEN),
)


def offers(record: Consultation) -> tuple[Offer, ...]:
    """What can be done to a consultation."""
    return tuple(one for one in OFFERS if one.fits(record))
