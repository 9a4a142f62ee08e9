"""Several at once on one register, as threads and as processes; and one that is killed."""

from __future__ import annotations

import multiprocessing
from typing import Any

from intake.similar import SimilarRules
from intake.similar.keeping import look_up
from model import Question, Transient
from store import Store
from tests.gates import OPEN
from tests.store import given
from tests.store.given import NOW, at_once, consultation, decision, do, kept, later, letter, new

_spawn = multiprocessing.get_context("spawn")


def draw_some(url: str, name: str, count: int) -> None:
    with Store.open(url) as store:
        for n in range(count):
            draw(store, f"{name}-{n}")


def draw(store: Store, key: str) -> None:
    with store.transaction() as transaction:
        number = transaction.facts(Question(email=given.email(), year=2027)).next_number
        transaction.apply(new(consultation(key, reference=given.reference(number))), now=NOW)


def numbers(store: Store) -> list[int]:
    return sorted(int(str(c["reference"]).split("-")[2]) for c in store.views.export())


def test_processes_that_register_at_once_leave_no_gap_and_no_repeat(url: str) -> None:
    workers = [_spawn.Process(target=draw_some, args=(url, name, 8)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with Store.open(url) as store:
        assert numbers(store) == list(range(1, 25))


def test_threads_that_register_at_once_leave_no_gap_and_no_repeat(store: Store) -> None:
    at_once(lambda n: draw(store, f"key {n}"), 16)
    assert numbers(store) == list(range(1, 17))


def test_twins_that_arrive_together_do_not_miss_each_other(store: Store) -> None:
    def arrive(n: int) -> int:
        with store.transaction() as transaction:
            nearby = look_up(transaction.similar(), [given.FORM1], SimilarRules())
            number = transaction.facts(Question(email=given.email(), year=2027)).next_number
            record = consultation(f"key {n}", reference=given.reference(number))
            transaction.apply(new(record), now=NOW)
            return len(nearby.candidates)

    assert sorted(at_once(arrive, 8)) == list(range(8))


def test_a_mail_handled_by_two_at_once_is_handled_by_one(store: Store) -> None:
    mail = kept(store)

    def handle(n: int) -> bool:
        try:
            do(store, new(consultation(f"key {n}")), mail_id=mail)
        except Transient:
            return False
        return True

    assert sorted(at_once(handle, 4)) == [False, False, False, True]
    assert store.views.counts().consultations == 1


def test_senders_at_work_at_once_claim_each_mail_once(store: Store) -> None:
    do(store, decision(), outgoing=[letter(f"letter {n}") for n in range(12)])
    claims = at_once(lambda _: store.outbox.claim(NOW, OPEN), 14)
    keys = [mail.key for mail in claims if mail is not None]
    assert sorted(keys) == sorted(f"letter {n}" for n in range(12))


def test_an_interrupted_mail_is_given_to_one_of_those_who_ask(store: Store) -> None:
    do(store, decision(), outgoing=[letter()])
    mail = store.outbox.claim(NOW, OPEN)
    assert mail is not None
    store.outbox.handing_over(mail.id, NOW)
    cut = at_once(lambda _: store.outbox.interrupted(later(hours=1)), 4)
    assert sum(len(c) for c in cut) == 1


def test_the_same_mail_fetched_by_two_at_once_is_kept_once(store: Store) -> None:
    kept = at_once(lambda _: store.keep(given.ref(), b"one"), 4)
    assert sorted(kept) == [False, False, False, True]


def hang_in_the_middle(url: str, mail: int, ready: Any) -> None:
    with Store.open(url) as store, store.transaction() as transaction:
        made = new(consultation(reference=given.reference(1)))
        transaction.apply(made, mail_id=mail, outgoing=[letter()], now=NOW)
        ready.set()
        _spawn.Event().wait()


def test_a_process_killed_before_its_commit_leaves_nothing(url: str) -> None:
    with Store.open(url) as store:
        mail = kept(store)
        ready = _spawn.Event()
        worker = _spawn.Process(target=hang_in_the_middle, args=(url, mail, ready))
        worker.start()
        assert ready.wait(60)
        worker.kill()
        worker.join()
        waiting = store.next_mail()
        assert waiting is not None
        assert waiting.id == mail
        assert store.outbox.claim(NOW, OPEN) is None
        do(store, new(consultation(reference=given.reference(1))), mail_id=mail)
        assert numbers(store) == [1]
