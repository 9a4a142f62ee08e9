"""`kill -9` at any moment of `run --once`, again and again; then a clean run, and the reckoning.

Nothing is known beforehand of where the kills fall. They are spread over the whole of the work by
looking, after each, at how far it has come.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Literal

from tests.harness.mails import TO, Sample, samples
from tests.harness.reckoning import Reckoning, reckon
from tests.servers.smtp import SmtpServer

PROGRAM = Path(__file__).parents[2] / "askonce.py"
NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)  #: the clock of every run: a Monday, in office hours

_RUN = ("run", "--once", "--now", NOW.isoformat())

Way = Literal["maildir", "smtp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One trial: an empty `folder`, so many mails, so many kills, and the seed of it all."""

    folder: Path
    mails: int
    kills: int
    seed: int
    way: Way


def trial(plan: Plan) -> Reckoning:
    """Carries out the plan. Raises `RuntimeError` when the program itself reports a fault."""
    mails = tuple(samples(plan.mails, plan.seed, NOW.date()))
    with _other_side(plan) as accepted:
        _deliver(plan.folder / "in", mails)
        kills = _kill_again_and_again(plan, mails)
        _run_to_the_end(plan)
        _run_to_the_end(plan)  # a second clean run finds nothing to do
        handed_over = accepted()
        return reckon(
            mails=mails,
            kills=kills,
            seed=plan.seed,
            database=plan.folder / "askonce.db",
            mailbox=plan.folder / "in",
            handed_over=handed_over,
            exported=_said(plan, "export", "--json"),
            queued=_said(plan, "queue", "list", "--json"),
        )


# --------------------------------------------------------------------------- the two sides


@contextmanager
def _other_side(plan: Plan) -> Iterator[_Accepted]:
    """Where mails go to, and the settings that lead there."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    if plan.way == "maildir":
        _write_settings(plan.folder, 'kind = "maildir"\npath = "out"')
        yield _Accepted(plan.folder / "out")
        return
    with SmtpServer(log=plan.folder / "smtp.log") as server:
        _write_settings(
            plan.folder,
            f'kind = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"',
        )
        yield _Accepted(server)


class _Accepted:
    """The Message-IDs of the mails that arrived on the other side, as often as they did."""

    def __init__(self, side: Path | SmtpServer) -> None:
        self._side = side

    def __call__(self) -> list[str]:
        if isinstance(self._side, SmtpServer):
            return list(self._side.accepted)
        files = [f for place in ("new", "cur") for f in (self._side / place).glob("*")]
        return [_message_id(file) for file in files]


def _message_id(file: Path) -> str:
    lines = file.read_text("utf-8", "replace").splitlines()
    return next(line for line in lines if line.lower().startswith("message-id:"))[11:].strip()


def _write_settings(folder: Path, outgoing: str) -> None:
    text = f"""
[mailbox]
kind = "maildir"
path = "in"

[outgoing]
{outgoing}
from = "{TO}"

[people]
administrator = "administrator@council.test"
pod_administrator = "pod@council.test"

[store]
url = "sqlite:///askonce.db"
"""
    (folder / "config.toml").write_text(text)


def _deliver(maildir: Path, mails: tuple[Sample, ...]) -> None:
    for place in ("tmp", "new", "cur"):
        (maildir / place).mkdir(parents=True, exist_ok=True)
    for n, mail in enumerate(mails):
        arrived = NOW.timestamp() - 60 * (len(mails) - n)
        file = maildir / "tmp" / f"{n:05}.mail"
        file.write_bytes(mail.content)
        os.utime(file, (arrived, arrived))
        file.rename(maildir / "new" / file.name)


# --------------------------------------------------------------------------- running and killing


def _kill_again_and_again(plan: Plan, mails: tuple[Sample, ...]) -> int:
    """Starts the program and kills it, `plan.kills` times. Returns how many were still at work."""
    rng = Random(plan.seed)
    all_of_it = 2 * len(mails) + sum(m.answers for m in mails)
    longest, killed = 1.0, 0
    for n in range(1, plan.kills + 1):
        killed += _killed(plan, rng.uniform(0.0, longest))
        _somebody_reads(plan.folder / "out")
        behind = _progress(plan.folder / "askonce.db") < all_of_it * n / (plan.kills + 1)
        longest = min(60.0, max(0.2, longest * (1.25 if behind else 0.8)))
    return killed


def _killed(plan: Plan, after: float) -> bool:
    """One run, killed `after` seconds. False: it came to its end before that."""
    with _start(plan, *_RUN) as process:
        try:
            said = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True
    _must_be_well(process, said)
    return False


def _run_to_the_end(plan: Plan) -> None:
    _said(plan, *_RUN)


def _said(plan: Plan, *command: str) -> str:
    with _start(plan, *command) as process:
        said = process.communicate(timeout=600)
    _must_be_well(process, said)
    return said[0]


def _must_be_well(process: subprocess.Popen[str], said: tuple[str, str]) -> None:
    if process.returncode != 0:
        words = " ".join(map(str, process.args)) if isinstance(process.args, list) else ""
        raise RuntimeError(f"{words} ended with {process.returncode}:\n{said[0]}{said[1]}")


def _start(plan: Plan, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), "--config", str(plan.folder / "config.toml"), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _somebody_reads(out: Path) -> None:
    """Mails that were delivered are moved on, as a reader does; one delivered twice then shows."""
    for file in (out / "new").glob("*"):
        file.rename(out / "cur" / f"{file.name}:2,S{time.monotonic_ns()}")


def _progress(database: Path) -> int:
    """How many steps are done: mails stored, mails handled, mails sent."""
    if not database.exists():
        return 0
    steps = (
        "SELECT count(*) + count(handled_at) FROM inbound_mails",
        "SELECT count(*) FROM outgoing_mails WHERE state = 'sent'",
    )
    with closing(sqlite3.connect(database)) as connection:
        try:
            return sum(connection.execute(step).fetchone()[0] for step in steps)
        except sqlite3.OperationalError:
            return 0  # killed before its tables were made
