"""Loopback ports for servers that run as processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress

_PATIENCE = 30.0  # seconds


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_up(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when an IMAP server greets on `port`."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"{process.args!r} did not come up")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, with all that it started. Asks nobody."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
