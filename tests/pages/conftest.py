"""The pages of an office in miniature, and of one that is under attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.world import World
from tests.pages.attack import done_just_now, everything
from tests.pages.crawl import Found, crawl
from tests.pages.hostile import Office
from tests.pages.office import NOW, Pages


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """An office's pages, with nothing in it yet."""
    with World.at(tmp_path, now=NOW) as world:
        yield Pages(root=tmp_path, world=world)


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that somebody hostile has written to. Whoever attacks it leaves it as it is."""
    folder = tmp_path_factory.mktemp("attacked")
    with World.at(folder, now=NOW) as world:
        made = Office(Pages(root=folder, world=world))
        made.fill()
        yield made


@pytest.fixture(scope="session")
def found(attacked: Office) -> Found:
    """All that there is to attack. Looking at it changes nothing."""
    undone = done_just_now(attacked.pages)
    before = everything(attacked.pages)
    mails = (f"/mails/in/{number + 1}" for number in range(attacked.mails))
    out = crawl(attacked.pages.browser("anna"), *undone, *mails)
    assert everything(attacked.pages) == before
    return out
