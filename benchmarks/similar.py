"""How long finding similar work takes, and whether the index finds what looking at all would.

    .venv/bin/python -m benchmarks.similar [--sizes 1000 10000 100000] [--keep DIR] [--url URL]

Consultations are made by recombining a labelled folder: the same years, areas and ages at each
size. Beside it, in the same run, a plain loop of rapidfuzz over titles and purposes of them all.
Making 100,000 takes some minutes; `--keep` leaves the databases in a folder, to be asked again.

Ends with 1 where the index and the exhaustive search disagree (in the best match, or in whether it
is warned of) in more than 1 of 100 queries, or where 100,000 take more than 6 times what 10,000 do.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from rapidfuzz import fuzz, utils
from sqlalchemy import select

from intake.similar import Places, Ranker, Statistics, Terms, Work, of_row, terms_of
from intake.similar.index import best_in, entry_of
from intake.similar.rank import Found, Weighed
from intake.similar.words import sentences
from store.engine import Database
from store.schema import metadata, similar_terms
from store.similar_index import SimilarIndex

LABELLED = Path(__file__).parent.parent / "tests" / "intake" / "labelled"
PLACES = Places(json.loads((LABELLED / "areas.json").read_text("utf-8")))
_SEED = 20270301
_FIRST, _DAYS = date(2021, 1, 1), 6 * 365
_AT_ONCE = 500
_ASKED = 100
_LOOPED = 3

Best = tuple[str, bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one size came to; times are medians a query, in milliseconds."""

    size: int
    wall: float
    cpu: float
    loop: float
    agree: int


def main() -> int:
    """Builds each size, asks it, and prints a line of figures."""
    args = _arguments()
    print("    size   index ms   its CPU   loop ms   faster   agree with the exhaustive search")
    with TemporaryDirectory(prefix="askonce-similar-") as folder:
        found = [_size(args.keep or Path(folder), args.url, size) for size in args.sizes]
    for less, more in pairwise(found):
        grown = f"the index {more.cpu / less.cpu:.1f}, the loop {more.loop / less.loop:.1f} times"
        print(f"{more.size} cost what {less.size} do: {grown}")
    return int(any(one.agree < 0.99 * _ASKED for one in found) or _grows_too_fast(found))


def _grows_too_fast(found: list[Figures]) -> bool:
    by_size = {one.size: one.cpu for one in found}
    return by_size.get(100_000, 0.0) > 6 * by_size.get(10_000, float("inf"))


def _size(folder: Path, url: str | None, size: int) -> Figures:
    work = list(recombined(size + _ASKED))
    kept, asked = work[:size], [replace(w, starts=date(2027, 1, 4)) for w in work[size:]]
    file = folder / f"{size}.db"
    made = file.exists()
    database = Database(url or f"sqlite:///{file}")
    if not made:
        database.make_file()
        _build(database, kept)
    wall, cpu, best = _ask(database, [terms_of(w) for w in asked])
    agree = _agreement(database, [terms_of(w) for w in asked], best)
    database.close()
    figures = Figures(size=size, wall=wall, cpu=cpu, loop=_loop(kept, asked), agree=agree)
    print(
        f"{size:>8}  {wall:9.1f} {cpu:9.1f} {figures.loop:9.0f} {figures.loop / cpu:7.0f}x"
        f"   {agree} of {_ASKED}",
        flush=True,
    )
    return figures


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


def _build(database: Database, kept: list[Work]) -> None:
    """As the program fills its index: in batches, each weighed by the counts as they are then."""
    with database.write() as connection:
        metadata.create_all(connection)
    for at in range(0, len(kept), _AT_ONCE):
        terms = {f"{at + n:06}": terms_of(w) for n, w in enumerate(kept[at : at + _AT_ONCE])}
        with database.write() as connection:
            index = SimilarIndex(connection)
            documents, counts = index.counts(name for t in terms.values() for name in t.names)
            ranker = Ranker(Statistics(documents=documents, counts=counts), PLACES)
            index.put(*(entry_of(key, value, ranker) for key, value in terms.items()))


def _ask(database: Database, asked: list[Terms]) -> tuple[float, float, list[Best]]:
    wall, cpu, found = [], [], []
    ranker = Ranker(Statistics(), PLACES)
    for proposal in (*asked[:10], *asked):  # ten to warm up
        with database.read() as connection:
            started, worked = perf_counter(), process_time()
            best, _ = best_in(SimilarIndex(connection), proposal, ranker)
            wall.append((perf_counter() - started) * 1000)
            cpu.append((process_time() - worked) * 1000)
        found.append(_first(best))
    return median(wall[10:]), median(cpu[10:]), found[10:]


def _first(best: list[Found]) -> Best:
    return (best[0].key, best[0].warn) if best else None


@dataclass(frozen=True, slots=True)
class Exhaustive(Ranker):
    """Looks at all of them, but weighs each only once."""

    known: dict[int, Weighed] = field(default_factory=dict)

    def weigh(self, terms: Terms) -> Weighed:
        """As the ranker does."""
        if id(terms) not in self.known:
            self.known[id(terms)] = Ranker.weigh(self, terms)
        return self.known[id(terms)]


def _agreement(database: Database, asked: list[Terms], found: list[Best]) -> int:
    """How many of the queries have the same answer by looking at every consultation."""
    with database.read() as connection:
        rows = connection.execute(select(similar_terms.c.consultation, similar_terms.c.data)).all()
    terms = {key: Terms.from_json(json.loads(data.split("\n")[1])) for key, data in rows}
    ranker = Exhaustive(Statistics.of(terms.values()), PLACES)
    best = [_first(ranker.best(proposal, terms.items())) for proposal in asked]
    return sum(one == two for one, two in zip(best, found, strict=True))


def _loop(kept: list[Work], asked: list[Work]) -> float:
    """Milliseconds of comparing titles and purposes with all of them, one after the other."""
    plain = [
        (utils.default_process(work.title), utils.default_process(work.purpose)) for work in kept
    ]
    times = []
    for work in asked[:_LOOPED]:
        started = process_time()
        title, purpose = utils.default_process(work.title), utils.default_process(work.purpose)
        max(
            0.6 * fuzz.token_set_ratio(title, other) + 0.4 * fuzz.token_set_ratio(purpose, more)
            for other, more in plain
        )
        times.append((process_time() - started) * 1000)
    return median(times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="a folder for the databases, made or found there")
    parser.add_argument("--url", help="an empty database for one size, instead of an SQLite file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
