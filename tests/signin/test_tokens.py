"""A token is kept while it lasts, other servers give them too, and a credential ends one day."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from model import Permanent, Transient
from signin.ends import certificate_ends, warning
from signin.other import Client
from signin.tokens import Grant, Tokens
from tests.servers.tokens import CLIENT, SECRET, TokenServer
from tests.signin.keys import certificate

Ca = tuple[Path, Path, Path]


def client(tokens: TokenServer, ca: Ca, secret: str = SECRET) -> Client:
    return Client(
        token_url=f"{tokens.url}/token",
        client_id=CLIENT,
        secret=secret,
        scope="mail",
        ca_file=ca[0],
    )


# --------------------------------------------------------------------------- keeping


def test_a_token_is_kept_while_it_lasts(tokens: TokenServer, ca: Ca) -> None:
    token = Tokens(client(tokens, ca).fetch)

    assert token() == token()
    assert len(tokens.asked) == 1


def test_another_is_fetched_before_it_ends(tokens: TokenServer, ca: Ca) -> None:
    tokens.lasts = 0.4
    token = Tokens(client(tokens, ca).fetch)
    first = token()
    for _ in range(1000):
        if (later := token()) != first:
            break
        time.sleep(0.01)

    assert later != first
    assert len(tokens.asked) == 2


def test_another_is_fetched_when_it_was_refused(tokens: TokenServer, ca: Ca) -> None:
    token = Tokens(client(tokens, ca).fetch)
    first = token()
    tokens.revoke()

    again = token(anew=True)

    assert again != first
    assert token() == again
    assert tokens.knows(again)


def test_many_threads_fetch_one_token() -> None:
    fetched = []

    def fetch() -> Grant:
        fetched.append(1)
        time.sleep(0.05)
        return Grant(token="one", lasts=3600)

    token = Tokens(fetch)
    threads = [threading.Thread(target=token) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert fetched == [1]


# --------------------------------------------------------------------------- other servers


def test_any_token_server_will_do(tokens: TokenServer, ca: Ca) -> None:
    grant = client(tokens, ca).fetch()

    assert tokens.knows(grant.token)
    assert tokens.asked[0]["scope"] == "mail"


def test_a_refusal_by_it_is_told(tokens: TokenServer, ca: Ca) -> None:
    with pytest.raises(Permanent, match=r"refused us a token: invalid_client .*\[oauth2\]"):
        client(tokens, ca, "wrong").fetch()


@pytest.mark.parametrize(("status", "said"), [(503, "<html>"), (429, {}), (200, "x"), (200, {})])
def test_a_fault_of_its_own_may_pass(
    tokens: TokenServer, ca: Ca, status: int, said: object
) -> None:
    tokens.faults.append((status, said))

    with pytest.raises(Transient):
        client(tokens, ca).fetch()


# --------------------------------------------------------------------------- the end


def test_a_certificate_tells_its_end(tmp_path: Path) -> None:
    file, _ = certificate(tmp_path, ends=datetime(2028, 5, 31, 12, tzinfo=UTC))

    assert certificate_ends(file) == date(2028, 5, 31)


@pytest.mark.parametrize("text", ["", "junk", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_without_a_certificate_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "app.pem"
    file.write_text(text)

    with pytest.raises(Permanent, match=r"oauth2\.certificate_file"):
        certificate_ends(file)
    with pytest.raises(Permanent, match=r"oauth2\.certificate_file"):
        certificate_ends(tmp_path / "gone.pem")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, ""),
        (date(2027, 4, 1), ""),
        (date(2027, 3, 31), "ends in 30 days, on 31 March 2027"),
        (date(2027, 3, 2), "ends tomorrow"),
        (date(2027, 3, 1), "ends today"),
        (date(2027, 2, 28), "ended on 28 February 2027"),
    ],
)
def test_the_end_is_told_in_time(ends: date | None, said: str) -> None:
    told = warning(ends, date(2027, 3, 1), 30)

    assert said in told
    assert bool(told) == bool(said)
