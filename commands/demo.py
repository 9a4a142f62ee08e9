"""`askonce demo`: the whole loop on sample mails, in a folder of its own, on a clock of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from commands.demo_mails import OFFICE, Day, days
from commands.run import works
from model import Permanent
from scheduler import once
from settings import Settings, load
from store import Store

DEFAULT = Path(__file__).parent.parent / "var" / "demo"

_SETTINGS = f"""\
# The demo's settings: everything in this folder, no server needed.
[mailbox]
path = "mail/inbox"

[outgoing]
path = "mail/sent"
from = "Consultations <{OFFICE}>"

[people]
administrator = "Administrator <administrator@example.org>"
pod_administrator = "POD <pod@example.org>"

[store]
url = "sqlite:///askonce.db"
"""


def run(out: Path | None = None) -> int:
    """Put the sample mails through a mailbox, move the clock past the chasers, show what became.

    Returns 0, or 1 where the sample mails could not all be handled.
    """
    folder = (out or DEFAULT).absolute()
    start_afresh(folder)
    post = Post(inbox=folder / "mail" / "inbox", outbox=folder / "mail" / "sent")
    settings = load(folder / "config.toml", {})  # the demo's own, whatever the environment says
    console = Console(highlight=False)
    console.print("[bold]Ask Once, a few weeks in a consultation office[/]")
    story = Story(settings=settings, deliver=post.deliver, sent=post.sent, console=console)
    troubled = sum(not story.live_through(day) for day in days())
    say_where_to_look(folder, console)
    return 1 if troubled else 0


def start_afresh(folder: Path) -> None:
    """An empty mailbox and settings. Raises `Permanent` for a folder that is not a demo's."""
    config = folder / "config.toml"
    if config.exists() and config.read_text("utf-8") == _SETTINGS:
        shutil.rmtree(folder)
    if folder.exists() and any(folder.iterdir()):
        raise Permanent(f"{folder} is not empty and not a demo's. Name another folder with --out.")
    for part in ("tmp", "new", "cur"):
        (folder / "mail" / "inbox" / part).mkdir(parents=True)
    config.write_text(_SETTINGS, "utf-8")


@dataclass
class Post:
    """The embedded mail server: two Maildirs."""

    inbox: Path
    outbox: Path
    count: int = 0

    def deliver(self, raw: bytes, at: datetime) -> None:
        """As a mail server would: written to tmp, renamed into new; its time is that of arrival."""
        name = f"{self.count:03d}.demo"
        draft = self.inbox / "tmp" / name
        draft.write_bytes(raw)
        os.utime(draft, (at.timestamp(), at.timestamp()))
        draft.rename(self.inbox / "new" / name)
        self.count += 1

    def sent(self) -> list[EmailMessage]:
        """Every mail that went out, in the order of going."""
        files = sorted(self.outbox.glob("new/*"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


@dataclass
class Story:
    """The demo's days, lived through with any mailbox and any way out."""

    settings: Settings
    deliver: Callable[[bytes, datetime], None]
    sent: Callable[[], list[EmailMessage]]
    console: Console
    delivered: int = 0

    def live_through(self, day: Day) -> bool:
        """Deliver the day's mails, run once on that day's clock, show what became of them."""
        self.console.print(f"\n[bold]{day.moment():%A %-d %B %Y}[/]  {day.shows}")
        before = len(self.sent())
        for mail in day.mails:
            number = self.delivered if mail.copy_of is None else mail.copy_of
            raw = mail.message(day.moment(), number, self._latest)
            self.deliver(raw, day.moment() + timedelta(minutes=self.delivered))
            self.delivered += 1
        with works(self.settings, day.moment(hour=11)) as wired:
            faults = once(wired)
            self._show_mails(wired.house.store, len(day.mails))
        self._show_clock(self.sent()[before:])
        for fault in faults:
            self.console.print(f"[red]{fault}[/]")
        return not faults

    def _latest(self, address: str) -> tuple[str, str]:
        """What we wrote to somebody last."""
        ours = [m for m in self.sent() if address in str(m["To"])]
        return str(ours[-1]["Message-ID"]), str(ours[-1]["Subject"])

    # ---- what is shown

    def _show_mails(self, store: Store, count: int) -> None:
        if not count:
            return
        table = _table("From", "Subject", "What became of it", "Reference", "In the queue")
        for mail in store.views.mails()[-count:]:
            table.add_row(
                mail.sender.partition("@")[0],
                mail.subject,
                _IN_WORDS.get(mail.outcome or "", mail.outcome or ""),
                " ".join(mail.references),
                ", ".join(mail.reasons) or "-",
            )
        self.console.print(table)

    def _show_clock(self, mails: list[EmailMessage]) -> None:
        for mail in (m for m in mails if m["Auto-Submitted"] == "auto-generated"):
            what = _IN_WORDS.get(str(mail["X-Ask-Once"]), str(mail["X-Ask-Once"]))
            self.console.print(f"  [cyan]→[/] to {mail['To']}: {what}", soft_wrap=True)


def say_where_to_look(folder: Path, console: Console) -> None:
    """Where everything lies, and what to type next."""
    here = os.path.relpath(folder)
    config = f"--config {here}/config.toml"
    console.print(f"\n[bold]Where to look[/]  ({here})")
    for what, where in (
        ("every mail we wrote", f"{here}/mail/sent/new"),
        ("the exceptions queue", f"./askonce queue list {config}"),
        ("the register", f"./askonce export {config}"),
        ("what goes out next", f"./askonce due --on 2027-12-31 {config}"),
        ("a mail of your own", f"drop an .eml into {here}/mail/inbox/new, then"),
        ("", f"./askonce run --once {config}"),
    ):
        console.print(f"  {what:22}{where}", soft_wrap=True)


_IN_WORDS = {
    "registered": "Registered; told when outcomes are due",
    "incomplete": "Asked for what is missing",
    "repeat": "Had it already; said so",
    "similar": "Similar work found: PROCEED or WITHDRAW?",
    "duplicate": "The same mail again: nothing sent",
    "unreadable": "Told how to send it so that it can be read",
    "not_understood": "Sent the blank forms",
    "kept": "Kept; no answer",
    "withdrawn": "Withdrawn, as asked",
    "extended": "New due date set",
    "outcomes_logged": "Outcomes logged; thanked",
    "needs_answer": "Left to a person",
    "completion_note": "a note that the end date has passed, with Form 2 half filled in",
    "chaser": "a reminder that outcomes are due",
    "confirm_reminder": "a reminder that PROCEED or WITHDRAW is awaited",
    "pod_request": "a request for POD support, passed on",
    "digest": "this morning's digest of the exceptions queue",
}


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column == "Reference")
    return table
