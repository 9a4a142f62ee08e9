"""One case: a file, and what reading it must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .people import PERSON1, PERSON2, Answers

Problem = tuple[str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One form that must come out: its key, its fields, its problems."""

    form: str | None
    fields: Mapping[str, Any]
    problems: frozenset[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file by name, built when asked for; `slow` ones need an office program to be built."""

    name: str
    build: Callable[[], bytes]
    expected: tuple[Expected, ...]
    slow: bool = False


def form1(typed: Answers, *problems: Problem) -> Expected:
    """What Form 1 with these answers gives; keys that are not answered are blank."""
    blank: dict[str, Any] = {k: [] if isinstance(v[1], list) else None for k, v in PERSON1.items()}
    fields = blank | {k: v[1] for k, v in typed.items()}
    return Expected(form="form1", fields=fields, problems=frozenset(problems))


def form2(typed: Answers, actions: list[dict[str, Any]], *problems: Problem) -> Expected:
    """What Form 2 with these answers gives."""
    fields: dict[str, Any] = dict.fromkeys(PERSON2) | {k: v[1] for k, v in typed.items()}
    fields["actions"] = actions
    return Expected(form="form2", fields=fields, problems=frozenset(problems))


NO_FORM = Expected(form=None, fields={}, problems=frozenset({(None, "not_a_form")}))
