"""The launcher and the command line, as a person at a terminal meets them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import askonce
from settings import load

ROOT = Path(__file__).parent.parent

# --------------------------------------------------------------------------- the launcher


class Checkout:
    """A checkout with the real launcher, no packages, and a program that shows how it was run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.launcher = folder / "askonce"
        self.venv = folder / ".venv"

    @classmethod
    def make(cls, folder: Path) -> Checkout:
        folder.mkdir()
        shutil.copy(ROOT / "askonce", folder)
        (folder / "requirements.txt").write_text("# nothing\n")
        (folder / "requirements-dev.txt").write_text("# nothing, for tests\n")
        (folder / "askonce.py").write_text("import sys; print(sys.prefix, sys.argv[1:])\n")
        return cls(folder)

    def copied(self, folder: Path) -> Checkout:
        shutil.copytree(self.folder, folder, symlinks=True)
        return Checkout(folder)

    def run(
        self, *words: str, launcher: Path | None = None, user: str | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [launcher or self.launcher, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=os.environ | environ,
            user=user,
        )

    def shows(self, *words: str) -> str:
        return f"{self.venv} {list(words)}\n"


@pytest.fixture(scope="module")
def first_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, list[tuple[str, str]]]:
    """A checkout that two first runs began on at once, and what these said (out, err).

    (The blank in its path is on purpose.)
    """
    checkout = Checkout.make(tmp_path_factory.mktemp("launcher") / "a checkout")
    both = [
        subprocess.Popen(
            [checkout.launcher, "parse", file],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )
        for file in ("a file.docx", "b.docx")
    ]
    return checkout, [process.communicate() for process in both]


@pytest.fixture(scope="module")
def set_up(first_runs: tuple[Checkout, object]) -> Checkout:
    """A checkout whose first run is over."""
    return first_runs[0]


def test_two_at_the_same_time_set_up_once(
    first_runs: tuple[Checkout, list[tuple[str, str]]],
) -> None:
    checkout, said = first_runs
    assert [out for out, _ in said] == [
        checkout.shows("parse", "a file.docx"),
        checkout.shows("parse", "b.docx"),
    ]
    (told,) = [err for _, err in said if "setting up" in err]
    assert re.fullmatch(r"askonce: setting up \.venv from requirements\.txt .*\n", told)


def test_after_the_first_run_it_only_starts_the_program(set_up: Checkout) -> None:
    ran = set_up.run("--config", "x y", "queue", "show", "*")
    assert ran.stdout == set_up.shows("--config", "x y", "queue", "show", "*")
    assert ran.stderr == ""


def test_it_works_through_a_link_from_anywhere(set_up: Checkout, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "first").symlink_to(set_up.launcher)
    (tmp_path / "bin/askonce").symlink_to("../first")
    ran = set_up.run("due", launcher=tmp_path / "bin/askonce")
    assert (ran.stdout, ran.stderr) == (set_up.shows("due"), "")


def test_a_changed_list_of_packages_is_installed(set_up: Checkout, tmp_path: Path) -> None:
    checkout = set_up.copied(tmp_path / "checkout")
    with (checkout.folder / "requirements.txt").open("a") as file:
        file.write("# one line more\n")
    ran = checkout.run("due")
    assert ran.stdout == checkout.shows("due")
    assert ran.stderr == "askonce: bringing .venv up to date with requirements.txt\n"
    assert checkout.run("due").stderr == ""


def test_only_the_tests_bring_their_own_packages(set_up: Checkout, tmp_path: Path) -> None:
    checkout = set_up.copied(tmp_path / "checkout")
    assert checkout.run("queue", "dismiss", "1", "--why", "test").stderr == ""
    assert checkout.run("--config", "test", "due").stderr == ""
    said = "askonce: bringing .venv up to date with requirements-dev.txt\n"
    assert checkout.run("--config", "c.toml", "test", "-x").stderr == said
    assert checkout.run("test").stderr == ""
    assert checkout.run("due").stderr == ""


def test_a_venv_whose_python_was_taken_away_is_not_used(set_up: Checkout, tmp_path: Path) -> None:
    checkout = set_up.copied(tmp_path / "checkout")
    python = checkout.venv / "bin/python"
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    ran = checkout.run("due", PATH=with_only(tmp_path / "bin", *NEEDED))
    assert ran.returncode == 1
    assert ran.stderr.startswith("askonce: Python 3.11 or later is needed")


def test_packages_that_cannot_be_installed_leave_nothing_not_begun(
    set_up: Checkout, tmp_path: Path
) -> None:
    checkout = set_up.copied(tmp_path / "checkout")
    wanted = "a-package-that-is-nowhere==1 --hash=sha256:" + "0" * 64 + "\n"
    (checkout.folder / "requirements.txt").write_text(wanted)
    ran = checkout.run("due", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "askonce: the packages could not be installed" in ran.stderr
    assert list(checkout.venv.glob("*.done")) == []


@pytest.fixture
def of_somebody_else() -> Iterator[tuple[Checkout, str | None]]:
    """A checkout, all set up, and the user that is to use it (None: ourselves)."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o755)
        checkout = Checkout.make(Path(folder) / "checkout")
        (checkout.venv / "bin").mkdir(parents=True)
        python = checkout.venv / "bin/python"
        python.write_text("#!/bin/sh\nprintf '%s\\n' \"$*\"\n")
        python.chmod(0o755)
        for file in ("requirements.txt", "requirements-dev.txt"):
            stamp = f"cksum <{file} >.venv/{file}.done"
            subprocess.run(["sh", "-c", stamp], cwd=checkout.folder, check=True)
        yield checkout, "nobody" if os.geteuid() == 0 else None
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=True)


def lock(checkout: Checkout) -> list[Path]:
    """Take every right to write away, and give all files there are."""
    subprocess.run(["chmod", "-R", "a-w,a+rX", checkout.folder], check=True)
    return sorted(checkout.folder.rglob("*"))


def test_what_somebody_else_set_up_is_used(
    of_somebody_else: tuple[Checkout, str | None],
) -> None:
    checkout, user = of_somebody_else
    lock(checkout)
    ran = checkout.run("due", user=user)
    assert (ran.stdout, ran.stderr) == (f"{checkout.folder}/askonce.py due\n", "")


@pytest.mark.parametrize("not_begun", [False, True])
def test_what_somebody_else_has_to_set_up_is_told_in_one_sentence(
    of_somebody_else: tuple[Checkout, str | None], not_begun: bool
) -> None:
    checkout, user = of_somebody_else
    with (checkout.folder / "requirements.txt").open("a") as file:
        file.write("# one line more\n")
    if not_begun:
        shutil.rmtree(checkout.venv)
    before = lock(checkout)
    ran = checkout.run("due", user=user)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(
        rf"askonce: the packages have to be set up [^\n]* \w+ may not write to "
        rf"{checkout.folder if not_begun else checkout.venv}: as \w+, run: "
        rf"{checkout.launcher} --help\n",
        ran.stderr,
    )
    assert sorted(checkout.folder.rglob("*")) == before


def test_a_python_that_only_somebody_else_may_run_is_told_in_one_sentence(
    of_somebody_else: tuple[Checkout, str | None], tmp_path: Path
) -> None:
    checkout, user = of_somebody_else
    python = checkout.venv / "bin/python"
    python.unlink()
    python.symlink_to(tmp_path / "closed/python")
    before = lock(checkout)
    ran = checkout.run("due", user=user)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(r"askonce: \w+ may not run the Python of [^\n]*\n", ran.stderr)
    assert str(tmp_path / "closed/python") in ran.stderr
    assert sorted(checkout.folder.rglob("*")) == before


def test_a_venv_that_may_not_be_looked_into_is_told_in_one_sentence(
    of_somebody_else: tuple[Checkout, str | None],
) -> None:
    checkout, user = of_somebody_else
    lock(checkout)
    checkout.venv.chmod(0)
    ran = checkout.run("due", user=user)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(
        rf"askonce: \w+ may not look into {checkout.venv}: as \w+, run: chmod [^\n]*\n",
        ran.stderr,
    )


def with_only(folder: Path, *programs: str, **scripts: str) -> str:
    """A PATH with these programs of the machine and these scripts, and nothing else."""
    folder.mkdir()
    for name in set(programs) - set(scripts):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return str(folder)


NEEDED = ("dirname", "readlink", "cksum", "id", "rm")


def test_without_a_python_that_is_new_enough_it_says_so_in_one_sentence(tmp_path: Path) -> None:
    checkout = Checkout.make(tmp_path / "checkout")
    path = with_only(tmp_path / "bin", *NEEDED, python3="exit 1")
    ran = checkout.run("demo", PATH=path)
    assert ran.returncode == 1
    assert re.fullmatch(r"askonce: Python 3\.11 or later is needed [^\n]*\n", ran.stderr)


def without_venv(folder: Path, **others: str) -> str:
    """A PATH whose Python has no venv until `folder` holds a file `venv`, as on Debian."""
    python = f"""case "$*" in
        *ensurepip*) [ -e "{folder}/venv" ];;
        *realpath*) echo "$0";;
        *) exec "{sys.executable}" "$@";;
    esac"""
    return with_only(folder / "bin", *NEEDED, python3=python, **others)


PACKAGE = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def test_a_python_without_venv_is_told_in_one_sentence(tmp_path: Path) -> None:
    checkout = Checkout.make(tmp_path / "checkout")
    ran = checkout.run("demo", PATH=without_venv(tmp_path, id="echo 1000"))
    assert ran.returncode == 1
    assert not checkout.venv.exists()
    assert ran.stderr == (
        "askonce: this Python cannot make a virtual environment: install it "
        f"(on Debian or Ubuntu: apt install {PACKAGE}).\n"
    )


@pytest.fixture(scope="module")
def begun_anew(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Checkout, subprocess.CompletedProcess[str]]:
    """A checkout whose set-up was cut short, and what root's next run said on a fresh machine."""
    folder = tmp_path_factory.mktemp("anew")
    checkout = Checkout.make(folder / "checkout")
    (checkout.venv / "bin").mkdir(parents=True)
    (checkout.venv / "bin/python").symlink_to(sys.executable)
    (checkout.venv / "half-a-package").touch()
    fresh = f"""echo "apt-get $*"
    case $1 in
        update) : >"{folder}/lists";;
        install) [ -e "{folder}/lists" ] && : >"{folder}/venv";;
    esac"""
    path = without_venv(folder, id="echo 0", **{"apt-get": fresh})
    return checkout, checkout.run("demo", PATH=path)


BegunAnew = tuple[Checkout, subprocess.CompletedProcess[str]]


def test_root_gets_venv_installed_also_where_there_are_no_package_lists_yet(
    begun_anew: BegunAnew,
) -> None:
    checkout, ran = begun_anew
    assert ran.stdout == checkout.shows("demo")
    assert ran.stderr.splitlines()[:4] == [
        f"askonce: installing {PACKAGE}, which Python needs to set up anything",
        f"apt-get install -qq -y {PACKAGE}",
        "apt-get update -qq",
        f"apt-get install -qq -y {PACKAGE}",
    ]


def test_a_set_up_that_was_cut_short_starts_again_from_nothing(begun_anew: BegunAnew) -> None:
    checkout, ran = begun_anew
    assert ran.stdout == checkout.shows("demo")
    assert "setting up .venv" in ran.stderr
    assert not (checkout.venv / "half-a-package").exists()


def test_the_tests_run_on_the_very_packages_that_the_program_does() -> None:
    def pins(file: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^ ]+", (ROOT / file).read_text(), re.MULTILINE))

    assert pins("requirements.txt")
    assert pins("requirements.txt") <= pins("requirements-dev.txt")
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (ROOT / file).read_text()


# --------------------------------------------------------------------------- the command line

COMMANDS = (
    "demo run pages check parse forms due similar queue replay export upgrade backup restored"
    " person test"
).split()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.touch()
    return file


def ended(words: Sequence[str]) -> int:
    """The exit status of a command, also where argparse ends it."""
    try:
        return askonce.main(list(words))
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code


def test_help_has_a_line_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--help"]) == 0
    lines = re.findall(r"^    (\w+) +\S", capsys.readouterr().out, re.MULTILINE)
    assert lines == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended([command, "-h"]) == 0
    assert f"usage: askonce {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        "",
        "nonsense",
        "parse",
        "run --now yesterday",
        "run --faster",
        "due --on tomorrow",
        "queue show",
        "queue show x",
        "queue dismiss 1",
        "forms",
    ],
)
def test_wrong_usage_ends_with_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(words.split()) == 2
    assert "usage: askonce" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--config {} due", "due --config {}", "due --config={}"])
def test_the_settings_file_is_named_before_or_after_the_commands_words(
    words: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(words.format(config).split()) == 0
    assert capsys.readouterr().out.startswith("Nothing goes out by")
    assert (config.parent / "var/askonce.db").exists()


def test_settings_that_cannot_be_used_end_with_2_and_all_their_faults(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("[mailbox]\nprot = 3\n[process]\nnation = 'FR'\n")
    assert ended(["export", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "line 2: mailbox.prot" in said
    assert "line 4: process.nation" in said
    assert not (config.parent / "var").exists()


def test_something_found_wrong_ends_with_1_and_is_said(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["queue", "show", "7", "--config", str(config)]) == 1
    assert capsys.readouterr().err.startswith("askonce: There is no exception 7")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run --once --now soon", "such as 2027-03-01T10:00"),
        ("due --on soon", "such as 2027-03-31"),
        ("queue dismiss 1 --why=", 'such as "answered by telephone"'),
        ("queue dismiss 1 --why=\t", 'such as "answered by telephone"'),
    ],
)
def test_a_value_that_cannot_be_used_is_answered_with_an_example(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(words.split(" ")) == 2
    assert said in capsys.readouterr().err


def test_a_moment_without_a_zone_is_the_offices_own(config: Path) -> None:
    settings = load(config, {"ASKONCE_PROCESS__TIMEZONE": "America/New_York"})
    summer = askonce.in_the_offices_time(datetime(2027, 7, 1, 9), settings)
    assert summer == datetime(2027, 7, 1, 13, tzinfo=UTC)
    given = datetime(2027, 7, 1, 9, tzinfo=UTC)
    kept = askonce.in_the_offices_time(given, settings)
    assert kept == given
    assert kept is not None
    assert kept.utcoffset() == timedelta(0)


def test_what_touches_no_database_does_not_wait_for_its_libraries(tmp_path: Path) -> None:
    script = (
        "import sys, askonce\n"
        f"assert askonce.main(['forms', '--out', {str(tmp_path)!r}]) == 0\n"
        "print(sorted({'sqlalchemy', 'imapclient', 'apscheduler', 'jinja2'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.splitlines()[-1] == "[]"
    assert len(list(tmp_path.glob("*.docx"))) == 2


def test_a_reader_that_has_had_enough_is_no_fault(config: Path) -> None:
    command = [sys.executable, str(ROOT / "askonce.py"), "check", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_interrupted_command_ends_without_a_word(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environ = {
            "ASKONCE_MAILBOX__KIND": "imap",
            "ASKONCE_MAILBOX__HOST": "127.0.0.1",
            "ASKONCE_MAILBOX__PORT": str(silent.getsockname()[1]),
            "ASKONCE_MAILBOX__TLS": "none",
            "ASKONCE_MAILBOX__USERNAME": "bot",
            "ASKONCE_MAILBOX__PASSWORD": "secret",
            "ASKONCE_MAILBOX__SINCE": "2027-01-04",
        }
        command = [sys.executable, str(ROOT / "askonce.py"), "check", "--config", str(config)]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | environ
        ) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            assert process.stderr
            assert process.stderr.read() == b""
            connection.close()
    assert process.returncode == 130
