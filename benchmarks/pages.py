"""How long each page takes on a large register, beside the bare queries that it makes.

    .venv/bin/python -m benchmarks.pages [--sizes 20000 100000] [--keep DIR] [--url URL]

Each page is asked for several times over the program's own interface (WSGI), and over HTTP as it is
served; what goes out also each time after something changed, for it is kept until then. "Bare" is
the same SQL, as that page sent it, asked by itself. Making 20,000 consultations and 200,000 mails
takes minutes; `--keep` leaves the database in a folder, to be asked again.

Ends with 1 where a page's median over HTTP is over 200 ms. (A file of the whole register is no
page: it takes as long as writing a million cells does.)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.big_register import NOW, open_register
from store import Store
from tests.browser.axe import addresses
from tests.intake.world import World
from tests.pages.office import Pages

_TIMES = 9
_LIMIT = 200.0  # milliseconds
_FEW = 1  # times that something long is asked for
_FILES = ("/register.csv", "/register.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one page took, in milliseconds: the median, and the worst."""

    page: str
    wsgi: list[float]
    cpu: list[float]  #: of the processor, by WSGI: what a busy machine does not blur
    http: list[float]
    bare: list[float]
    queries: int

    def __str__(self) -> str:
        one, two, three = median(self.wsgi), median(self.http), median(self.bare)
        times = f"{one:8.1f} {max(self.wsgi):8.1f} {two:8.1f} {max(self.http):8.1f} {three:8.1f}"
        ratio = f"{two / three if three else 0:6.1f}x {self.queries:4}"
        return f"{median(self.cpu):8.1f} {times} {ratio}  {self.page}"


@dataclass
class Sql:
    """The statements that went to the database since it was asked last."""

    sent: list[tuple[str, Any]] = field(default_factory=list)

    def listen(self, engine: Engine) -> None:
        """From now on."""
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(
        self, _connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any
    ) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.sent.append((statement, given))


def main() -> int:
    """Builds each size, asks every page, and prints a line of figures each."""
    args = _arguments()
    slow: list[Figures] = []
    with TemporaryDirectory(prefix="askonce-pages-") as folder:
        for size in args.sizes:
            place = args.keep or Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            url = args.url or f"sqlite:///{place.absolute()}/{size}.db"
            print(f"{size} consultations, {size * 10} mails")
            print("     CPU     WSGI    worst     HTTP    worst     bare  HTTP/bare  queries  page")
            for found in _ask(open_register(url, size), Path(folder)):
                print(found, flush=True)
                if median(found.http) > _LIMIT and not found.page.startswith(_FILES):
                    slow.append(found)
    print("".join(f"over {_LIMIT:.0f} ms: {one.page}\n" for one in slow) or "none is over 200 ms")
    return int(bool(slow))


def _ask(store: Store, folder: Path) -> Iterator[Figures]:
    from pages.serving import serving

    sql = Sql()
    sql.listen(store._database._reader.engine)
    with World(store=store, now=NOW) as world:
        office = Pages(root=folder, world=world)
        anna = office.browser("anna")
        cookie = anna.client.get_cookie("askonce")
        assert cookie
        with serving(office.app, "127.0.0.1", 0) as (host, port):
            for page, first in _pages(office):
                times = _FEW if page.startswith(_FILES) else _TIMES
                ask = partial(_times, times, first)
                with _wire(host, port, f"askonce={cookie.value}") as get:
                    get(page)
                    http = ask(partial(get, page))
                first()
                sql.sent.clear()
                _is_there(anna.get(page).status_code, page)
                asked = list(sql.sent)
                yield Figures(
                    page=page if first is _nothing else f"{page}, after a change",
                    wsgi=ask(partial(anna.get, page)),
                    cpu=ask(partial(anna.get, page), process_time),
                    http=http,
                    bare=[_bare(store, asked) for _ in range(times)],
                    queries=len(asked),
                )


def _nothing() -> None:
    """What comes before a page is asked for, of nearly all of them."""


def _times(
    count: int,
    first: Callable[[], None],
    do: Callable[[], object],
    clock: Callable[[], float] = perf_counter,
) -> list[float]:
    """Milliseconds of each time, without what comes first."""
    found = []
    for _ in range(count):
        first()
        found.append(_took(do, clock))
    return found


@contextmanager
def _wire(host: str, port: int, cookie: str) -> Iterator[Callable[[str], None]]:
    connection = HTTPConnection(host, port, timeout=600)

    def get(page: str) -> None:
        connection.request("GET", page, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        _is_there(answer.status, page)

    yield get
    connection.close()


def _is_there(status: int, page: str) -> None:
    if status != 200:
        raise SystemExit(f"{page} answered {status}")


def _took(do: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    started = clock()
    do()
    return (clock() - started) * 1000


def _bare(store: Store, asked: list[tuple[str, Any]]) -> float:
    """Milliseconds of the same SQL, by the database's own driver."""
    with store._database.read() as connection:
        raw = connection.connection.cursor()
        started = perf_counter()
        for statement, given in asked:
            raw.execute(statement, given)
            raw.fetchall()
        took = (perf_counter() - started) * 1000
        raw.close()
    return took


def _pages(office: Pages) -> list[tuple[str, Callable[[], None]]]:
    """Every page there is, the register asked in several ways; and what comes before each."""
    views = office.world.store.views
    record = next(line for line in views.register(size=100).lines if line.reference)
    last = views.register().last
    asked = [
        f"?page={last}",
        "?words=skating+youth",
        f"?words={record.reference}",
        "?words=zzz",
        "?by=title",
        "?by=organisation&down=1",
        "?by=due&page=50",
        "?status=registered&overdue=1",
        f"?organisation={record.organisation.replace(' ', '+')}",
        "?since=2027-01-01&until=2027-03-01&by=start",
    ]
    met = addresses(office.app, office.browser("anna"), enough=1)
    plain = [
        pages[0]
        for name, pages in met.items()
        if name not in ("look.colour", "health.health", "entry.login")
    ]
    every = [*plain, *(f"/register{query}" for query in asked)]
    change = partial(office.world.store.note, "looked", who="anna", now=NOW, detail={})
    return [*((page, _nothing) for page in every), ("/outgoing", change)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000])
    parser.add_argument("--keep", type=Path, help="a folder for the databases, made or found there")
    parser.add_argument("--url", help="an empty database for one size, instead of an SQLite file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
