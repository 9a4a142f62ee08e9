"""How long finding similar work takes, and whether the index finds what looking at all would.

    .venv/bin/python -m benchmarks.similar [--sizes 1000 10000 100000] [--queries 100] [--url URL]

Consultations are made by recombining a labelled folder: the same years, areas and ages at each
size. Beside it, in the same run, a plain loop of rapidfuzz over titles and purposes of them all.
Ends with 1 where the index and the exhaustive search disagree in more than 1 of 100 queries.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from rapidfuzz import fuzz, utils

from intake.similar import Places, Ranker, Statistics, Terms, Work, of_row, terms_of
from intake.similar.index import best_in, entry_of
from intake.similar.words import sentences
from store.engine import Database
from store.schema import metadata
from store.similar_index import SimilarIndex

LABELLED = Path(__file__).parent.parent / "tests" / "intake" / "labelled"
_SEED = 20270301
_FIRST, _DAYS = date(2021, 1, 1), 6 * 365


def main() -> int:
    """Builds each size, asks it, and prints a line of figures."""
    args = _arguments()
    print("size     index ms (median, worst)   build s   loop ms   exhaustive agrees")
    return max(_size(args, size) for size in args.sizes)


def _size(args: argparse.Namespace, size: int) -> int:
    work = list(recombined(size + args.queries))
    kept, asked = work[:size], [replace(w, starts=date(2027, 1, 4)) for w in work[size:]]
    places = Places(json.loads((LABELLED / "areas.json").read_text("utf-8")))
    with TemporaryDirectory(prefix="askonce-similar-") as folder:
        database = Database(args.url or f"sqlite:///{folder}/similar.db")
        database.make_file()
        started = perf_counter()
        terms = _build(database, kept, places)
        built = perf_counter() - started
        times, found = _ask(database, [terms_of(w) for w in asked], places)
        database.close()
    loop = _loop(kept, asked[:5])
    agree, compared = _agreement(terms, asked[: args.compared], places, found)
    print(
        f"{size:>7}  {median(times):6.1f} {max(times):6.1f}  {built:18.0f}  {loop:8.0f}"
        f"   {agree} of {compared}",
        flush=True,
    )
    return int(agree < 0.99 * compared)


def recombined(count: int) -> Iterator[Work]:
    """Consultations made of parts of real-looking ones; the same ones each time."""
    chance = random.Random(_SEED)
    file = LABELLED / "consultations.jsonl"
    rows = [of_row(json.loads(line)) for line in file.read_text("utf-8").splitlines()]
    said = [sentence for row in rows for sentence in sentences(row.purpose)]
    for _ in range(count):
        one, two = chance.choice(rows), chance.choice(rows)
        starts = _FIRST + timedelta(days=chance.randrange(_DAYS))
        words = one.title.split()
        chance.shuffle(words)
        yield Work(
            title=" ".join([*words[: chance.randint(2, 6)], *two.title.split()[:2]]),
            purpose=f"{one.purpose} {chance.choice(said)} {chance.choice(said)}",
            topics=tuple(chance.sample([*one.topics, *two.topics], 1)),
            audience=one.audience,
            ages=one.ages,
            areas=(chance.choice(("Wyre Vale", "Millbrook", "Thornbury Green")),),
            starts=starts,
            ends=starts + timedelta(weeks=6),
        )


def _build(database: Database, kept: list[Work], places: Places) -> dict[str, Terms]:
    terms = {f"{n:06}": terms_of(work) for n, work in enumerate(kept)}
    ranker = Ranker(Statistics.of(terms.values()), places)
    with database.write() as connection:
        metadata.create_all(connection)
        index = SimilarIndex(connection)
        index.put_all(entry_of(key, value, ranker) for key, value in terms.items())
    return terms


def _ask(
    database: Database, asked: list[Terms], places: Places
) -> tuple[list[float], list[tuple[str, bool] | None]]:
    times, found = [], []
    ranker = Ranker(Statistics(), places)
    for proposal in asked:
        with database.read() as connection:
            started = perf_counter()
            best, _ = best_in(SimilarIndex(connection), proposal, ranker)
            times.append((perf_counter() - started) * 1000)
        found.append((best[0].key, best[0].warn) if best else None)
    return times, found


def _agreement(
    terms: dict[str, Terms],
    asked: list[Work],
    places: Places,
    found: list[tuple[str, bool] | None],
) -> tuple[int, int]:
    ranker = Ranker(Statistics.of(terms.values()), places)
    agree = 0
    for work, first in zip(asked, found, strict=False):
        best = ranker.best(terms_of(work), terms.items())
        agree += first == ((best[0].key, best[0].warn) if best else None)
    return agree, len(asked)


def _loop(kept: list[Work], asked: list[Work]) -> float:
    """Milliseconds of comparing titles and purposes with all of them, one after the other."""
    plain = [
        (utils.default_process(work.title), utils.default_process(work.purpose)) for work in kept
    ]
    started = perf_counter()
    for work in asked:
        title, purpose = utils.default_process(work.title), utils.default_process(work.purpose)
        max(
            0.6 * fuzz.token_set_ratio(title, other) + 0.4 * fuzz.token_set_ratio(purpose, more)
            for other, more in plain
        )
    return (perf_counter() - started) * 1000 / len(asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--compared", type=int, default=100, help="with the exhaustive search")
    parser.add_argument("--url", help="an empty database, instead of a new SQLite file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
