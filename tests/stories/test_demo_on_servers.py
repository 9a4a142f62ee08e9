"""The demo's mails through a real Dovecot and a real SMTP server, beside the embedded default."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from rich.console import Console

from commands.demo import Post, Story, new_password, start_afresh
from commands.demo_mails import days
from commands.run import works
from settings import Settings, load
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpServer

Deliver = Callable[[bytes, datetime], None]
Sent = Callable[[], list[EmailMessage]]

_SERVERS = """
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "{user}"
since = "2027-01-04T09:00"

[outgoing]
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
tls = "none"
from = "Consultations <consultations@example.org>"

[people]
administrator = "Administrator <administrator@example.org>"
pod_administrator = "POD <pod@example.org>"

[store]
url = "sqlite:///askonce.db"
"""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("embedded")
    start_afresh(folder)
    post = Post(inbox=folder / "mail" / "inbox", outbox=folder / "mail" / "sent")
    return told(load(folder / "config.toml", {}), post.deliver, post.sent)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("served")
    with ExitStack() as servers:
        dovecot = servers.enter_context(Dovecot())
        smtp = servers.enter_context(SmtpServer())
        config = folder / "config.toml"
        config.write_text(
            _SERVERS.format(imap=dovecot.port, user=dovecot.username, smtp=smtp.port), "utf-8"
        )
        settings = load(config, {"ASKONCE_MAILBOX__PASSWORD": dovecot.password})
        story = told(settings, lambda raw, at: dovecot.deliver(raw, at=at), lambda: received(smtp))
        story["left in INBOX"] = len(dovecot.messages("INBOX"))
        return story


def received(smtp: SmtpServer) -> list[EmailMessage]:
    return [message_from_bytes(r.content, policy=policy.default) for r in smtp.received]


def told(settings: Settings, deliver: Deliver, sent: Sent) -> dict[str, Any]:
    """What is left of the demo's story: records, what became of the mails, what went out."""
    story = Story(
        settings=settings, deliver=deliver, sent=sent, console=Console(file=io.StringIO())
    )
    for day in days():
        assert story.live_through(day)
    with works(settings) as wired:
        views = wired.house.store.views
        records = [
            {**r, "mails": [(m["direction"], m["kind"], m["subject"]) for m in r["mails"]]}
            for r in views.export()
        ]
        mails = [(m.subject, m.outcome, m.references, m.replies, m.reasons) for m in views.mails()]
        queue = [(i.reason, i.sender, i.subject, i.reference) for i in views.queue()]
    went = [(str(m["X-Ask-Once"]), str(m["To"]), str(m["Subject"]), text_of(m)) for m in sent()]
    return {"records": records, "mails": mails, "queue": queue, "sent": sorted(went)}


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return re.sub(r"\s+", " ", body.get_content())


@pytest.mark.parametrize("what", ["records", "mails", "queue", "sent"])
def test_real_servers_give_the_same_as_the_embedded_default(
    embedded: dict[str, Any], served: dict[str, Any], what: str
) -> None:
    assert served[what] == embedded[what]


def test_handled_mails_leave_the_inbox(served: dict[str, Any]) -> None:
    assert served["left in INBOX"] == 0


def test_the_demo_shows_every_kind_of_thing_it_promises(embedded: dict[str, Any]) -> None:
    outcomes = {outcome for _subject, outcome, *_ in embedded["mails"]}
    assert outcomes >= {
        "registered",
        "incomplete",
        "repeat",
        "duplicate",
        "similar",
        "withdrawn",
        "extended",
        "outcomes_logged",
        "not_understood",
        "unreadable",
        "kept",
    }
    letters = [kind for kind, *_ in embedded["sent"]]
    assert letters.count("chaser") >= 3
    assert letters.count("completion_note") >= 1
    assert letters.count("pod_request") == 1
    assert {reason for reason, *_ in embedded["queue"]} >= {"outcomes_overdue"}


def test_the_password_of_its_pages_is_copied_into_any_shell() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(one.isascii() and one.isalnum() and len(one) == 16 for one in made)
