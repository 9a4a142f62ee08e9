"""From a real outbox through a real way out: each mail once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from model import AskOnceError, Decision, Delivery, OutgoingEmail, Permanent, Reason, Transient
from notifier.deliver import LATELY, deliver_one, learn_names, settle_interrupted
from notifier.senders import MaildirSender, Sender, SmtpSender
from store.store import Store
from tests.gates import OPEN
from tests.notifier.mails import mail, settings
from tests.servers.smtp import Fault, SmtpServer

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """Stands for the end of the process at a point of the test's choosing."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/askonce.db") as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture
def sender(server: SmtpServer) -> Iterator[SmtpSender]:
    with SmtpSender(settings(server, final_timeout=1.0)) as made:
        yield made


def post(store: Store, *mails: OutgoingEmail) -> None:
    with store.transaction() as step:
        step.apply(Decision(kind=None, outcome="test"), outgoing=mails, now=NOW)


def deliver_all(store: Store, sender: Sender, now: datetime = NOW) -> int:
    rng, done = Random(1), 0
    while deliver_one(store.outbox, sender, now, rng, gate=OPEN):
        done += 1
    return done


def reasons(store: Store) -> list[Reason]:
    return [item.reason for item in store.views.queue()]


def test_every_mail_goes_once_oldest_first(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"), mail("two"), mail("three"))

    assert deliver_all(store, sender) == 3
    assert deliver_all(store, sender) == 0
    assert server.accepted == ["<one@test>", "<two@test>", "<three@test>"]


def test_an_empty_outbox_connects_to_nobody(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    assert not deliver_one(store.outbox, sender, NOW, Random(1), gate=OPEN)
    assert server.connections == []


def test_a_mail_refused_for_the_moment_goes_later_and_holds_up_nobody(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"), mail("two"))
    server.faults["RCPT"].append("451 later")

    deliver_all(store, sender)
    assert server.accepted == ["<two@test>"]

    deliver_all(store, sender, NOW + timedelta(minutes=2))
    assert server.accepted == ["<two@test>", "<one@test>"]
    assert reasons(store) == []


def test_a_mail_refused_for_five_days_is_given_up_and_shown(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"))
    server.faults["RCPT"].extend(["451 later"] * 100)

    for hours in range(0, 24 * 7, 8):
        deliver_all(store, sender, NOW + timedelta(hours=hours))
    early = reasons(store)
    for hours in range(24 * 7, 24 * 14, 8):
        deliver_all(store, sender, NOW + timedelta(hours=hours))

    assert early == []
    assert reasons(store) == [Reason.DELIVERY_FAILED]


def test_a_mail_refused_for_good_is_shown_and_holds_up_nobody(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"), mail("two"))
    server.faults["DATA"].append("550 never")

    deliver_all(store, sender)

    assert server.accepted == ["<two@test>"]
    assert reasons(store) == [Reason.DELIVERY_FAILED]


def test_a_recipient_refused_beside_others_is_shown(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one", to=("a@council.test", "gone@council.test")))
    server.faults["RCPT"].extend([None, "550 unknown"])

    deliver_all(store, sender)

    (item,) = store.views.queue()
    assert item.reason is Reason.DELIVERY_FAILED
    assert item.detail["refused"] == ["gone@council.test"]
    assert server.accepted == ["<one@test>"]


def test_a_mail_that_may_have_gone_is_shown_and_never_sent_again(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"), mail("two"))
    server.faults["END"].append(Fault.TAKE_AND_DROP)

    deliver_all(store, sender)
    deliver_all(store, sender, NOW + timedelta(days=30))

    assert server.accepted == ["<one@test>", "<two@test>"]
    assert reasons(store) == [Reason.DELIVERY_UNCERTAIN]


def test_a_mail_that_may_have_gone_and_is_found_among_the_sent_ones_has_gone(
    store: Store, server: SmtpServer
) -> None:
    post(store, mail("one"))
    server.faults["END"].append(Fault.TAKE_AND_DROP)

    with SmtpSender(settings(server), server.took) as sender:
        deliver_all(store, sender)

    assert reasons(store) == []
    assert server.accepted == ["<one@test>"]


# ------------------------------------------------------------------- faults that are no mail's


def test_a_server_that_is_away_costs_no_mail_an_attempt(store: Store, server: SmtpServer) -> None:
    post(store, mail("one"))
    wrong = settings(server, username="office", password="s3cret")  # it offers no login

    with pytest.raises(Permanent):
        deliver_one(store.outbox, SmtpSender(wrong), NOW, Random(1), gate=OPEN)

    claimed = store.outbox.claim(NOW, OPEN)
    assert claimed is not None
    assert claimed.attempts == 1


def test_a_refusal_of_us_as_a_sender_is_raised_and_the_mail_waits(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"))
    server.faults["MAIL"].append("550 not allowed to send as this")

    with pytest.raises(Permanent):
        deliver_one(store.outbox, sender, NOW, Random(1), gate=OPEN)
    assert reasons(store) == []

    deliver_all(store, sender, NOW + timedelta(minutes=2))
    assert server.accepted == ["<one@test>"]


@pytest.mark.parametrize("noted", [False, True])
def test_a_mail_that_our_own_code_fails_on_holds_up_nobody(
    store: Store, server: SmtpServer, noted: bool
) -> None:
    class Clumsy(SmtpSender):
        def send(self, mail: OutgoingEmail, about_to_hand_over: Callable[[], None]) -> Delivery:
            if mail.subject != "one":
                return super().send(mail, about_to_hand_over)
            if noted:
                about_to_hand_over()
            raise ZeroDivisionError

    post(store, mail("one"), mail("two"))
    deliver_all(store, Clumsy(settings(server)))

    assert server.accepted == ["<two@test>"]
    assert reasons(store) == ([Reason.DELIVERY_UNCERTAIN] if noted else [])


# ------------------------------------------------------------------- crashes


def _crash(store: Store, sender: Sender, *, noted: bool) -> None:
    """Ends an attempt as a kill would: just before or just after the handing over is noted."""

    class Dying:
        """The store's outbox, in a process that dies."""

        def __getattr__(self, name: str) -> object:
            return getattr(store.outbox, name)

        def handing_over(self, number: int, now: datetime) -> None:
            if noted:
                store.outbox.handing_over(number, now)
            raise Killed

    with pytest.raises(Killed):
        deliver_one(Dying(), sender, NOW, Random(1), gate=OPEN)  # type: ignore[arg-type]


@pytest.fixture
def maildir(tmp_path: Path) -> MaildirSender:
    return MaildirSender(tmp_path / "sent")


def _delivered(tmp_path: Path) -> int:
    return len(list((tmp_path / "sent" / "new").iterdir()))


@pytest.mark.parametrize("noted", [False, True])
def test_into_a_maildir_a_crash_before_the_rename_is_repeated(
    store: Store, maildir: MaildirSender, tmp_path: Path, noted: bool
) -> None:
    post(store, mail("one"))
    _crash(store, maildir, noted=noted)
    assert deliver_all(store, maildir) == 0

    assert settle_interrupted(store.outbox, maildir, NOW, everything=True) == 1
    deliver_all(store, maildir)

    assert _delivered(tmp_path) == 1
    assert reasons(store) == []


def test_into_a_maildir_a_crash_after_the_rename_is_seen(
    store: Store, maildir: MaildirSender, tmp_path: Path
) -> None:
    post(store, mail("one"))
    maildir.open()
    claimed = store.outbox.claim(NOW, OPEN)
    assert claimed is not None
    maildir.send(claimed, lambda: store.outbox.handing_over(claimed.id, NOW))

    assert settle_interrupted(store.outbox, maildir, NOW, everything=True) == 1
    assert deliver_all(store, maildir) == 0

    assert _delivered(tmp_path) == 1
    assert reasons(store) == []


def test_by_smtp_a_crash_before_the_handing_over_is_repeated(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"))
    _crash(store, sender, noted=False)
    settle_interrupted(store.outbox, sender, NOW, everything=True)
    deliver_all(store, sender)

    assert server.accepted == ["<one@test>"]
    assert reasons(store) == []


def test_by_smtp_a_crash_in_the_handing_over_is_shown_and_not_repeated(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"))
    _crash(store, sender, noted=True)
    settle_interrupted(store.outbox, sender, NOW, everything=True)
    deliver_all(store, sender, NOW + timedelta(days=30))

    assert server.accepted == []
    assert reasons(store) == [Reason.DELIVERY_UNCERTAIN]


def test_a_claim_that_is_young_may_be_another_process_at_work(
    store: Store, sender: SmtpSender
) -> None:
    post(store, mail("one"))
    _crash(store, sender, noted=False)

    assert settle_interrupted(store.outbox, sender, NOW) == 0
    assert settle_interrupted(store.outbox, sender, NOW + timedelta(hours=2)) == 1


@pytest.mark.parametrize("fault", [Transient, Permanent])
def test_what_cannot_be_looked_up_now_is_left_for_later(
    store: Store, server: SmtpServer, sender: SmtpSender, fault: type[AskOnceError]
) -> None:
    def away(message_id: str) -> bool:
        raise fault("The mailbox is away.")

    post(store, mail("one"))
    _crash(store, sender, noted=True)

    with SmtpSender(settings(server), away) as blind:
        assert settle_interrupted(store.outbox, blind, NOW, everything=True) == 0
    with SmtpSender(settings(server), {"<one@test>"}.__contains__) as seeing:
        assert settle_interrupted(store.outbox, seeing, NOW, everything=True) == 1
    assert reasons(store) == []


def test_a_store_that_fails_at_the_handing_over_sends_nothing(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    class Failing:
        """The store's outbox, on a disk that is full."""

        def __getattr__(self, name: str) -> object:
            return getattr(store.outbox, name)

        def handing_over(self, number: int, now: datetime) -> None:
            raise Transient("The disk is full.")

    post(store, mail("one"))
    with pytest.raises(Transient):
        deliver_one(Failing(), sender, NOW, Random(1), gate=OPEN)  # type: ignore[arg-type]
    assert server.accepted == []

    settle_interrupted(store.outbox, sender, NOW, everything=True)
    deliver_all(store, sender)
    assert server.accepted == ["<one@test>"]


def test_a_mail_whose_sending_could_not_be_recorded_is_not_sent_again(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    class Failing:
        """The store's outbox, on a disk that fills up while a mail is on its way."""

        def __getattr__(self, name: str) -> object:
            return getattr(store.outbox, name)

        def settle(self, *args: object, **more: object) -> None:
            raise Transient("The disk is full.")

    post(store, mail("one"))
    with pytest.raises(Transient):
        deliver_one(Failing(), sender, NOW, Random(1), gate=OPEN)  # type: ignore[arg-type]

    settle_interrupted(store.outbox, sender, NOW, everything=True)
    assert deliver_all(store, sender) == 0
    assert server.accepted == ["<one@test>"]
    assert reasons(store) == []


# --------------------------------------------------------------------------- names on the server


def test_the_names_of_what_went_lately_are_learnt(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    post(store, mail("one"), mail("two"), mail("three"))
    deliver_all(store, sender)
    there = {"<one@test>": "<one@test>", "<two@test>": "<2@outlook.test>"}
    asked: list[set[str]] = []

    def look(message_ids: Sequence[str]) -> dict[str, str]:
        asked.append(set(message_ids))
        return {name: there[name] for name in message_ids if name in there}

    assert learn_names(store.outbox, look, NOW) == 1  # one of them has another
    assert learn_names(store.outbox, look, NOW) == 0
    assert asked == [{"<one@test>", "<two@test>", "<three@test>"}, {"<three@test>"}]


def test_nobody_is_asked_when_nothing_went_lately(
    store: Store, server: SmtpServer, sender: SmtpSender
) -> None:
    def look(message_ids: Sequence[str]) -> dict[str, str]:
        pytest.fail("Nothing to look for.")

    assert learn_names(store.outbox, look, NOW) == 0
    post(store, mail("one"))
    deliver_all(store, sender)
    assert learn_names(store.outbox, look, NOW + LATELY + timedelta(seconds=1)) == 0
