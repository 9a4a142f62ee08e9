"""How right a reader was: fields, problems, and values that are wrong without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .case import Case, Expected


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What was counted over some cases; `misses` says each difference in a line."""

    fields: int = 0
    right: int = 0
    silent: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, case: Case, printed: Sequence[Mapping[str, Any]]) -> None:
        """Judge one file's objects, in their order."""
        forms = [p["form"] for p in printed]
        if forms != [e.form for e in case.expected]:
            self.misses.append(f"{case.name} | FORMS | {[e.form for e in case.expected]} | {forms}")
        for n, expected in enumerate(case.expected):
            got = next((p for p in printed[n:] if p["form"] == expected.form), None)
            self._form(case.name, expected, got)

    def _form(self, name: str, expected: Expected, got: Mapping[str, Any] | None) -> None:
        self.fields += len(expected.fields)
        if got is None:
            return
        problems = {(p["field"], p["code"]) for p in got["problems"]}
        if problems != expected.problems:
            missing = sorted(expected.problems - problems, key=str)
            extra = sorted(problems - expected.problems, key=str)
            self.misses.append(f"{name} | PROBLEMS | missing {missing} | extra {extra}")
        for key, meant in expected.fields.items():
            read = got["fields"].get(key, "(absent)")
            if repr(read) == repr(meant):
                self.right += 1
                continue
            quiet = key not in {p[0] for p in problems}
            self.silent += quiet
            mark = "SILENT" if quiet else "field"
            self.misses.append(f"{name} | {mark} {key} | {meant!r} | {read!r}"[:400])
