"""`kill -9` at any moment of `run --once`, again and again; then a clean run, and the reckoning.

The kills are spread over the whole of the work, by watching how many commits have been made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Literal

from tests.harness.mails import TO, Sample, samples
from tests.harness.progress import Progress, progress
from tests.harness.reckoning import Reckoning, reckon
from tests.servers.smtp import SmtpServer

PROGRAM = Path(__file__).parents[2] / "askonce.py"
NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)  #: the clock of every run: a Monday, in office hours

_START = 2.0  #: seconds within which a kill meets the start
_MOMENT = 0.005  #: seconds that a kill may come after a commit
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
    mails = samples(plan.mails, plan.seed, NOW.date())
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
per_day = 0

[process]
strangers_per_day = 0
strangers_per_month = 0

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


def _kill_again_and_again(plan: Plan, mails: Sequence[Sample]) -> Counter[str]:
    """Starts the program and kills it, `plan.kills` times. Returns where the kills fell.

    Each waits for a commit drawn at random from those that are its share of the work, and then a
    moment more; every fifth only for a time, so as to meet the start too.
    """
    rng = Random(plan.seed)
    whole = Progress.whole(len(mails), sum(m.answers for m in mails))
    fell, come = Counter[str](), Progress()
    for n in range(plan.kills):
        share = 1.7 * (whole.steps - come.steps) / (plan.kills - n)
        goal = come.steps + rng.uniform(0, max(share, 1)) if n % 5 else 0
        killed = _killed(plan, goal, rng.uniform(0, _MOMENT if goal else _START))
        come = progress(plan.folder / "askonce.db") if killed else whole
        fell[come.phase(whole) if killed else "too late"] += 1
        _somebody_reads(plan.folder / "out")
    return fell


def _killed(plan: Plan, goal: float, after: float) -> bool:
    """One run, killed `after` seconds once `goal` commits are there. False: it ended before."""
    with _start(plan, *_RUN) as process:
        while goal and process.poll() is None:
            if progress(plan.folder / "askonce.db").steps >= goal:
                break
            time.sleep(0.002)
        time.sleep(after)
        process.kill()
        process.communicate()
    if process.returncode == -SIGKILL:
        return True
    _must_be_well(plan, process)
    return False


def _run_to_the_end(plan: Plan) -> None:
    _said(plan, *_RUN)


def _said(plan: Plan, *command: str) -> str:
    with _start(plan, *command) as process:
        said, _ = process.communicate(timeout=600)
    _must_be_well(plan, process)
    return said


def _must_be_well(plan: Plan, process: subprocess.Popen[str]) -> None:
    if process.returncode != 0:
        log = (plan.folder / "run.log").read_text()
        raise RuntimeError(f"The program ended with {process.returncode}:\n{log[-5000:]}")


def _start(plan: Plan, *command: str) -> subprocess.Popen[str]:
    with (plan.folder / "run.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, str(PROGRAM), "--config", str(plan.folder / "config.toml"), *command],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def _somebody_reads(out: Path) -> None:
    """Mails that were delivered are moved on, as a reader does; one delivered twice then shows."""
    for file in (out / "new").glob("*"):
        file.rename(out / "cur" / f"{file.name}:2,S{time.monotonic_ns()}")
