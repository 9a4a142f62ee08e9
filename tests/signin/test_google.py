"""Tokens as Google gives them to a service account that acts for a mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from model import Permanent, Transient
from signin.google import ServiceAccount
from tests.servers.tokens import TokenServer
from tests.signin.keys import service_account

Ca = tuple[Path, Path, Path]


@pytest.fixture
def account(tokens: TokenServer, ca: Ca, tmp_path: Path) -> ServiceAccount:
    file, tokens.trusted = service_account(tmp_path, f"{tokens.url}/token")
    return ServiceAccount(file=file, mailbox="consultations@council.test", ca_file=ca[0])


def test_a_signed_assertion_is_given_for_a_token(
    tokens: TokenServer, account: ServiceAccount
) -> None:
    tokens.lasts = 1800

    grant = account.fetch()

    assert tokens.knows(grant.token)
    assert grant.lasts == 1800
    assert tokens.claims["sub"] == "consultations@council.test"
    assert tokens.claims["scope"] == "https://mail.google.com/"


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("unauthorized_client", "domain-wide delegation"),
        ("invalid_grant", "this machine's clock is wrong"),
        ("strange", r"Look at the keys below \[oauth2\]"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    tokens: TokenServer, account: ServiceAccount, error: str, advice: str
) -> None:
    tokens.faults.append((400, {"error": error, "error_description": "No."}))

    with pytest.raises(Permanent, match=advice) as caught:
        account.fetch()
    assert "consultations@" not in str(caught.value)


def test_another_key_than_the_accounts_is_refused(
    tokens: TokenServer, account: ServiceAccount, tmp_path: Path
) -> None:
    _, tokens.trusted = service_account(tmp_path / "other", tokens.url)

    with pytest.raises(Permanent, match="Google refused the service account: invalid_grant"):
        account.fetch()


def test_an_answer_that_makes_no_sense_is_asked_for_again(
    tokens: TokenServer, account: ServiceAccount
) -> None:
    tokens.faults.append((400, "<html>"))

    with pytest.raises(Transient):
        account.fetch()
    assert tokens.knows(account.fetch().token)


def test_a_server_that_cannot_be_trusted_is_told_nothing(
    tokens: TokenServer, account: ServiceAccount
) -> None:
    with pytest.raises(Permanent, match="not to be trusted"):
        ServiceAccount(file=account.file, mailbox=account.mailbox).fetch()
    assert tokens.asked == []


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_a_file_that_is_no_key_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(text)

    with pytest.raises(Permanent, match=r"oauth2\.service_account_file"):
        ServiceAccount(file=file, mailbox="consultations@council.test").fetch()
