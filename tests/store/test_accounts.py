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
    for later in (IDLE / 2, IDLE * 1.4):
        found = accounts.whose(token, NOW + later)
        assert found is not None
        assert (found.name, found.came_at) == ("anna", NOW)
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


def test_whom_a_directory_vouches_for_is_known_by_that_and_by_no_name(store: Store) -> None:
    accounts = store.accounts
    accounts.add("anna", Part.ADMINISTRATOR, "hash", NOW)
    first = accounts.recognise("issuer 1", "Anna", Part.READER, NOW)
    other = accounts.recognise("issuer 2", "anna", Part.READER, NOW)
    again = accounts.recognise("issuer 1", "anna.married", Part.ADMINISTRATOR, NOW)
    assert (first.name, other.name, again.name) == ("anna (2)", "anna (3)", "anna (2)")
    assert (first.part, again.part) == (Part.READER, Part.ADMINISTRATOR)
    assert first.password is None
    assert accounts.find("anna") == accounts.all()[0]


def test_another_password_ends_sessions_and_forgets_what_failed(store: Store) -> None:
    accounts = store.accounts
    accounts.add("anna", Part.READER, "hash", NOW)
    anna = accounts.find("anna")
    assert anna is not None
    kept, other = accounts.begin(anna, NOW), accounts.begin(anna, NOW)
    failed = (("account anna, from 192.0.2.1", 1), ("account annabel, from 192.0.2.1", 1))
    assert accounts.try_login(failed, NOW)
    assert accounts.set_password("Anna", "new", keep=kept)
    assert accounts.whose(kept, NOW) is not None
    assert accounts.whose(other, NOW) is None
    assert accounts.try_login(failed[:1], NOW)
    assert not accounts.try_login(failed[1:], NOW)
    assert accounts.set_password("anna", "newer")
    assert accounts.whose(kept, NOW) is None


def test_what_a_directory_says_of_somebody_is_changed_there(store: Store) -> None:
    accounts = store.accounts
    accounts.add("anna", Part.READER, "hash", NOW)
    accounts.recognise("issuer 1", "ben", Part.READER, NOW)
    assert accounts.set_part("Anna", Part.ADMINISTRATOR)
    assert not accounts.set_part("ben", Part.ADMINISTRATOR)
    assert not accounts.set_password("ben", "hash")
    assert not accounts.set_password("nobody", "hash")
    assert [(a.name, a.part) for a in accounts.all()] == [
        ("anna", Part.ADMINISTRATOR),
        ("ben", Part.READER),
    ]
