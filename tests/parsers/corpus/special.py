"""Word files that no rule of layout makes: each laid out as some template, or somebody, did it."""

# ruff: noqa: E501 (a case stands on one line)

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .answers import boxes
from .case import NO_FORM, Case, Expected, form1, form2
from .markup import TRACKED, control, paragraph, paragraphs
from .people import AREAS, AUDIENCE, METHODS, OFFICIAL1, OFFICIAL2, PERSON1, PERSON2, Answers
from .rotation import action_table, labelled
from .word import Rows, cell, colon_lines, document, lines, row, table, two_columns

P, Q = paragraph, paragraphs
Laid = Callable[[], str]
TITLE1 = P("Consultation proposal", style="Title")
TITLE2 = P("Consultation outcomes and impact", style="Title")
HEADS = ("Action", "Who", "By when")


def keys_from(first: str, last: str) -> list[str]:
    """Form 1's keys from one to another."""
    keys = list(OFFICIAL1)
    return keys[keys.index(first) : keys.index(last) + 1]


def some(first: str, last: str, answers: Answers = PERSON1) -> list[tuple[str, str]]:
    """Rows of Form 1 from one key to another."""
    return [(OFFICIAL1[k], answers[k][0]) for k in keys_from(first, last)]


def beside(rows: Rows, span: int) -> str:
    """Table rows, the answers over `span` columns."""
    return "".join(row(cell(P(a)), cell(Q(b), span)) for a, b in rows)


def outcomes(keys: list[str]) -> str:
    """Table rows of Form 2, the answers over two columns."""
    return beside([(OFFICIAL2[k], PERSON2[k][0]) for k in keys], 2)


def around(key: str, replaced: str) -> str:
    """Form 1 in two columns with one row replaced by other table rows."""
    keys = list(OFFICIAL1)
    at = keys.index(key)
    before = some(keys[0], keys[at - 1])
    after = some(keys[at + 1], keys[-1]) if at + 1 < len(keys) else []
    plain = partial(beside, span=1)
    return TITLE1 + table(plain(before), replaced, plain(after))


def with_row(key: str, *cells: str) -> Laid:
    """Form 1 in which one row has these cells after its label."""
    return lambda: around(key, row(cell(P(OFFICIAL1[key])), *cells))


def _mixed() -> str:
    """Short answers beside their labels, long ones below, over both columns."""
    long = {"purpose", "feedback_plan", "consent", "pod_details"}
    out = []
    for key, label in OFFICIAL1.items():
        text = PERSON1[key][0]
        if key in long:
            out += [row(cell(P(label), 2)), row(cell(Q(text), 2))]
        else:
            out.append(row(cell(P(label)), cell(Q(text))))
    return TITLE1 + table(*out)


def _dates_in_one_row() -> str:
    cells = [P("Start date"), P("1 March 2027"), P("End date"), P("14 May 2027")]
    wide = partial(beside, span=3)
    return TITLE1 + table(
        wide(some("organisation", "methods")),
        row(*(cell(c) for c in cells)),
        wide(some("feedback_plan", "pod_details")),
        columns=4,
    )


def _two_on_a_line() -> str:
    return TITLE1 + "".join(
        (
            colon_lines(some("organisation", "job_title")),
            P("Email address: sian@orwelldyp.example.org     Telephone: 01632 960417"),
            colon_lines(some("partners", "methods")),
            P("Start date: 1 March 2027\tEnd date: 14 May 2027"),
            colon_lines(some("feedback_plan", "pod_details")),
        )
    )


def _label_cell_holds_all() -> str:
    rows = (f"{a}{'' if a.endswith('?') else ':'} {b}" for a, b in labelled(OFFICIAL1, PERSON1))
    return TITLE1 + table(*(row(cell(P(t)), cell("<w:p/>")) for t in rows))


def _help_under_labels() -> str:
    helps = ("The one we should write to.", "As on your website.", "Please print.")
    rows = (
        row(cell(P(a) + P(f"{{i:{helps[n % 3]}}}")), cell(Q(b)))
        for n, (a, b) in enumerate(labelled(OFFICIAL1, PERSON1))
    )
    return TITLE1 + table(*rows)


def _rows_tracked() -> str:
    change = f"<w:trPr><w:del {TRACKED}/></w:trPr>"
    gone = f"<w:tr>{change}{cell(P('{del:Lead worker}'))}{cell(P('{del:Somebody Else}'))}</w:tr>"
    new = f"<w:trPr><w:ins {TRACKED}/></w:trPr>"
    added = (
        f"<w:tr>{new}{cell(P('{ins:Lead worker}'))}{cell(P('{ins:Siân O’Connor-Jones}'))}</w:tr>"
    )
    return around("lead_worker", gone + added)


def _options_in_rows() -> str:
    begin, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = "".join(
        row(
            cell(P(OFFICIAL1["methods"]) if n == 0 else "<w:p/>", properties=more if n else begin),
            cell(P(option)),
            cell(P("✓" if option in ("Interviews", "Workshop") else "")),
        )
        for n, option in enumerate(METHODS)
    )
    wide = partial(beside, span=2)
    return TITLE1 + table(
        wide(some("organisation", "area")), rows, wide(some("start_date", "pod_details")), columns=3
    )


def _nested_boxes() -> str:
    inner = table(
        *(
            row(*(cell(P(("☒ " if a in ("Ipswich",) else "☐ ") + a)) for a in AREAS[n : n + 3]))
            for n in (0, 3, 6)
        ),
        columns=3,
    )
    return around("area", row(cell(P("Area")), cell(inner + "<w:p/>")))


def _letter_with_signature() -> str:
    letter = lines(
        "Dear Kate,",
        "I attach our form. Sorry that it is late: the area has changed, and so has the end date.",
        "Kind regards,",
        "Siân O’Connor-Jones",
        "Senior youth worker",
        "Tel: 01632 960888",
        "Email: office@orwelldyp.example.org",
        "",
    )
    return letter + TITLE1 + two_columns(labelled(OFFICIAL1, PERSON1))


def _helped(key: str, text: str) -> Laid:
    return lambda: around(key, row(cell(P(OFFICIAL1[key])), cell(Q(text))))


ONE: dict[str, tuple[Laid, dict[str, Any]]] = {
    "mixed": (_mixed, {}),
    "dates-in-one-row": (_dates_in_one_row, {}),
    "two-on-a-line": (_two_on_a_line, {}),
    "label-cell-holds-all": (_label_cell_holds_all, {}),
    "help-under-labels": (_help_under_labels, {}),
    "rows-tracked": (_rows_tracked, {}),
    "options-in-rows": (_options_in_rows, {}),
    "nested-boxes": (_nested_boxes, {}),
    "letter-with-signature": (_letter_with_signature, {}),
    "yes-no-cells-boxed": (with_row("pod_request", cell(P("Yes ☐") + P("No ☒"))), {"pod_request": False}),
    "yes-no-two-cells": (with_row("pod_request", cell(P("☐ Yes")), cell(P("☒ No"))), {"pod_request": False}),
    "yes-no-four-cells": (
        with_row("pod_request", cell(P("Yes")), cell(P("☐")), cell(P("No")), cell(P("☒"))),
        {"pod_request": False},
    ),
    "yes-no-four-cells-x": (
        with_row("pod_request", cell(P("Yes")), cell(P("X")), cell(P("No")), cell(P(""))),
        {},
    ),
    "yes-no-run-shaded": (_helped("pod_request", "Yes / {sh:No}"), {"pod_request": False}),
    "help-in-answer": (_helped("lead_worker", "{i:Please give the full name}\nSiân O’Connor-Jones"), {}),
    "field-date": (_helped("start_date", "{fs:1 March 2027}"), {}),
    "struck-answer": (_helped("start_date", "{s:1 April 2027} 1 March 2027"), {}),
    "struck-title": (_helped("title", "{s:After dawn} After dark"), {}),
    "deleted-paragraph": (_helped("consent", "{del:Old text.}\nFraser guidelines; two workers out."), {}),
    "purpose-names-labels": (
        _helped("purpose", "Three things.\nArea: which one matters most.\nThe start date is fixed."),
        {"purpose": "Three things.\nArea: which one matters most.\nThe start date is fixed."},
    ),
    "other-on-next-line": (
        _helped("audience", boxes(AUDIENCE, "Primary age; Other", "cross", " (please specify):") + "\nScouts"),
        {"audience": ["Primary age", "Other: Scouts"]},
    ),
    "other-control": (
        _helped("area", boxes(AREAS, "Ipswich; Other", "control", " (please say) {c:Colchester}")),
        {"area": ["Ipswich", "Other: Colchester"]},
    ),
    "other-placeholder": (
        _helped("area", boxes(AREAS, "Ipswich", "control", " {ph:Click or tap here to enter text.}")),
        {},
    ),
    "other-underscores": (
        _helped("methods", boxes(METHODS, "Workshop; Interviews", "square", " (please specify) ______")),
        {},
    ),
    "underscored-answer": (_helped("title", "____After dark____"), {}),
    "tick-in-label-order": (
        _helped("methods", "\n".join(f"{m} {'x' if m in ('Interviews', 'Workshop') else ''}" for m in METHODS)),
        {},
    ),
    "crossed-numbers": (_helped("participation_level", "1  2  3  4  5  6  {h:7}  8"), {}),
    "row-control-added": (
        lambda: around("partners", control(row(cell(P(OFFICIAL1["partners"])), cell(control(Q("The Junction; Town Pastors")))))),
        {},
    ),
    "people-added-a-row": (
        lambda: around("title", row(cell(P("Twitter")), cell(P("@orwelldyp"))) + row(cell(P("Title of consultation")), cell(P("After dark")))),
        {},
    ),
    "same-label-blank-later": (
        lambda: around("consent", row(cell(P(OFFICIAL1["consent"])), cell(P(PERSON1["consent"][0]))))
        + P("Office use") + table(row(cell(P("Reference number")), cell(P(""))), row(cell(P("Lead worker")), cell(P("")))),
        {},
    ),
}  # fmt: skip


def _actions(inner: str) -> str:
    keys = list(OFFICIAL2)
    at = keys.index("actions")
    return TITLE2 + table(outcomes(keys[:at]), inner, outcomes(keys[at + 1 :]), columns=3)


ROWS = [["Fix the lamp", "Council", "30 June 2027"], ["", "", ""]]
FIXED = [{"action": "Fix the lamp", "owner": "Council", "due": "2027-06-30"}]
TWO: dict[str, tuple[Laid, list[dict[str, Any]]]] = {
    "actions-nested": (
        lambda: _actions(row(cell(P("Actions")), cell(action_table(HEADS, ROWS) + "<w:p/>", 2))),
        FIXED,
    ),
    "actions-own-row": (
        lambda: _actions(row(cell(P("Actions"), 3)) + row(cell(action_table(HEADS, ROWS) + "<w:p/>", 3))),
        FIXED,
    ),
    "actions-in-columns": (
        lambda: _actions(
            row(cell(P("Actions"), 3))
            + "".join(row(*(cell(P(c)) for c in cells)) for cells in (list(HEADS), *ROWS))
        ),
        FIXED,
    ),
    "actions-none": (lambda: _actions(row(cell(P("Actions")), cell(P("None"), 2))), []),
    "actions-row-added": (
        lambda: _actions(
            row(cell(P("Actions")), cell(control(action_table(HEADS, [*ROWS, ["Tell them", "Siân", "1/7/27"]])) + "<w:p/>", 2))
        ),
        [*FIXED, {"action": "Tell them", "owner": "Siân", "due": "2027-07-01"}],
    ),
}  # fmt: skip

NOT_FORMS: dict[str, Callable[[], str]] = {
    "minutes": lambda: lines("Minutes of the steering group", "Present: KP, SO", "Area: Ipswich was discussed.")
    + action_table(HEADS, ROWS),
    "job-application": lambda: P("Application for employment", style="Title")
    + two_columns([("Job title", "Youth worker"), ("Full name", "Jo Smith"), ("Email address", "jo@example.org"),
                   ("Telephone", "01632 960000"), ("Start date", "1 March 2027"), ("Referees", "Two")]),
    "letter": lambda: lines("Dear all,", "The lead worker asks for your start date and your age range.",
                            "Title of consultation: please think of a short one.", "Yours, Kate"),
    "empty": lambda: "<w:p/>",
}  # fmt: skip


def _built(laid: Laid) -> Callable[[], bytes]:
    return lambda: document(
        laid() + "<w:p/>", header="Form 1 – Title of consultation", footer="Area: all"
    )


def _changed(changes: dict[str, Any]) -> Expected:
    return form1(PERSON1 | {k: ("", v) for k, v in changes.items()})


def specials() -> Iterator[Case]:
    """All of them."""
    for name, (laid, changes) in ONE.items():
        yield Case(name=f"s1-{name}.docx", build=_built(laid), expected=(_changed(changes),))
    for name, (laid, actions) in TWO.items():
        expected = form2(PERSON2, actions)
        yield Case(name=f"s2-{name}.docx", build=_built(laid), expected=(expected,))
    for name, laid in NOT_FORMS.items():
        yield Case(name=f"s0-{name}.docx", build=_built(laid), expected=(NO_FORM,))
    first = TITLE1 + two_columns(labelled(OFFICIAL1, PERSON1)) + "<w:p/>"
    second = TITLE2 + colon_lines(labelled(OFFICIAL2, PERSON2)) + "<w:p/>"
    ones = (form1(PERSON1), form2(PERSON2, []))
    yield Case(name="s3-both.docx", build=lambda: document(first, second), expected=ones)
    yield Case(
        name="s3-both-turned.docx", build=lambda: document(second, first), expected=ones[::-1]
    )
