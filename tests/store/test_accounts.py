"""Accounts, sessions and counted logins, on every database."""

from datetime import timedelta

from store import Part, Store
from store.accounts import IDLE, WINDOW
from tests.store.given import NOW


def test_an_account_is_one_name_whatever_the_capitals(store: Store) -> None:
    accounts = store.accounts
    assert accounts.add("Anna Smith", Part.READER, "hash", NOW)
    assert not accounts.add("anna  smith", Part.ADMINISTRATOR, "other", NOW)
    assert [(a.name, a.part, a.password) for a in accounts.all()] == [
        ("anna smith", Part.READER, "hash")
    ]
    assert accounts.secret() == accounts.secret()


def test_a_session_lasts_while_it_is_used_and_goes_with_its_account(store: Store) -> None:
    accounts = store.accounts
    accounts.add("anna", Part.READER, "hash", NOW)
    anna = accounts.find("ANNA")
    assert anna is not None
    token, other = accounts.begin(anna, NOW), accounts.begin(anna, NOW)
    assert accounts.whose(token, NOW + IDLE / 2) == anna
    assert accounts.whose(token, NOW + IDLE * 1.4) == anna
    assert accounts.whose(other, NOW + IDLE) is None
    accounts.end(token)
    assert accounts.whose(token, NOW + IDLE * 1.4) is None
    token = accounts.begin(anna, NOW)
    assert accounts.remove("anna")
    assert not accounts.remove("anna")
    assert accounts.whose(token, NOW) is None


def test_logins_are_counted_until_they_are_old_or_were_right(store: Store) -> None:
    accounts, counted = store.accounts, (("account anna", 2), ("address 192.0.2.1", 9))
    assert accounts.try_login(counted, NOW)
    accounts.succeeded([name for name, _ in counted], NOW)
    later = NOW + timedelta(seconds=1)
    assert [accounts.try_login(counted, later) for _ in range(3)] == [True, True, False]
    assert accounts.try_login(counted, later + WINDOW)
