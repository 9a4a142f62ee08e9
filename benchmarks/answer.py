"""From a mail's arrival to its answer: how long, with IDLE on Dovecot.

    .venv/bin/python -m benchmarks.answer [--mails 50] [--seed 1]

The daemon is a process of its own, as it is run. A form comes by APPEND; the time runs from the
server's OK to the moment at which the SMTP server has the whole answer. The next form comes a
while after that.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from tests.harness.kill import PROGRAM
from tests.harness.mails import TO, samples
from tests.harness.wire import Witness
from tests.servers.dovecot import Dovecot

_PATIENCE = 60.0  # seconds


def main() -> int:
    """Measures and prints."""
    args = _arguments()
    with (
        TemporaryDirectory() as folder,
        Dovecot() as mailbox,
        Witness() as out,
        _daemon(Path(folder), mailbox.port, out.port),
    ):
        taken = _times(args, mailbox, out)
    twentieths = quantiles(taken, n=20)
    print(f"mails     {len(taken)}")
    print(f"median    {median(taken):.2f} s")
    print(f"95 %      {twentieths[-1]:.2f} s")
    print(f"fastest   {min(taken):.2f} s")
    print(f"slowest   {max(taken):.2f} s")
    return 0


def _times(args: argparse.Namespace, mailbox: Dovecot, out: Witness) -> list[float]:
    """Seconds from arrival to answer, of each form; the first, at the start, is not counted."""
    rng, answered = Random(args.seed), threading.Event()
    out.taken = answered.set
    today = datetime.now(UTC).date()
    made = samples(3 * args.mails + 10, args.seed, today)
    forms = [mail.content for mail in made if mail.name == "one form"][: args.mails + 1]
    taken = []
    for form in forms:
        answered.clear()
        mailbox.append(form)
        began = time.perf_counter()
        if not answered.wait(_PATIENCE):
            raise RuntimeError("A form was not answered within a minute")
        taken.append(time.perf_counter() - began)
        time.sleep(rng.uniform(2, 4))
    return taken[1:]


@contextmanager
def _daemon(folder: Path, imap: int, smtp: int) -> Iterator[None]:
    (folder / "config.toml").write_text(f"""
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "bot"
since = 2020-01-01T00:00:00

[outgoing]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "{TO}"

[pages]
serve = false
""")
    with (folder / "run.log").open("w") as log:
        daemon = subprocess.Popen(
            [sys.executable, str(PROGRAM), "--config", str(folder / "config.toml"), "run"],
            stdout=log,
            stderr=log,
            env=os.environ | {"ASKONCE_MAILBOX__PASSWORD": "secret"},
        )
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait(_PATIENCE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="From a mail's arrival to its answer.")
    parser.add_argument("--mails", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
