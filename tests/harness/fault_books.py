"""What became of every mail in the rounds of faults, by what went wrong when it came or went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, create_engine, func, select

from store import Store
from store.schema import attempts, inbound_mails, outgoing_mails
from tests.harness.faults import kills as kills_in_order
from tests.harness.mails import Sample
from tests.harness.reckoning import Books, of_letters, of_mails, of_records, of_the_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run: what was to go wrong, when by the program's clock, and whether it came to that."""

    row: str
    now: datetime
    mails: int
    struck: bool


@dataclass(slots=True, kw_only=True)
class Row:
    """A line of the table."""

    struck: int = 0
    mails: int = 0
    lost: int = 0
    doubled: int = 0
    uncertain: int = 0

    def add(self, other: Row) -> None:
        """The two together."""
        self.struck += other.struck
        self.mails += other.mails
        self.lost += other.lost
        self.doubled += other.doubled
        self.uncertain += other.uncertain


@dataclass(slots=True, kw_only=True)
class Tally:
    """The figures of trials, and every promise that was broken."""

    rows: dict[str, Row] = field(default_factory=dict)
    letters: Counter[str] = field(default_factory=Counter)  #: written, by state at the end
    outcomes: Counter[str] = field(default_factory=Counter)
    references: int = 0
    refused: int = 0  #: letters refused for good, and sent again by a person
    faults: tuple[str, ...] = ()

    def add(self, other: Tally) -> None:
        """Another trial's."""
        for name, row in other.rows.items():
            self.rows.setdefault(name, Row()).add(row)
        self.letters += other.letters
        self.outcomes += other.outcomes
        self.references += other.references
        self.refused += other.refused
        self.faults += other.faults

    def total(self) -> Row:
        """All lines together."""
        whole = Row()
        for row in self.rows.values():
            whole.add(row)
        return whole

    def table(self) -> str:
        """In Markdown, as docs/reliability.md has it."""
        lines = [
            "| what went wrong | times | mails | lost | doubled | uncertain |",
            "|---|---|---|---|---|---|",
        ]
        rows = sorted((item for item in self.rows.items() if item[1] != Row()), key=_in_order)
        for name, row in (*rows, ("together", self.total())):
            given = (row.struck, row.mails, row.lost, row.doubled, row.uncertain)
            lines.append(f"| {name} | " + " | ".join(f"{n:,}" for n in given) + " |")
        letters = ", ".join(f"{n:,} {what}" for what, n in self.letters.items())
        outcomes = ", ".join(f"{n:,} {what}" for what, n in self.outcomes.most_common())
        return "\n".join(
            (
                *lines,
                "",
                f"mails became: {outcomes}",
                f"letters written: {letters}; refused for good, sent again: {self.refused:,}",
                f"references: {self.references:,}, without gap or repeat in each register",
                f"promises: {'; '.join(self.faults) or 'all kept'}",
            )
        )


def _in_order(line: tuple[str, Row]) -> tuple[int, str]:
    """As the steps follow on each other, then the rest by name."""
    kills = [fault.row for fault in kills_in_order()]
    return (kills.index(line[0]) if line[0] in kills else len(kills), line[0])


def reckon(
    *,
    mails: Sequence[Sample],
    rounds: Sequence[Round],
    store: Store,
    url: str,
    arrived: Iterable[str],
    left: int,
    filed: int,
    refused: int,
) -> Tally:
    """Sets what came in against what became of it."""
    engine = create_engine(url)
    with engine.connect() as connection:
        books, handed_over = _books(connection), _handed_over(connection)
    engine.dispose()
    came = Counter(arrived)
    sent = {mid for mid, _, state in books.letters if state == "sent"}
    uncertain = {mid for mid, _, state in books.letters if state == "uncertain"}
    consultations = list(store.views.export())
    references = [c["reference"] for c in consultations if c["reference"]]
    queue = [item.as_json() for item in store.views.queue()]
    faults = (
        *of_mails(mails, books),
        *of_letters(books, came, sent, uncertain),
        *of_records(mails, consultations, references),
        *of_the_queue(queue, uncertain),
        *((f"{left} mails lie unfiled, {filed} are filed",) if left or filed != len(mails) else ()),
    )
    tally = Tally(
        letters=Counter(state for _, _, state in books.letters),
        outcomes=Counter(outcome or "none" for outcome, _ in books.inbound),
        references=len(references),
        refused=refused,
        faults=faults,
    )
    _attribute(tally, rounds, books, handed_over, came)
    return tally


def failed_letters(url: str) -> list[int]:
    """Numbers of the letters that were given up."""
    engine = create_engine(url)
    with engine.connect() as connection:
        mails = outgoing_mails.c
        given_up = list(connection.scalars(select(mails.id).where(mails.state == "failed")))
    engine.dispose()
    return given_up


def _books(connection: Connection) -> Books:
    mails, letters = inbound_mails.c, outgoing_mails.c
    answers = (
        select(func.count())
        .select_from(outgoing_mails)
        .where(letters.inbound_id == mails.id)
        .scalar_subquery()
    )
    inbound = select(mails.outcome, answers).order_by(mails.arrived_at, mails.id)
    written = select(letters.message_id, letters.kind, letters.state).order_by(letters.id)
    return Books(
        inbound=[(row[0], row[1]) for row in connection.execute(inbound)],
        letters=[(row[0], row[1], row[2]) for row in connection.execute(written)],
    )


def _handed_over(connection: Connection) -> dict[str, datetime]:
    """Message-ID -> when the letter was handed over last."""
    query = (
        select(outgoing_mails.c.message_id, func.max(attempts.c.started_at, type_=_MOMENT))
        .join(attempts, attempts.c.outgoing_id == outgoing_mails.c.id)
        .group_by(outgoing_mails.c.message_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


_MOMENT = attempts.c.started_at.type
_NONE = "nothing (the last runs)"


def _attribute(
    tally: Tally,
    rounds: Sequence[Round],
    books: Books,
    handed_over: dict[str, datetime],
    came: Counter[str],
) -> None:
    """Each mail to the round that it came in, each letter to the one in which it was last tried."""
    at = {one.now: one.row for one in rounds}
    outcomes = iter(outcome for outcome, _ in books.inbound)
    for one in rounds:
        row = tally.rows.setdefault(one.row, Row())
        row.struck += one.struck
        row.mails += one.mails
        row.lost += sum(next(outcomes, None) in {None, "failed"} for _ in range(one.mails))
    for message_id, _, state in books.letters:
        tried = handed_over.get(message_id)
        row = tally.rows.setdefault(at.get(tried, _NONE) if tried else _NONE, Row())
        row.lost += state == "sent" and message_id not in came
        row.doubled += max(came[message_id] - 1, 0)
        row.uncertain += state == "uncertain"
