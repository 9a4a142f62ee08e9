"""Who may know whom: the table in docs/architecture.md is the rule, and these tests hold it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OUTSIDE = {"tests", "benchmarks", "var", "build"}
ROOMS = {"parsers", "store", "intake", "notifier", "signin", "settings", "commands", "pages"}
DOORS = {"askonce", "scheduler", "model"}

#: Where each outside library may be imported; one home, or the few places that need it.
HOMES = {
    "alembic": {"store"},
    "apscheduler": {"scheduler"},
    "argon2": {"pages"},
    "authlib": {"pages"},
    "asn1crypto": {"intake", "signin"},
    "docx": {"parsers"},
    "flask": {"pages"},
    "flask_wtf": {"pages"},
    "google": {"signin"},
    "holidays": {"notifier"},
    "imapclient": {"intake"},
    "itsdangerous": {"pages"},
    "jinja2": {"notifier", "pages"},
    "lxml": {"parsers", "intake"},
    "mailparser": {"intake"},
    "jwt": {"signin", "pages"},
    "markupsafe": {"notifier", "pages"},
    "msal": {"signin"},
    "nh3": {"pages"},
    "olefile": {"intake"},
    "openpyxl": {"parsers", "pages"},
    "oxmsg": {"intake"},
    "prometheus_client": {"pages"},
    "pydantic": {"settings"},
    "pydantic_core": {"settings"},
    "python_calamine": {"parsers"},
    "rapidfuzz": {"parsers", "intake"},
    "requests": {"signin", "notifier", "pages"},
    "rich": {"commands"},
    "Stemmer": {"intake"},
    "sqlalchemy": {"store"},
    "stdnum": {"parsers"},
    "urllib3": {"notifier"},
    "waitress": {"pages"},
    "werkzeug": {"pages"},
    "tnefparse": {"intake"},
}

#: The part of the standard library that reaches out of the house.
REACHING_OUT = {"imaplib": {"intake"}, "smtplib": {"notifier"}, "sqlite3": {"store"}}

#: May ask what time it is; everyone else is told.
CLOCK_READERS = {"askonce", "scheduler", "commands"}
CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime))\(")


def _files() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*.py")):
        top = path.relative_to(ROOT).parts[0]
        if not top.startswith(".") and top not in OUTSIDE:
            yield path


def _room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Full dotted names; `from store import outbox` counts as `store.outbox`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, allowed: str) -> bool:
    return f"{name}.".startswith(f"{allowed}.")


def _table() -> dict[str, str]:
    """Room -> what the architecture's table lets it import, in the table's words."""
    rows = re.findall(
        r"^\| (`[^|]+`) \| [^|]+ \| ([^|]+) \|$",
        (ROOT / "docs/architecture.md").read_text("utf-8"),
        re.MULTILINE,
    )
    return {
        room.removesuffix(".py").removesuffix("/"): may
        for names, may in rows
        for room in re.findall(r"`([^`]+)`", names)
    }


def _allowed(room: str, file: str, may: str) -> set[str]:
    """What a file may import, by one cell such as "model; `deliver` also `store.outbox`"."""
    allowed = {room}
    for part in may.split(";"):
        only_for, also, rest = part.partition(" also ")
        if not also:
            rest = part
        elif only_for.strip(" `") != file:
            continue
        allowed |= set(re.findall(r"[a-z_]+(?:\.[a-z_]+)*", rest.replace("nothing", "")))
    return allowed


FILES = pytest.mark.parametrize("path", list(_files()), ids=lambda p: str(p.relative_to(ROOT)))


def test_the_table_names_every_room() -> None:
    assert set(_table()) == ROOMS | DOORS


@FILES
def test_a_room_imports_only_what_the_table_lets_it(path: Path) -> None:
    may = _table()[_room(path)]
    if may in ("anything", "the rooms it calls"):
        return
    allowed = _allowed(_room(path), path.stem, may)
    inside = [name for name in _imports(path) if name.partition(".")[0] in ROOMS | DOORS]
    assert [n for n in inside if not any(_within(n, a) for a in allowed)] == []


@FILES
def test_an_outside_library_is_imported_only_at_home(path: Path) -> None:
    for name in _imports(path):
        library = name.partition(".")[0]
        if library in REACHING_OUT:
            assert _room(path) in REACHING_OUT[library], name
        elif library not in ROOMS | DOORS | sys.stdlib_module_names | {"__future__"}:
            assert _room(path) in HOMES[library], name


@FILES
def test_only_the_front_door_and_the_scheduler_read_the_clock(path: Path) -> None:
    if _room(path) not in CLOCK_READERS:
        assert CLOCK.findall(path.read_text("utf-8")) == []


def test_a_planted_breach_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("from store import outbox\nimport store.views\nfrom model import Person\n")
    assert list(_imports(planted)) == ["store.outbox", "store.views", "model.Person"]
    may = "model; `planted` also `store.outbox`"
    allowed = _allowed("notifier", "planted", may)
    assert any(_within("store.outbox.Outbox", name) for name in allowed)
    assert not any(_within("store.views", name) for name in allowed)
    assert _allowed("notifier", "another", may) == {"notifier", "model"}
    assert CLOCK.search("now = datetime.now(UTC)")


def test_every_home_is_still_needed() -> None:
    used = {(name.partition(".")[0], _room(path)) for path in _files() for name in _imports(path)}
    unused = [
        (library, home)
        for library, homes in HOMES.items()
        for home in homes
        if (library, home) not in used
    ]
    assert unused == []
