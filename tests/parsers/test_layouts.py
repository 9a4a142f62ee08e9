"""A form laid out at random, in random words for its labels, says the same when it is read.

A longer run: `LAYOUTS=5000 pytest tests/parsers/test_layouts.py`.
"""

from __future__ import annotations

import os
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.read import read
from parsers.spec import FieldSpec, forms

from .corpus.answers import DATES, FORM1, FORM2, Variant
from .corpus.markup import paragraph
from .corpus.people import PERSON1, PERSON2
from .corpus.rotation import ACTIONS, AFTER, BEFORE, action_table
from .corpus.word import LAYOUTS, document

EXAMPLES = int(os.environ.get("LAYOUTS", "40"))
TITLES = {"form1": "Consultation proposal", "form2": "Consultation outcomes and impact"}
#: Ways to print a label.
PRINTED = ("{0}", "{0}:", "{0} *", "{0}:*", "{1}. {0}", "Q{1} {0}", "{1}) {0}:", "({1}) {0}")

Drawn = tuple[str, Any, str | None]


def printed(spec: FieldSpec, n: int, chance: random.Random) -> str:
    """A field's label in one of its wordings, numbered, starred, in capitals or as it is."""
    names = [a for a in spec.aliases if " " in a] or [spec.label]
    text = chance.choice([spec.label] * 3 + names)
    text = chance.choice((text, text, text, text.upper()))
    mark = chance.choice(PRINTED)
    if text.endswith("?") and "}:" in mark:
        mark = "{0}"
    return mark.format(text, n)


def drawn(form: str, chance: random.Random) -> dict[str, Drawn]:
    """An answer for every field but the table of actions."""
    person = PERSON1 if form == "form1" else PERSON2
    ways: dict[str, list[Variant]] = FORM1 if form == "form1" else FORM2
    out: dict[str, Drawn] = {key: (*answer, None) for key, answer in person.items()}
    out |= {key: chance.choice(ways[key]) for key in ways if chance.random() < 0.6}
    start, end, begins, ends, first, second = chance.choice(DATES)
    if form == "form1" or "missing" not in (first, second):
        out |= {"start_date": (start, begins, first), "end_date": (end, ends, second)}
    return out


def laid_out(form: str, answers: dict[str, Drawn], chance: random.Random) -> tuple[bytes, int]:
    """The form in one or two layouts with its actions between; which actions they are."""
    fields = [f for f in forms()[form].fields if f.key in answers]
    rows = [(printed(f, n, chance), answers[f.key][0]) for n, f in enumerate(fields, 1)]
    cut = next((n for n, f in enumerate(fields) if f.key == "learning"), len(rows))
    lay = chance.choice(list(LAYOUTS.values()))
    split = random.Random(chance.random()) if chance.random() < 0.5 else None
    which = chance.randrange(len(ACTIONS))
    body = [chance.choice(BEFORE), paragraph(TITLES[form], style="Title"), lay(rows[:cut], split)]
    if form == "form2":
        heads, typed, _, _ = ACTIONS[which]
        body += [paragraph("Actions", style="Heading2"), action_table(heads, typed), "<w:p/>"]
        body += [lay(rows[cut:], split)]
    return document(*body, "<w:p/>", chance.choice(AFTER)), which


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(["form1", "form2"]), st.integers(0, 2**32))
def test_a_form_laid_out_at_random_says_the_same(form: str, seed: int) -> None:
    chance = random.Random(seed)
    answers = drawn(form, chance)
    data, which = laid_out(form, answers, chance)
    (submission,) = read("a form", data).submissions
    expected = {key: meant for key, (_, meant, _) in answers.items()}
    problems = {(key, code) for key, (_, _, code) in answers.items() if code}
    if form == "form2":
        _, _, meant, code = ACTIONS[which]
        keys = ("action", "owner", "due")
        expected["actions"] = [dict(zip(keys, row, strict=True)) for row in meant]
        problems |= {("actions", code)} if code else set()
    assert submission.form == form
    assert dict(submission.fields) == expected
    assert {(p.field, str(p.code)) for p in submission.problems} == problems
