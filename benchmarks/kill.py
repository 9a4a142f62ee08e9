"""The long run of the kill harness: `kill -9` at any moment of `run --once`, fifty times.

    .venv/bin/python -m benchmarks.kill [--mails 200] [--kills 50] [--seed 1] [--way smtp|maildir]

Ends with 1 if a mail was lost or doubled, or any other promise broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.harness.kill import Plan, Way, trial


def main() -> int:
    """Runs the trials asked for and prints a table of each."""
    args = _arguments()
    broken = 0
    for way in (args.way,) if args.way else ("maildir", "smtp"):
        with TemporaryDirectory(prefix="askonce-kill-") as folder:
            broken += _trial(args, way, Path(args.keep or folder) / way)
    return 1 if broken else 0


def _trial(args: argparse.Namespace, way: Way, folder: Path) -> int:
    started = perf_counter()
    reckoning = trial(
        Plan(folder=folder, mails=args.mails, kills=args.kills, seed=args.seed, way=way)
    )
    print(f"mail out                  {way}")
    print(reckoning.table())
    print(f"seconds                   {perf_counter() - started:.0f}\n", flush=True)
    return len(reckoning.faults)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill `run --once` again and again.")
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--way", choices=["maildir", "smtp"], help="default: both")
    parser.add_argument("--keep", metavar="DIR", help="leave everything there to look into")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
