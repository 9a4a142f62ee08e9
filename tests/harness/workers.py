"""Several daemons on one mailbox and one register, some of them killed; and the reckoning.

Dovecot, PostgreSQL and an SMTP server are real, and so are the processes: `askonce run`. Each
person sends three mails: a form, the same form again, another form. Whether they were handled in
this order shows in what became of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import psycopg

from model import FORM1
from parsers.face import Face
from tests.harness.mails import TO
from tests.servers import postgres
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp import SmtpServer

PROGRAM = Path(__file__).parents[2] / "askonce.py"
_LONGEST = timedelta(hours=2)  #: beyond every lease
_LOOK = 0.25  #: seconds
_NEW = {"registered", "similar"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One trial: so many people with three mails each, so many daemons, and when one is killed."""

    folder: Path
    people: int
    workers: int
    kill_every: float = 0.0  #: seconds; 0: none is killed
    seed: int = 1
    patience: float = 15.0  #: seconds without a step, after which only the dead hold anything
    at_most: float = 1800.0  #: seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it, and every promise that was broken."""

    mails: int
    kills: int
    seconds: float
    handled_by: dict[str, int]
    outcomes: dict[str, int]
    lost: int
    doubled: int
    uncertain: int
    references: int
    faults: tuple[str, ...]

    def table(self) -> str:
        """The figures, a line each."""
        rows = (
            ("mails in", self.mails),
            ("daemons killed", self.kills),
            ("daemons that handled any", len(self.handled_by)),
            ("outcomes", ", ".join(f"{n} {what}" for what, n in self.outcomes.items())),
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("uncertain (in the queue)", self.uncertain),
            ("references", self.references),
            ("seconds", f"{self.seconds:.0f}"),
            ("mails a second", f"{self.mails / self.seconds:.1f}"),
            ("promises", "; ".join(self.faults) or "all kept"),
        )
        return "\n".join(f"{name:<26}{value}" for name, value in rows)


def trial(plan: Plan) -> Result:
    """Carries out the plan. Raises `RuntimeError` if the work does not come to an end."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running())
        mailbox = stack.enter_context(Dovecot())
        out = stack.enter_context(SmtpServer())
        url = server.url(server.new_database())
        _write_settings(plan.folder, url, mailbox.port, out.port)
        _said(plan.folder, "upgrade")
        mails = list(_mails(plan.people))
        for n, mail in enumerate(mails):
            mailbox.deliver(mail, at=_BEGIN + timedelta(seconds=n))
        crew = _Crew(plan, _Progress(server, url, len(mails)))
        seconds = crew.work()
        _said(plan.folder, "run", "--once", "--now", (datetime.now(UTC) + _LONGEST).isoformat())
        with psycopg.connect(url.replace("+psycopg", "")) as books:
            return _reckon(plan, crew, seconds, books, mailbox, out)


_BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


# --------------------------------------------------------------------------- what comes in


def _mails(people: int) -> Iterator[bytes]:
    """Everybody's first mail, then everybody's second, then their third."""
    model = Face().write(FORM1, _fields(datetime.now(UTC).date()), "docx")
    for number, which in ((1, "first"), (2, "first"), (3, "second")):
        for n in range(people):
            yield _mail(n, number, _filled_in(model, n, which))


def _filled_in(model: bytes, n: int, which: str) -> bytes:
    """The form of one person: writing each anew would take longer than all the rest."""
    made = BytesIO()
    with ZipFile(BytesIO(model)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for item in old.infolist():
            part = old.read(item)
            if item.filename == "word/document.xml":
                about = _about(n, which)
                part = part.replace(b"WHO", b"%d" % n).replace(b"WHAT", about.encode())
            new.writestr(item, part)
    return made.getvalue()


def _about(n: int, which: str) -> str:
    """A few words that hardly anybody else has, or everything would be like everything."""
    rng = Random(f"{n} {which}")
    return " ".join(
        "".join(
            rng.choices("bdfgklmnprst", k=1)
            + rng.choices("aeiou", k=1)
            + rng.choices("bdfgklmnprst", k=2)
        )
        for _ in range(3)
    )


def _mail(n: int, number: int, form: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Worker {n} <worker-{n}@council.test>"
    mail["To"] = TO
    mail["Subject"] = "Consultation proposal"
    mail["Message-ID"] = f"<{n}.{number}.workers@council.test>"
    mail.set_content("Please find our form attached.\n")
    mail.add_attachment(form, maintype="application", subtype="msword", filename="form.docx")
    return mail.as_bytes()


def _fields(today: date) -> dict[str, Any]:
    start = today + timedelta(days=20)
    return {
        "organisation": "Organisation WHO",
        "lead_worker": "Worker Whoever",
        "email": "worker-WHO@council.test",
        "title": "WHAT",
        "purpose": "To hear of WHAT",
        "audience": ["Secondary age"],
        "area": ["Countywide"],
        "start_date": start.isoformat(),
        "end_date": (start + timedelta(days=30)).isoformat(),
    }


# --------------------------------------------------------------------------- the daemons


def _write_settings(folder: Path, url: str, imap: int, smtp: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f"""
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "bot"
since = 2020-01-01T00:00:00
poll_seconds = 1

[outgoing]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "{TO}"
per_day = 0

[process]
strangers_per_day = 0
strangers_per_month = 0

[store]
url = "{url}"

[pages]
serve = false
""")


def _start(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    config = ("--config", str(folder / "config.toml"))
    with (folder / "run.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, str(PROGRAM), *config, *command],
            stdout=log,
            stderr=log,
            env=os.environ | {"ASKONCE_MAILBOX__PASSWORD": "secret"},
        )


def _said(folder: Path, *command: str) -> None:
    if _start(folder, *command).wait(900):
        raise RuntimeError(f"{command[0]} failed:\n{(folder / 'run.log').read_text()[-5000:]}")


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the work has come."""

    server: Postgres
    url: str
    mails: int

    def left(self) -> int:
        """Steps still to be made, but for those that a killed daemon holds."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as books:
            known, waiting, unfiled = _row(
                books,
                "SELECT count(*), count(*) FILTER (WHERE handled_at IS NULL),"
                " count(*) FILTER (WHERE filed IS NULL) FROM inbound_mails",
            )
            (unsent,) = _row(books, "SELECT count(*) FROM outgoing_mails WHERE state = 'waiting'")
        # Taken in, a mail has two steps more; handled, it has two still, with its answer's.
        return int(5 * (self.mails - known) + 2 * waiting + 2 * unfiled + unsent)


def _row(books: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = books.execute(query).fetchone()
    assert row is not None
    return tuple(row)


@dataclass
class _Crew:
    """The daemons of a trial."""

    plan: Plan
    progress: _Progress
    kills: int = 0
    _crew: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self) -> float:
        """Until nothing is left to do but what killed daemons hold.

        How many seconds it took, from the first step to the last.
        """
        rng, latest = Random(self.plan.seed), time.monotonic() + self.plan.at_most
        self._crew = [_start(self.plan.folder, "run") for _ in range(self.plan.workers)]
        at_first = best = self.progress.left()
        began = since = kill_at = 0.0
        try:
            while (left := self.progress.left()) and (now := time.monotonic()) < latest:
                if left < best:
                    best, since = left, now
                    began = began or now
                idle = now - since if best < at_first else 0.0
                if idle > self.plan.patience:
                    break  # the rest is held by the dead: the clean run at the end takes it over
                if self.plan.kill_every and best < at_first and now > kill_at and idle < 2:
                    self._kill(rng)
                    kill_at = now + self.plan.kill_every * rng.uniform(0.5, 1.5)
                time.sleep(_LOOK)
            return (since if left else time.monotonic()) - began
        finally:
            for daemon in self._crew:
                daemon.terminate()
            for daemon in self._crew:
                daemon.wait(60)

    def _kill(self, rng: Random) -> None:
        place = rng.randrange(len(self._crew))
        self._crew[place].kill()
        self._crew[place].wait()
        self._crew[place] = _start(self.plan.folder, "run")
        self.kills += 1


# --------------------------------------------------------------------------- the reckoning


def _reckon(
    plan: Plan,
    crew: _Crew,
    seconds: float,
    books: psycopg.Connection[Any],
    mailbox: Dovecot,
    out: SmtpServer,
) -> Result:
    inbound = books.execute(
        "SELECT sender, outcome, claimed_by, handled_at,"
        " (SELECT count(*) FROM outgoing_mails o WHERE o.inbound_id = i.id)"
        " FROM inbound_mails i ORDER BY arrived_at, id"
    ).fetchall()
    letters = books.execute("SELECT message_id, state FROM outgoing_mails").fetchall()
    drawn = books.execute(
        "SELECT reference_number FROM consultations WHERE reference IS NOT NULL ORDER BY 1"
    ).fetchall()
    arrived = Counter(out.accepted)
    sent = {mid for mid, state in letters if state == "sent"}
    uncertain = {mid for mid, state in letters if state == "uncertain"}
    filed = [*mailbox.messages("Processed"), *_exceptions(mailbox)]
    faults = (
        *_of_mails(plan, inbound),
        *_of_letters(letters, arrived, sent | uncertain),
        *_of_references([row[0] for row in drawn], 2 * plan.people),
        *_of_filing(len(filed), len(mailbox.messages()), 3 * plan.people),
    )
    return Result(
        mails=len(inbound),
        kills=crew.kills,
        seconds=seconds,
        handled_by=dict(Counter(str(row[2]) for row in inbound)),
        outcomes=dict(Counter(str(row[1]) for row in inbound)),
        lost=len(sent - set(arrived)) + sum(row[1] is None for row in inbound),
        doubled=sum(n - 1 for n in arrived.values()) + max(len(filed) - 3 * plan.people, 0),
        uncertain=len(uncertain),
        references=len(drawn),
        faults=faults,
    )


def _exceptions(mailbox: Dovecot) -> list[bytes]:
    return mailbox.messages("Exceptions") if "Exceptions" in mailbox.folders() else []


def _of_mails(plan: Plan, inbound: Sequence[Any]) -> Iterator[str]:
    if len(inbound) != 3 * plan.people:
        yield f"{3 * plan.people} mails came in, {len(inbound)} are in the ledger"
    became: dict[str, list[tuple[str, datetime]]] = {}
    for sender, outcome, _, handled_at, answers in inbound:
        became.setdefault(str(sender), []).append((str(outcome), handled_at))
        if answers != 1:
            yield f"a mail of {sender} has {answers} answers"
    for sender, three in became.items():
        told, times = [outcome for outcome, _ in three], [at for _, at in three]
        right = len(told) == 3 and {told[0], told[2]} <= _NEW and told[1] == "repeat"
        if not right or times != sorted(times):
            yield f"the mails of {sender} became {told}"


def _of_letters(letters: Sequence[Any], arrived: Counter[str], gone: set[str]) -> Iterator[str]:
    for message_id, state in letters:
        if state not in {"sent", "uncertain"}:
            yield f"a letter was left {state}"
        if state == "sent" and message_id not in arrived:
            yield "a letter was lost"
    for message_id, times in arrived.items():
        if times > 1:
            yield f"a letter was handed over {times} times"
        if message_id not in gone:
            yield "a letter was handed over that is not known as sent"


def _of_references(drawn: list[int], due: int) -> Iterator[str]:
    if drawn != list(range(1, due + 1)):
        yield f"{due} references were due; {len(drawn)} were drawn, the last is {max(drawn or [0])}"


def _of_filing(filed: int, left: int, due: int) -> Iterator[str]:
    if filed != due or left:
        yield f"{filed} mails lie in the folders, {left} in the inbox"
