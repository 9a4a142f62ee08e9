"""`askonce person`: who may look at the web pages."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from pathlib import Path

from commands import wiring
from commands.queue import say
from model import Permanent
from pages.passwords import LONGEST, SHORTEST, hashed
from settings import Settings
from store import Part

_NAME = 60  # characters at most


def run_add(settings: Settings, name: str, role: str, file: Path | None, now: datetime) -> int:
    """Make an account; its password is asked for, or stands in a file."""
    if not name.strip() or len(name) > _NAME or not name.isprintable():
        raise Permanent(f"A name has 1 to {_NAME} letters, such as anna.smith.")
    password = _good(_from(file) if file else _asked())
    with wiring.open_store(settings) as store:
        if not store.accounts.add(name, Part(role), hashed(password), now):
            raise Permanent(f"There is an account {name} already: remove it first.")
    say([f"{name} may log in as {role}."])
    return 0


def run_list(settings: Settings) -> int:
    """Print every account with what it is for."""
    with wiring.open_store(settings) as store:
        accounts = store.accounts.all()
    say(f"{a.name}  {a.part}  since {a.created_at:%d %b %Y}" for a in accounts)
    if not accounts:
        print("Nobody has an account: make one with ./askonce person add NAME.")
    return 0


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
    if not SHORTEST <= len(password) <= LONGEST:
        raise Permanent(f"A password has {SHORTEST} to {LONGEST} characters.")
    return password
