"""Fuzzing the reader: form files, damaged at random, through the process that reads.

    .venv/bin/python -m benchmarks.fuzz_forms [--minutes 60] [--seed 1] [--more FOLDER]
    .venv/bin/python -m benchmarks.fuzz_forms --only 4711 --keep FOLDER

Every case is made from its number alone; `--only` makes one again and reads it in this very process
(on the same checkout, with the same `--more`, a folder whose files are damaged too). `--keep` says
where the files go that something went wrong with. LibreOffice is left out: it would be fuzzed in
our stead, at seconds a file. Ends with 1 if anything went wrong: a fault of our own code, a process
that died, a limit passed, a broken promise (`tests/parsers/promises.py`), or a form that was only
written in another way and was read differently.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.forms import files
from model import Code, Reading, where_it_failed
from parsers import read as door
from parsers.reader import SECONDS, Reader
from parsers.sniff import Refused
from tests.parsers.mutate import damaged, rewritten
from tests.parsers.promises import broken, same
from tests.parsers.test_read_excel import SHAPES as SHEETS
from tests.parsers.test_read_word import SHAPES

Files = Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Tally:
    """What a run has seen so far."""

    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)  #: seeds whose file met a limit
    slowest: tuple[float, int] = (0.0, 0)


class Overheard(logging.Handler):
    """What the reader logs of processes that died and code that failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def take(self) -> tuple[list[str], list[str]]:
        """(files stopped at a limit, as they have to be; what went wrong) since the last time."""
        said, self.said = self.said, []
        stopped = [text for text in said if text.endswith(Code.UNSAFE.value)]
        return stopped, [text for text in said if text not in stopped]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.said.append(record.getMessage())


def main() -> int:
    """Runs for so many minutes and prints what it saw."""
    args = _arguments()
    os.environ["PATH"] = ""
    warnings.simplefilter("ignore", UserWarning)  # zipfile's, of names that come twice
    originals = [*files(), *SHAPES.items(), *SHEETS.items(), *_more(args.more)]
    if args.only is not None:
        return _once(originals, args.only, args.keep)
    tally = Tally()
    start = perf_counter()
    _run(originals, args, tally)
    _print(tally, perf_counter() - start)
    return 1 if tally.wrong else 0


def case(originals: Files, seed: int) -> tuple[str, bytes, bytes, bool]:
    """(name, the file as it was, the file as it became, whether it must read as before)."""
    rng = Random(seed)
    name, data = rng.choice(originals)
    only_noise = data.startswith(b"PK\x03\x04") and rng.random() < 0.25
    return name, data, (rewritten if only_noise else damaged)(rng, data), only_noise


def _run(originals: Files, args: argparse.Namespace, tally: Tally) -> None:
    overheard, seed = Overheard(), args.seed
    logging.getLogger("parsers.reader").addHandler(overheard)
    known: dict[bytes, Reading] = {}
    start = said = perf_counter()
    with Reader() as reader:
        while perf_counter() - start < args.minutes * 60:
            name, original, data, only_noise = case(originals, seed)
            if only_noise and original not in known:
                known[original] = reader.read(name, original)
            begun = perf_counter()
            reading = reader.read(name, data)
            took = perf_counter() - begun
            stopped, wrong = overheard.take()
            wrong += broken(reading)
            wrong += same(known[original], reading) if only_noise else ()
            wrong += [f"took {took:.1f} s"] if took > SECONDS + 1 else []
            tally.stopped += [seed] if stopped else []
            _count(tally, seed, reading, took, wrong)
            _cause(tally, reading, data)
            for what in wrong:
                print(f"{seed} ({name}): {what}", flush=True)
            if (wrong or stopped) and args.keep:
                _keep(args.keep, f"{seed}-{name}", data)
            tally.wrong += wrong
            seed += 1
            if perf_counter() - said > 60:
                said = perf_counter()
                _print(tally, said - start)


def _count(tally: Tally, seed: int, reading: Reading, took: float, wrong: list[str]) -> None:
    tally.cases += 1
    kind = reading.verdict.code.value if reading.verdict else "read as a form"
    tally.verdicts[kind] += 1
    tally.slowest = max(tally.slowest, (took, seed))


def _cause(tally: Tally, reading: Reading, data: bytes) -> None:
    """Where reading gave up on a file that counts as damaged."""
    if reading.verdict is None or reading.verdict.code is not Code.DAMAGED:
        return
    try:
        door._document(data, converter=True)
    except Refused as e:
        cause: BaseException = e.__cause__ or e
        while isinstance(cause, Refused) and cause.__cause__:
            cause = cause.__cause__
        tally.causes[where_it_failed(cause).rpartition(", ")[2] + f" {type(cause).__name__}"] += 1
    except (RecursionError, MemoryError) as e:
        tally.causes[type(e).__name__] += 1


def _once(originals: Files, seed: int, keep: Path | None) -> int:
    name, original, data, only_noise = case(originals, seed)
    if keep:
        _keep(keep, f"{seed}-{name}", data)
    reading = door.read(name, data)
    for what in (
        *broken(reading),
        *(same(door.read(name, original), reading) if only_noise else ()),
    ):
        print(what)
    print(reading)
    return 0


def _keep(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name.replace("/", "-")).write_bytes(data)


def _more(folder: Path | None) -> Files:
    found = sorted(f for f in folder.rglob("*") if f.is_file()) if folder else []
    return [(file.name, file.read_bytes()) for file in found]


def _print(tally: Tally, seconds: float) -> None:
    print(f"\n{tally.cases} cases, {len(tally.wrong)} wrong, {seconds:.0f} s", flush=True)
    for kind, count in tally.verdicts.most_common():
        print(f"{count:8} {kind}")
    for cause, count in tally.causes.most_common():
        print(f"{count:8} damaged: {cause}")
    print(f"stopped at a limit of time or memory: {tally.stopped}")
    print(f"slowest: {tally.slowest[0] * 1000:.0f} ms, seed {tally.slowest[1]}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Random damage to form files.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--more", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
