"""No act of the pages is left out: each is done at a browser, with scripts and without."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.browser import test_getting_in, test_outgoing, test_queue, test_register
from tests.browser.acts import every_act
from tests.intake.world import World
from tests.pages.office import NOW, Pages

FILES = (test_getting_in, test_outgoing, test_queue, test_register)


def done() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The acts that tests say are done in them. What they say, `anna` holds them to."""
    for file in FILES:
        for name, test in inspect.getmembers(file, inspect.isfunction):
            for mark in getattr(test, "pytestmark", ()) if name.startswith("test_") else ():
                if mark.name == "does":
                    yield from ((act, test) for act in mark.args)


def test_every_act_is_done_by_somebody_at_a_browser(tmp_path: Path) -> None:
    with World.at(tmp_path, now=NOW) as world:
        app = Pages(root=tmp_path, world=world).app
    assert {act for act, _ in done()} == set(every_act(app))
    assert [test for _, test in done() if "anna" not in inspect.signature(test).parameters] == []
