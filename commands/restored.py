"""`askonce restored`: after a backup was put back, what the world knows and the database does not.

The first run holds all mail back and looks through the mailbox's folders and the sent mails:
what was sent is not sent again, no reference that was ever given is drawn again, and mails that
were handled after the backup are taken in once more. `--send` looks at the sent mails again, for
what handling those mails wrote anew, and then lets mail go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from commands import wiring
from commands.lock import alone
from intake.message import read_mail
from intake.sent import own_id
from model import InboundEmail
from parsers.references import find, split
from settings import Settings
from store import Store

_BEFORE = """\
Nothing is sent for now. Let ./askonce run --once handle what was taken in, look at
./askonce queue and ./askonce export, and then say ./askonce restored --send."""
_AFTER = "Mail goes out again."


def run(settings: Settings, send: bool, now: datetime) -> int:
    """Reconcile; with `send` let mail out afterwards. Safe to repeat."""
    with alone(wiring.database_file(settings)), wiring.open_store(settings) as store:
        store.restored.hold_sending()
        given = Given(settings.process.reference_prefix)
        taken_in = _take_in(settings, store, given)
        not_again = _settle_sent(settings, store, given, now)
        for year, number in given.highest.items():
            store.restored.counter_at_least(year, number)
        if send:
            store.restored.release_sending()
    print(f"Mails handled after the backup, taken in once more: {taken_in}.")
    print(f"Mails found among those sent, not to be sent again: {not_again}.")
    print(_AFTER if send else _BEFORE)
    return 0


class Given:
    """The highest number of each year among the references that were seen anywhere."""

    def __init__(self, prefix: str) -> None:
        self.highest: dict[int, int] = {}
        self._prefix = prefix

    def look_at(self, mail: InboundEmail) -> frozenset[str]:
        """Remember the references in a mail; gives those in its subject."""
        for year, number in map(split, find(f"{mail.subject}\n{mail.text}", self._prefix)):
            self.highest[year] = max(number, self.highest.get(year, 0))
        return frozenset(find(mail.subject, self._prefix))


def _take_in(settings: Settings, store: Store, given: Given) -> int:
    """Keep every filed mail that the store does not know; the next `run` handles it."""
    taken = 0
    with wiring.mailboxes(settings)[0] as mailbox:  # all file into the same folders
        for _folder, ref, raw in mailbox.filed():
            given.look_at(read_mail(raw, ref.arrived_at))
            if not store.has_original(raw):
                taken += store.keep(ref, raw)
    return taken


def _settle_sent(settings: Settings, store: Store, given: Given, now: datetime) -> int:
    """Mark what was sent, but for mails with a reference that went with the old database.

    Such a mail's consultation is registered anew under another number, which has to be told.
    """
    known = {record["reference"] for record in store.views.export()}
    sent = ((mail.message_id, given.look_at(mail)) for mail in _sent(settings, now))
    still_true = [name for name, references in sent if name and references <= known]
    return store.outbox.mark_sent(still_true, now)


def _sent(settings: Settings, now: datetime) -> Iterator[InboundEmail]:
    """The mails that went out, as far as they can be looked at."""
    if settings.outgoing.kind == "maildir":
        for raw in _files(settings.outgoing.path):
            yield read_mail(raw, now)
        return
    folder = wiring.sent_folder(settings)
    if folder is None:
        print("mailbox.sent_folder is not set: what was sent since the backup cannot be known.")
    for header in folder.headers() if folder else ():
        yield replace(read_mail(header, now, headers_only=True), message_id=own_id(header))


def _files(maildir: Path) -> Iterable[bytes]:
    for part in ("new", "cur"):
        for path in sorted((maildir / part).glob("*")):
            yield path.read_bytes()
