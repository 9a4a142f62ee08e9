"""SQL that is compiled once for all the registers that tests open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from store import Store

#: By kind of database: the first register's dialect, and what was compiled for it.
_KEPT: dict[str, tuple[Any, LRUCache[Any, Any]]] = {}
_MOST = 2_000


def compiled_once(store: Store) -> Store:
    """The same store. By itself each engine compiles anew: a third of a short test's time."""
    database = store._database
    for engine in (database._reader, database._writer):
        _share(engine)
    return store


def _share(engine: Engine) -> None:
    dialect, compiled = _KEPT.setdefault(engine.name, (engine.dialect, LRUCache(_MOST)))
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=compiled)
