"""`askonce backup`: a copy of the database, made while everything goes on running."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from commands import wiring
from settings import Settings


def run(settings: Settings, to: Path | None, now: datetime) -> int:
    """Copy the database to `to` (None: into `backup/` beside it), check the copy, and name it."""
    with wiring.open_store(settings) as store:
        target = (to or _usual(settings, now)).absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        store.backup(target)
    print(f"The copy is in {target}. Original mails are in it too: keep it as safe as the mailbox.")
    return 0


def _usual(settings: Settings, now: datetime) -> Path:
    folder = settings.store.file.parent if settings.store.file else Path()
    return folder / "backup" / f"askonce-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
