from datetime import UTC, datetime, timedelta, timezone

from model import Address, Hold, Kind, Reason
from store import Store
from tests.store.given import NOW, decision, do, email, kept, later, ref


def test_a_mail_is_kept_byte_for_byte(store: Store) -> None:
    raw = bytes(range(256)) * 300
    assert store.keep(ref(), raw)
    mail = store.next_mail()
    assert mail is not None
    assert (mail.raw, mail.ref, mail.headers_only) == (raw, ref(), False)


def test_the_same_place_in_the_mailbox_is_kept_once(store: Store) -> None:
    assert store.keep(ref(), b"one")
    assert not store.keep(ref(), b"two")
    mail = store.next_mail()
    assert mail is not None
    assert mail.raw == b"one"
    assert store.views.counts().mails == 1


def test_a_renumbered_mailbox_is_another_place(store: Store) -> None:
    store.keep(ref("5"), b"one")
    assert store.keep(ref("5", uidvalidity="8"), b"one")
    assert store.known("INBOX", "7") == {"5"}
    assert store.known("INBOX", "8") == {"5"}
    assert store.known("Other", "7") == set()


def test_whether_bytes_came_in_before_is_known_wherever_they_lay(store: Store) -> None:
    store.keep(ref(), b"one")
    assert store.has_original(b"one")
    assert not store.has_original(b"two")


def test_the_oldest_arrival_is_next_whatever_came_in_first(store: Store) -> None:
    store.keep(ref("1", arrived_at=later(hours=1)), b"younger")
    store.keep(ref("2", arrived_at=NOW), b"older")
    store.keep(ref("3", arrived_at=NOW), b"as old, kept later")
    order = []
    while (mail := store.next_mail()) is not None:
        order.append(mail.raw)
        do(store, decision(), mail_id=mail.id)
    assert order == [b"older", b"as old, kept later", b"younger"]


def test_a_mail_that_fails_for_now_can_be_passed_over(store: Store) -> None:
    first = kept(store, "1")
    store.keep(ref("2"), b"second")
    mail = store.next_mail(exclude={first})
    assert mail is not None
    assert mail.raw == b"second"
    assert store.next_mail(exclude={first, mail.id}) is None


def test_arrival_comes_back_as_the_same_instant(store: Store) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    store.keep(ref(arrived_at=NOW.astimezone(there)), b"one")
    mail = store.next_mail()
    assert mail is not None
    assert mail.ref.arrived_at == NOW
    assert mail.ref.arrived_at.tzinfo is UTC


def test_a_handled_mail_waits_to_be_filed_once(store: Store) -> None:
    number = kept(store)
    assert store.to_file() == ()
    do(store, decision(kind=Kind.OTHER), mail_id=number, email=email())
    (done,) = store.to_file()
    assert (done.id, done.ref, done.message_id) == (number, ref(), "<one@example.org>")
    assert not done.to_exceptions
    store.filed(number, "moved")
    assert store.to_file() == ()


def test_a_mail_that_went_to_the_queue_is_filed_under_exceptions(store: Store) -> None:
    first, hold = kept(store, "1"), Hold(key="same", reason=Reason.NO_FORM)
    do(store, decision(holds=(hold,)), mail_id=first)
    second = kept(store, "2")
    do(store, decision(holds=(hold,)), mail_id=second)
    assert [done.to_exceptions for done in store.to_file()] == [True, True]


def test_headers_alone_are_marked_as_such(store: Store) -> None:
    store.keep(ref(size=60_000_000), b"Subject: big\r\n\r\n", headers_only=True)
    mail = store.next_mail()
    assert mail is not None
    assert mail.headers_only
    assert mail.ref.size == 60_000_000


def test_text_that_no_database_can_hold_does_not_stop_a_mail(store: Store) -> None:
    number = kept(store)
    do(store, decision(), mail_id=number, email=email(subject="nul \x00, half \ud83d"))
    (mail,) = store.views.mails()
    assert mail.subject == "nul \ufffd, half \ufffd"


def test_no_length_of_what_a_stranger_writes_stops_a_mail(store: Store) -> None:
    number = kept(store)
    long = "".join(f"{n:x}" for n in range(5000))  # which no compression makes short
    stranger = Address(email=f"{long}@example.org", name=long)
    mail = email(message_id=f"<{long}>", sender=stranger, subject=long)
    do(store, decision(), mail_id=number, email=mail)
    (seen,) = store.views.mails()
    assert (seen.sender, seen.subject) == (stranger.email, long)


def test_a_date_from_long_ago_is_an_instant_like_any_other(store: Store) -> None:
    old = datetime(1970, 1, 1, tzinfo=UTC)
    store.keep(ref(arrived_at=old), b"one")
    mail = store.next_mail()
    assert mail is not None
    assert mail.ref.arrived_at == old
