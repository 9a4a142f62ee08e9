"""What became of every mail: the promises, counted from the outside and from the database."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.harness.mails import Sample

_OWN = ("digest",)  #: kinds of mail that answer none


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """The figures of a trial, and every promise that was broken."""

    seed: int
    kills: dict[str, int]  #: by what the program was at
    mails: int
    outcomes: dict[str, int]
    letters: dict[str, int]  #: written, by kind
    handed_over: int
    lost: int
    doubled: int
    uncertain: int
    references: int
    faults: tuple[str, ...]

    def table(self) -> str:
        """The figures, a line each."""
        rows = (
            ("mails in", self.mails),
            ("kills", _listed(self.kills)),
            ("outcomes", _listed(self.outcomes)),
            ("letters written", _listed(self.letters)),
            ("handed over", self.handed_over),
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("uncertain (in the queue)", self.uncertain),
            ("references", self.references),
            ("seed", self.seed),
            ("promises", "; ".join(self.faults) or "all kept"),
        )
        return "\n".join(f"{name:<26}{value}" for name, value in rows)


def _listed(counts: dict[str, int]) -> str:
    return f"{sum(counts.values())}: " + ", ".join(f"{n} {what}" for what, n in counts.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The database's side."""

    inbound: list[tuple[str | None, int]]  #: outcome, and how many letters answer it
    letters: list[tuple[str, str, str]]  #: Message-ID, kind, state


def reckon(
    *,
    mails: Sequence[Sample],
    kills: Counter[str],
    seed: int,
    database: Path,
    mailbox: Path,
    handed_over: Sequence[str],
    exported: str,
    queued: str,
) -> Reckoning:
    """Sets what came in against what became of it."""
    books = _books(database)
    consultations = [json.loads(line) for line in exported.splitlines()]
    queue = [json.loads(line) for line in queued.splitlines()]
    references = [c["reference"] for c in consultations if c["reference"]]
    arrived = Counter(handed_over)
    sent = {mid for mid, _, state in books.letters if state == "sent"}
    uncertain = {mid for mid, _, state in books.letters if state == "uncertain"}
    faults = (
        *of_mails(mails, books),
        *_of_filing(mails, mailbox),
        *of_letters(books, arrived, sent, uncertain),
        *_of_the_clock(books),
        *of_records(mails, consultations, references),
        *of_the_queue(queue, uncertain),
    )
    return Reckoning(
        seed=seed,
        kills=dict(kills),
        mails=len(mails),
        outcomes=dict(Counter(outcome or "none" for outcome, _ in books.inbound)),
        letters=dict(Counter(kind for _, kind, _ in books.letters)),
        handed_over=len(handed_over),
        lost=len(sent - set(arrived)),
        doubled=sum(n - 1 for n in arrived.values()),
        uncertain=len(uncertain),
        references=len(references),
        faults=faults,
    )


def _books(database: Path) -> Books:
    inbound = (
        "SELECT i.outcome, (SELECT count(*) FROM outgoing_mails o WHERE o.inbound_id = i.id)"
        " FROM inbound_mails i ORDER BY i.arrived_at"
    )
    letters = "SELECT message_id, kind, state FROM outgoing_mails ORDER BY id"
    with closing(sqlite3.connect(database)) as connection:
        return Books(
            inbound=connection.execute(inbound).fetchall(),
            letters=connection.execute(letters).fetchall(),
        )


def of_mails(mails: Sequence[Sample], books: Books) -> Iterator[str]:
    """What is wrong with the ledger; `mails` in the order in which they arrived."""
    if len(books.inbound) != len(mails):
        yield f"{len(mails)} mails came in, {len(books.inbound)} are in the ledger"
    for n, (mail, (outcome, answers)) in enumerate(zip(mails, books.inbound, strict=False)):
        if outcome is None or outcome == "failed":
            yield f"mail {n} ({mail.name}) has the outcome {outcome}"
        if answers != mail.answers:
            yield f"mail {n} ({mail.name}) has {answers} answers"


def _of_filing(mails: Sequence[Sample], mailbox: Path) -> Iterator[str]:
    left = [*(mailbox / "new").iterdir(), *(mailbox / "cur").iterdir()]
    filed = [*mailbox.glob(".*/new/*"), *mailbox.glob(".*/cur/*")]
    if left or len(filed) != len(mails):
        yield f"{len(left)} mails lie unfiled, {len(filed)} are filed"


def of_letters(
    books: Books, arrived: Counter[str], sent: set[str], uncertain: set[str]
) -> Iterator[str]:
    """What is wrong with the letters, by what arrived on the other side and how often."""
    for message_id, kind, state in books.letters:
        if state not in {"sent", "uncertain"}:
            yield f"a letter ({kind}) was left {state}"
        if state == "sent" and message_id not in arrived:
            yield f"a letter ({kind}) was lost"
    for message_id, times in arrived.items():
        if times > 1:
            yield f"a letter was handed over {times} times"
        if message_id not in sent | uncertain:
            yield "a letter was handed over that nobody wrote"
    repeated = [mid for mid, n in Counter(m for m, _, _ in books.letters).items() if n > 1]
    if repeated:
        yield f"{len(repeated)} Message-IDs were given twice"


def _of_the_clock(books: Books) -> Iterator[str]:
    own = Counter(kind for _, kind, _ in books.letters if kind in _OWN)
    if max(own.values(), default=0) > 1:
        yield f"the clock wrote {dict(own)}"


def of_records(
    mails: Sequence[Sample], consultations: Sequence[dict[str, object]], references: Sequence[str]
) -> Iterator[str]:
    """What is wrong with the records, as they are exported, and with their references."""
    drawn, drafts = sum(m.references for m in mails), sum(m.drafts for m in mails)
    numbers = sorted(int(reference.split("-")[2]) for reference in references)
    if numbers != list(range(1, drawn + 1)):
        yield f"{drawn} references were due; drawn were {numbers}"
    if len(consultations) != drawn + drafts:
        yield f"{drawn + drafts} records were due, {len(consultations)} were kept"


def of_the_queue(queue: Sequence[dict[str, object]], uncertain: set[str]) -> Iterator[str]:
    """What is wrong with the queue, as it is listed."""
    reasons = Counter(item["reason"] for item in queue)
    if reasons["delivery_uncertain"] != len(uncertain):
        yield f"{len(uncertain)} letters are uncertain, the queue says {dict(reasons)}"
    for reason in ("failed", "delivery_failed"):
        if reasons[reason]:
            yield f"{reasons[reason]} in the queue as {reason}"
