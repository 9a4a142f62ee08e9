"""`askonce demo`: the whole loop on sample mails, in a folder of its own, on a clock of its own."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from commands import wiring
from commands.demo_mails import OFFICE, Day, Mail, days
from commands.pages import serve_until_stopped
from commands.run import works
from model import Permanent
from notifier.reasons import REASONS
from scheduler import once
from settings import Settings, load
from store import Part, QueueItem, Store

DEFAULT = Path(__file__).parent.parent / "var" / "demo"

#: Who may look at the demo's pages.
_NAME = "demo"

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


def run(out: Path | None = None, *, serve: bool = False) -> int:
    """Put the sample mails through a mailbox, move the clock past the chasers, show what became.

    `serve`: the pages are shown on it until SIGTERM or SIGINT. Returns 0, or 1 where the sample
    mails could not all be handled.
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
    if serve and not troubled:
        show_pages(settings, days()[-1].moment(hour=11))
    return 1 if troubled else 0


def show_pages(settings: Settings, at: datetime) -> None:
    """The web pages on what is in the folder, for an account made for it, on the demo's clock."""
    from pages.getting_in.passwords import hashed

    begun, password = datetime.now(UTC), new_password()
    with wiring.open_store(settings) as store:
        store.accounts.add(_NAME, Part.ADMINISTRATOR, hashed(password), at)
        site = wiring.site(settings, store, lambda: at + (datetime.now(UTC) - begun))
        print(f"\nLog in as {_NAME} with the password {password}")
        serve_until_stopped(settings, site)


def new_password() -> str:
    """Of letters and digits: it is copied into shells and forms."""
    return secrets.token_hex(8)


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
    delivered: list[bytes] = field(default_factory=list)
    _held: int = 0  #: the last exception that was there the day before

    def live_through(self, day: Day) -> bool:
        """Deliver the day's mails, run once on that day's clock, show what became of them."""
        self.console.print(f"\n[bold]{day.moment():%A %-d %B %Y}[/]  {day.shows}")
        mails, held = len(self.sent()), self._held
        for mail in day.mails:
            self._deliver(mail, day)
        with works(self.settings, day.moment(hour=11)) as wired:
            faults = once(wired)
            self._show_mails(wired.house.store, len(day.mails))
            queue = wired.house.store.views.queue()
        self._show_clock(self.sent()[mails:], [item for item in queue if item.id > held])
        self._held = max((item.id for item in queue), default=held)
        for fault in faults:
            self.console.print(f"[red]{fault}[/]")
        return not faults

    def _deliver(self, mail: Mail, day: Day) -> None:
        number = len(self.delivered)
        if mail.copy_of is None:
            raw = mail.message(day.moment(), number, self._latest)
        else:
            raw = self.delivered[mail.copy_of]
        self.deliver(raw, day.moment() + timedelta(minutes=number))
        self.delivered.append(raw)

    def _latest(self, address: str) -> tuple[str, str]:
        """What we wrote to somebody last."""
        ours = [m for m in self.sent() if address in str(m["To"])]
        return str(ours[-1]["Message-ID"]), str(ours[-1]["Subject"])

    # ---- what is shown

    def _show_mails(self, store: Store, count: int) -> None:
        if not count:
            return
        table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
        for column, share in (("From", 3), ("Subject", 6), ("What became of it", 8)):
            table.add_column(column, ratio=share)
        table.add_column("Reference", no_wrap=True, min_width=15)
        for mail in store.views.mails()[-count:]:
            became = _IN_WORDS.get(mail.outcome or "", mail.outcome or "")
            queued = f"  [yellow](queue: {', '.join(mail.reasons)})[/]" if mail.reasons else ""
            sender = mail.sender.partition("@")[0].replace(".", " ").title()
            table.add_row(sender, mail.subject, became + queued, "\n".join(mail.references))
        self.console.print(table)

    def _show_clock(self, mails: list[EmailMessage], held: list[QueueItem]) -> None:
        for mail in (m for m in mails if m["Auto-Submitted"] == "auto-generated"):
            what = _IN_WORDS.get(str(mail["X-Ask-Once"]), str(mail["X-Ask-Once"]))
            self.console.print(f"  [cyan]→[/] to {mail['To']}: {what}", soft_wrap=True)
        for item in (i for i in held if i.message_id is None):
            what = f"{item.reference}: {REASONS[item.reason]}"
            self.console.print(f"  [yellow]→[/] to the exceptions queue: {what}", soft_wrap=True)


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
