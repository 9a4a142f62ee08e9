"""Rounds of mail between an office and somebody who answers by machine, by a set clock.

The whole of the program but for the two ends: mails are put into the ledger as they came, and what
goes out is kept in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache, partial
from itertools import count
from typing import Self

from intake.process import House
from model import Address, Delivery, DeliveryState, Gate, MailRef, Office, OutgoingEmail
from notifier.gate import may_go_to
from parsers.read import read
from scheduler import Works
from tests.intake.world import World

DAY = timedelta(days=1)
#: The standard one reads a header anew each time that it is asked for.
_READ = policy.default.clone(header_factory=lru_cache(HeaderRegistry()))
_BYTES = policy.SMTP.clone(max_line_length=None)
#: What goes round and round is read once.
_FORM = lru_cache(partial(read, prefix="CYP"))


@dataclass
class Out:
    """A way out that takes every mail and keeps it."""

    taken: list[OutgoingEmail] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def open(self) -> None:
        return None

    def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
        about_to_hand_over()
        self.taken.append(mail)
        return Delivery(state=DeliveryState.SENT)

    def was_sent(self, message_id: str) -> bool | None:
        return None

    def check(self) -> list[str]:
        return []


@dataclass
class Bot:
    """An office: mails in, mails out."""

    world: World
    address: str
    out: Out = field(default_factory=Out)
    house: House = field(init=False)
    _hour: datetime | None = None  #: of the last look at the calendar
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.world.rules = replace(self.world.rules, our_addresses=frozenset({self.address}))
        sender = Address(email=self.address, name="Consultations")
        self.house = replace(self.world.house, office=Office(sender=sender), read=_FORM)

    def turn(self, mails: Iterable[EmailMessage], now: datetime) -> list[EmailMessage]:
        """These mails come in, the program runs once; what goes out."""
        for mail in mails:
            raw = mail.as_bytes(policy=_BYTES)
            uid = str(next(self._numbers))
            place = MailRef(mailbox="x", uidvalidity="1", uid=uid, arrived_at=now, size=len(raw))
            self.world.store.keep(place, raw)
        before = len(self.out.taken)
        works = self._works(now)
        works.handle()
        if now.replace(minute=0, second=0, microsecond=0) != self._hour:
            self._hour = now.replace(minute=0, second=0, microsecond=0)
            works.due()
        works.deliver()
        return [as_mail(mail.content) for mail in self.out.taken[before:]]

    def _works(self, now: datetime) -> Works:
        ours = self.world.rules.our_addresses
        return Works(
            house=self.house,
            mailboxes=tuple,
            sender=self.out,
            gate=Gate(admits=lambda address: may_go_to(address, ours)),
            since=None,
            alone=True,
            now=lambda: now,
        )


def as_mail(raw: bytes) -> EmailMessage:
    """A mail from its bytes."""
    return BytesParser(policy=_READ).parsebytes(raw)


#: Whoever is at the other end: given what the office sent last, and the round's number.
Other = Callable[[list[EmailMessage], int], list[EmailMessage]]


def rounds(bot: Bot, other: Other, begin: datetime, times: int, lasting: timedelta) -> int:
    """Plays so many rounds, evenly spread; how many mails the office sent."""
    last: list[EmailMessage] = []
    sent = 0
    for number in range(times):
        now = begin + lasting * number / times
        went = bot.turn(other(last, number), now)
        last, sent = went or last, sent + len(went)
    return sent
