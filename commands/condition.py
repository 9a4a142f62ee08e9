"""What `check` looks at beside servers and disk: what time will bring, and how the work goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from commands import wiring
from model import Permanent, Trouble
from notifier.alerts import failing_since, last_fault
from notifier.workdays import known_until
from parsers.convert import program
from settings import Settings

#: Clocks of two machines may differ by so much.
_SLACK = timedelta(minutes=5)


class Note(str):
    """Something that works but may not be meant."""

    __slots__ = ()


def documents(settings: Settings) -> str:
    """Whether old and foreign formats can be read."""
    found = program()
    if found:
        return f"{found} reads what Word and Excel files there are beside .docx and .xlsx."
    return Note(
        "LibreOffice is not there, so .doc, .xls, .odt and the like cannot be read, and their "
        "senders are told so (on Debian or Ubuntu: apt install libreoffice-writer-nogui "
        "libreoffice-calc-nogui)."
    )


def bank_holidays(settings: Settings, now: datetime) -> str:
    """Whether they are known for as long as anybody plans."""
    nation, until = settings.process.nation, known_until(settings.process.nation)
    if until <= now.year + 1:
        raise Permanent(f"those of {nation} are known until {until} only: install a newer version.")
    return f"those of {nation} are known until {until}."


def clock(settings: Settings, now: datetime) -> str:
    """Whether this machine's clock can be right, going by what the database holds."""
    with wiring.open_store(settings) as store:
        latest = store.health.latest()
    local = now.astimezone(settings.process.timezone)
    said = f"it is {local:%H:%M on %A %-d %B %Y} in {settings.process.timezone}"
    if latest and latest > now + _SLACK:
        return Note(
            f"{said}, but something in the database is of {latest:%d %B %Y, %H:%M} UTC: either a "
            "run was given another moment (--now), or this machine's clock is behind."
        )
    return f"{said}."


def work(settings: Settings, now: datetime) -> str:
    """When the daemon last got through to the mailbox and the server, and what waits."""
    with wiring.open_store(settings) as store:
        vitals = store.health.vitals(now)
    read_at = [s.well_at for s in vitals.signs if s.what is Trouble.MAILBOX and s.well_at]
    if not read_at:
        return Note("nobody has read the mailbox yet: start the service, or ./askonce run.")
    age, patience = now - max(read_at), timedelta(hours=settings.health.after_hours)
    for what in (Trouble.MAILBOX, Trouble.DELIVERY, Trouble.DATABASE):
        since = failing_since(vitals, what)
        if since and now - since > _SLACK:
            why = last_fault(vitals, what)
            return Note(f"{what}: has not worked since {since:%d %B %Y, %H:%M} UTC. {why}".strip())
    if age > patience:
        return Note(f"the mailbox was last read {_ago(age)}: is the service running?")
    sent = f", the last mail went out {_ago(now - vitals.sent_at)}" if vitals.sent_at else ""
    return f"the mailbox was last read {_ago(age)}{sent}."


def _ago(age: timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    if minutes < 2:
        return "just now"
    for unit, size in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit} ago"
    return f"{minutes} minutes ago"
