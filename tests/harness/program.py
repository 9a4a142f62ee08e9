"""The program for one run, in a process of its own, with a mishap laid out for it.

Wired as `askonce run --once` is, but for this: waits are short, forms are read in the same process,
blank ones are written once, and store, mailbox and sender are watched (`steps.py`).
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGQUIT
from typing import Literal

import psycopg

from commands import wiring
from intake.imap import ImapMailbox
from intake.imap_link import ImapSettings
from intake.similar.keeping import catch_up
from model import AskOnceError, Fields
from notifier.senders import SmtpSender, SmtpSettings
from parsers.face import Face
from parsers.read import read
from scheduler import Works, once
from settings import load
from store import Store
from tests.harness.mails import ADDRESS
from tests.harness.steps import At, Watched, watched_store

FAULTS, DONE, BROKEN = 8, 16, 1  #: what the exit status is made of; 1: our own code failed
FILLER = "filler"
_PATIENCE = 0.3  #: seconds to wait for a locked database

Deed = Literal["kill", "lock", "fill", "hang up", "crash"]


class _Face(Face):
    """The forms, of which the blank ones are written once."""

    def __init__(self) -> None:
        super().__init__()
        self._blank: dict[tuple[str, str], bytes] = {}

    def write(self, form: str, fields: Fields | None, kind: Literal["docx", "xlsx"]) -> bytes:
        if fields:
            return super().write(form, fields, kind)
        if (form, kind) not in self._blank:
            self._blank[form, kind] = super().write(form, fields, kind)
        return self._blank[form, kind]


FORMS = _Face()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run: where everything is, the time it is, and what is to happen at which step."""

    folder: Path
    url: str
    imap: int  #: port
    smtp: int  #: port
    now: datetime
    timeout: float = 30.0  #: seconds that a server may take
    step: str = ""
    nth: int = 1
    deed: Deed = "kill"
    kill_after: float = 0.0  #: seconds; 0: not
    postmaster: int = 0  #: PostgreSQL's process


def run(turn: Turn) -> None:
    """Ends the process with `FAULTS` if servers kept it from working, and `DONE` with the deed."""
    logging.basicConfig(filename=turn.folder / "run.log", level=logging.INFO)
    if turn.kill_after:
        threading.Timer(turn.kill_after, _deed(replace(turn, deed="kill"))).start()
    at = At(step=turn.step, nth=turn.nth, deed=_deed(turn)) if turn.step else None
    status = 0
    try:
        with Store.open(turn.url, patience=_PATIENCE) as store:
            status = FAULTS if _once(turn, store, at) else 0
    except AskOnceError as fault:
        logging.warning("%s", fault)
        status = FAULTS
    sys.stdout.flush()
    os._exit(status + (DONE if at and at.done else 0))


def _once(turn: Turn, store: Store, at: At | None) -> bool:
    settings = load(turn.folder / "config.toml", {})
    catch_up(store, wiring.similar_rules(settings))
    house = replace(wiring.house(settings, store), read=partial(read, prefix="CYP"), forms=FORMS)
    way_out = SmtpSender(_smtp(turn))
    faults = once(
        Works(
            house=replace(house, store=watched_store(store, at)),
            mailboxes=lambda: (Watched(ImapMailbox(_imap(turn)), at),),
            sender=Watched(way_out, at),
            gate=wiring.gate(settings),
            since=None,
            alone=turn.url.startswith("sqlite"),
            now=lambda: turn.now,
        )
    )
    for fault in faults:
        logging.warning("%s", fault)
    return bool(faults)


def _imap(turn: Turn) -> ImapSettings:
    return ImapSettings(
        host="127.0.0.1",
        port=turn.imap,
        tls="none",
        username="bot",
        password="secret",
        timeout=turn.timeout,
    )


def _smtp(turn: Turn) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1",
        port=turn.smtp,
        tls="none",
        envelope_from=ADDRESS,
        timeout=turn.timeout,
        final_timeout=turn.timeout,
        local_hostname="office.test",
    )


# --------------------------------------------------------------------------- deeds

_held: list[sqlite3.Connection] = []  #: locks, to the end of the process


def _deed(turn: Turn) -> partial[None]:
    deeds = {"kill": _kill, "lock": _lock, "fill": _fill, "hang up": _hang_up, "crash": _crash}
    return partial(deeds[turn.deed], turn)


def _kill(_: Turn) -> None:
    os.kill(os.getpid(), SIGKILL)


def _lock(turn: Turn) -> None:
    path = turn.url.removeprefix("sqlite:///")
    _held.append(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    _held[-1].execute("BEGIN IMMEDIATE")


def _fill(turn: Turn) -> None:
    """To the last byte."""
    with suppress(OSError), (turn.folder / FILLER).open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def _hang_up(turn: Turn) -> None:
    """As a server that restarts does to those connected."""
    with psycopg.connect(turn.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def _crash(turn: Turn) -> None:
    """The server ends at once, as when it is killed."""
    os.kill(turn.postmaster, SIGQUIT)
