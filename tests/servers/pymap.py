"""pymap, an IMAP server in pure Python: in memory, without keywords, much like Exchange."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tests.servers.account import ImapAccount
from tests.servers.ports import free_port, stop, wait_until_up

#: As its own command does it, but for the half a million rounds of hashing at every login.
_START = """
from pymap.main import main
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
main()
"""


class Pymap(ImapAccount):
    """One server with one account. `start` and `stop`, or `with`."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Pymap:
        """Returns when it answers."""
        listen = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        account = ["dict", "--demo-user", self.username, "--demo-password", self.password]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *listen, *account],
            env=dict(os.environ),
            cwd=Path(sys.prefix),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_up(self.port, self._process)
        return self

    def stop(self) -> None:
        """Ends it, and with it all its mail."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def __enter__(self) -> Pymap:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None:
        """Put mails into INBOX."""
        self.append(*raws, at=at)
