"""Several daemons on one mailbox and one register, one of them killed every few seconds.

    .venv/bin/python -m benchmarks.workers [--mails 2000] [--workers 4] [--kill-every 4] [--seed 1]

Then as many mails with one daemon that nobody kills (or `--alone N` of them; 0: none), for the
rate. Ends with 1 if a mail was lost or doubled, or any other promise broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.harness.workers import Plan, trial


def main() -> int:
    """Runs the trials and prints a table of each."""
    args = _arguments()
    alone = args.mails if args.alone is None else args.alone
    broken = _trial(args, args.mails, args.workers, args.kill_every)
    if alone:
        broken += _trial(args, alone, 1, 0.0)
    return 1 if broken else 0


def _trial(args: argparse.Namespace, mails: int, workers: int, kill_every: float) -> int:
    with TemporaryDirectory(prefix="askonce-workers-") as folder:
        result = trial(
            Plan(
                folder=Path(folder),
                people=-(-mails // 3),
                workers=workers,
                kill_every=kill_every,
                seed=args.seed,
            )
        )
    print(f"daemons at work           {workers}")
    print(result.table() + "\n", flush=True)
    return len(result.faults)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Several daemons at once, some of them killed.")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kill-every", type=float, default=4.0, metavar="SECONDS")
    parser.add_argument("--alone", type=int, help="mails for one daemon; default: as many")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
