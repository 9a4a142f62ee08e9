"""Everything that is done to the program in the rounds, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.harness.program import Deed
from tests.harness.steps import BETWEEN, STEPS
from tests.harness.wire import How
from tests.servers.smtp import Fault as Stumble

Database = Literal["sqlite", "postgres"]

AT_ANY_MOMENT = "killed at any moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to happen. `row`: the line of the table that it counts in.

    Either a deed at a step of the program's, or one of the servers' at a command.
    """

    row: str
    step: str = ""
    deed: Deed | None = None
    verb: str = ""  #: of IMAP, or the stage of SMTP
    imap: How | None = None
    smtp: str | Stumble | None = None


def faults(database: Database, *, filling: bool) -> tuple[Fault, ...]:
    """Each once. `filling`: there is a disk that may be filled."""
    return (*kills(), *_of_smtp(), *_of_imap(), *_of_the_database(database, filling))


def kills() -> tuple[Fault, ...]:
    """At every named step, and at any moment."""
    at_steps = (
        Fault(row=f"killed: {what}", step=step, deed="kill") for step, what in STEPS.items()
    )
    return (*at_steps, Fault(row=AT_ANY_MOMENT, deed="kill"))


_STAGES = ("EHLO", "MAIL", "RCPT", "DATA", "CONTENT", "END")


def _of_smtp() -> Iterator[Fault]:
    for stage in _STAGES:
        yield Fault(row="SMTP: connection dropped", verb=stage, smtp=Stumble.DROP)
        yield Fault(row="SMTP: no answer", verb=stage, smtp=Stumble.STALL)
        yield Fault(row="SMTP: refused for now (4xx)", verb=stage, smtp="451 not now")
        yield Fault(row="SMTP: refused for good (5xx)", verb=stage, smtp="554 never")
    for _ in _STAGES:
        yield Fault(row="SMTP: mail taken, then dropped", verb="END", smtp=Stumble.TAKE_AND_DROP)
    yield Fault(row="SMTP: nobody listens", verb="-")


_OF_IMAP: tuple[tuple[str, How], ...] = (
    ("dropped before a command", "drop"),
    ("dropped after it was carried out", "drop after"),
    ("no answer", "stall"),
    ("refused (NO)", "refuse"),
    ("BYE", "bye"),
)


def _of_imap() -> Iterator[Fault]:
    for said, how in _OF_IMAP:
        for verb in ("LOGIN", "SELECT", "SEARCH", "FETCH", "MOVE"):
            yield Fault(row=f"IMAP: {said}", verb=verb, imap=how)
    for verb in ("FETCH", "FETCH", "SEARCH"):
        yield Fault(row="IMAP: lost within an answer", verb=verb, imap="drop within")


def _of_the_database(database: Database, filling: bool) -> Iterator[Fault]:
    deeds: tuple[tuple[str, Deed], ...] = (("SQLite: locked", "lock"),)
    if database == "postgres":
        deeds = (("PostgreSQL: connections ended", "hang up"), ("PostgreSQL: stopped", "crash"))
    elif filling:
        deeds = (*deeds, ("SQLite: the disk is full", "fill"))
    for row, deed in deeds:
        for step in BETWEEN:
            yield Fault(row=row, step=step, deed=deed)


def one_of_each(rng: Random, those: Sequence[Fault]) -> tuple[Fault, ...]:
    """Of each row of the table one, at any of its steps or commands."""
    rows = dict.fromkeys(fault.row for fault in those)
    return tuple(rng.choice([fault for fault in those if fault.row == row]) for row in rows)


def drawn(rng: Random, those: Sequence[Fault], kills_times: int) -> Iterator[Fault]:
    """Without end: all of them in some order, kills several times as often, and again."""
    deck = [fault for fault in those for _ in range(kills_times if fault.deed == "kill" else 1)]
    while True:
        rng.shuffle(deck)
        yield from deck
