"""An office in a folder, worked from the command line, with mails of one's own making."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import askonce
from tests.intake.world import migrated

MORNING = datetime(2027, 1, 4, 10, tzinfo=UTC)  # a Monday


class Office:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.database = folder / "var/askonce.db"
        self.config = folder / "config.toml"
        self.config.touch()
        self.database.parent.mkdir()
        shutil.copy(migrated(), self.database)
        self._capsys = capsys

    def begins_anew(self) -> None:
        """Without a register: what made it is tested, too."""
        shutil.rmtree(self.database.parent)

    def set(self, text: str) -> None:
        """The whole of the settings."""
        self.config.write_text(text)

    def does(self, *words: str, status: int = 0) -> str:
        """What a command prints."""
        ended = askonce.main([*words, "--config", str(self.config)])
        said = self._capsys.readouterr()
        self.complained = said.err
        assert ended == status, said
        return said.out

    def gets(self, name: str, mail: bytes) -> None:
        new = self.folder / "var/mail/inbox/new"
        new.mkdir(parents=True, exist_ok=True)
        (new / name).write_bytes(mail)

    def handles(self, name: str, mail: bytes, now: datetime = MORNING) -> None:
        self.gets(name, mail)
        self.works(now)

    def works(self, now: datetime = MORNING, status: int = 0) -> None:
        self.does("run", "--once", "--now", now.isoformat(), status=status)

    def exported(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.does("export", "--json").splitlines()]

    def queued(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.does("queue", "list", "--json").splitlines()]

    def sent(self) -> list[str]:
        """The texts of the mails that went out, the latest last."""
        files = (self.folder / "var/mail/sent/new").glob("*")
        return [f.read_text("utf-8") for f in sorted(files, key=lambda f: f.stat().st_mtime_ns)]
