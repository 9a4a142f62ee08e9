"""The reckoning itself: a promise that is broken shows."""

from __future__ import annotations

from collections import Counter

from tests.harness.mails import Sample
from tests.harness.reckoning import Books, of_letters, of_mails, of_records, of_the_queue

FORM = Sample(name="one form", content=b"", answers=1, references=1)


def test_a_mail_that_is_lost_shows() -> None:
    forgotten = Books(inbound=[("registered", 1), (None, 0)], letters=[])
    assert list(of_mails([FORM] * 3, forgotten)) == [
        "3 mails came in, 2 are in the ledger",
        "mail 1 (one form) has the outcome None",
        "mail 1 (one form) has 0 answers",
    ]


def test_a_letter_that_is_lost_doubled_left_or_nobody_s_shows() -> None:
    letters = [(name, "registered", "sent") for name in ("<lost>", "<twice>")]
    books = Books(inbound=[], letters=[*letters, ("<left>", "similar", "waiting")])
    arrived = Counter({"<twice>": 2, "<whose>": 1})
    assert list(of_letters(books, arrived, {"<lost>", "<twice>"}, set())) == [
        "a letter (registered) was lost",
        "a letter (similar) was left waiting",
        "a letter was handed over 2 times",
        "a letter was handed over that nobody wrote",
    ]


def test_a_gap_in_the_references_shows() -> None:
    drawn = ["CYP-2027-0001", "CYP-2027-0003"]
    (said,) = of_records([FORM, FORM], [{"reference": one} for one in drawn], drawn)
    assert said == "2 references were due; drawn were [1, 3]"


def test_an_uncertain_letter_that_is_not_in_the_queue_shows() -> None:
    assert list(of_the_queue([{"reason": "failed"}], {"<perhaps>"})) == [
        "1 letters are uncertain, the queue says {'failed': 1}",
        "1 in the queue as failed",
    ]
