"""`askonce pages`: the web pages by themselves, for where `run` does not serve them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commands import wiring
from pages.serving import serving
from settings import Settings
from store import Store

if TYPE_CHECKING:
    from pages.site import Site


def run(settings: Settings) -> int:
    """Serve the pages until SIGTERM or SIGINT."""
    with wiring.open_store(settings) as store:
        serve_until_stopped(settings, wiring.site(settings, store, lambda: datetime.now(UTC)))
    return 0


def serve_until_stopped(settings: Settings, site: Site) -> None:
    """Serve the pages of a site until SIGTERM or SIGINT."""
    from pages.app import create

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(create(site), *settings.pages.port) as (host, port):
        print(f"The pages are at http://{host}:{port}/ until you stop this (Ctrl+C).", flush=True)
        stop.wait()


@contextmanager
def pages(settings: Settings, store: Store) -> Iterator[tuple[str, int]]:
    """The pages, served meanwhile. Raises `Transient` if the port is taken."""
    from pages.app import create

    app = create(wiring.site(settings, store, lambda: datetime.now(UTC)))
    with serving(app, *settings.pages.port) as address:
        yield address
