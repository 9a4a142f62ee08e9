"""`askonce queue`: what a person has to settle, on a terminal."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable
from datetime import datetime
from unicodedata import category

from commands import wiring
from commands.case import bounced, in_brief, in_full
from model import Permanent, as_it_stands
from settings import Settings
from store import QueueCase, Store


def run_list(settings: Settings, as_json: bool) -> int:
    """Print every open exception, oldest first: a JSON object a line, or a few lines each."""
    with wiring.open_store(settings) as store:
        items = store.views.queue()
    for item in items:
        if as_json:
            print(json.dumps(item.as_json(), ensure_ascii=False))
        else:
            say(in_brief(item, settings.process.timezone))
    if not items and not as_json:
        print("The queue is empty.")
    return 0


def run_show(settings: Settings, number: int, as_json: bool) -> int:
    """Print all that is known of one exception, open or closed. Raises `Permanent` for none."""
    with wiring.open_store(settings) as store:
        case = _case(store, number)
        blocked = store.views.blocked()
    if as_json:
        print(json.dumps(case.item.as_json() | {"detail": dict(case.item.detail)}, default=str))
    else:
        say(in_full(case, blocked, wiring.rules(settings)))
    return 0


def run_dismiss(settings: Settings, number: int, why: str, now: datetime) -> int:
    """Close an exception that needs nothing more; one about a bounce also lifts its block.

    Raises `Permanent` if there is nothing left to do.
    """
    me = who()
    with wiring.open_store(settings) as store:
        addresses = bounced(_case(store, number).item)
        # The block first: after a crash in between, the exception is there to be dismissed again.
        lifted = store.unblock(addresses, who=me, now=now, exception=number)
        closed = store.close_exception(number, who=me, why=why, now=now)
    if not closed and not lifted:
        raise Permanent(f"Exception {number} is closed already: see ./askonce queue show.")
    print(f"Exception {number} is closed.")
    for email in lifted:
        print(f"{email} gets mail again; what was held for it goes out next.")
    return 0


def say(lines: Iterable[str]) -> None:
    """Print what strangers wrote, without what would steer a terminal."""
    for line in lines:
        seen = as_it_stands(line)
        print("".join("\ufffd" if category(c) == "Cc" and c not in "\n\t" else c for c in seen))


def who() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _case(store: Store, number: int) -> QueueCase:
    case = store.views.queue_item(number)
    if case is None:
        raise Permanent(f"There is no exception {number}: ./askonce queue lists those that are.")
    return case
