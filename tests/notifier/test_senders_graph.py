"""What is particular to Microsoft Graph: one call a mail, and every answer that it may get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from model import DeliveryState, OutgoingEmail, Permanent, Transient
from notifier.graph import GraphSettings
from notifier.graph_sender import GraphSender
from notifier.mime import readdressed
from tests.notifier.mails import mail
from tests.servers.graph import MAILBOX, Fault, GraphServer
from tests.servers.ports import free_port
from tests.servers.tls import make_ca

RETRY, REFUSED = DeliveryState.RETRY, DeliveryState.REFUSED
SENT, UNCERTAIN = DeliveryState.SENT, DeliveryState.UNCERTAIN


def nothing() -> None:
    pass


class Key:
    """Tokens of a token server that never fails: the first, and another when it is refused."""

    def __init__(self, *good: str) -> None:
        self.good = set(good or ["one"])
        self.given = ["one"]
        self.fault: Permanent | None = None

    def __call__(self, *, anew: bool = False) -> str:
        if self.fault is not None and anew:
            raise self.fault
        if anew:
            self.given.append("two")
        return self.given[-1]


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def server(ca: tuple[Path, Path, Path], key: Key) -> Iterator[GraphServer]:
    with GraphServer(ca[1:], key.good.__contains__) as made:
        yield made


Settings = Callable[..., GraphSettings]


@pytest.fixture
def settings(server: GraphServer, ca: tuple[Path, Path, Path], key: Key) -> Settings:
    def given(**changes: Any) -> GraphSettings:
        values: dict[str, Any] = {
            "mailbox": MAILBOX,
            "token": key,
            "host": "localhost",
            "port": server.port,
            "ca_file": str(ca[0]),
        }
        return GraphSettings(**values | changes)

    return given


@pytest.fixture
def sender(settings: Settings) -> Iterator[GraphSender]:
    with GraphSender(settings()) as made:
        yield made


def to(*recipients: str, header: str) -> OutgoingEmail:
    """A mail with such a header that is to go to these."""
    given = mail("one", to=recipients)
    content = given.content.replace(b"Subject:", f"{header}\r\nSubject:".encode(), 1)
    return OutgoingEmail(
        key="one",
        kind=given.kind,
        message_id=given.message_id,
        recipients=recipients,
        subject="one",
        content=content,
    )


# --------------------------------------------------------------------------- what arrives


def test_the_whole_mail_arrives_byte_for_byte(server: GraphServer, sender: GraphSender) -> None:
    given = to("a@council.test", header="To: A <a@council.test>")

    assert sender.send(given, nothing).state is SENT
    assert server.raw == [given.content]


def test_who_gets_no_more_mail_is_not_in_the_header(
    server: GraphServer, sender: GraphSender
) -> None:
    header = "To: A <a@council.test>,\r\n B <b@council.test>\r\nCc: c@council.test"

    sender.send(to("B@council.test", header=header), nothing)

    (arrived,) = server.sent
    assert (arrived["To"], arrived["Cc"], arrived["Bcc"]) == ("B <b@council.test>", None, None)
    assert server.raw[0].endswith(b"\r\n\r\nThank you.\r\n")


def test_a_recipient_who_is_named_nowhere_gets_it_unseen() -> None:
    given = to("a@council.test", "d@council.test", header="To: a@council.test")

    read = message_from_bytes(readdressed(given.content, given.recipients), policy=default)

    assert (read["To"], read["Bcc"]) == ("a@council.test", "d@council.test")


def test_attachments_and_encodings_stay_as_they_were() -> None:
    body = b"--x\r\nContent-Type: text/plain\r\n\r\n=C3=A9\xff\r\n--x--\r\n"
    head = b"To: a@x.test, b@x.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"

    assert readdressed(head + body, ["a@x.test", "b@x.test"]) == head + body
    changed = readdressed(head + body, ["b@x.test"])
    assert changed.endswith(b"\r\n\r\n" + body)
    assert b"boundary=" in changed


# --------------------------------------------------------------------------- what is answered


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (400, "ErrorInvalidRecipients", REFUSED),
        (413, "ErrorMessageSizeExceeded", REFUSED),
        (429, "ApplicationThrottled", RETRY),
        (503, "ServiceUnavailable", RETRY),
        (403, "ErrorAccessDenied", RETRY),
        (404, "ErrorInvalidUser", RETRY),
        (500, "ErrorInternalServerError", UNCERTAIN),
        (502, "BadGateway", UNCERTAIN),
        (504, "GatewayTimeout", UNCERTAIN),
    ],
)
def test_every_answer_has_its_meaning(
    server: GraphServer, sender: GraphSender, status: int, code: str, state: DeliveryState
) -> None:
    server.stumbles.append((status, code, {}))

    delivery = sender.send(mail("one"), nothing)

    assert delivery.state is state
    assert delivery.detail == f"{status} {code} Something is wrong. request 11-22"
    assert server.accepted == []


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, "ErrorAccessDenied", "needs the permission Mail.Send"),
        (403, "ErrorSendAsDenied", "may not send in the name"),
        (404, "ErrorInvalidUser", "no such mailbox"),
    ],
)
def test_what_would_meet_every_mail_holds_up_the_next_one(
    server: GraphServer, sender: GraphSender, status: int, code: str, says: str
) -> None:
    server.stumbles.append((status, code, {}))
    sender.send(mail("one"), nothing)

    with pytest.raises(Permanent, match=says):
        sender.open()
    assert sender.send(mail("two"), nothing).state is SENT


def test_a_wait_that_is_asked_for_is_kept_to(server: GraphServer, sender: GraphSender) -> None:
    server.stumbles.append((429, "ApplicationThrottled", {"Retry-After": "3600"}))
    sender.send(mail("one"), nothing)

    with pytest.raises(Transient, match=r"wait 3[56]\d\d seconds"):
        sender.open()
    with pytest.raises(Transient), sender:
        sender.send(mail("two"), nothing)
    assert server.calls == ["sendMail"]


def test_a_short_wait_is_over_soon(server: GraphServer, sender: GraphSender) -> None:
    server.stumbles.append((503, "ServiceUnavailable", {"Retry-After": "0"}))
    sender.send(mail("one"), nothing)

    with pytest.raises(Transient):
        sender.open()
    assert sender.send(mail("one"), nothing).state is SENT


def test_a_withdrawn_token_is_replaced_once(
    server: GraphServer, sender: GraphSender, key: Key
) -> None:
    key.good.clear()
    key.good.add("two")

    assert sender.send(mail("one"), nothing).state is SENT
    assert key.given == ["one", "two"]
    assert server.accepted == ["<one@test>"]


def test_a_token_that_is_never_good_holds_up_the_next_mail(
    server: GraphServer, sender: GraphSender, key: Key
) -> None:
    key.good.clear()

    assert sender.send(mail("one"), nothing).state is RETRY
    with pytest.raises(Permanent, match="refused us: 401 InvalidAuthenticationToken"):
        sender.open()


def test_no_other_token_to_be_had_is_certain_too(
    server: GraphServer, sender: GraphSender, key: Key
) -> None:
    key.good.clear()
    key.fault = Permanent("The secret has expired.")

    assert sender.send(mail("one"), nothing).state is RETRY
    with pytest.raises(Permanent, match="expired"):
        sender.open()


# --------------------------------------------------------------------------- connections that fail


@pytest.mark.parametrize("fault", Fault)
def test_a_connection_that_breaks_leaves_it_open(
    server: GraphServer, sender: GraphSender, fault: Fault
) -> None:
    server.stumbles.append(fault)

    delivery = sender.send(mail("one"), nothing)

    assert delivery.state is UNCERTAIN
    assert sender.was_sent("<one@test>") is (True if fault is Fault.TAKE_AND_DROP else None)
    assert len(server.raw) == (fault is Fault.TAKE_AND_DROP)


def test_no_connection_is_used_twice(server: GraphServer, sender: GraphSender) -> None:
    """One that is kept may be gone, and then nobody could say what became of the second mail."""
    for n in range(50):
        assert sender.send(mail(f"mail-{n}"), nothing).state is SENT

    assert server.connections == server.calls.count("sendMail") == 50


def test_no_connection_at_all_is_certain(settings: Settings) -> None:
    with GraphSender(settings(port=free_port())) as sender:
        assert sender.send(mail("one"), nothing).state is RETRY
        with pytest.raises(Transient, match="cannot be reached"):
            sender.open()


def test_a_certificate_that_cannot_be_trusted_gets_no_mail(
    server: GraphServer, settings: Settings
) -> None:
    with GraphSender(settings(ca_file=None)) as sender:
        assert sender.send(mail("one"), nothing).state is RETRY
        with pytest.raises(Permanent, match="not to be trusted"):
            sender.open()
    assert server.calls == []


def test_a_certificate_out_of_its_time_may_be_replaced(tmp_path: Path, settings: Settings) -> None:
    authority, *certificate = make_ca(tmp_path, lasts=timedelta(hours=-1))
    with GraphServer((certificate[0], certificate[1]), "one".__eq__) as server:
        reached = settings(port=server.port, ca_file=str(authority))
        with GraphSender(reached) as sender, pytest.raises(Transient, match="out of its time"):
            sender.check()


# --------------------------------------------------------------------------- what was sent


@contextmanager
def after_a_restart(settings: Settings, **how: Any) -> Iterator[GraphSender]:
    with GraphSender(settings(), **how) as made:
        yield made


def test_a_mail_whose_message_id_was_replaced_is_found_by_our_own(
    server: GraphServer, sender: GraphSender, settings: Settings
) -> None:
    server.replaces = True
    given = to("a@council.test", header="To: a@council.test\r\nX-Ask-Once-Id: <one@test>")
    sender.send(given, nothing)

    with after_a_restart(settings) as another:
        assert another.was_sent("<one@test>") is True
        assert another.was_sent("<two@test>") is None
        assert another.names(["<one@test>", "<two@test>"]) == {
            "<one@test>": "<1@prod.outlook.test>"
        }


def test_a_quotation_mark_is_a_letter_like_others(server: GraphServer, settings: Settings) -> None:
    with after_a_restart(settings) as another:
        assert another.was_sent("<o'x' or 1 eq 1@test>") is None


def test_where_we_may_not_read_nobody_knows(
    server: GraphServer, sender: GraphSender, settings: Settings
) -> None:
    server.may_read = False
    sender.send(mail("one"), nothing)

    assert sender.was_sent("<one@test>") is True  # its answer is remembered
    with after_a_restart(settings) as another:
        assert another.was_sent("<one@test>") is None


def test_another_way_of_looking_is_gone_by(settings: Settings) -> None:
    with after_a_restart(settings, sent=lambda i: i == "<one@test>") as another:
        assert another.was_sent("<one@test>") is True
        assert another.was_sent("<two@test>") is None


def test_a_question_without_an_answer_may_be_asked_again(
    server: GraphServer, sender: GraphSender
) -> None:
    server.stumbles.extend([(503, "ServiceUnavailable", {}), Fault.DROP])

    for _ in range(2):
        with pytest.raises(Transient):
            sender.was_sent("<one@test>")


# --------------------------------------------------------------------------- trying it


def test_checking_offers_no_mail(server: GraphServer, sender: GraphSender) -> None:
    (line,) = sender.check()

    assert line.endswith(f"answers, and takes mail from {MAILBOX}")
    assert server.raw == []


def test_checking_tells_what_is_wrong(server: GraphServer, settings: Settings) -> None:
    server.stumbles.append((403, "ErrorAccessDenied", {}))

    with pytest.raises(Permanent, match=r"Mail\.Send"):
        GraphSender(settings()).check()
    with pytest.raises(Permanent, match="no such mailbox"):
        GraphSender(settings(mailbox="other@council.test")).check()
    with pytest.raises(Transient, match="cannot be reached"):
        GraphSender(settings(port=free_port())).check()
