"""From the settings to servers that want a token: `check`, and the warning before the end."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commands import check, wiring
from settings import Settings, load
from tests.servers.dovecot import Dovecot
from tests.servers.graph import MAILBOX, GraphServer
from tests.servers.smtp import SmtpServer
from tests.servers.tokens import CLIENT, SECRET, TENANT, TokenServer
from tests.signin.keys import certificate, service_account

Ca = tuple[Path, Path, Path]


def config(folder: Path, *sections: str) -> Path:
    file = folder / "config.toml"
    people = '[people]\nadministrator = "office@council.test"\n'
    file.write_text("\n".join((*sections, people)), "utf-8")
    (folder / "secret").write_text(SECRET)
    return file


def application(tokens: TokenServer, ca: Ca, more: str = "secret_expires = 2099-01-01") -> str:
    return f"""\
[oauth2]
tenant = "{TENANT}"
client_id = "{CLIENT}"
client_secret_file = "secret"
token_url = "{tokens.url}"
ca_file = "{ca[0]}"
{more}
"""


def imap(dovecot: Dovecot) -> str:
    return f"""\
[mailbox]
kind = "imap"
host = "localhost"
port = {dovecot.port}
tls = "none"
username = "bot"
oauth2 = true
since = "2027-01-04T09:00"
"""


def smtp(server: SmtpServer) -> str:
    return f"""\
[outgoing]
kind = "smtp"
host = "localhost"
port = {server.port}
tls = "none"
oauth2 = true
"""


def graph(server: GraphServer, ca: Ca) -> str:
    return f"""\
[outgoing]
kind = "graph"
from = "Register <{MAILBOX}>"
host = "localhost"
port = {server.port}
ca_file = "{ca[0]}"
"""


def checked(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = check.run(file, {})
    return status, capsys.readouterr().out


@pytest.mark.needs("dovecot")
def test_check_signs_in_by_token_everywhere(
    tokens: TokenServer, ca: Ca, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        Dovecot(introspection=tokens.introspection) as dovecot,
        SmtpServer(knows=tokens.knows) as server,
    ):
        file = config(tmp_path, imap(dovecot), smtp(server), application(tokens, ca))
        status, out = checked(file, capsys)

    assert status == 0, out
    assert "Logged in to the mail server" in out
    assert "The login by token works." in out
    assert "NOTE   oauth2" not in out
    assert len(tokens.asked) == 1  # one application, one token for both


@pytest.mark.needs("dovecot")
def test_a_service_account_signs_in_too(
    tokens: TokenServer, ca: Ca, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, tokens.trusted = service_account(tmp_path, f"{tokens.url}/token")
    google = (
        f'[oauth2]\nprovider = "google"\nservice_account_file = "key.json"\nca_file = "{ca[0]}"\n'
    )
    with Dovecot(introspection=tokens.introspection) as dovecot:
        status, out = checked(config(tmp_path, imap(dovecot), google), capsys)

    assert status == 0, out
    assert tokens.claims["sub"] == "bot"
    assert "NOTE   oauth2" not in out  # a key has no end


def test_check_tries_graph(
    tokens: TokenServer, ca: Ca, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with GraphServer(ca[1:], tokens.knows) as server:
        file = config(tmp_path, graph(server, ca), application(tokens, ca))
        status, out = checked(file, capsys)

    assert status == 0, out
    assert f"takes mail from {MAILBOX}." in out
    assert tokens.asked[0]["scope"].startswith("https://localhost/.default")


def test_check_says_what_is_wrong_with_the_application(
    tokens: TokenServer, ca: Ca, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expired = {"error": "invalid_client", "error_description": "AADSTS7000222: expired."}
    tokens.faults.append((401, expired))
    with GraphServer(ca[1:], tokens.knows) as server:
        file = config(tmp_path, graph(server, ca), application(tokens, ca))
        status, out = checked(file, capsys)

    assert status == 1
    assert "FAULT  outgoing: " in out
    assert "The application's secret has expired" in out


# --------------------------------------------------------------------------- the end of it


def settings(folder: Path, more: str) -> Settings:
    graph = '[outgoing]\nkind = "graph"\n'
    given = f'[oauth2]\ntenant = "t"\nclient_id = "c"\nclient_secret_file = "secret"\n{more}\n'
    return load(config(folder, graph, given), {})


def test_the_end_is_the_secrets_or_the_certificates_own(tmp_path: Path) -> None:
    certificate(tmp_path, ends=datetime(2028, 5, 31, 12, tzinfo=UTC))

    by_secret = settings(tmp_path, "secret_expires = 2028-11-30")
    by_certificate = settings(tmp_path, 'certificate_file = "application.pem"')

    assert wiring.credential_ends(by_secret) == date(2028, 11, 30)
    assert wiring.credential_ends(by_certificate) == date(2028, 5, 31)
    assert wiring.credential_ends(load(None, {})) is None
    assert "in 30 days" in wiring.credential_warning(by_certificate, date(2028, 5, 1))
    assert wiring.credential_warning(by_certificate, date(2028, 4, 30)) == ""


@pytest.mark.parametrize(
    ("days", "note"), [(400, ""), (29, "ends in 29 days"), (0, "ends today"), (-1, "ended on")]
)
def test_check_warns_before_the_end(
    tokens: TokenServer,
    ca: Ca,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    days: int,
    note: str,
) -> None:
    ends = datetime.now(ZoneInfo("Europe/London")).date() + timedelta(days=days)
    with GraphServer(ca[1:], tokens.knows) as server:
        ours = application(tokens, ca, f"secret_expires = {ends}")
        _, out = checked(config(tmp_path, graph(server, ca), ours), capsys)

    assert note in out
    assert ("NOTE   oauth2" in out) == bool(note)


def test_check_says_that_nobody_would_be_told(
    tokens: TokenServer, ca: Ca, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with GraphServer(ca[1:], tokens.knows) as server:
        file = config(tmp_path, graph(server, ca), application(tokens, ca, ""))
        _, out = checked(file, capsys)

    assert "NOTE   oauth2: secret_expires is not set" in out


def test_the_daemon_warns_once_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from commands.run import works

    given = settings(tmp_path, "secret_expires = 2027-03-20")
    morning = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    moments = [morning, morning + timedelta(hours=3), morning + timedelta(days=1)]
    with works(given, morning) as wired, caplog.at_level(logging.WARNING, "scheduler"):
        for moment in moments:
            wired.now = partial(datetime.fromisoformat, moment.isoformat())
            wired.due()

    said = [r.getMessage() for r in caplog.records if "signs in with" in r.getMessage()]
    assert [line.split(" ends ")[1][:10] for line in said] == ["in 19 days", "in 18 days"]
