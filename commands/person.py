"""`askonce person`: who may look at the web pages."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from pathlib import Path

from commands import wiring
from commands.queue import say
from model import Permanent
from pages.getting_in.passwords import hashed, what_is_wrong
from settings import Settings
from store import Account, Part, Store

_NAME = 60  # characters at most


def run_add(settings: Settings, name: str, role: str, file: Path | None, now: datetime) -> int:
    """Make an account; its password is asked for, or stands in a file."""
    if not name.strip() or len(name) > _NAME or not name.isprintable():
        raise Permanent(f"A name has 1 to {_NAME} letters, such as anna.smith.")
    password = _good(_from(file) if file else _asked())
    with wiring.open_store(settings) as store:
        if not store.accounts.add(name, Part(role), hashed(password), now):
            raise Permanent(f"There is an account {name} already: see ./askonce person list.")
    say([f"{name} may log in as {role}."])
    return 0


def run_list(settings: Settings) -> int:
    """Print every account with what it is for, how it logs in, and when it last did."""
    with wiring.open_store(settings) as store:
        accounts = store.accounts.all()
    say(_line(account, settings) for account in accounts)
    if not accounts:
        print("Nobody has an account: make one with ./askonce person add NAME.")
    return 0


def _line(account: Account, settings: Settings) -> str:
    zone, came = settings.process.timezone, account.came_at
    how = "by work account" if account.identity else "by password"
    last = f"last {came.astimezone(zone):%d %b %Y}" if came else "has not been here"
    since = f"since {account.created_at.astimezone(zone):%d %b %Y}"
    return f"{account.name}  {account.part}  {how}  {since}  {last}"


def run_password(settings: Settings, name: str, file: Path | None) -> int:
    """Give an account another password; whoever is logged in by it is out."""
    password = _good(_from(file) if file else _asked())
    with wiring.open_store(settings) as store:
        if not store.accounts.set_password(name, hashed(password)):
            raise Permanent(_without(store, name))
    say([f"{name} has another password."])
    return 0


def run_role(settings: Settings, name: str, role: str) -> int:
    """Say what an account is for, from the next page on."""
    with wiring.open_store(settings) as store:
        if not store.accounts.set_part(name, Part(role)):
            raise Permanent(_without(store, name))
    say([f"{name} is {role} now."])
    return 0


def _without(store: Store, name: str) -> str:
    """Why an account has no password, nor a role that is given here."""
    if store.accounts.find(name) is None:
        return f"There is no account {name}: see ./askonce person list."
    return f"{name} logs in by work account: its directory says who it is, and what it may do."


def run_remove(settings: Settings, name: str) -> int:
    """Take an account away; whoever is logged in by it is out."""
    with wiring.open_store(settings) as store:
        if not store.accounts.remove(name):
            raise Permanent(f"There is no account {name}: see ./askonce person list.")
    say([f"{name} cannot log in any more."])
    return 0


def _from(file: Path) -> str:
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as fault:
        why = getattr(fault, "strerror", None) or "it is not text in UTF-8"
        raise Permanent(f"The password cannot be read from {file}: {why}.") from None


def _asked() -> str:
    if not sys.stdin.isatty():
        raise Permanent("There is no terminal to ask for the password: give --password-file.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Permanent("The two are not the same; nothing was changed.")
    return password


def _good(password: str) -> str:
    if wrong := what_is_wrong(password):
        raise Permanent(f"{wrong}.")
    return password
