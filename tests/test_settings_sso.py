"""The settings for logging in with a work account, and for where the pages are."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from commands.wiring import provider
from model import SettingsError
from settings import load

WORK = """\
[pages]
address = "https://register.council.test/"

[sso]
issuer = "https://login.council.test/v2.0"
client_id = "5f2a"
client_secret_file = "secret"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    (folder / "secret").write_text("s3cret\n")
    return file


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(written(folder, text), {})
    return tuple(f.replace(f"{folder}/config.toml", "FILE") for f in caught.value.faults)


def test_work_accounts_are_a_setting(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WORK), {})
    assert settings.pages.address == "https://register.council.test"
    assert settings.sso.client_secret.get_secret_value() == "s3cret"
    assert settings.sso.passwords
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in repr(vars(provider(settings)))
    assert load(written(tmp_path, ""), {}).sso.issuer == ""


def test_what_they_need_is_asked_for(tmp_path: Path) -> None:
    text = '[sso]\nissuer = "https://login.council.test"\nadministrators = []\nreaders = []\n'
    assert faults(tmp_path, text) == (
        "FILE, line 1: sso: client_id, client_secret_file, pages.address,"
        " administrators or readers must be set, as sso.issuer is",
    )


def test_somebody_has_to_be_able_to_log_in(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "[sso]\npasswords = false\n")
    assert fault.startswith("FILE, line 2: sso.passwords: may be false only where an issuer is")
    assert not load(written(tmp_path, WORK + "passwords = false\n"), {}).sso.passwords


@pytest.mark.parametrize(
    "address",
    ["http://council.test", "council.test", "https://", "ftp://council.test", "https://a b",
     "https://council.test:x", "https://anna@council.test", "https://[", "javascript://localhost",
     "https://council.test/\u00e9"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["pages.address", "sso.issuer"])
def test_an_address_is_one_that_nobody_on_the_way_can_change(
    tmp_path: Path, key: str, address: str
) -> None:
    section, name = key.split(".")
    assert f"{key}: must be an address that begins with https://" in faults(
        tmp_path, f'[{section}]\n{name} = "{address}"\n'
    )[0]  # fmt: skip


def test_this_machine_may_be_asked_in_clear_text(tmp_path: Path) -> None:
    for host in ("localhost:8025", "127.0.0.1", "[::1]:80"):
        text = f'[pages]\naddress = "http://{host}"\n'
        assert load(written(tmp_path, text), {}).pages.address == f"http://{host}"


def test_the_address_of_the_pages_is_no_page(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[pages]\naddress = "https://council.test/register"\n')
    assert "must end after the name" in fault


def test_secrets_do_not_stand_in_the_file_and_are_no_guess(tmp_path: Path) -> None:
    shown = faults(tmp_path, WORK + 'client_secret = "s3cret"\n')
    assert "a client secret does not belong in this file" in shown[0]
    shown = faults(tmp_path, '[health]\nmetrics_token = "a token of some length"\n')
    assert "a token does not belong in this file" in shown[0]
    (short,) = faults(tmp_path, '[health]\nmetrics_token_file = "secret"\n')
    assert "must have 16 characters at least" in short
    assert "s3cret" not in short


def test_the_settings_that_the_page_for_it_teams_shows_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs/signing-in.md").read_text("utf-8")
    blocks = [dedent(b) for b in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", page, re.MULTILINE)]
    entra, google = (block for block in blocks if "[sso]" in block)
    text = entra.replace("/etc/askonce/sso-secret", "secret")
    settings = load(written(tmp_path, text), {})
    assert settings.sso.issuer.endswith("/v2.0")
    assert settings.pages.address + "/login/sso/back" in page
    pages, _, ours = text.partition("[sso]")
    theirs = google + "".join(f"{line}\n" for line in ours.splitlines() if "client" in line)
    assert load(written(tmp_path, pages + theirs), {}).sso.claim == "email"
