"""The long run of the fault harness: thousands of mails, and in each round one thing goes wrong.

    .venv/bin/python -m benchmarks.faults [--mails 10000] [--seed 1] [--beside 2] [--only ROW]

Several registers of 250 mails at most, one in four of them on PostgreSQL, one in four with an
IMAP server that cannot move. Ends with 1 if a mail was lost or doubled, or another promise broken.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.harness.fault_books import Tally
from tests.harness.fault_rounds import Plan, trial

_A_REGISTER = 250  # mails


def main() -> int:
    """Runs the trials and prints one table of them all."""
    args, began, whole = _arguments(), perf_counter(), Tally()
    with (
        TemporaryDirectory(prefix="askonce-faults-") as folder,
        ProcessPoolExecutor(args.beside) as processes,
    ):
        running = {processes.submit(trial, plan): plan for plan in _plans(args, Path(folder))}
        for done in as_completed(running):
            plan, tally = running[done], done.result()
            whole.add(tally)
            if args.so_far:
                args.so_far.write_text(whole.table())
            print(
                f"{perf_counter() - began:.0f} s: {plan.mails} mails, {plan.database},"
                f" seed {plan.seed}: {'; '.join(tally.faults) or 'all kept'}",
                file=sys.stderr,
                flush=True,
            )
    print(whole.table())
    print(f"seconds: {perf_counter() - began:.0f}")
    return 1 if whole.faults else 0


def _plans(args: argparse.Namespace, folder: Path) -> list[Plan]:
    count = -(-args.mails // _A_REGISTER)
    first = Plan(folder=folder, mails=args.mails // count, a_round=args.a_round, only=args.only)
    return [
        replace(
            first,
            folder=folder / str(n),
            seed=args.seed * 1000 + n,
            database="postgres" if n % 4 == 1 else "sqlite",
            can_move=n % 4 != 2,
        )
        for n in range(count)
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One thing goes wrong, again and again.")
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--a-round", type=int, default=10, help="mails that come before each fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", type=int, default=2, help="registers at a time")
    parser.add_argument("--so-far", type=Path, metavar="FILE", help="the table while it grows")
    parser.add_argument("--only", default="", help="faults whose lines in the table begin so")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
