"""What each act on a consultation asks for, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from intake.desk import Doing, Refused, RemindAgain, Say
from model import Word
from pages.acting import PAGE, Faults, Sent, Wrong, typed_date
from pages.look import day
from pages.register.record import Record
from pages.site import site


class Question(Protocol):
    """A page that asks, and what follows from what was answered."""

    @property
    def template(self) -> str:
        """The page."""

    @property
    def title(self) -> str:
        """What it asks."""

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """What the page needs beside the consultation; with `sent`, as it was filled in."""

    def doing(self, shown: Record, sent: Sent) -> Doing:
        """The act that was asked for. Raises `Wrong` for what cannot be read."""

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """What is said of a refusal, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayIt:
    """What is said or done on the lead worker's behalf, with nothing more to be filled in than why.

    `doing`: the act that is meant.
    """

    act: str  #: its name in the address
    title: str
    follows: tuple[str, ...]  #: what happens then
    button: str
    doing: Callable[[Record, Sent], Doing]
    at: str = PAGE  #: the input that a refusal is about
    grave: bool = False  #: it ends something
    template: str = "record_say.html"

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """Nothing more."""
        return {}

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """At the one input that can be wrong, or above."""
        return ((self.at, str(refused)),)


def _word(word: Word) -> Callable[[Record, Sent], Doing]:
    return lambda _shown, _sent: Say(word=word)


def _extended(shown: Record, sent: Sent) -> Doing:
    return Say(word=Word.EXTEND, until=_until(shown, sent))


def _until(shown: Record, sent: Sent) -> date:
    """The day typed; raises `Wrong` at the part of it that is wrong, and says what is."""
    until = typed_date(sent, "until", "31 May 2027")
    due, end = shown.it.outcomes_due, shown.it.end_date
    today = site().house.rules.local_date(site().now())
    for before, what in (
        (end, f"the consultation’s own end, {day(end)}"),
        (today, f"today, {day(today)}"),
        (due, f"the day on which outcomes are due now, {day(due)}"),
    ):
        if before and until < before:
            raise Wrong(("until-day", f"{day(until)} lies before {what}"))
    return until


CONFIRM = SayIt(
    act="confirm",
    title="Confirm that it goes ahead",
    follows=(
        "It is registered, with a reference, beside the similar work that was found.",
        "Its people are told by email, with the date on which outcomes are due.",
    ),
    button="Confirm",
    doing=_word(Word.PROCEED),
)
EXTEND = SayIt(
    act="extend",
    title="Give more time for outcomes",
    follows=(
        "Outcomes are due on the new date, and reminders follow that.",
        "Its people are told by email.",
    ),
    button="Give more time",
    doing=_extended,
    at="until-day",
)
STOP = SayIt(
    act="stop",
    title="Stop its reminders",
    follows=(
        "No reminder goes out for it any more. Outcomes can still be sent in.",
        "Its people are told by email. You can start its reminders again on its page.",
    ),
    button="Stop reminders",
    doing=_word(Word.STOP),
)
REMIND = SayIt(
    act="remind",
    title="Start its reminders again",
    follows=(
        "Reminders follow its dates again. Those that came due meanwhile do not all go: the latest"
        " does, and no other.",
        "Its people are told by email.",
    ),
    button="Start reminders again",
    doing=lambda _shown, _sent: RemindAgain(),
)
WITHDRAW = SayIt(
    act="withdraw",
    title="Withdraw it",
    follows=(
        "It counts as not happening: nothing is asked of its people any more, and nobody is warned"
        " because of it.",
        "Its people are told by email. After a minute this cannot be taken back.",
    ),
    button="Withdraw",
    doing=_word(Word.WITHDRAW),
    grave=True,
)
