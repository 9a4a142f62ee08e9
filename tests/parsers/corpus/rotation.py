"""Every way of answering in every layout, turn by turn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from .answers import DATES, FORM1, FORM2, Variant
from .case import Case, Problem, form1, form2
from .markup import paragraph, paragraphs
from .people import LABELS1, LABELS2, PERSON1, PERSON2, Answers
from .word import LAYOUTS, cell, document, lines, row, table

#: What stands before a form, and after it: none of it is an answer.
BEFORE = (
    "",
    lines(
        "Dear Kate,",
        "Please find below our form for the spring. The start date and the age range may still "
        "change; I shall let you know.",
        "Many thanks,",
        "Siân",
        "",
    ),
    lines("SUFFOLK CHILDREN’S TRUST", "{b:Please read the notes before you start}", ""),
    lines(
        "Consultation form",
        "Complete all sections. If you need help, ring 01632 960000 or write to pod@example.org.",
        "1. Do not write outside the boxes.",
        "2. Return the form before any consultation work starts.",
        "",
    ),
)
AFTER = (
    "",
    lines("", "Signed: S. O’Connor-Jones\tDate: 2 February 2027"),
    lines(
        "",
        "{b:Data protection}",
        "The information on this form is held under the Data Protection Act. Your name, "
        "organisation and e-mail address are shown to other lead workers.",
    ),
    lines("", "Return to: Participation Team, Endeavour House", "Tel: 01632 960999"),
)

#: heading, rows typed, rows meant, the problem.
ACTIONS: tuple[tuple[tuple[str, ...], list[list[str]], list[list[str | None]], str | None], ...] = (
    (("Action", "Who", "By when"),
     [["Fix the lamp", "Council", "30/06/2027"], ["", "", ""]],
     [["Fix the lamp", "Council", "2027-06-30"]], None),
    (("Action", "Who", "By when"),
     [["Paint it", "Ali", "June 2027"], ["Open it", "", ""]],
     [["Paint it", "Ali", "2027-06-30"], ["Open it", None, None]], "date_approximate"),
    (("No.", "Action", "By whom", "By when"),
     [["1", "Ask again", "Jo", "asap"], ["2", "", "", ""], ["3", "Report", "Jo", "1.7.27"]],
     [["Ask again", "Jo", None], ["Report", "Jo", "2027-07-01"]], "date_unreadable"),
    (("What will be done", "Lead", "Deadline", "Status"),
     [["Print leaflets", "Office", "Friday 2nd July 2027", "Open"]],
     [["Print leaflets", "Office", "2027-07-02"]], None),
    (("Action", "Who", "By when"), [["", "", ""], ["", "", ""]], [], None),
    (("Actions", "Owner", "Due date"),
     [["{c:Meet} the bus firm", "{del:Jo}{ins:Ali}", "{date:01/09/2027}"],
      ["", "", ""], ["Write\vup", "Jo", "ongoing"]],
     [["Meet the bus firm", "Ali", "2027-09-01"], ["Write up", "Jo", None]], "date_unreadable"),
)  # fmt: skip


def _turn(variants: Mapping[str, list[Variant]], n: int) -> tuple[Answers, list[Problem]]:
    answers: Answers = {}
    problems: list[Problem] = []
    for step, (key, ways) in enumerate(variants.items()):
        typed, meant, code = ways[(n + step) % len(ways)]
        answers[key] = (typed, meant)
        if code:
            problems.append((key, code))
    return answers, problems


def _dates(n: int) -> tuple[Answers, list[Problem]]:
    start, end, begins, ends, first, second = DATES[n % len(DATES)]
    problems: list[Problem] = []
    if first:
        problems.append(("start_date", first))
    if second:
        problems.append(("end_date", second))
    return {"start_date": (start, begins), "end_date": (end, ends)}, problems


def labelled(labels: Mapping[str, str], answers: Answers) -> list[tuple[str, str]]:
    """Label and what is typed, in the form's order."""
    return [(label, answers[key][0]) for key, label in labels.items() if key in answers]


def _chance(n: int) -> random.Random | None:
    return random.Random(n) if n % 2 else None


def action_table(heads: tuple[str, ...], typed: list[list[str]]) -> str:
    """A table of actions."""
    return table(
        row(*(cell(paragraph(f"{{b:{h}}}")) for h in heads)),
        *(row(*(cell(paragraphs(c)) for c in cells)) for cells in typed),
        columns=len(heads),
    )


def _word1(n: int, layout: str, labels: str, answers: Answers) -> bytes:
    body = LAYOUTS[layout](labelled(LABELS1[labels], answers), _chance(n))
    title = paragraph("Consultation proposal", style="Title")
    return document(
        BEFORE[n % 4] + title, body + "<w:p/>", AFTER[(n // 2) % 4],
        header="Lead worker: see below    Area: Suffolk" if n % 3 == 1 else "",
        footer="Telephone: 01632 960111    Page 1 of 2" if n % 3 == 2 else "",
    )  # fmt: skip


def proposals(count: int = 62) -> Iterator[Case]:
    """Form 1, each field with its next way of answering, each file with the next layout."""
    layouts, wordings = list(LAYOUTS), list(LABELS1)
    for n in range(count):
        layout, labels = layouts[n % len(layouts)], wordings[(n + n // 6) % len(wordings)]
        answers, problems = _turn(FORM1, n)
        dates, wrong = _dates(n)
        answers = PERSON1 | answers | dates
        yield Case(
            name=f"p{n:02}-{layout}-{labels}.docx",
            build=partial(_word1, n, layout, labels, answers),
            expected=(form1(answers, *problems, *wrong),),
        )


def _word2(n: int, layout: str, labels: str, answers: Answers) -> bytes:
    heads, typed, _, _ = ACTIONS[n % len(ACTIONS)]
    rows = labelled(LABELS2[labels], answers)
    lay, chance = LAYOUTS[layout], _chance(n)
    keys = [k for k in LABELS2[labels] if k in answers]
    first = keys.index("learning")
    return document(
        BEFORE[n % 4] + paragraph("Consultation outcomes and impact", style="Title"),
        lay(rows[:first], chance),
        paragraph(LABELS2[labels]["actions"], style="Heading2"),
        action_table(heads, typed) + "<w:p/>",
        lay(rows[first:], chance) + "<w:p/>",
        AFTER[(n // 2) % 4],
    )


def outcomes(count: int = 36) -> Iterator[Case]:
    """Form 2, in the same way."""
    layouts, wordings = list(LAYOUTS), list(LABELS2)
    for n in range(count):
        layout, labels = layouts[n % len(layouts)], wordings[(n + n // 3) % len(wordings)]
        answers, problems = _turn(FORM2, n)
        dates, wrong = _dates(n) if n % 2 else ({}, [])
        wrong = [p for p in wrong if p[1] != "missing"]
        answers = PERSON2 | answers | dates
        _, _, meant, code = ACTIONS[n % len(ACTIONS)]
        rows: list[dict[str, Any]] = [
            dict(zip(("action", "owner", "due"), r, strict=True)) for r in meant
        ]
        if code:
            problems.append(("actions", code))
        yield Case(
            name=f"o{n:02}-{layout}-{labels}.docx",
            build=partial(_word2, n, layout, labels, answers),
            expected=(form2(answers, rows, *problems, *wrong),),
        )
