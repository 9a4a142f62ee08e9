"""Answers of a form that is in the register, changed by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from intake.desk import Doing, Edit, Refused
from model import FORM1, Problem, Submission
from pages.acting import PAGE, Faults, Sent
from pages.fields import Input, changed, inputs, laid_over
from pages.register.record import Record
from parsers.spec import forms
from parsers.typed import filled_in


@dataclass(frozen=True, slots=True, kw_only=True)
class EditIt:
    """Answers changed. `form`: FORM1 or FORM2."""

    form: str
    template: str = "record_edit.html"

    @property
    def title(self) -> str:
        """What it asks."""
        return f"Change answers of {forms()[self.form].name}"

    def shows(self, shown: Record, sent: Sent, refused: Refused | None) -> Mapping[str, Any]:
        """The form's inputs by section, and the revision that they were made from."""
        problems = refused.problems if refused else ()
        return {"sections": _by_section(self._inputs(shown, sent, problems)), "form": self.form}

    def doing(self, shown: Record, sent: Sent) -> Doing:
        """Only what was changed on the page that was shown."""
        base = self._as_shown(shown, sent)
        return Edit(form=self.form, fields=changed(base, sent), tell=sent.get("tell") != "no")

    def faults(self, shown: Record, refused: Refused) -> Faults:
        """Each wrong answer at its input."""
        named = [i for i in inputs(self._now(shown), None, refused.problems) if i.wrong]
        return tuple((i.name, i.wrong) for i in named) or ((PAGE, str(refused)),)

    def _now(self, shown: Record) -> Submission:
        return filled_in(self.form, self._fields(shown) or {})

    def _fields(self, shown: Record) -> Mapping[str, Any] | None:
        return shown.it.form1 if self.form == FORM1 else shown.it.form2

    def _as_shown(self, shown: Record, sent: Sent) -> Submission:
        """The form as it was when the page was made; somebody may have changed it since."""
        kept = shown.dossier.form1 if self.form == FORM1 else shown.dossier.form2
        number = sent.get("revision", type=int)
        then = next((r.fields for r in kept if r.number == number), self._fields(shown))
        return filled_in(self.form, then or {})

    def _inputs(self, shown: Record, sent: Sent, problems: Sequence[Problem]) -> list[Input]:
        """Filled in as the form is now, with what this person typed laid over it."""
        now = self._now(shown)
        if not sent:
            return list(inputs(now, None, ()))
        base = self._as_shown(shown, sent)
        typed = changed(base, sent)
        laid = laid_over(now, sent, typed)
        overtaken = {k for k in typed if base.fields.get(k) != now.fields.get(k)}
        return [_told(i, overtaken, now) for i in inputs(now, laid, problems)]


def _told(one: Input, overtaken: set[str], now: Submission) -> Input:
    """With what somebody else made of the same answer meanwhile."""
    if one.spec.key not in overtaken or one.wrong:
        return one
    theirs = next(i for i in inputs(now, None, ()) if i.spec.key == one.spec.key).typed
    said = theirs if isinstance(theirs, str) else "; ".join(theirs)
    return replace(one, wrong=f"Somebody changed this meanwhile to: {said or '(blank)'}")


def _by_section(shown: Sequence[Input]) -> Mapping[str, list[Input]]:
    out: dict[str, list[Input]] = {}
    for one in shown:
        out.setdefault(one.spec.section, []).append(one)
    return out
