"""What is particular to SMTP: every way in which a server can say no, or nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from model import Delivery, DeliveryState, Permanent, Transient
from notifier.senders import SmtpSender
from tests.notifier.mails import mail, settings
from tests.servers.smtp import Fault, SmtpServer, Tls
from tests.servers.tls import make_ca

RETRY, REFUSED = DeliveryState.RETRY, DeliveryState.REFUSED
SENT, UNCERTAIN = DeliveryState.SENT, DeliveryState.UNCERTAIN


def nothing() -> None:
    pass


def never() -> None:
    pytest.fail("The mail must not be handed over.")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as made:
        yield made


@pytest.fixture
def sender(server: SmtpServer) -> Iterator[SmtpSender]:
    with SmtpSender(settings(server)) as made:
        yield made


# ------------------------------------------------------------------- what arrives


def test_the_envelope_and_the_text_arrive_as_they_were(
    server: SmtpServer, sender: SmtpSender
) -> None:
    text = b".\r\n..dots\r\nand a line\r\n.\r\nQUIT\r\n"
    to = ("a@council.test", "b@council.test")

    sender.send(mail("one", to=to, text=text), nothing)

    (received,) = server.received
    assert received.sender == "register@council.test"
    assert received.recipients == to
    assert received.content == mail("one", text=text).content


def test_the_envelope_says_which_mail_it_is_that_comes_back(server: SmtpServer) -> None:
    ours = "<0123456789abcdef01234567@council.test>"
    with SmtpSender(settings(server, plus=True)) as sender:
        sender.check()
        sender.send(replace(mail("one"), message_id=ours), nothing)
        sender.send(mail("of no such name"), nothing)
    assert [received.sender for received in server.received] == [
        "register+b-0123456789abcdef0123@council.test",
        "register@council.test",
    ]


def test_an_address_without_room_for_a_name_stays_as_it_is(server: SmtpServer) -> None:
    long = f"{'register' * 6}@council.test"
    with SmtpSender(settings(server, plus=True, envelope_from=long)) as sender:
        sender.send(replace(mail("one"), message_id=f"<{'a' * 40}@council.test>"), nothing)
    assert server.received[0].sender == long


def test_a_bare_line_end_cannot_hide_a_second_mail(server: SmtpServer, sender: SmtpSender) -> None:
    text = b"harmless\n.\r\nMAIL FROM:<x@test>\r\n.\nmore\r.\rend"

    sender.send(mail("one", text=text), nothing)

    (received,) = server.received
    assert received.content.endswith(
        b"harmless\r\n.\r\nMAIL FROM:<x@test>\r\n.\r\nmore\r\n.\r\nend\r\n"
    )


def test_many_mails_go_over_one_connection(server: SmtpServer, sender: SmtpSender) -> None:
    for name in "abc":
        sender.send(mail(name), nothing)

    assert server.accepted == ["<a@test>", "<b@test>", "<c@test>"]
    assert len(server.connections) == 1


def test_eight_bit_text_and_addresses_are_announced(server: SmtpServer, sender: SmtpSender) -> None:
    to = ("siân@council.test",)

    delivery = sender.send(mail("one", to=to, text="Diolch, Siân\r\n".encode()), nothing)

    (received,) = server.received
    assert delivery.state is SENT
    assert received.recipients == to
    assert {"BODY=8BITMIME", "SMTPUTF8"} <= set(received.options)


def test_an_address_that_the_server_cannot_write_is_refused_beside_the_others() -> None:
    to = ("siân@council.test", "b@council.test")
    with SmtpServer(smtputf8=False) as server, SmtpSender(settings(server)) as sender:
        delivery = sender.send(mail("one", to=to), nothing)

        assert (delivery.state, delivery.refused) == (SENT, to[:1])
        assert server.received[0].recipients == to[1:]


# ------------------------------------------------------------------- a server that says no


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(("reply", "state"), [("451 later", RETRY), ("550 never", REFUSED)])
def test_a_refusal_before_the_text_is_certain(
    server: SmtpServer, sender: SmtpSender, stage: str, reply: str, state: DeliveryState
) -> None:
    server.faults[stage].append(reply)

    assert sender.send(mail("one"), never) == Delivery(state=state, detail=reply)
    assert server.accepted == []


@pytest.mark.parametrize(("reply", "state"), [("452 later", RETRY), ("554 never", REFUSED)])
def test_a_refusal_of_the_whole_mail_is_certain(
    server: SmtpServer, sender: SmtpSender, reply: str, state: DeliveryState
) -> None:
    server.faults["END"].append(reply)

    assert sender.send(mail("one"), nothing) == Delivery(state=state, detail=reply)
    assert server.accepted == []


@pytest.mark.parametrize(("reply", "state"), [("451 later", RETRY), ("552 too large", REFUSED)])
def test_a_refusal_at_the_start_is_the_mails_when_it_may_be(
    server: SmtpServer, sender: SmtpSender, reply: str, state: DeliveryState
) -> None:
    server.faults["MAIL"].append(reply)

    assert sender.send(mail("one"), never) == Delivery(state=state, detail=reply)


def test_a_refusal_of_us_as_a_sender_is_the_settings_fault(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["MAIL"].append("550 not allowed to send as this")

    with pytest.raises(Permanent, match=r"Check \[outgoing\] from"):
        sender.send(mail("one"), never)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("reply", ["451 later", "552 never"])
def test_a_refused_mail_does_not_block_the_next_one(
    server: SmtpServer, sender: SmtpSender, stage: str, reply: str
) -> None:
    server.faults[stage].append(reply)
    sender.send(mail("one"), nothing)

    assert sender.send(mail("two"), nothing).state is SENT
    assert server.accepted == ["<two@test>"]


def test_recipients_refused_for_good_are_named_and_the_others_get_it(
    server: SmtpServer, sender: SmtpSender
) -> None:
    to = ("a@council.test", "gone@council.test", "c@council.test")
    server.faults["RCPT"].extend([None, "550 unknown"])

    delivery = sender.send(mail("one", to=to), nothing)

    assert (delivery.state, delivery.refused) == (SENT, to[1:2])
    assert server.received[0].recipients == (to[0], to[2])


def test_while_a_recipient_is_refused_for_the_moment_all_wait_but_not_for_ever(
    server: SmtpServer, sender: SmtpSender
) -> None:
    to = ("a@council.test", "slow@council.test")
    server.faults["RCPT"].extend([None, "450 greylisted"] * 2)

    assert sender.send(mail("one", to=to, attempts=3), never).state is RETRY
    assert sender.send(mail("one", to=to, attempts=4), nothing).refused == to[1:]
    assert server.received[0].recipients == to[:1]


def test_of_no_recipient_left_one_for_the_moment_decides(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["RCPT"].extend(["550 unknown", "450 greylisted"])
    to = ("gone@council.test", "slow@council.test")

    assert sender.send(mail("one", to=to, attempts=9), never).state is RETRY


# ------------------------------------------------------------------- a server that says nothing


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_connection_lost_before_the_final_dot_is_tried_again(
    server: SmtpServer, sender: SmtpSender, stage: str
) -> None:
    handed_over: list[str] = []
    server.faults[stage].append(Fault.DROP)

    delivery = sender.send(mail("one"), lambda: handed_over.append("noted"))

    # At CONTENT the loss may be seen only after the dot: then it cannot be known.
    assert delivery.state is (UNCERTAIN if handed_over else RETRY)
    assert stage == "CONTENT" or not handed_over
    assert server.accepted == []


@pytest.mark.parametrize(("fault", "arrived"), [(Fault.DROP, 0), (Fault.TAKE_AND_DROP, 1)])
def test_a_connection_lost_after_the_final_dot_is_uncertain(
    server: SmtpServer, sender: SmtpSender, fault: Fault, arrived: int
) -> None:
    server.faults["END"].append(fault)

    assert sender.send(mail("one"), nothing).state is UNCERTAIN
    assert len(server.accepted) == arrived


def test_a_server_that_stalls_before_the_text_is_tried_again(server: SmtpServer) -> None:
    server.faults["RCPT"].append(Fault.STALL)
    with SmtpSender(settings(server, timeout=0.2)) as sender:
        assert sender.send(mail("one"), never).state is RETRY


def test_a_server_that_stalls_with_the_whole_mail_is_uncertain(server: SmtpServer) -> None:
    server.faults["END"].append(Fault.STALL)
    with SmtpSender(settings(server, final_timeout=0.2)) as sender:
        assert sender.send(mail("one"), nothing).state is UNCERTAIN


def test_a_connection_closed_while_idle_is_made_anew(
    server: SmtpServer, sender: SmtpSender
) -> None:
    sender.send(mail("one"), nothing)
    server.hang_up()

    assert sender.send(mail("two"), nothing).state is SENT
    assert len(server.connections) == 2


def test_a_new_connection_that_fails_too_is_tried_later(
    server: SmtpServer, sender: SmtpSender
) -> None:
    sender.send(mail("one"), nothing)
    server.faults["MAIL"].extend([Fault.DROP, Fault.DROP])

    assert sender.send(mail("two"), never).state is RETRY
    assert sender.send(mail("two"), nothing).state is SENT


def test_a_server_that_is_busy_at_the_end_did_not_take_the_mail(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["END"].append("421 too busy")

    assert sender.send(mail("one"), nothing).state is RETRY
    assert sender.send(mail("one"), nothing).state is SENT
    assert server.accepted == ["<one@test>"]


def test_leaving_never_raises_whatever_the_server_does(server: SmtpServer) -> None:
    with SmtpSender(settings(server)) as sender:
        sender.open()
        server.hang_up(b"")


def test_a_mail_not_found_among_the_sent_ones_may_still_have_gone(server: SmtpServer) -> None:
    found: Callable[[str], bool] = {"<one@test>"}.__contains__

    assert SmtpSender(settings(server), found).was_sent("<one@test>") is True
    assert SmtpSender(settings(server), found).was_sent("<two@test>") is None
    assert SmtpSender(settings(server)).was_sent("<one@test>") is None


def test_what_the_server_answered_to_the_last_mail_is_known(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["END"].extend([None, "451 later", Fault.TAKE_AND_DROP])

    for name, known in (("taken", True), ("refused", False), ("lost", None)):
        sender.send(mail(name), nothing)
        assert sender.was_sent(f"<{name}@test>") is known


def test_an_answer_to_an_earlier_attempt_says_nothing_of_the_latest(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["END"].extend(["451 later", Fault.TAKE_AND_DROP])

    sender.send(mail("one"), nothing)
    sender.send(mail("one"), nothing)

    assert sender.was_sent("<one@test>") is None


# ------------------------------------------------------------------- connecting


def test_a_server_that_is_away_is_named_with_what_to_do(server: SmtpServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as freed:
        port = freed.getsockname()[1]

    with pytest.raises(Transient, match=rf"127\.0\.0\.1:{port} cannot be reached"):
        SmtpSender(settings(server, port=port)).open()


@pytest.mark.parametrize(("reply", "kind"), [("421 busy", Transient), ("554 no", Permanent)])
def test_a_server_that_wants_no_conversation_says_for_how_long(
    server: SmtpServer, sender: SmtpSender, reply: str, kind: type[Exception]
) -> None:
    server.faults["EHLO"].append(reply)
    server.faults["HELO"].append(reply)

    with pytest.raises(kind, match=reply):
        sender.open()


def test_clear_text_goes_to_this_machine_only(server: SmtpServer) -> None:
    with pytest.raises(Permanent, match="only over an encrypted connection"):
        settings(server, host="mail.example.org")


def test_the_password_is_not_shown(server: SmtpServer) -> None:
    assert "hunter2" not in repr(settings(server, password="hunter2"))


def test_checking_names_a_sender_that_the_server_refuses(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.faults["MAIL"].append("550 not allowed to send as this")

    with pytest.raises(Permanent, match="550 not allowed to send as this"):
        sender.check()


# ------------------------------------------------------------------- encryption and login


@dataclass(frozen=True)
class Certificate:
    ca: str
    files: tuple[Path, Path]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    ca, certificate, key = make_ca(tmp_path_factory.mktemp("good"))
    return Certificate(str(ca), (certificate, key))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    ca, certificate, key = make_ca(tmp_path_factory.mktemp("elsewhere"), ("mail.elsewhere.test",))
    return Certificate(str(ca), (certificate, key))


ENCRYPTED = pytest.mark.parametrize("tls", ["implicit", "starttls"])


@ENCRYPTED
def test_an_encrypted_mail_goes_to_a_server_that_knows_us(good: Certificate, tls: Tls) -> None:
    login = ("office", "s3cret")
    with SmtpServer(tls=tls, certificate=good.files, login=login) as server:
        way = settings(server, tls=tls, ca_file=good.ca, username="office", password="s3cret")
        with SmtpSender(way) as sender:
            assert sender.send(mail("one"), nothing).state is SENT
            encryption, login_line, _ = sender.check()

    assert "encrypted (TLSv1" in encryption
    assert login_line == "The login works"


@ENCRYPTED
def test_a_certificate_of_an_unknown_authority_is_not_trusted(good: Certificate, tls: Tls) -> None:
    with (
        SmtpServer(tls=tls, certificate=good.files) as server,
        pytest.raises(Permanent, match=r"cannot be trusted.*ca_file"),
    ):
        SmtpSender(settings(server, tls=tls)).open()


@ENCRYPTED
def test_a_certificate_of_another_host_is_not_trusted(elsewhere: Certificate, tls: Tls) -> None:
    with (
        SmtpServer(tls=tls, certificate=elsewhere.files) as server,
        pytest.raises(Permanent, match="cannot be trusted"),
    ):
        SmtpSender(settings(server, tls=tls, ca_file=elsewhere.ca)).open()


def test_a_file_of_authorities_that_is_missing_says_so(server: SmtpServer, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")

    with pytest.raises(Permanent, match=r"\[outgoing\] ca_file"):
        SmtpSender(settings(server, tls="starttls", ca_file=missing)).open()


def test_a_server_without_starttls_gets_no_clear_text(
    server: SmtpServer, good: Certificate
) -> None:
    way = settings(server, tls="starttls", ca_file=good.ca, username="office", password="s3cret")

    with pytest.raises(Permanent, match="STARTTLS"):
        SmtpSender(way).open()
    assert server.connections[0].commands == ["EHLO"]


@pytest.mark.parametrize(
    ("reply", "kind"), [("454 not now", Transient), ("502 not here", Permanent)]
)
def test_starttls_refused_is_an_error_and_no_clear_text(
    good: Certificate, reply: str, kind: type[Exception]
) -> None:
    with SmtpServer(tls="starttls", certificate=good.files) as server:
        server.faults["STARTTLS"].append(reply)
        with pytest.raises(kind, match=reply):
            SmtpSender(settings(server, tls="starttls", ca_file=good.ca)).open()
        assert server.connections[0].commands == ["EHLO", "STARTTLS"]


def test_encryption_asked_of_a_clear_text_port_says_what_to_set(
    server: SmtpServer, good: Certificate
) -> None:
    with pytest.raises(Permanent, match=r"\[outgoing\] tls and port"):
        SmtpSender(settings(server, tls="implicit", ca_file=good.ca)).open()


def test_a_wrong_password_is_for_a_person_to_change() -> None:
    with SmtpServer(login=("office", "s3cret")) as server:
        way = settings(server, username="office", password="wrong")
        with pytest.raises(Permanent, match=r"refused the login: 535.*\[outgoing\] username") as e:
            SmtpSender(way).open()
    assert "wrong" not in str(e.value)


def test_a_login_that_the_server_does_not_offer_says_so(server: SmtpServer) -> None:
    with pytest.raises(Permanent, match="AUTH"):
        SmtpSender(settings(server, username="office", password="s3cret")).open()


def test_a_login_that_is_missing_is_the_settings_fault() -> None:
    with (
        SmtpServer(login=("office", "s3cret")) as server,
        SmtpSender(settings(server)) as sender,
        pytest.raises(Permanent, match="530"),
    ):
        sender.send(mail("one"), never)


def test_a_password_that_smtp_cannot_carry_says_so() -> None:
    with (
        SmtpServer(login=("office", "s3cret")) as server,
        pytest.raises(Permanent, match="plain letters"),
    ):
        SmtpSender(settings(server, username="office", password="pässword")).open()
