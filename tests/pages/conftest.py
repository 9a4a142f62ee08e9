"""The pages of an office in miniature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.world import World
from tests.pages.office import NOW, Pages


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """An office's pages, with nothing in it yet."""
    with World.at(tmp_path, now=NOW) as world:
        yield Pages(root=tmp_path, world=world)
