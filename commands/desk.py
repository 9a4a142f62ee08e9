"""`askonce queue accept`, `link`, `say`, `send-again`, `undo`: acts, on a terminal."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from commands import wiring
from commands.queue import say, who
from intake.desk import Accept, Act, Doing, Done, Link, Refused, Say, SendAgain, perform, undo
from intake.process import House
from model import Permanent, Word
from parsers.references import parse
from parsers.spec import forms
from settings import Settings


def run_accept(
    settings: Settings, number: int, given: Iterable[tuple[str, str]], why: str, now: datetime
) -> int:
    """Take the form of an exception with some answers put right; say what is wrong with them."""
    fields: dict[str, str] = dict(given)
    with wiring.open_store(settings) as store:
        house = wiring.house(settings, store)
        try:
            done = _done(house, number, Accept(fields=fields), why, now)
        except Refused as refused:
            if not refused.problems:
                raise
            say([str(refused), *_wrong(house, number, refused)])
            return 1
        say(_told(number, done))
    return 0


def run_link(settings: Settings, number: int, reference: str, why: str, now: datetime) -> int:
    """Take the mail of an exception as this consultation's."""
    to = parse(reference, settings.process.reference_prefix) or reference
    return _run(settings, number, Link(to=to), why, now)


def run_say(
    settings: Settings, number: int, word: str, until: date | None, *, why: str, now: datetime
) -> int:
    """Say a word on the lead worker's behalf."""
    if (until is not None) != (word == Word.EXTEND):
        raise Permanent("EXTEND needs a date, such as 2027-05-31, and no other word takes one.")
    return _run(settings, number, Say(word=Word(word), until=until), why, now)


def run_send_again(settings: Settings, number: int, why: str, now: datetime) -> int:
    """Send the mail of ours again that an exception is about."""
    return _run(settings, number, SendAgain(), why, now)


def run_undo(settings: Settings, number: int, now: datetime) -> int:
    """Take back the last act on an exception, within a minute of it."""
    with wiring.open_store(settings) as store:
        act = store.views.last_act(number)
        if act is None:
            raise Permanent(f"Nothing was done about exception {number} that could be undone.")
        undo(wiring.house(settings, store), act.token, now, who=who())
    print(f"Undone: exception {number} is as it was before, and nothing is sent.")
    return 0


def _run(settings: Settings, number: int, doing: Doing, why: str, now: datetime) -> int:
    with wiring.open_store(settings) as store:
        say(_told(number, _done(wiring.house(settings, store), number, doing, why, now)))
    return 0


def _done(house: House, number: int, doing: Doing, why: str, now: datetime) -> Done:
    token = secrets.token_hex(8)
    act = Act(token=token, who=who(), doing=doing, exception=number, why=why)
    return perform(house, act, now)


def _wrong(house: House, number: int, refused: Refused) -> Iterator[str]:
    case = house.store.views.queue_item(number)
    kept = case.item.detail.get("form") if case else None
    seen = [form for file in case.files for form in file.forms] if case else []
    form = str(kept or next(iter(seen), ""))
    for problem in refused.problems:
        said = house.forms.message(form, problem) if form in forms() else problem.code
        yield f"  - {problem.field}: {said}"


def _told(number: int, done: Done) -> Iterator[str]:
    assert done.decision
    for change in done.decision.changes:
        yield f"{change.event}: {change.after.reference or change.after.title}"
    if done.decision.wished:
        yield "goes out again in a minute: the same email, to the same people"
    for letter in done.letters:
        yield f"goes out in a minute: {letter.kind}, to {', '.join(letter.recipients)}"
    if number in done.decision.settles:
        yield f"Exception {number} is closed."
    yield f"For a minute ./askonce queue undo {number} takes all of it back."
