"""`askonce demo`: the whole loop on sample mails, in a folder of its own, on a clock of its own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from commands.demo_mails import OFFICE, Day, Mail, days
from commands.run import works
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
    demo = Demo(folder=(out or DEFAULT).absolute(), console=Console(highlight=False))
    demo.start_afresh()
    troubled = sum(not demo.live_through(day) for day in days())
    demo.say_where_to_look()
    return 1 if troubled else 0


@dataclass
class Demo:
    """A folder with settings, a mailbox in, a mailbox out and a database."""

    folder: Path
    console: Console
    delivered: int = 0

    def start_afresh(self) -> None:
        """An empty mailbox; a folder that is not a demo's is left alone by its own error."""
        config = self.folder / "config.toml"
        if config.exists() and config.read_text("utf-8") == _SETTINGS:
            shutil.rmtree(self.folder)
        for part in ("tmp", "new", "cur"):
            (self.inbox / part).mkdir(parents=True)
        config.write_text(_SETTINGS, "utf-8")
        self.console.print("[bold]Ask Once, a few weeks in a consultation office[/]")

    @property
    def inbox(self) -> Path:
        """The Maildir that the sample mails are delivered to."""
        return self.folder / "mail" / "inbox"

    @property
    def settings(self) -> Settings:
        """The demo's own, whatever the environment says."""
        return load(self.folder / "config.toml", {})

    def live_through(self, day: Day) -> bool:
        """Deliver the day's mails, run once on that day's clock, show what became of them."""
        self.console.print(f"\n[bold]{day.moment():%A %-d %B %Y}[/]  {day.shows}")
        before = {file.name for file in self._sent()}
        for mail in day.mails:
            self._deliver(mail, day)
        with works(self.settings, day.moment(hour=11)) as wired:
            faults = once(wired)
            for fault in faults:
                self.console.print(f"[red]{fault}[/]")
            self._show_mails(wired.house.store, len(day.mails))
        self._show_clock([file for file in self._sent() if file.name not in before])
        return not faults

    def _deliver(self, mail: Mail, day: Day) -> None:
        """As a mail server would: written to tmp, renamed into new; its time is that of arrival."""
        number = self.delivered if mail.copy_of is None else mail.copy_of
        at = day.moment()
        arrived = (at + timedelta(minutes=self.delivered)).timestamp()
        name = f"{self.delivered:03d}.demo"
        draft = self.inbox / "tmp" / name
        draft.write_bytes(mail.message(at, number, self._latest))
        os.utime(draft, (arrived, arrived))
        draft.rename(self.inbox / "new" / name)
        self.delivered += 1

    def _sent(self) -> list[Path]:
        return sorted((self.folder / "mail" / "sent").glob("new/*"), key=_written)

    def _latest(self, address: str) -> tuple[str, str]:
        """What we wrote to somebody last."""
        ours = [m for m in map(_read, self._sent()) if address in str(m["To"])]
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

    def _show_clock(self, files: list[Path]) -> None:
        ours = [_read(file) for file in files]
        clock = [m for m in ours if m["Auto-Submitted"] == "auto-generated"]
        for mail in clock:
            what = _IN_WORDS.get(str(mail["X-Ask-Once"]), str(mail["X-Ask-Once"]))
            self.console.print(f"  [cyan]→[/] to {mail['To']}: {what}", soft_wrap=True)

    def say_where_to_look(self) -> None:
        """Where everything lies, and what to type next."""
        config = os.path.relpath(self.folder / "config.toml")
        self.console.print(f"\n[bold]Where to look[/]  ({os.path.relpath(self.folder)})")
        for what, where in (
            ("every mail we wrote", os.path.relpath(self.folder / "mail" / "sent" / "new")),
            ("the exceptions queue", f"./askonce queue list --config {config}"),
            ("the register", f"./askonce export --config {config}"),
            ("what goes out next", f"./askonce due --on 2027-12-31 --config {config}"),
            (
                "try a mail of your own",
                f"drop an .eml into {os.path.relpath(self.inbox)}/new, then",
            ),
            ("", f"./askonce run --once --config {config}"),
        ):
            self.console.print(f"  {what:24}{where}", soft_wrap=True)


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


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns
