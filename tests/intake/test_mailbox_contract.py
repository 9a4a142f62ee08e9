"""What every mailbox promises, tried on a Maildir, on Dovecot and on pymap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake.mailbox import Filed, Folder
from model import MailRef
from tests.intake.conftest import Outside

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
NOTHING: frozenset[str] = frozenset()


def mail(number: int) -> bytes:
    return (
        f"From: jo{number}@example.org\r\nSubject: number {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n\r\nText {number}.\r\n"
    ).encode()


def nothing_known(uidvalidity: str) -> frozenset[str]:
    return NOTHING


def test_the_oldest_arrival_comes_first(outside: Outside) -> None:
    for number, hours in ((1, 2), (2, 0), (3, 1)):
        outside.deliver(mail(number), at=NOON + timedelta(hours=hours))
    with outside.mailbox() as mailbox:
        refs = list(mailbox.waiting(None, nothing_known))
        assert [mailbox.fetch(ref) for ref in refs] == [mail(2), mail(3), mail(1)]
        assert [ref.arrived_at - NOON for ref in refs] == [timedelta(hours=h) for h in (0, 1, 2)]


def test_a_ref_says_where_the_mail_lies_and_how_large_it_is(outside: Outside) -> None:
    outside.deliver(mail(1), at=NOON)
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        assert ref.mailbox == mailbox.name
        assert ref.size == len(mail(1))
        assert ref.arrived_at == NOON
        assert ref.arrived_at.tzinfo is not None


def test_what_the_ledger_knows_does_not_wait_again(outside: Outside) -> None:
    outside.deliver(mail(1), at=NOON)
    with outside.mailbox() as mailbox:
        (first,) = mailbox.waiting(None, nothing_known)
    outside.deliver(mail(2), at=NOON)
    with outside.mailbox() as mailbox:
        known = {first.uidvalidity: {first.uid}}
        (second,) = mailbox.waiting(None, lambda validity: known.get(validity, set()))
        assert mailbox.fetch(second) == mail(2)


def test_the_same_mail_delivered_twice_waits_twice(outside: Outside) -> None:
    outside.deliver(mail(1), mail(1), at=NOON)
    with outside.mailbox() as mailbox:
        refs = list(mailbox.waiting(None, nothing_known))
    assert len({ref.uid for ref in refs}) == 2


@pytest.mark.parametrize("hours", [0, 1, 11, 12, 13, 23])
def test_since_is_a_moment_not_a_day(outside: Outside, hours: int) -> None:
    since = NOON.replace(hour=hours)
    outside.deliver(mail(1), at=since - timedelta(seconds=1))
    outside.deliver(mail(2), at=since)
    outside.deliver(mail(3), at=since + timedelta(days=40))
    with outside.mailbox() as mailbox:
        refs = mailbox.waiting(since, nothing_known)
        assert [mailbox.fetch(ref) for ref in refs] == [mail(2), mail(3)]
        assert mailbox.count_older(since) == 1


def test_three_hundred_old_mails_are_counted_and_left_alone(outside: Outside) -> None:
    for days in range(3):
        at = NOON - timedelta(days=days, seconds=1)
        outside.deliver(*(mail(n) for n in range(days * 100, days * 100 + 100)), at=at)
    with outside.mailbox() as mailbox:
        assert list(mailbox.waiting(NOON, nothing_known)) == []
        assert mailbox.count_older(NOON) == 300
    assert len(outside.messages()) == 300


def test_the_header_can_be_had_without_the_rest(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        header = mailbox.fetch_headers(ref)
    assert header is not None
    assert header.rstrip() == mail(1).partition(b"\r\n\r\n")[0]


def test_bytes_come_as_they_lie_there(outside: Outside) -> None:
    awkward = b"Subject: caf\xe9\r\n\r\n" + bytes(range(1, 10)) + b"\xff\xfe \r\n" + b"x" * 70_000
    outside.deliver(awkward)
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        assert mailbox.fetch(ref) == awkward


@pytest.mark.parametrize("folder", list(Folder))
def test_filing_moves_a_mail_into_a_folder_that_is_made(outside: Outside, folder: Folder) -> None:
    outside.deliver(mail(1), mail(2), at=NOON)
    with outside.mailbox() as mailbox:
        first, second = mailbox.waiting(None, nothing_known)
        filed, left = mailbox.fetch(first), mailbox.fetch(second)
        assert mailbox.file(first, folder, "<1@example.org>") is Filed.MOVED
        assert [ref.uid for ref in mailbox.waiting(None, nothing_known)] == [second.uid]
    assert outside.messages(folder.value.capitalize()) == [filed]
    assert outside.messages() == [left]


def test_filing_again_finds_nothing_to_do(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        mailbox.file(ref, Folder.PROCESSED, None)
        assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.GONE
        assert mailbox.file(ref, Folder.EXCEPTIONS, None) is Filed.GONE
        assert mailbox.fetch(ref) is None
        assert mailbox.fetch_headers(ref) is None
    assert outside.messages("Processed") == [mail(1)]


def test_the_same_mail_filed_twice_lies_there_twice(outside: Outside) -> None:
    outside.deliver(mail(1), mail(1), at=NOON)
    with outside.mailbox() as mailbox:
        for ref in mailbox.waiting(None, nothing_known):
            assert mailbox.file(ref, Folder.PROCESSED, "<1@example.org>") is Filed.MOVED
    assert outside.messages("Processed") == [mail(1), mail(1)]


def test_mails_are_fetched_and_filed_while_the_list_is_walked(outside: Outside) -> None:
    outside.deliver(*map(mail, range(5)), at=NOON)
    fetched = []
    with outside.mailbox() as mailbox:
        for ref in mailbox.waiting(None, nothing_known):
            fetched.append(mailbox.fetch(ref))
            mailbox.file(ref, Folder.PROCESSED, None)
    assert sorted(filter(None, fetched)) == [mail(n) for n in range(5)]
    assert outside.messages() == []


def test_a_mail_that_somebody_deleted_is_gone(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
    outside.delete_mails()
    with outside.mailbox() as mailbox:
        assert mailbox.fetch(ref) is None
        assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.GONE


def test_refs_of_another_numbering_are_gone(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        for stale in (
            _other(ref, mailbox=ref.mailbox + "/processed"),
            _other(ref, uid="4711"),
        ):
            assert mailbox.fetch(stale) is None
            assert mailbox.file(stale, Folder.PROCESSED, "<1@example.org>") is Filed.GONE
    assert outside.messages() == [mail(1)]


def _other(ref: MailRef, *, mailbox: str = "", uid: str = "") -> MailRef:
    return MailRef(
        mailbox=mailbox or ref.mailbox,
        uidvalidity=ref.uidvalidity,
        uid=uid or ref.uid,
        arrived_at=ref.arrived_at,
        size=ref.size,
    )


def test_everything_filed_can_be_listed_again(outside: Outside) -> None:
    outside.deliver(mail(1), at=NOON)
    outside.deliver(mail(2), at=NOON + timedelta(hours=1))
    with outside.mailbox() as mailbox:
        first, second = mailbox.waiting(None, nothing_known)
        mailbox.file(first, Folder.PROCESSED, None)
        mailbox.file(second, Folder.EXCEPTIONS, None)
        found = [(folder, raw, ref.arrived_at) for folder, ref, raw in mailbox.filed()]
        assert found == [
            (Folder.PROCESSED, mail(1), first.arrived_at),
            (Folder.EXCEPTIONS, mail(2), second.arrived_at),
        ]
        assert all(ref.mailbox != mailbox.name for _, ref, _ in mailbox.filed())


def test_nothing_filed_is_an_empty_list(outside: Outside) -> None:
    with outside.mailbox() as mailbox:
        assert list(mailbox.filed()) == []


def test_waiting_ends_without_news_when_the_time_is_up(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        list(mailbox.waiting(None, nothing_known))
        assert mailbox.wait(0.1) is False


def test_a_mail_that_came_since_the_last_look_is_news(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as mailbox:
        (ref,) = mailbox.waiting(None, nothing_known)
        outside.deliver(mail(2))
        mailbox.fetch(ref)
        mailbox.file(ref, Folder.PROCESSED, None)
        assert mailbox.wait(20) is True
        assert len(list(mailbox.waiting(None, nothing_known))) == 1
        assert mailbox.wait(0.1) is False


def test_one_who_only_watches_is_told_of_each_mail_once(outside: Outside) -> None:
    outside.deliver(mail(1))
    with outside.mailbox() as watch:
        assert watch.wait(20) is True
        assert watch.wait(0.1) is False
        outside.deliver(mail(2))
        assert watch.wait(20) is True
        outside.delete_mails()
        assert watch.wait(0.1) is False


def test_an_empty_mailbox_has_no_news(outside: Outside) -> None:
    with outside.mailbox() as watch:
        assert watch.wait(0.1) is False


def test_a_mailbox_is_left_and_entered_again(outside: Outside) -> None:
    mailbox = outside.mailbox()
    for number in (1, 2):
        outside.deliver(mail(number))
        with mailbox:
            (ref,) = mailbox.waiting(None, nothing_known)
            assert mailbox.fetch(ref) == mail(number)
            assert mailbox.file(ref, Folder.PROCESSED, None) is Filed.MOVED


def test_check_says_how_many_mails_it_found(outside: Outside) -> None:
    outside.deliver(mail(1), mail(2))
    with outside.mailbox() as mailbox:
        said = mailbox.check()
    assert any("2 mails" in line for line in said)
    assert all(line.endswith(".") for line in said)
