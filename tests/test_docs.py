"""The README and docs name every command, option, setting and reason there is, and no others."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from textwrap import dedent
from typing import Any, get_type_hints

import pytest

from askonce import command_line
from model import Address, Reason
from notifier.reasons import NEXT
from settings import Settings, load
from settings.section import Section
from settings.values import OfficeHours

ROOT = Path(__file__).parent.parent
PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
SECTIONS = get_type_hints(Settings)

#: Shown as they are written in a terminal: `./askonce run --once`, in text or in a block.
CALL = re.compile(r"\./askonce\b([^`\n#|<>]*)")


def read(*pages: Path) -> str:
    return "\n".join(page.read_text("utf-8") for page in pages)


def operations() -> str:
    return read(ROOT / "docs/operations.md")


# --------------------------------------------------------------------------- commands


def commands() -> dict[str, argparse.ArgumentParser]:
    return _below(command_line())


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def options(parser: argparse.ArgumentParser) -> set[str]:
    own = {name for action in parser._actions for name in action.option_strings}
    return own.union(*(options(below) for below in _below(parser).values()))


def calls() -> Iterator[tuple[str, set[str]]]:
    """(command, its options) of every call that the pages show."""
    for shown in CALL.findall(read(*PAGES)):
        words = [word for word in shown.split() if not word.startswith("-")]
        flags = {flag.rstrip(".,;:)") for flag in re.findall(r"(?<!\S)--?[a-z-]+", shown)}
        command = next((re.sub(r"[.,;:)]+$", "", w) for w in words if w[0].islower()), "")
        yield command, flags


def test_every_command_is_shown_and_every_one_shown_exists() -> None:
    assert {command for command, _ in calls() if command} == set(commands())


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_option_is_named_and_every_one_shown_exists(command: str) -> None:
    there = options(commands()[command])
    shown = set().union(*(flags for name, flags in calls() if name == command))
    if command != "test":  # passes pytest's own on
        assert shown <= there
    pages = read(*PAGES)
    missing = {o for o in there - {"-h", "--help"} if not re.search(rf"{o}\b", pages)}
    assert missing == set()


# --------------------------------------------------------------------------- settings


def keys(section: type[Section]) -> Iterator[tuple[str, str]]:
    """(key, its row in the table of settings) in the order in which they are declared."""
    for name, field in section.model_fields.items():
        key = field.alias or name
        assert field.description, f"{key} has no description"
        yield key, f"| `{key}` | {_as_written(field.default)} | {field.description} |"


def _as_written(default: Any) -> str:
    """A default as it would stand in the file."""
    match default:
        case None | "" | ():
            return "-"
        case bool():
            return f"`{str(default).lower()}`"
        case int() | float():
            return f"`{default}`"
        case tuple():
            return f"`{json.dumps(list(default))}`"
        case Address():
            return f'`"{default.name} <{default.email}>"`'
        case OfficeHours():
            return f'`"{default.opens:%H:%M}-{default.closes:%H:%M}"`'
        case time():
            return f'`"{default:%H:%M}"`'
    return f'`"{default}"`' if str(default).strip("*") else "-"


@pytest.mark.parametrize("name", SECTIONS)
def test_the_table_of_settings_is_what_the_program_knows(name: str) -> None:
    section = SECTIONS[name]
    written = re.search(
        rf"^### \[{name}\]\n+{re.escape(section.__doc__ or '')}\n\n"
        r"\| key \| default \| meaning \|\n\|[-|]+\|\n((?:\|.*\n)+)",
        operations(),
        re.MULTILINE,
    )
    assert written, f"docs/operations.md has no table for [{name}]"
    assert written[1].splitlines() == [row for _, row in keys(section)]


def test_no_page_names_a_section_or_key_that_there_is_not() -> None:
    known = {f"{name}.{key}" for name, section in SECTIONS.items() for key, _ in keys(section)}
    variables = {f"ASKONCE_{key.replace('.', '__').upper()}" for key in known}
    pages = read(*(page for page in PAGES if page.name != "architecture.md"))  # speaks of modules
    assert set(re.findall(r"ASKONCE_[A-Z]+__[A-Z_0-9]+", pages)) <= variables
    named = re.findall(rf"`({'|'.join(SECTIONS)})\.([a-z_0-9]+)`", pages)
    assert {".".join(pair) for pair in named} <= known
    assert set(re.findall(r"^### \[(\w+)\]$", pages, re.MULTILINE)) == set(SECTIONS)


@pytest.mark.parametrize(
    "page", ["README.md", "docs/operations.md", "docs/microsoft365.md", "docs/google.md"]
)
def test_the_settings_that_a_page_shows_can_be_used(page: str, tmp_path: Path) -> None:
    (shown,) = re.findall(r"^ +\[mailbox\]\n(?:^ +.*\n|\n(?= ))+", read(ROOT / page), re.MULTILINE)
    file = tmp_path / "config.toml"
    file.write_text(dedent(shown))
    secrets = ("MAILBOX__PASSWORD", "OUTGOING__PASSWORD", "OAUTH2__CLIENT_SECRET")
    settings = load(file, {f"ASKONCE_{secret}": "secret" for secret in secrets})
    assert (settings.mailbox.kind, settings.outgoing.kind) == ("imap", "smtp")
    assert settings.people.administrator


def test_the_settings_for_graph_can_take_the_place_of_those_for_smtp(tmp_path: Path) -> None:
    page = read(ROOT / "docs/microsoft365.md")
    blocks = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", page, re.MULTILINE)
    every, graph = (dedent(block) for block in blocks if "[outgoing]" in block)
    file = tmp_path / "config.toml"
    file.write_text(re.sub(r"\[outgoing\]\n(.+\n)+", graph, every))
    settings = load(file, {"ASKONCE_OAUTH2__CLIENT_SECRET": "secret"})
    assert (settings.outgoing.kind, settings.mailbox.oauth2) == ("graph", True)


# --------------------------------------------------------------------------- the rest


def test_every_reason_in_the_queue_is_explained() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]{10,} \| [^|]{10,} \|$", operations(), re.MULTILINE)
    assert [row for row in rows if row in {*Reason}] == [reason.value for reason in Reason]


def test_what_the_queue_says_to_do_next_is_what_the_page_says() -> None:
    for reason in Reason:
        assert f" | {NEXT[reason]} |" in operations()


def test_the_container_sets_nothing_that_the_settings_are_said_to_set() -> None:
    file = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    section = operations().partition("## In a container")[2].partition("\n## ")[0]
    given = re.findall(r"ASKONCE_[A-Z0-9]+__([A-Z0-9_]+)=", file)
    assert given
    assert not [key for key in given if re.search(rf"\b{key.lower()}\b", section)]


def test_every_link_to_a_file_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
