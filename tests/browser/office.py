"""An office whose pages are served for real, whose mails leave by a real SMTP server, and the
people at its pages, who see them through Chromium."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Dialog, Locator, Page, Request, Response

from model import Gate
from notifier.senders import SmtpSender, SmtpSettings
from pages.serving import serving
from scheduler import Works, once
from tests.browser.acts import act_at
from tests.intake.desk import kind
from tests.intake.world import World
from tests.pages.office import NOW, PASSWORD, Pages
from tests.servers.smtp import SmtpServer

DESKTOP, PHONE, NARROW = 1280, 375, 320
MINUTE = timedelta(minutes=1)
_SWITCHES = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def start(playwright: Any) -> Browser:
    """Debian's Chromium, without a window."""
    from os import geteuid

    switches = [*_SWITCHES, *(["--no-sandbox"] if geteuid() == 0 else [])]
    found: Browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=switches
    )
    return found


@dataclass
class Person:
    """Somebody at the pages. Whatever no page of ours may do is noted, and looked at in the end."""

    page: Page
    office: Office
    scripts: bool = True
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(8_000)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("dialog", self._spoke)
        self.page.on("pageerror", lambda fault: self.wrong.append(f"script failed: {fault}"))
        self.page.on("console", lambda said: self._said(said.type, said.text))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.office.address):
            self.wrong.append(f"asked for {request.url}")

    def _answered(self, answer: Response) -> None:
        """What is done leads to another page; what is refused does not, or leads to the login."""
        if answer.request.method != "POST" or answer.status != 302:
            return
        act, on = act_at(self.office.app, answer.url), urlsplit(answer.headers["location"]).path
        if on != "/login" or act == "entry logout":
            self.office.done.add((act, self.scripts))

    def _spoke(self, dialog: Dialog) -> None:
        self.wrong.append(f"spoke: {dialog.message}")
        dialog.dismiss()

    def _said(self, type_: str, text: str) -> None:
        """A page that was not found or refused is told of, too: that is no fault of its own."""
        if type_ in {"error", "warning"} and "the server responded with a status" not in text:
            self.wrong.append(f"console: {text}")

    def open(self, path: str) -> Person:
        """Go to a page of ours."""
        self.page.goto(self.office.address + path)
        return self

    def log_in(self, name: str = "anna", password: str = PASSWORD, to: str = "/queue") -> Person:
        """By the page that asks who it is, as somebody wants to go to another."""
        self.open(to)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(password)
        with self.page.expect_navigation():
            self.press("Log in", within="main")
        return self

    def press(self, button: str, within: str = "") -> Person:
        """A button, by its words."""
        place = self.page.get_by_role("main") if within else self.page
        place.get_by_role("button", name=button, exact=True).click()
        return self

    def follow(self, link: str) -> Person:
        """A link, by its words."""
        self.page.get_by_role("link", name=link).first.click()
        return self

    def menu(self, section: str) -> Person:
        """A section, by the menu."""
        menu = self.page.get_by_role("navigation", name="Menu")
        menu.get_by_role("link", name=section, exact=True).click()
        return self

    def unfold(self, folded: Locator | None = None) -> Person:
        """What is folded up: everything, unless it is said which."""
        folded = folded or self.page.locator("details:not([open])")
        for one in folded.all()[::-1]:
            one.locator("> summary").click()
        return self

    def do(self, button: str, **fields: str) -> Person:
        """Fill in the form that ends in a button, each input by how its label begins."""
        mine = self.page.locator("button", has_text=re.compile(rf"^\s*{button}\s*$"))
        self.unfold(self.page.locator("details:not([open])").filter(has=mine))
        form = self.page.locator("form").filter(has=mine)
        for label, typed in fields.items():
            words = label.replace("_", " ")
            form.get_by_label(re.compile(rf"^\s*{words}")).fill(typed)
        with self.page.expect_navigation():
            mine.click()
        return self

    def begins_with(self, ready: str) -> Person:
        """A ready answer, in the place of an empty page."""
        self.page.get_by_label("Begin with").select_option(ready)
        return self.press("Use this text")

    def adds(self, label: str, text: str) -> Person:
        """A line below what stands in an input."""
        there = self.page.get_by_label(label, exact=True)
        there.fill(f"{there.input_value()}\n{text}")
        return self

    def gets(self, link: str, name: str = "") -> bytes:
        """What a link gives to keep; its file has that name, or is called what the link says."""
        with self.page.expect_download() as kept:
            self.follow(link)
        assert (called := kept.value.suggested_filename) == (name or link), called
        return Path(kept.value.path()).read_bytes()

    def item(self, subject: str) -> Person:
        """The exception of a mail, by the list: the menu leads there."""
        if urlsplit(self.page.url).path != "/queue":
            self.menu("Queue")
        line = self.page.get_by_role("row").filter(has_text=subject)
        line.get_by_role("rowheader").get_by_role("link").click()
        return self

    def fill(self, label: str, text: str) -> Person:
        """An input that is to be seen, by its label."""
        self.page.get_by_label(label, exact=True).locator("visible=true").fill(text)
        return self

    def sees(self, *texts: str) -> Person:
        """Waits until the page says so."""
        for text in texts:
            self.page.get_by_text(text).locator("visible=true").first.wait_for()
        return self

    @property
    def words(self) -> str:
        """What is to be seen of the page, on one line."""
        return " ".join(self.page.locator("body").inner_text().split())


@dataclass
class Office(Pages):
    """`Pages`, served on loopback, with a mail server beside it."""

    address: str = ""
    smtp: SmtpServer = field(default_factory=SmtpServer)
    chromium: Browser | None = None
    people: list[Person] = field(default_factory=list)
    done: set[tuple[str, bool]] = field(default_factory=set)  #: acts, each with whether by scripts
    _seen: int = 0

    def comes(self, *mails: EmailMessage) -> list[EmailMessage]:
        """These mails come in and are answered; gives what went out."""
        for made in mails:
            self.desk.post(made, self.now)
        return self.goes_out()

    def goes_out(self, after: timedelta = timedelta()) -> list[EmailMessage]:
        """The program's own round, some time later: what the mail server was handed by it."""
        self.now += after
        works = Works(
            house=self.desk.house,
            mailboxes=lambda: (self.desk.mailbox(),),
            sender=SmtpSender(_at(self.smtp)),
            gate=Gate(),
            since=None,
            now=lambda: self.now,
        )
        assert once(works) == ()
        parse = BytesParser(policy=policy.default).parsebytes
        new = [parse(mail.content) for mail in self.smtp.received[self._seen :]]
        self._seen += len(new)
        return [mail for mail in new if kind(mail) != "digest"]

    def after_a_minute(self) -> list[EmailMessage]:
        """What goes out a minute after an act, and nothing of it before."""
        assert self.goes_out() == []
        return self.goes_out(after=MINUTE)

    def person(
        self, name: str | None = None, width: int = DESKTOP, *, scripts: bool = True
    ) -> Person:
        """Somebody at a browser of their own; `name`: who logs in by it first."""
        assert self.chromium
        context = self.chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="en-GB"
        )
        made = Person(context.new_page(), self, scripts)
        self.people.append(made)
        return made.log_in(name) if name else made

    def all_leave(self) -> None:
        """Every browser is closed; none of them may have met what no page of ours may do."""
        people, self.people = self.people, []
        for person in people:
            person.page.context.close()
        assert [wrong for person in people for wrong in person.wrong] == []


@contextmanager
def open_office(root: Path, chromium: Browser, port: int = 0, **more: Any) -> Iterator[Office]:
    """An office for as long as a `with` block lasts. `more`: of its `Site`."""
    with World.at(root, now=NOW) as world, SmtpServer() as smtp:
        office = Office(root=root, world=world, smtp=smtp, chromium=chromium, more=more)
        with serving(office.app, "127.0.0.1", port) as (host, port):
            office.address = f"http://{host}:{port}"
            yield office


def _at(server: SmtpServer) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1", port=server.port, tls="none", envelope_from="consultations@example.org"
    )
