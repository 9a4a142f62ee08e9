"""The mailbox on the first day: what arrived before `since` is counted and left where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commands.check import run as check
from commands.demo import Post
from commands.demo_mails import ZONE, days
from commands.run import run, works
from settings import load
from tests.servers.dovecot import Dovecot

FIRST_DAY = datetime(2027, 1, 4, 9, tzinfo=ZONE)
OLD = 300


@dataclass
class Office:
    config: Path
    environ: dict[str, str]
    deliver: Callable[[bytes, datetime], None]
    lying: Callable[[], int]

    def sent(self) -> int:
        return len(list((self.config.parent / "mail" / "sent" / "new").glob("*")))


@pytest.fixture(params=["maildir", "imap"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    config = tmp_path / "config.toml"
    out = '[outgoing]\npath = "mail/sent"\n[store]\nurl = "sqlite:///askonce.db"\n'
    since = f'since = "{FIRST_DAY:%Y-%m-%dT%H:%M}"\n'
    if request.param == "maildir":
        inbox = tmp_path / "mail" / "inbox"
        for part in ("tmp", "new", "cur"):
            (inbox / part).mkdir(parents=True)
        post = Post(inbox=inbox, outbox=tmp_path / "mail" / "sent")
        config.write_text(f'[mailbox]\npath = "mail/inbox"\n{since}{out}', "utf-8")
        yield Office(config, {}, post.deliver, lambda: len(list((inbox / "new").iterdir())))
        return
    with Dovecot() as dovecot:
        server = f'host = "127.0.0.1"\nport = {dovecot.port}\ntls = "none"\n'
        account = f'kind = "imap"\nusername = "{dovecot.username}"\n'
        config.write_text(f"[mailbox]\n{server}{account}{since}{out}", "utf-8")
        yield Office(
            config,
            {"ASKONCE_MAILBOX__PASSWORD": dovecot.password},
            lambda raw, at: dovecot.deliver(raw, at=at),
            lambda: len(dovecot.messages("INBOX")),
        )


def test_300_old_mails_are_counted_and_left_alone_and_a_new_one_is_answered(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    form, *_ = days()[0].mails
    sample = form.message(FIRST_DAY, 0, lambda _: ("", ""))
    for number in range(OLD):
        raw = sample.replace(b"<demo-0@", b"<demo-%d@" % number)
        office.deliver(raw, FIRST_DAY - timedelta(minutes=1 + number))
    settings = load(office.config, office.environ)

    assert run(settings, True, FIRST_DAY + timedelta(hours=1)) == 0
    assert office.sent() == 0
    assert office.lying() == OLD
    with works(settings) as wired:
        assert wired.house.store.views.mails() == ()

    capsys.readouterr()
    assert check(office.config, office.environ) == 0
    assert "300" in capsys.readouterr().out

    office.deliver(sample, FIRST_DAY + timedelta(minutes=1))
    assert run(settings, True, FIRST_DAY + timedelta(hours=1)) == 0
    assert office.sent() == 1
    assert office.lying() == OLD
