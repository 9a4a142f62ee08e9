"""Round after round: mails come, the program runs, one thing goes wrong; then the reckoning.

Dovecot, the SMTP server and PostgreSQL are real, and so is the small disk that SQLite is on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import psycopg

from store import Store
from tests.harness.fault_books import Round, Tally, failed_letters, reckon
from tests.harness.faults import AT_ANY_MOMENT, Database, Fault, drawn, faults, one_of_each
from tests.harness.kill import NOW
from tests.harness.mails import TO, Sample, samples
from tests.harness.program import DONE, FAULTS, FILLER, Turn, run
from tests.harness.wire import ImapWire, Witness
from tests.servers import postgres
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres
from tests.servers.proxy import Proxy

_STEP = timedelta(minutes=10)  #: of the clock, from round to round: a mail put off is due again
_LONGEST = timedelta(hours=7)  #: beyond every lease and every pause
_DISK = "300m"
_SHORT = 1.0  #: seconds to wait for a server that will not answer
_HANG = 240.0  #: seconds after which the program is said to hang
_WITHOUT_MOVE = "IMAP4rev1 UIDPLUS NAMESPACE IDLE"

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.harness.warm"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One trial: an empty `folder`, so many mails, some a round, from a seed."""

    folder: Path
    mails: int
    a_round: int = 10
    seed: int = 1
    database: Database = "sqlite"
    can_move: bool = True  #: the IMAP server; or it can only copy and expunge
    kills_times: int = 4  #: each kill so often as one of the other faults
    only: str = ""  #: of the faults those whose rows begin so
    one_of_each: bool = False  #: only one of each row, at any of its steps or commands


def trial(plan: Plan) -> Tally:
    """Carries out the plan. Raises `RuntimeError` when our own code fails, or hangs."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    rng = Random(plan.seed)
    with ExitStack() as stack:
        office = _Office.open(plan, stack)
        those = [
            fault
            for fault in faults(plan.database, filling=office.has_disk)
            if fault.row.startswith(plan.only)
        ]
        if plan.one_of_each:
            those = list(one_of_each(rng, those))
        mails = samples(plan.mails, plan.seed, NOW.date())
        deck = drawn(rng, those, plan.kills_times)
        for n in range(0, len(mails), plan.a_round):
            office.round(mails[n : n + plan.a_round], next(deck), rng)
        office.calm_down()
        with Store.open(office.turn.url) as store:
            return reckon(
                mails=mails,
                rounds=office.rounds,
                store=store,
                url=office.turn.url,
                arrived=office.out.accepted,
                left=len(office.mailbox.messages()),
                filed=office.filed(),
                refused=office.refused,
            )


@dataclass
class _Office:
    """The servers, the program between them, and what was done to it so far."""

    plan: Plan
    turn: Turn
    mailbox: Dovecot
    out: Witness
    proxy: Proxy
    wire: ImapWire
    server: Postgres | None
    has_disk: bool
    rounds: list[Round] = field(default_factory=list)
    refused: int = 0
    _delivered: int = 0
    _to_strike: int = 0  #: times that the SMTP server stumbles in this round

    @classmethod
    def open(cls, plan: Plan, stack: ExitStack) -> _Office:
        """Everything up, the register empty."""
        has_disk = plan.database == "sqlite" and stack.enter_context(_disk(plan.folder))
        capability = "" if plan.can_move else _WITHOUT_MOVE
        mailbox = stack.enter_context(Dovecot(capability=capability))
        wire = ImapWire()
        proxy = stack.enter_context(Proxy(mailbox.port))
        proxy.filter = wire
        out = stack.enter_context(Witness())
        server, url = None, f"sqlite:///{plan.folder}/askonce.db"
        if plan.database == "postgres":
            server = stack.enter_context(postgres.running())
            url = server.url(server.new_database())
            server.connection.close()
        (plan.folder / "config.toml").write_text(_SETTINGS)
        turn = Turn(folder=plan.folder, url=url, imap=proxy.port, smtp=out.port, now=NOW)
        Store.open(url).close()
        return cls(plan, turn, mailbox, out, proxy, wire, server, has_disk)

    # ----------------------------------------------------------------- one round

    def round(self, mails: tuple[Sample, ...], fault: Fault, rng: Random) -> None:
        """These mails come, the program runs, the fault strikes if it comes so far."""
        for mail in mails:
            self._delivered += 1
            self.mailbox.deliver(mail.content, at=NOW - timedelta(days=2, seconds=-self._delivered))
        turn = self._laid_out(fault, rng)
        status, left = self._run(turn, fault), self._left_over(fault)
        struck = status == -signal.SIGKILL or bool(status & DONE) or left
        one = Round(row=fault.row, now=turn.now, mails=len(mails), struck=struck)
        self.rounds.append(one)
        self._tidy()
        self.turn = replace(self.turn, now=self.turn.now + _STEP)

    def _laid_out(self, fault: Fault, rng: Random) -> Turn:
        short = fault.smtp is not None or fault.imap is not None
        turn = replace(self.turn, timeout=_SHORT) if short else self.turn
        nth = 1 + rng.randrange(max(1, min(4, self.plan.a_round // 2)))
        if fault.row == AT_ANY_MOMENT:
            return replace(turn, kill_after=rng.uniform(0.01, 1.0))
        if fault.deed is not None:
            return replace(turn, step=fault.step, nth=nth, deed=fault.deed)
        if fault.imap is not None:
            verb = "COPY" if fault.verb == "MOVE" and not self.plan.can_move else fault.verb
            self.wire.arm(verb, fault.imap, 1 if verb == "LOGIN" else nth)
        elif fault.smtp is not None:
            spared = 0 if fault.verb in {"EHLO", "CONTENT"} else nth - 1
            self._to_strike = 1 + rng.randrange(2)
            struck = [fault.smtp] * self._to_strike
            self.out.faults[fault.verb].extend([*[None] * spared, *struck])
        else:
            return replace(turn, smtp=free_port())
        return turn

    def _run(self, turn: Turn, fault: Fault) -> int:
        postmaster = self.server.server.get_pid() if self.server else 0
        process = _processes.Process(target=run, args=(replace(turn, postmaster=postmaster or 0),))
        process.start()
        if fault.step == "at the reply":
            pid, taken = process.pid, iter(range(turn.nth))

            def kill() -> None:
                if pid is not None and next(taken, None) == turn.nth - 1:
                    os.kill(pid, signal.SIGKILL)

            self.out.taken = kill
        process.join(_HANG)
        self.out.taken = None
        if process.exitcode is None:
            process.kill()
            raise RuntimeError(f"The program hung ({fault.row}, {fault.step or fault.verb})")
        if process.exitcode > 0 and process.exitcode & ~(DONE | FAULTS):
            raise RuntimeError(
                f"The program failed: {(turn.folder / 'run.log').read_text()[-3000:]}"
            )
        return process.exitcode

    def _left_over(self, fault: Fault) -> bool:
        """Whether a server's fault struck."""
        if fault.imap is not None:
            return self.wire.met
        if fault.smtp is not None:
            return len(self.out.faults[fault.verb]) < self._to_strike
        return fault.deed is None

    def _tidy(self) -> None:
        self.wire.arm("", "drop")
        self.proxy.cut()
        self.out.faults.clear()
        (self.plan.folder / FILLER).unlink(missing_ok=True)
        if self.server is not None and not _alive(self.server):
            self.server.server.start()

    # ----------------------------------------------------------------- the end

    def calm_down(self) -> None:
        """Nothing goes wrong any more; a person sends again what was refused for good."""
        for _ in range(3):
            self._calm()
        with Store.open(self.turn.url) as store:
            for number in failed_letters(self.turn.url):
                self.refused += store.outbox.again(number, who="a person", now=self.turn.now)
        for _ in range(2):
            self._calm()

    def _calm(self) -> None:
        self.turn = replace(self.turn, now=self.turn.now + _LONGEST)
        status = self._run(self.turn, Fault(row="none"))
        if status:
            log = (self.plan.folder / "run.log").read_text()
            raise RuntimeError(
                f"With nothing wrong the program ended with {status}:\n{log[-3000:]}"
            )

    def _log(self) -> str:
        return (self.plan.folder / "run.log").read_text()[-3000:]

    def filed(self) -> int:
        """Mails in the folders of those handled."""
        there = self.mailbox.folders() & {"Processed", "Exceptions"}
        return sum(len(self.mailbox.messages(folder)) for folder in there)


def _alive(server: Postgres) -> bool:
    try:
        psycopg.connect(server.server.get_uri(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _disk(folder: Path) -> Iterator[bool]:
    """A small disk of our own at `folder`. False: this machine does not let us."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "askonce", str(folder)]
    mounted = not subprocess.run(command, capture_output=True, check=False).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


_SETTINGS = f"""
[outgoing]
from = "{TO}"
per_day = 0

[people]
administrator = "administrator@council.test"
pod_administrator = "pod@council.test"

[process]
strangers_per_day = 0
strangers_per_month = 0
"""
