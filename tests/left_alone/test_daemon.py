"""The daemon as systemd and monitors see it: a process of its own, with real sockets."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from commands.systemd import Notifier
from tests.commanded import Office

ROOT = Path(__file__).parents[2]
QUESTION = b"From: asha@example.org\r\nMessage-ID: <1@x>\r\nSubject: Hm\r\n\r\nWhat now?\r\n"
PATIENCE = 60.0  # seconds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """What systemd listens on for those that it started."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(PATIENCE)
        yield listener


def heard(systemd: socket.socket, wanted: str) -> list[str]:
    """What was said up to and with `wanted`."""
    said = []
    while wanted not in said:
        said += systemd.recv(4096).decode().splitlines()
    return said


@contextmanager
def daemon(office: Office, systemd: socket.socket) -> Iterator[subprocess.Popen[str]]:
    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, str(ROOT / "askonce.py"), "run", "--config", str(office.config)]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def page(port: int, path: str, accept: str = "*/*") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept": accept})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_systemd_hears_that_it_is_up_at_work_and_on_its_way_out(
    office: Office, systemd: socket.socket
) -> None:
    port = free_port()
    office.set(f'[pages]\nlisten = "127.0.0.1:{port}"\n')
    with daemon(office, systemd) as process:
        heard(systemd, "READY=1")
        heard(systemd, "WATCHDOG=1")
        assert page(port, "/health")[0] in (200, 503)  # before and after its first look
        process.send_signal(signal.SIGTERM)
        heard(systemd, "STOPPING=1")
        assert process.wait(PATIENCE) == 0
    with pytest.raises(ConnectionRefusedError):
        page(port, "/health")


def test_a_daemon_whose_work_hangs_says_no_more_that_it_lives(
    office: Office, systemd: socket.socket
) -> None:
    """A mail server that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office.set(
            f'[outgoing]\nkind = "smtp"\nhost = "127.0.0.1"\ntls = "none"\n'
            f"port = {silent.getsockname()[1]}\n[pages]\nserve = false\n"
        )
        office.gets("question", QUESTION)
        with daemon(office, systemd) as process:
            heard(systemd, "READY=1")
            silent.settimeout(PATIENCE)
            connection, _ = silent.accept()
            systemd.settimeout(5)
            with pytest.raises(TimeoutError):
                while True:
                    systemd.recv(4096)
            assert process.poll() is None
            connection.close()


def test_a_port_that_is_taken_is_said_and_the_work_goes_on(
    office: Office, systemd: socket.socket
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        office.set(f'[pages]\nlisten = "127.0.0.1:{port}"\n')
        office.gets("question", QUESTION)
        with daemon(office, systemd) as process:
            heard(systemd, "WATCHDOG=1")
            until = time.monotonic() + PATIENCE
            while not office.sent() and time.monotonic() < until:
                time.sleep(0.1)
            assert office.sent()
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            assert process.stderr
            said = process.stderr.read()
    assert f"The web pages cannot be served on 127.0.0.1:{port}" in said
    assert "The work goes on without them" in said


def test_the_pages_are_served_by_themselves_too(office: Office) -> None:
    port = free_port()
    token = office.config.with_name("token")
    token.write_text("a token of some length\n")
    figures = f'[health]\nmetrics_token_file = "{token}"\n'
    office.set(f'[pages]\nlisten = "127.0.0.1:{port}"\n{figures}')
    office.does("run", "--once")
    command = [sys.executable, str(ROOT / "askonce.py"), "pages", "--config", str(office.config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert f"http://127.0.0.1:{port}/ " in process.stdout.readline()
            status, body = page(port, "/health", "text/html")
            wanted = Request(f"http://127.0.0.1:{port}/metrics")
            wanted.add_header("Authorization", "Bearer a token of some length")
            with urlopen(wanted, timeout=10) as answer:
                assert b"askonce_build_info" in answer.read()
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    assert (status, "<h1>All is well</h1>" in body) == (200, True)


@pytest.mark.parametrize("abstract", [False, True])
def test_a_notice_reaches_both_kinds_of_socket(tmp_path: Path, abstract: bool) -> None:
    name = f"@askonce-{tmp_path.name}-{time.monotonic_ns()}" if abstract else str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name[1:] if abstract else name)
        Notifier.of({"NOTIFY_SOCKET": name}).status("two\nlines")
        assert listener.recv(100) == b"STATUS=two lines"


def test_without_systemd_nothing_is_said_and_nothing_fails(tmp_path: Path) -> None:
    Notifier.of({}).ready()
    Notifier(str(tmp_path / "nobody")).alive()
    assert list(tmp_path.iterdir()) == []
