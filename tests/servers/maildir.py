"""Delivery into a Maildir, as any mail server does it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

_NUMBERS = count(1)


def deliver(
    raw: bytes,
    maildir: Path,
    at: datetime | None = None,
    own: Callable[[Path], None] = lambda path: None,
) -> None:
    """Write a mail into `tmp/` and rename it into `new/`; `at` is when it arrived. Those of
    one moment are named so that they are taken in as they were delivered."""
    name = f"{next(_NUMBERS):06}.{os.getpid()}.test"
    path = maildir / "tmp" / name
    path.write_bytes(raw)
    own(path)
    if at is not None:
        os.utime(path, (at.timestamp(), at.timestamp()))
    path.rename(maildir / "new" / name)
