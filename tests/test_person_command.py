"""`askonce person`: accounts for the web pages, made on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from askonce import main
from pages.getting_in.passwords import is_right
from store import Part, Store


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/askonce.db"\n')
    (tmp_path / "password").write_text("correct horse battery\n")
    return file


def said(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = main(["person", *words, "--config", str(config)])
    out, err = capsys.readouterr()
    return status, out + err


def test_an_account_is_made_listed_and_removed(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "password")
    assert "Nobody" in said(config, capsys, "list")[1]
    add = ("add", "Anna.Smith", "--role", "administrator", "--password-file", file)
    assert said(config, capsys, *add) == (0, "Anna.Smith may log in as administrator.\n")
    with Store.open(f"sqlite:///{tmp_path}/askonce.db") as store:
        account = store.accounts.find("anna.smith")
        assert account is not None
        assert account.part is Part.ADMINISTRATOR
        assert is_right("correct horse battery", account.password)
        assert not is_right("correct horse battery\n", account.password)
    assert said(config, capsys, *add)[0] == 1
    assert "anna.smith  administrator" in said(config, capsys, "list")[1]
    assert said(config, capsys, "remove", "ANNA.SMITH")[0] == 0
    assert said(config, capsys, "remove", "anna.smith")[0] == 1


def test_a_password_that_is_short_or_cannot_be_read_makes_no_account(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short"
    short.write_text("short")
    for file in (short, tmp_path / "none"):
        status, told = said(config, capsys, "add", "anna", "--password-file", str(file))
        assert (status, "assword" in told) == (1, True)
    assert said(config, capsys, "add", "anna")[0] == 1  # no terminal to ask at
    assert "Nobody" in said(config, capsys, "list")[1]


def test_somebody_who_forgot_it_gets_another_password_and_another_role(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "password")
    assert said(config, capsys, "add", "anna", "--password-file", file)[0] == 0
    (tmp_path / "password").write_text("another one that is long")
    assert said(config, capsys, "password", "Anna", "--password-file", file)[0] == 0
    assert said(config, capsys, "role", "anna", "administrator")[0] == 0
    with Store.open(f"sqlite:///{tmp_path}/askonce.db") as store:
        account = store.accounts.find("anna")
        assert account is not None
        assert is_right("another one that is long", account.password)
        assert account.part is Part.ADMINISTRATOR
        store.accounts.recognise("issuer 1", "ben@council.test", Part.READER, account.created_at)
    assert "by password" in said(config, capsys, "list")[1]
    for act in (["password", "nobody", "--password-file", file], ["role", "nobody", "reader"]):
        status, told = said(config, capsys, *act)
        assert (status, "There is no account nobody" in told) == (1, True)
        act[1] = "ben@council.test"
        status, told = said(config, capsys, *act)
        assert (status, "logs in by work account" in told) == (1, True)
