"""Settings are read once, and every fault is told together, with its place and its key."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intake.similar import SimilarRules
from model import Address, SettingsError
from settings import DEFAULT_FILE, Settings, load
from settings.sections import Process, Similar

IMAP = {
    "ASKONCE_MAILBOX__KIND": "imap",
    "ASKONCE_MAILBOX__HOST": "imap.example.org",
    "ASKONCE_MAILBOX__USERNAME": "consultations",
    "ASKONCE_MAILBOX__PASSWORD": "a password",
    "ASKONCE_MAILBOX__SINCE": "2027-01-04T09:00",
}


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def faults(file: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(file, environ or {})
    return [fault.replace(str(file), "FILE") for fault in caught.value.faults]


def test_what_is_shipped_works_as_it_stands_beside_the_program() -> None:
    settings = load(None, {})
    assert (settings.mailbox.kind, settings.outgoing.kind) == ("maildir", "maildir")
    assert settings.mailbox.path == DEFAULT_FILE.parent / "var/mail/inbox"
    assert settings.store.url == f"sqlite:///{DEFAULT_FILE.parent}/var/askonce.db"
    assert settings.process.timezone == ZoneInfo("Europe/London")
    assert settings.mailbox.since is None


def test_an_empty_file_means_the_defaults_beside_it(tmp_path: Path) -> None:
    settings = load(written(tmp_path, ""), {})
    assert settings.outgoing.path == tmp_path / "var/mail/sent"
    assert settings.process.chaser_days == (0, 14, 28)
    assert settings.people.boards == ()


def test_every_fault_is_told_at_once_with_its_line_and_key(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """\
[mailbox]
kind = "imap"
port = "x"
prot = 993

[outgoing]
from = "nobody"

[people]
boards = ["a@example.org", "b"]

[process]
timezone = "Mars"
nation = "FR"
office_hours = "17:00-09:00"
digest_at = "8:30"
overdue_days = 28

[peeple]
""",
    )
    assert faults(file) == [
        'FILE, line 1: mailbox.host: is required with kind = "imap"',
        'FILE, line 1: mailbox.username: is required with kind = "imap"',
        "FILE, line 1: mailbox.password: is required: by the environment, or in a file named as "
        "password_file",
        'FILE, line 1: mailbox.since: is required with kind = "imap"',
        "FILE, line 3: mailbox.port: must be a whole number from 0 to 65535 (here: x)",
        "FILE, line 4: mailbox.prot: there is no such key; do you mean port?",
        "FILE, line 7: outgoing.from: must be an email address, such as "
        "Name <name@example.org> (here: nobody)",
        "FILE, line 10: people.boards: must be an email address, such as "
        "Name <name@example.org> (here: b)",
        "FILE, line 13: process.timezone: must be a time zone that this machine knows, such as "
        "Europe/London (where it knows none: apt install tzdata) (here: Mars)",
        "FILE, line 14: process.nation: must be 'ENG', 'SCT', 'WLS' or 'NIR' (here: FR)",
        "FILE, line 15: process.office_hours: must open before it closes (here: 17:00-09:00)",
        "FILE, line 16: process.digest_at: must be a time of day, such as 08:30 (here: 8:30)",
        "FILE, line 17: process.overdue_days: must be more than the last of chaser_days (here: 28)",
        "FILE, line 19: peeple: there is no such section; do you mean people?",
    ]


def test_a_fault_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    environ = {"ASKONCE_PROCESS__CHASER_DAYS": "0, soon", "ASKONCE_MAILBIX__HOST": "h"}
    said = faults(written(tmp_path, ""), environ)
    assert said == [
        "ASKONCE_PROCESS__CHASER_DAYS: process.chaser_days: must be a list of whole numbers, such "
        "as [0, 14, 28] (here: soon)",
        "ASKONCE_MAILBIX__HOST: mailbix: there is no such section; do you mean mailbox?",
    ]


def test_a_variable_that_looks_like_a_setting_and_is_none_is_a_fault(tmp_path: Path) -> None:
    environ = {"ASKONCE_STORE_URL": "sqlite:///a", "ASKONCE_BAR": "", "ASK": "", "askonce_x": ""}
    assert faults(written(tmp_path, ""), environ) == [
        "ASKONCE_STORE_URL: there is no such setting; do you mean ASKONCE_STORE__URL?",
        "ASKONCE_BAR: there is no such setting; they are written like ASKONCE_MAILBOX__KIND",
    ]


@pytest.mark.parametrize(
    ("section", "text", "said"),
    [
        ("mailbox", "poll_seconds = 0", "must be a whole number from 1 to 3600, such as 60"),
        ("mailbox", "poll_seconds = 1.5", "must be a whole number from 1 to 3600, such as 60"),
        ("mailbox", "poll_seconds = []", "must be a whole number from 1 to 3600, such as 60"),
        ("process", "outcome_days = 9999", "must be a whole number from 0 to 3660, such as 28"),
        ("similar", "worth_a_look = 1.7", "must be a number from 0 to 1, such as 0.44"),
        ("process", "chaser_days = 7", "must be a list, such as [0, 14, 28]"),
        ("process", "reference_prefix = 'cyp'", "must be like CYP"),
        ("mailbox", "trust_internal = 'perhaps'", "must be true or false"),
        ("mailbox", "processed_folder = ''", "must not be empty, such as Processed"),
        ("mailbox", "authserv_id = 3", "must be text in quotation marks"),
        ("mailbox", f"authserv_id = '{'x' * 501}'", "must be at most 500 characters long"),
        ("mailbox", "path = 3", "must be the name of a file or folder, in quotation marks"),
        ("mailbox", "folders = []", 'must be a list, such as ["INBOX"]'),
        (
            "pages",
            "listen = 'localhost:99999'",
            "must end in a port up to 65535, such as 127.0.0.1:8025",
        ),
        ("log", "format = 'xml'", "must be 'text' or 'json'"),
        ("mailbox", "since = 'soon'", "must be a date and a time, such as 2027-01-04T09:00"),
    ],
)
def test_what_is_allowed_is_said_in_plain_english(
    tmp_path: Path, section: str, text: str, said: str
) -> None:
    (fault,) = faults(written(tmp_path, f"[{section}]\n{text}\n"))
    key = text.split()[0]
    assert fault.partition(" (here: ")[0] == f"FILE, line 2: {section}.{key}: {said}"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[process]\nreference_prefix = "AB"\nnation = "SCT"\n')
    environ = {
        "ASKONCE_PROCESS__REFERENCE_PREFIX": "XYZ",
        "ASKONCE_PROCESS__CHASER_DAYS": "28, 7",
        "ASKONCE_PEOPLE__BOARDS": "One <one@example.org>, two@example.org",
        "ASKONCE_OFFICE__SHOW_CONTACTS": "false",
        "HOME": "/root",
    }
    settings = load(file, environ)
    assert settings.process.reference_prefix == "XYZ"
    assert settings.process.nation == "SCT"
    assert settings.process.chaser_days == (7, 28)
    assert settings.people.boards == (
        Address(email="one@example.org", name="One"),
        Address(email="two@example.org"),
    )
    assert settings.office.show_contacts is False


def test_keys_of_the_other_kind_may_stay_when_one_word_switches_it() -> None:
    settings = load(None, IMAP)
    assert (settings.mailbox.kind, settings.mailbox.port) == ("imap", 993)
    assert settings.mailbox.path.name == "inbox"


@pytest.mark.parametrize(("tls", "imap", "smtp"), [("implicit", 993, 465), ("starttls", 143, 587)])
def test_the_usual_port_follows_from_the_encryption(tls: str, imap: int, smtp: int) -> None:
    environ = {"ASKONCE_MAILBOX__TLS": tls, "ASKONCE_OUTGOING__TLS": tls}
    settings = load(None, IMAP | environ)
    assert (settings.mailbox.port, settings.outgoing.port) == (imap, smtp)


def test_clear_text_is_only_for_this_machine() -> None:
    environ = IMAP | {"ASKONCE_MAILBOX__TLS": "none"}
    assert faults(None, environ) == [
        "ASKONCE_MAILBOX__TLS: mailbox.tls: may be none only where the server is this very machine "
        "(localhost) (here: none)"
    ]
    for host in ("localhost", "127.0.0.1", "::1"):
        assert load(None, environ | {"ASKONCE_MAILBOX__HOST": host}).mailbox.tls == "none"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[mailbox]\npassword = "hunter2"\n',
            "FILE, line 2: mailbox.password: a password does not belong in this file; give it as "
            "ASKONCE_MAILBOX__PASSWORD or in a file named as password_file",
        ),
        (
            '[store]\nurl = "postgresql+psycopg://bot:hunter2@db/askonce"\n',
            "FILE, line 2: store.url: a password does not belong in this file; give it as "
            "ASKONCE_STORE__URL",
        ),
    ],
)
def test_a_password_in_the_file_is_a_fault_that_does_not_repeat_it(
    tmp_path: Path, text: str, said: str
) -> None:
    assert faults(written(tmp_path, text)) == [said]


def test_a_password_comes_from_the_environment_or_a_file_of_its_own(tmp_path: Path) -> None:
    assert load(None, IMAP).mailbox.password.get_secret_value() == "a password"
    (tmp_path / "secret").write_text("pass word\n")
    file = written(tmp_path, '[mailbox]\npassword_file = "secret"\n')
    without = {name: value for name, value in IMAP.items() if not name.endswith("PASSWORD")}
    settings = load(file, without)
    assert settings.mailbox.password.get_secret_value() == "pass word"
    assert "pass word" not in repr(settings)
    (tmp_path / "secret").unlink()
    assert faults(file, without | {"ASKONCE_PROCESS__NATION": "FR"}) == [
        f"FILE, line 2: mailbox.password: cannot be read from password_file {tmp_path}/secret: "
        "No such file or directory",
        "ASKONCE_PROCESS__NATION: process.nation: must be 'ENG', 'SCT', 'WLS' or 'NIR' (here: FR)",
    ]
    assert faults(written(tmp_path, ""), without) == [
        "FILE: mailbox.password: is required: by the environment, or in a file named as "
        "password_file"
    ]


def test_a_moment_without_a_zone_is_in_the_offices_own_time(tmp_path: Path) -> None:
    zone = '[process]\ntimezone = "America/New_York"\n[mailbox]\nsince = '
    new_york, utc = ZoneInfo("America/New_York"), timedelta(0)
    for given in ("2027-07-01T09:00:00", '"2027-07-01T09:00"'):
        since = load(written(tmp_path, zone + given), {}).mailbox.since
        assert since == datetime(2027, 7, 1, 9, tzinfo=new_york)
    since = load(written(tmp_path, zone + '"2027-07-01T09:00Z"'), {}).mailbox.since
    assert since is not None
    assert since.utcoffset() == utc
    assert since == datetime(2027, 7, 1, 9, tzinfo=UTC)


def test_times_of_day_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, '[process]\noffice_hours = "08:00 - 16:30"\ndigest_at = "07:45"\n')
    process = load(file, {}).process
    assert (process.office_hours.opens, process.office_hours.closes) == (time(8), time(16, 30))
    assert process.digest_at == time(7, 45)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "askonce.db"])
def test_a_database_that_cannot_be_used_is_a_fault(tmp_path: Path, url: str) -> None:
    file = written(tmp_path, f'[store]\nurl = "{url}"\n')
    assert faults(file)[0].startswith("FILE, line 2: store.url: must be sqlite:///<file> or")


def test_a_database_elsewhere_stays_as_it_is_written(tmp_path: Path) -> None:
    for url in (
        "sqlite:////srv/askonce.db",
        "postgresql+psycopg://bot@db/askonce",
        "postgresql:///a",
    ):
        assert load(written(tmp_path, f'[store]\nurl = "{url}"\n'), {}).store.url == url


def test_a_file_that_is_not_there_or_not_toml_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.toml") == ["FILE: there is no such file"]
    assert faults(tmp_path)[0].startswith("FILE: cannot be read")
    assert faults(written(tmp_path, "[mailbox]\nkind = maildir\n")) == [
        "FILE, line 2: is not written as TOML: Invalid value"
    ]
    assert faults(written(tmp_path, "mailbox = 3\n")) == [
        "FILE, line 1: mailbox: must be a section, which begins with the line [mailbox]"
    ]


def test_nothing_can_be_changed_afterwards() -> None:
    settings = load(None, {})
    for section in (settings, *(getattr(settings, name) for name in Settings.model_fields)):
        with pytest.raises(ValueError, match="frozen"):
            setattr(section, next(iter(type(section).model_fields)), None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('"SSL/TLS"', "implicit"),
        ("true", "implicit"),
        ('"STARTTLS"', "starttls"),
        ('"off"', "none"),
    ],
)
def test_tls_has_many_names(tmp_path: Path, said: str, meant: str) -> None:
    text = f'[outgoing]\nkind = "smtp"\nhost = "localhost"\ntls = {said}\n'
    assert load(written(tmp_path, text), {}).outgoing.tls == meant


def test_mail_may_arrive_in_several_folders(tmp_path: Path) -> None:
    text = '[mailbox]\nfolders = ["INBOX", "Consultations"]\n'
    assert load(written(tmp_path, text), {}).mailbox.folders == ("INBOX", "Consultations")


def test_the_section_similar_sets_every_rule_of_the_search_as_it_is_by_itself() -> None:
    rules = asdict(SimilarRules())
    section = {key: field.default for key, field in Similar.model_fields.items()}
    assert {**rules, **section} == {**section, **rules}
    assert set(rules) - set(section) == {"lookback_months"}
    assert set(section) - set(rules) == {"notice"}
    assert Process.model_fields["lookback_months"].default == rules["lookback_months"]


def test_a_colour_that_white_letters_cannot_be_read_on_is_a_fault(tmp_path: Path) -> None:
    file = written(tmp_path, '[pages]\ncolour = "#7799bb"\n')
    (fault,) = faults(file)
    assert "pages.colour" in fault
    assert "too light for the white letters on it (3.0 to 1" in fault
