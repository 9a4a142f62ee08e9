"""The settings for signing in by token: what they need, and that no secret is ever shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from model import SettingsError
from settings import load

SERVERS = """\
[mailbox]
kind = "imap"
host = "outlook.office365.com"
username = "consultations@council.test"
since = "2027-01-04T09:00"
oauth2 = true

[outgoing]
kind = "smtp"
host = "smtp.office365.com"
tls = "starttls"
username = "consultations@council.test"
oauth2 = true
"""
APPLICATION = """\
[oauth2]
tenant = "8e1c"
client_id = "5f2a"
client_secret_file = "secret"
secret_expires = 2028-11-30
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    (folder / "secret").write_text("s3cret\n")
    return file


def faults(folder: Path, text: str, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(written(folder, text), environ or {})
    return tuple(f.replace(f"{folder}/config.toml", "FILE") for f in caught.value.faults)


def test_a_token_takes_the_place_of_the_passwords(tmp_path: Path) -> None:
    settings = load(written(tmp_path, SERVERS + APPLICATION), {})

    assert settings.mailbox.oauth2
    assert settings.oauth2.client_secret.get_secret_value() == "s3cret"
    assert settings.oauth2.secret_expires == date(2028, 11, 30)


def test_what_signing_in_needs_is_asked_for_where_a_server_wants_it(tmp_path: Path) -> None:
    assert faults(tmp_path, SERVERS) == (
        "FILE: oauth2: tenant, client_id, client_secret_file or certificate_file must be set,"
        " as mailbox.oauth2 is true",
    )
    assert load(written(tmp_path, ""), {}).oauth2.tenant == ""


def test_google_needs_a_key_and_others_a_place(tmp_path: Path) -> None:
    (google,) = faults(tmp_path, SERVERS + '[oauth2]\nprovider = "google"\n')
    (other,) = faults(tmp_path, SERVERS + '[oauth2]\nprovider = "other"\nclient_id = "5f2a"\n')

    assert google.startswith("FILE, line 14: oauth2: service_account_file must be set")
    assert "oauth2: token_url, client_secret_file must be set" in other


def test_graph_is_microsofts_and_needs_no_host(tmp_path: Path) -> None:
    graph = '[outgoing]\nkind = "graph"\n'
    settings = load(written(tmp_path, graph + APPLICATION), {})

    assert (settings.outgoing.kind, settings.outgoing.port) == ("graph", 443)
    (fault,) = faults(tmp_path, graph + '[oauth2]\nprovider = "google"\n')
    assert 'provider must be "microsoft", as outgoing.kind is "graph"' in fault


def test_a_client_secret_in_the_file_is_refused_and_none_is_ever_shown(tmp_path: Path) -> None:
    shown = faults(tmp_path, SERVERS + '[oauth2]\nclient_secret = "s3cret"\n')
    environ = {"ASKONCE_OAUTH2__CLIENT_SECRET": "s3cret"}

    assert any("a client secret does not belong in this file" in fault for fault in shown)
    assert "s3cret" not in "".join((*shown, *faults(tmp_path, SERVERS, environ)))


def test_a_secret_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    text = SERVERS + APPLICATION.replace('"secret"', '"gone"')

    assert any("cannot be read from client_secret_file" in f for f in faults(tmp_path, text))


def test_the_end_of_a_secret_is_a_day(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[oauth2]\nsecret_expires = "soon"\n')

    assert (
        fault
        == "FILE, line 2: oauth2.secret_expires: must be a date, such as 2028-11-30 (here: soon)"
    )
