"""`askonce run --dry-run`: what a run would do, found out on a copy; nothing is sent or changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from commands import wiring
from commands.queue import say
from intake.clock import bring_what_is_due, send_digest
from intake.process import House, process_one, take_in
from settings import Settings
from store import Store
from store.rehearsal import WouldBe, WouldGo, copy, handled, would_be, would_go


def run(settings: Settings, now: datetime, as_json: bool) -> int:
    """Read the mailbox, handle its mails on a copy of the register, and say what came of them.

    `now` is an aware instant. Raises `Transient` and `Permanent` as a run would.
    """
    with _copied(settings) as store:
        done = handled(store)
        house = wiring.house(settings, store)
        _work(settings, house, now)
        mails, letters = would_be(store, done), would_go(store)
    lines = _as_json(mails, letters) if as_json else _in_words(mails, letters)
    say(lines)
    return 0


@contextmanager
def _copied(settings: Settings) -> Iterator[Store]:
    with TemporaryDirectory(prefix="askonce-rehearsal-") as folder:
        file = Path(folder) / "askonce.db"
        copy(settings.store.url, file)
        with Store.open(f"sqlite:///{file}") as store:
            yield store


def _work(settings: Settings, house: House, now: datetime) -> None:
    for one in wiring.mailboxes(settings, look_only=True):
        with one as mailbox:
            take_in(mailbox, house, since=settings.mailbox.since)
    while process_one(house, now):
        pass
    bring_what_is_due(house, now)
    send_digest(house, now)


# --------------------------------------------------------------------------- what is said


def _in_words(mails: tuple[WouldBe, ...], letters: tuple[WouldGo, ...]) -> Iterator[str]:
    for mail in mails:
        yield f"Mail from {mail.sender or 'nobody'}: {mail.subject}"
        yield f"  {mail.kind}: {mail.outcome}{_answers(mail, letters)}"
        yield from (f"  to the queue: {reason}" for reason in mail.queue)
    ours = {mail.mail for mail in mails}
    for letter in letters:
        if letter.mail not in ours:
            yield f"Also: {letter.kind}, to {letter.to}"
    yield _summary(mails, letters)


def _answers(mail: WouldBe, letters: Iterable[WouldGo]) -> str:
    told = [f"{one.kind} to {one.to}" for one in letters if one.mail == mail.mail]
    return f"; would be sent: {', '.join(told)}" if told else "; nothing would be sent"


def _summary(mails: tuple[WouldBe, ...], letters: tuple[WouldGo, ...]) -> str:
    queued = sum(len(mail.queue) for mail in mails)
    return (
        f"A rehearsal: {len(mails)} mails would be handled, {len(letters)} sent, {queued} "
        "exceptions opened. Nothing was changed and nothing was sent."
    )


def _as_json(mails: tuple[WouldBe, ...], letters: tuple[WouldGo, ...]) -> Iterator[str]:
    for mail in mails:
        yield _line(
            mail=mail.mail,
            message_id=mail.message_id,
            subject=mail.subject,
            kind=mail.kind,
            outcome=mail.outcome,
            letters=[{"kind": n.kind, "to": n.to} for n in letters if n.mail == mail.mail],
            queue=[str(reason) for reason in mail.queue],
            **{"from": mail.sender},
        )
    ours = {mail.mail for mail in mails}
    also = [{"kind": n.kind, "to": n.to} for n in letters if n.mail not in ours]
    yield _line(
        mails=len(mails), sent=len(letters), also=also, queue=sum(len(m.queue) for m in mails)
    )


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
