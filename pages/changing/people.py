"""A consultation's people, changed by a person: staff leave, and addresses come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intake.desk import ChangePeople, Doing, Refused
from model import Address, Person, Role
from pages.acting import PAGE, Faults, Sent, Wrong
from pages.register.record import Record
from parsers.numbers import read_email

#: Empty rows for people to be added.
_MORE = 1
FIRST, ALSO, COPY = "first", "also", "copy"
PARTS: Mapping[str, str] = {
    FIRST: "Is written to: letters and reminders go here",
    ALSO: "May speak for it, and is not written to",
    COPY: "Gets a copy of what is written",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person as the page shows them."""

    number: int
    name: str = ""
    email: str = ""
    part: str = COPY
    role: Role | None = None  #: as it is in the register; None: a new person
    blocked: bool = False  #: an email to this address came back
    removed: bool = False
    unblocked: bool = False
    was: str = ""  #: the address in the register

    @property
    def empty(self) -> bool:
        """Whether nobody was put in here."""
        return self.role is None and not (self.name or self.email)

    @property
    def has_another(self) -> bool:
        """Whether another address stands in the place of the one in the register."""
        return self.role is not None and self.email.lower() != self.was

    def id(self, what: str) -> str:
        """What an input of this row is called."""
        return f"person-{self.number}-{what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeIt:
    """Who belongs to it."""

    template: str = "record_people.html"
    title: str = "Change its people"

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """A row for each of its people, and some empty ones."""
        return {"rows": list(_rows(shown, sent)), "parts": PARTS}

    def doing(self, shown: Record, sent: Sent) -> Doing:
        """The people who are left and those who are new, whoever is written to in front."""
        rows = [row for row in _rows(shown, sent) if not row.empty and not row.removed]
        if faults := tuple(_faults(rows)):
            raise Wrong(*faults)
        rows.sort(key=lambda row: (row.part != FIRST, row.number))
        return ChangePeople(
            people=tuple(_person(row) for row in rows),
            tell="tell" in sent,
            unblock=tuple(row.email.lower() for row in rows if row.unblocked),
            instead={row.was: _person(row).address for row in rows if row.has_another},
        )

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """Said above."""
        return ((PAGE, str(refused)),)


def _rows(shown: Record, sent: Sent) -> Iterator[Row]:
    people: list[Person | None] = [*shown.it.people, *[None] * _MORE]
    first = next((p for p in shown.it.people if p.role is not Role.CC), None)
    for number, person in enumerate(people):
        row = _as_it_is(number, person, shown, is_first=person is first)
        yield _filled_in(row, sent) if sent else row


def _as_it_is(number: int, person: Person | None, shown: Record, *, is_first: bool) -> Row:
    if person is None:
        return Row(number=number)
    return Row(
        number=number,
        name=person.address.name,
        email=person.address.email,
        part=COPY if person.role is Role.CC else FIRST if is_first else ALSO,
        role=person.role,
        blocked=person.address.email in shown.blocked,
        was=person.address.email,
    )


def _filled_in(row: Row, sent: Sent) -> Row:
    part = sent.get(row.id("part"), row.part)
    return Row(
        number=row.number,
        name=sent.get(row.id("name"), row.name).strip(),
        email=sent.get(row.id("email"), row.email).strip(),
        part=part if part in PARTS else COPY,
        role=row.role,
        blocked=row.blocked,
        was=row.was,
        removed=row.id("remove") in sent,
        unblocked=row.blocked and row.id("unblock") in sent,
    )


def _faults(rows: list[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if read_email(row.email) != row.email:
            yield row.id("email"), "Give one full email address, such as jo.smith@example.org"
    seen: set[str] = set()
    for row in rows:
        if row.email.lower() in seen:
            yield row.id("email"), f"{row.email} is there twice"
        seen.add(row.email.lower())
    chosen = [row for row in rows if row.part == FIRST]
    if not chosen:
        where = next(iter(rows), None) or Row(number=0)
        yield where.id("part"), "Choose one person who is written to: somebody has to be"
    for row in chosen[1:]:
        named = chosen[0].name or chosen[0].email
        yield row.id("part"), f"Only one person is written to, and {named} is chosen: change one"


def _person(row: Row) -> Person:
    """Who was written to or spoke for it before keeps how they came to."""
    role = row.role if row.role not in (None, Role.CC) else Role.FORM
    assert role is not None
    address = Address(email=row.email.lower(), name=row.name)
    return Person(address=address, role=Role.CC if row.part == COPY else role)
