"""What runs by itself is tried in an office that is worked from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commanded import Office


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)
