"""`askonce run`: the daemon, or with `--once` one round of it."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from commands import wiring
from commands.lock import alone
from commands.systemd import Notifier
from intake.similar.keeping import catch_up
from model import AskOnceError
from scheduler import Works, by_the_wall, forever, once
from settings import Settings
from store import Store

log = logging.getLogger(__name__)


def run(settings: Settings, only_once: bool, now: datetime | None) -> int:
    """Handle the mail that comes in and send what is due.

    `now` (aware) is taken for the present moment, with `only_once` alone. Returns 0 when the work
    was done, whatever was found in the mails; 1 when a server or the disk kept it from being done.
    """
    if now is not None and not only_once:
        print("askonce: --now needs --once: a daemon goes by the clock", file=sys.stderr)
        return 2
    with works(settings, now) as wired:
        if not only_once:
            with _pages(settings, wired.house.store):
                forever(wired, poll_every=settings.mailbox.poll_seconds)
            return 0
        faults = once(wired)
    for fault in faults:
        print(f"askonce: {fault}", file=sys.stderr)
    return 1 if faults else 0


@contextmanager
def works(settings: Settings, now: datetime | None = None) -> Iterator[Works]:
    """Everything that runs, on a store that nobody else works on meanwhile.

    Raises `Permanent` if another daemon holds the store, or `askonce upgrade` is needed first.
    """
    systemd = Notifier.of(os.environ)
    with alone(wiring.database_file(settings)), wiring.open_store(settings) as store:
        catch_up(store, wiring.similar_rules(settings))
        yield Works(
            house=wiring.house(settings, store),
            mailboxes=lambda: wiring.mailboxes(settings),
            sender=wiring.sender(settings),
            gate=wiring.gate(settings),
            since=settings.mailbox.since,
            alone=settings.store.file is not None,
            now=(lambda: now) if now else by_the_wall,
            daemon=socket.gethostname(),
            alerts=wiring.alert_rules(settings),
            free=lambda: wiring.free_room(settings),
            ready=systemd.ready,
            progress=systemd.alive,
            stopping=systemd.stopping,
            sent=wiring.names_in_sent(settings),
            warning=lambda today: wiring.credential_warning(settings, today),
        )


@contextmanager
def _pages(settings: Settings, store: Store) -> Iterator[None]:
    """The web pages, unless the settings say otherwise. Without them the daemon works as well."""
    with ExitStack() as served:
        if settings.pages.serve:
            from commands.pages import pages

            try:
                host, port = served.enter_context(pages(settings, store))
            except AskOnceError as fault:
                said = {"event": "pages_not_served", "fault": str(fault)}
                log.warning("%(fault)s The work goes on without them.", said)
            else:
                said = {"event": "pages_served", "at": f"http://{host}:{port}"}
                log.info("the pages are at %(at)s", said)
        yield
