"""`askonce replay`: one stored mail, run again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from commands import wiring
from commands.queue import who
from intake.replay import Replayed, replay
from model import AskOnceError, Permanent, where_it_failed
from notifier.reasons import REASONS
from settings import Settings
from store import Store


def run(settings: Settings, wanted: str, now: datetime) -> int:
    """Handle the mail that `wanted` names again, and say what came of it.

    `wanted`: an exception's number as `queue list` has it, a mail's number as the log has it
    ("mail:12"), or a Message-ID. Returns 1 if it failed once more. Raises `Permanent` for none.
    """
    with wiring.open_store(settings) as store:
        number = _mail(store, wanted)
        try:
            done = replay(wiring.house(settings, store), number, now, who=who())
        except AskOnceError:
            raise
        except Exception as fault:
            print(f"Mail {number} failed again, and nothing was changed: {where_it_failed(fault)}")
            return 1
    for line in _told(number, done):
        print(line)
    return 0


def _mail(store: Store, wanted: str) -> int:
    if wanted.startswith("mail:") and wanted[5:].isdecimal():
        return int(wanted[5:])
    if not wanted.isdecimal():
        return _by_message_id(store, wanted)
    mail = store.views.mail_of_exception(int(wanted))
    if mail is None:
        raise Permanent(
            f"There is no exception {wanted} about a mail that came in: see ./askonce queue list."
        )
    return mail


def _by_message_id(store: Store, wanted: str) -> int:
    found = store.views.mails_with(wanted)
    if len(found) != 1:
        several = f"{len(found)} mails have" if found else "No mail has"
        raise Permanent(
            f"{several} the Message-ID {wanted}: give an exception's number, or mail: and the "
            "mail's number as the log has it."
        )
    return found[0]


def _told(number: int, done: Replayed) -> Iterator[str]:
    before, decision = done.before, done.decision
    if decision is None:
        yield (
            f"Mail {number} had done its work when it came ({before.kind}, {before.outcome}): "
            "nothing was changed, and nothing is sent."
        )
        return
    was = f" (before: {before.outcome})" if before.outcome else ""
    yield f"Mail {number}: {decision.kind}, {decision.outcome}{was}."
    for change in decision.changes:
        yield f"  {change.event}: {change.after.reference or change.after.title}"
    for letter in done.letters:
        yield f"  goes out next: {letter.kind}, to {len(letter.to) + len(letter.cc)}"
    for hold in decision.holds:
        yield f"  in the queue: {hold.reason}: {REASONS[hold.reason]}"
    for exception in done.settled:
        yield f"  exception {exception} is closed"
    if not (decision.changes or done.letters or done.settled):
        yield "  Nothing is different from before."
