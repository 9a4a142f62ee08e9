"""Reading every file of some folders, as a mail would bring them: counts by verdict, and the worst.

    .venv/bin/python -m benchmarks.public_files FOLDER... [--no-libreoffice]

Made for the test files of office libraries: unpack their source distributions into a folder. All
files that look like office files, by name or by their first bytes, are read one after the other by
the process that reads mails' files. Ends with 1 if one made our own code fail, crashed the process,
broke a promise (`tests/parsers/promises.py`) or took longer than it may.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.fuzz_forms import Overheard
from model import Reading
from parsers.convert import SECONDS as CONVERSION
from parsers.reader import SECONDS, Reader
from tests.parsers.promises import broken

ENDINGS = set(
    "doc docx docm dot dotx dotm xls xlsx xlsm xlsb xlt xltx xltm xlam odt ods ott ots odp odg "
    "fods fodt rtf ppt pptx pptm pps ppsx pdf pages numbers key bin ole mso wps wri csv".split()
)
BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"%PDF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of one file."""

    file: Path
    reading: Reading
    seconds: float
    memory: int  #: bytes, at most so far, of the process that read it; 0: it is no more
    stopped: bool  #: it met a limit of time or memory
    wrong: tuple[str, ...]  #: what the log says, and promises broken

    @property
    def verdict(self) -> str:
        """In a word."""
        return self.reading.verdict.code.value if self.reading.verdict else "read as a form"


def main() -> int:
    """Prints the tables; returns the exit status."""
    args = _arguments()
    if args.no_libreoffice:
        os.environ["PATH"] = ""
    overheard = Overheard()
    logging.getLogger("parsers.reader").addHandler(overheard)
    with Reader() as reader:
        seen = [
            _read(reader, f, overheard) for folder in args.folders for f in office_files(folder)
        ]
    _print(seen)
    return 1 if any(_wrong(s) for s in seen) else 0


def office_files(folder: Path) -> Iterator[Path]:
    """Files that a lead worker might take for a form, by name or content, in order."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as opened:
                begins = opened.read(8)
            if file.suffix[1:].lower() in ENDINGS or begins.startswith(BEGINNINGS):
                yield file


def _read(reader: Reader, file: Path, overheard: Overheard) -> Seen:
    data = file.read_bytes()
    start = perf_counter()
    reading = reader.read(file.name, data)
    seconds = perf_counter() - start
    stopped, wrong = overheard.take()
    return Seen(
        file=file,
        reading=reading,
        seconds=seconds,
        memory=_peak(reader),
        stopped=bool(stopped),
        wrong=(*wrong, *broken(reading)),
    )


def _peak(reader: Reader) -> int:
    """The most memory that the reading process has used since it began, where Linux says."""
    with suppress(OSError, StopIteration):
        lines = (Path("/proc") / str(reader.pid) / "status").read_text().splitlines()
        return next(int(x.split()[1]) * 1024 for x in lines if x.startswith("VmHWM"))
    return 0


def _wrong(seen: Seen) -> bool:
    return bool(seen.wrong) or seen.seconds > 2 * SECONDS + CONVERSION


def _print(seen: list[Seen]) -> None:
    kinds = Counter((s.file.suffix.lower(), s.verdict) for s in seen)
    for verdict, count in Counter(s.verdict for s in seen).most_common():
        endings = [f"{n} {e or 'no ending'}" for (e, v), n in kinds.most_common() if v == verdict]
        print(f"{count:6} {verdict}: {', '.join(endings)}")
    print(f"{len(seen):6} files")
    print(f"{max(s.memory for s in seen) / 2**20:6.0f} MB in the process that reads, at most")
    print("\nslowest")
    for one in sorted(seen, key=lambda s: s.seconds, reverse=True)[:12]:
        print(f"  {one.seconds:6.2f} s {one.verdict:16} {one.file}")
    print("\nstopped at a limit")
    for one in (s for s in seen if s.stopped):
        print(f"  {one.seconds:6.2f} s {one.verdict:16} {one.file}")
    print("\nwrong")
    for one in filter(_wrong, seen):
        print(f"  {one.file}: {one.verdict}, {one.seconds:.1f} s: {'; '.join(one.wrong)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reading the files of some folders.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--no-libreoffice", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
