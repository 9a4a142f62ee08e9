"""Tokens as Microsoft gives them, by secret and by certificate, and every way of getting none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from model import Permanent, Transient
from signin.microsoft import Application
from tests.servers.ports import free_port
from tests.servers.tls import make_ca
from tests.servers.tokens import CLIENT, SECRET, TENANT, TokenServer
from tests.signin.keys import certificate

Ca = tuple[Path, Path, Path]


def application(tokens: TokenServer, ca: Ca, **changes: Any) -> Application:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "client_id": CLIENT,
        "secret": SECRET,
        "authority": tokens.url,
        "ca_file": ca[0],
    }
    return Application(**given | changes)


def test_a_secret_is_given_for_a_token(tokens: TokenServer, ca: Ca) -> None:
    grant = application(tokens, ca).fetch()

    assert tokens.knows(grant.token)
    assert grant.lasts == 3600
    assert tokens.asked[0]["scope"].startswith("https://outlook.office365.com/.default")
    assert tokens.asked[0]["grant_type"] == "client_credentials"


def test_a_certificate_signs_for_a_token(tokens: TokenServer, ca: Ca, tmp_path: Path) -> None:
    file, tokens.trusted = certificate(tmp_path)

    grant = application(tokens, ca, secret="", certificate_file=file).fetch()

    assert tokens.knows(grant.token)
    assert tokens.claims["iss"] == CLIENT
    assert "client_secret" not in tokens.asked[0]


def test_a_token_is_asked_for_each_time(tokens: TokenServer, ca: Ca) -> None:
    ours = application(tokens, ca)

    assert ours.fetch().token != ours.fetch().token


def test_another_certificate_than_the_applications_is_refused(
    tokens: TokenServer, ca: Ca, tmp_path: Path
) -> None:
    file, _ = certificate(tmp_path / "ours")
    _, tokens.trusted = certificate(tmp_path / "theirs")

    with pytest.raises(Permanent, match="refused the application"):
        application(tokens, ca, secret="", certificate_file=file).fetch()


@pytest.mark.parametrize("pem", ["", "junk", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_is_no_certificate_is_named(
    tokens: TokenServer, ca: Ca, tmp_path: Path, pem: str
) -> None:
    file = tmp_path / "app.pem"
    file.write_text(pem)

    with pytest.raises(Permanent, match=r"app\.pem cannot be used to sign in"):
        application(tokens, ca, secret="", certificate_file=file).fetch()


def test_a_certificate_without_its_key_is_named(
    tokens: TokenServer, ca: Ca, tmp_path: Path
) -> None:
    file = tmp_path / "app.pem"
    file.write_text(certificate(tmp_path)[1])

    with pytest.raises(Permanent, match=r"app\.pem cannot be used to sign in"):
        application(tokens, ca, secret="", certificate_file=file).fetch()


def test_a_wrong_secret_is_told_with_what_to_do(tokens: TokenServer, ca: Ca) -> None:
    with pytest.raises(Permanent, match=r"AADSTS7000215: .* has to be the secret's Value"):
        application(tokens, ca, secret="wrong").fetch()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (7000222, "has expired: make a new one"),
        (700016, "look at oauth2.client_id and oauth2.tenant"),
        (700027, "upload it in Microsoft Entra"),
        (53003, "Conditional Access"),
        (999999, r"Look at the keys below \[oauth2\]"),
    ],
)
def test_microsofts_numbers_are_put_into_words(
    tokens: TokenServer, ca: Ca, number: int, advice: str
) -> None:
    said = f"AADSTS{number}: something. Trace ID: 1\r\nCorrelation ID: 2"
    tokens.faults.append((401, {"error": "invalid_client", "error_description": said}))

    with pytest.raises(Permanent, match=advice) as caught:
        application(tokens, ca).fetch()
    assert "Correlation" not in str(caught.value)


def test_another_tenant_is_named(tokens: TokenServer, ca: Ca) -> None:
    with pytest.raises(Permanent, match=r"no such tenant. Look at oauth2\.tenant"):
        application(tokens, ca, tenant="other").fetch()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (503, {"error": "temporarily_unavailable"}),
        (500, "<html>"),
        (200, "<html>"),
        (429, {"error": "temporarily_unavailable", "error_description": "AADSTS90055: busy"}),
    ],
)
def test_what_may_pass_by_itself_is_tried_again(
    tokens: TokenServer, ca: Ca, status: int, said: object
) -> None:
    tokens.faults.append((status, said))
    ours = application(tokens, ca)

    with pytest.raises(Transient):
        ours.fetch()
    assert tokens.knows(ours.fetch().token)


def test_nobody_there_is_tried_again(tokens: TokenServer, ca: Ca) -> None:
    with pytest.raises(Transient, match="does not answer"):
        application(tokens, ca, authority=f"https://localhost:{free_port()}").fetch()


def test_a_server_that_cannot_be_trusted_is_told_nothing(tokens: TokenServer, ca: Ca) -> None:
    with pytest.raises(Permanent, match=r"not to be trusted.*oauth2\.ca_file"):
        application(tokens, ca, ca_file=None).fetch()
    assert tokens.asked == []


def test_a_certificate_out_of_its_time_may_be_replaced(tmp_path: Path) -> None:
    ca = make_ca(tmp_path, lasts=timedelta(hours=-1))
    with TokenServer(ca[1:]) as tokens, pytest.raises(Transient, match="out of its time"):
        application(tokens, ca).fetch()


def test_an_authority_file_that_is_not_there_is_named(
    tokens: TokenServer, ca: Ca, tmp_path: Path
) -> None:
    with pytest.raises(Permanent, match="cannot be read"):
        application(tokens, ca, ca_file=tmp_path / "gone.pem").fetch()


def test_a_secret_is_in_no_message(tokens: TokenServer, ca: Ca) -> None:
    assert SECRET not in repr(application(tokens, ca))
    assert "token-" not in repr(application(tokens, ca).fetch())
