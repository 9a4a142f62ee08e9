"""Word forms in the shapes that people send: each gives the same values."""

from __future__ import annotations

from typing import Any

import pytest

from model import Code, Submission
from parsers import spec
from parsers.read import read
from tests.parsers.build import (
    FIELDS,
    PAIRS,
    cell,
    changed,
    check_box,
    control,
    legacy,
    p,
    paragraphs,
    row,
    run,
    table,
    two_columns,
    word,
)


def one(data: bytes) -> Submission:
    reading = read("form.docx", data)
    assert reading.verdict is None
    (submission,) = reading.submissions
    return submission


def value(key: str, label: str, *content: str) -> Any:
    """What a field gives when this stands in its answer cell."""
    pairs = dict(PAIRS) | {label: ""}
    rows = [row(k, cell(*content) if k == label else v) for k, v in pairs.items()]
    return one(word(table(*rows)))[key]


def codes(submission: Submission) -> set[tuple[str | None, Code]]:
    return {(x.field, x.code) for x in submission.problems}


def pieces(size: int) -> list[tuple[tuple[str, str], ...]]:
    return [tuple(PAIRS[i : i + size]) for i in range(0, len(PAIRS), size)]


SHAPES = {
    "two columns": two_columns(),
    "four columns": word(table(*(row(*(x for q in two for x in q)) for two in pieces(2)))),
    "labels in bold": word(
        table(*(row(cell(p(run(k, "<w:b/>"))), cell(v)) for k, v in PAIRS)),
    ),
    "label above its answer": word(table(*(r for k, v in PAIRS for r in (row(k), row(v))))),
    "labels above, two side by side": word(
        table(*(row(*x) for two in pieces(2) for x in zip(*two, strict=True)))
    ),
    "label and answer in one cell": word(table(*(row(cell(k, v)) for k, v in PAIRS))),
    "label: answer in one cell": word(table(*(row(f"{k}: {v}") for k, v in PAIRS))),
    "paragraphs": paragraphs(),
    "paragraphs with a dash": paragraphs(form="{} – {}"),
    "paragraphs with a tab": word(*(p(f"{k}:\t{v}") for k, v in PAIRS)),
    "headings and paragraphs": word(
        *(x for k, v in PAIRS for x in (p(k, properties='<w:outlineLvl w:val="2"/>'), p(v)))
    ),
    "bold labels and paragraphs": word(
        *(x for k, v in PAIRS for x in (p(run(k, "<w:b/>")), p(v)))
    ),
    "bold label, then its answer in the line": word(
        *(p(run(k, "<w:b/>"), " " + v) for k, v in PAIRS)
    ),
    "all in one cell": word(table(row(cell(*(p(f"{k}: {v}") for k, v in PAIRS))))),
    "a table inside a table": word(
        table(row(cell("<w:p/>", table(*(row(k, v) for k, v in PAIRS)), "<w:p/>")))
    ),
    "numbered": two_columns(tuple((f"{n}. {k}", v) for n, (k, v) in enumerate(PAIRS, 1))),
    "starred": two_columns(tuple((f"{k} *", v) for k, v in PAIRS)),
    "with help in brackets": two_columns(tuple((f"{k} (please tell us)", v) for k, v in PAIRS)),
    "with help below the label": word(
        table(*(row(cell(k, "Please write clearly."), v) for k, v in PAIRS))
    ),
    "capitals": two_columns(tuple((k.upper(), v) for k, v in PAIRS)),
    "misspelt": two_columns(
        tuple((k.replace("worker", "wroker").replace("Title", "Tilte"), v) for k, v in PAIRS)
    ),
    "with a number column": word(
        table(*(row(str(n), k, v) for n, (k, v) in enumerate(PAIRS, 1)))
    ),
    "with a column of notes": word(
        table(
            row("Question", "Your answer", "Notes"),
            *(row(k, v, "Say it in your own words.") for k, v in PAIRS),
        )
    ),
    "with a column of notes that has no heading": word(
        table(*(row(k, v, "Say it in your own words.") for k, v in PAIRS))
    ),
    "with help between label and answer": word(
        table(*(row(k, "Say it in your own words.", v) for k, v in PAIRS))
    ),
    "with a heading row for guidance": word(
        table(
            row("Question", "Guidance", "Answer"),
            *(row(k, f"Help number {n}", v) for n, (k, v) in enumerate(PAIRS)),
        )
    ),
    "a row of labels above a row of answers": word(
        table(row(*(k for k, _ in PAIRS)), row(*(v for _, v in PAIRS)))
    ),
    "plain paragraphs": word(*(p(x) for pair in PAIRS for x in pair)),
    "tables and paragraphs in turn": word(
        table(*(row(k, v) for k, v in PAIRS[:5])),
        *(p(f"{k}: {v}") for k, v in PAIRS[5:9]),
        table(*(row(k, v) for k, v in PAIRS[9:])),
    ),
    "two labels in one line": word(
        *(p(f"{a}: {b}    {c}: {d}") for (a, b), (c, d) in pieces(2))
    ),
    "a date and ages in cells of their own": word(
        table(
            *(row(k, v) for k, v in PAIRS if k not in ("Start date", "Age range")),
            row("Start date", "19", "04", "2027"),
            row("Age range", "From", "8", "To", "17"),
        )
    ),
    "from and to in one row": word(
        table(
            *(row(k, v) for k, v in PAIRS if "date" not in k),
            row("Dates", "From", "19/4/27", "To", "28/5/27"),
        )
    ),
    "a declaration and an office box below": word(
        table(*(row(k, v) for k, v in PAIRS)),
        p("Declaration"),
        table(row("Name", "Karen Pask"), row("Signed", "KP"), row("Date", "1/1/2027")),
        table(row("For office use only", ""), row("Reference number", "CYP-2027-0003-9")),
    ),
    "with section rows": word(
        table(
            row(cell("About you", properties='<w:gridSpan w:val="2"/>')),
            *(row(k, v) for k, v in PAIRS[:5]),
            row(cell("About the consultation", properties='<w:gridSpan w:val="2"/>')),
            *(row(k, v) for k, v in PAIRS[5:]),
        )
    ),
    "with rows somebody added": word(
        table(*(row(k, v) for k, v in PAIRS[:5]), row("Postcode", "IP1 1AA"),
              row("", ""), *(row(k, v) for k, v in PAIRS[5:]))
    ),
    "controls in cells": word(
        table(*(row(k, cell(control(p(v)))) for k, v in PAIRS)),
    ),
    "controls in paragraphs": word(table(*(row(k, cell(p(control(run(v))))) for k, v in PAIRS))),
    "controls round cells": word(table(*(row(k, control(cell(v))) for k, v in PAIRS))),
    "controls round rows": word(table(*(control(row(k, v)) for k, v in PAIRS))),
    "a control round the table": word(control(table(*(row(k, v) for k, v in PAIRS)))),
    "legacy fields": word(
        table(*(row(k, cell(p(legacy("<w:textInput/>", v)))) for k, v in PAIRS))
    ),
    "simple fields and smart tags": word(
        table(*(row(k, cell(p(f'<w:fldSimple w:instr="QUOTE"><w:smartTag>{run(v)}</w:smartTag>'
                            "</w:fldSimple>"))) for k, v in PAIRS))
    ),
    "tracked insertions": word(
        table(*(row(k, cell(p(f'<w:ins w:id="1" w:author="x">{run(v)}</w:ins>'
                              f'<w:del w:id="2" w:author="x"><w:r><w:delText>old</w:delText></w:r>'
                              "</w:del>"))) for k, v in PAIRS))
    ),
    "every letter its own run": word(
        table(*(row(cell(p(*k)), cell(p(*map(run, v)))) for k, v in PAIRS))
    ),
    "underscores to write on": word(*(p(f"{k}: ____{v}______") for k, v in PAIRS)),
    "labels in a second language beside the English": two_columns(
        label=lambda text: f"{text} / Ardal {text[:4]}u"
    ),
    "an equals sign between": word(*(p(f"{k} = {v}") for k, v in PAIRS)),
    "a semicolon between": word(*(p(f"{k}; {v}") for k, v in PAIRS)),
    "every answer repeats its label": two_columns(tuple((k, f"{k}: {v}") for k, v in PAIRS)),
    "a column of remarks": word(
        table(row("Question", "Your answer", "Comments"),
              *(row(k, v, "ask Sam" if n % 3 else "") for n, (k, v) in enumerate(PAIRS)))
    ),
    "letters that do not show": two_columns(
        tuple((k, v.replace(" ", "\u00a0").replace("e", "e\u00ad\u200b")) for k, v in PAIRS)
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_values(shape: str) -> None:
    submission = one(SHAPES[shape])
    wrong = {k: submission[k] for k, v in FIELDS.items() if submission[k] != v}
    assert not wrong
    assert not submission.problems


def test_answers_in_text_boxes_are_read_once() -> None:
    def box(text: str) -> str:
        inner = f"<w:txbxContent>{p(text)}</w:txbxContent>"
        return (
            "<w:r><mc:AlternateContent>"
            f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inner}</wps:txbx></w:drawing>'
            f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r>"
        )

    data = word(table(*(row(k, cell(p(box(v)))) for k, v in PAIRS)))
    assert dict(one(data).fields) == FIELDS


def test_each_value_says_where_it_was_read() -> None:
    submission = one(two_columns())
    origin = submission.origins["lead_worker"]
    assert (origin.where, origin.seen) == ("table 1, row 2", "Bronwen Tyrrell")
    assert origin.certainty == 1.0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (p(check_box(True), " Yes  ", check_box(False), " No"), True),
        (p(check_box(None), " Yes  ", check_box(True), " No"), False),
        (p(check_box(False), " Yes  ", check_box(False), " No"), None),
        (p(check_box(True), " Yes  ", check_box(True), " No"), None),
        (p("Yes ", check_box(False), "   No ", check_box(True)), False),
        (p("Yes / ", run("No", "<w:strike/>")), True),
        (p("Yes / ", run("No", "<w:dstrike/>")), True),
        (p(run("Yes", '<w:highlight w:val="yellow"/>'), " / No"), True),
        (p("Yes / ", run("No", "<w:b/>")), False),
        (p("Yes / ", run("No", '<w:u w:val="single"/>')), False),
        (p("Yes / ", '<w:del w:id="1"><w:r><w:delText>No</w:delText></w:r></w:del>'), True),
        (p("Yes / No"), None),
        (p(run("Yes / No", "<w:b/>")), None),
        (p("y"), True),
        (p("No thanks"), False),
        (p("[x] Yes [ ] No"), True),
        (p("☐ Yes ☑ No"), False),
        (p("Yes: ✓   No:"), True),
        (p(run("þ", '<w:rFonts w:ascii="Wingdings"/>'), " Yes ",
           run("¨", '<w:rFonts w:ascii="Wingdings"/>'), " No"), True),
        (p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', " Yes ",
           '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', " No"), True),
        (p(legacy("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"), "Yes ",
           legacy("<w:checkBox><w:default w:val='0'/></w:checkBox>"), "No"), True),
        (table(row("Yes", "x", "No", "")) + "<w:p/>", True),
        (p(""), None),
    ],
)  # fmt: skip
def test_yes_and_no_are_heard_however_they_are_said(content: str, expected: bool | None) -> None:
    assert value("pod_request", "Do you need POD support?", content) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("☒ Primary age", "☐ Secondary age", "☐ Other (please say)"), ["Primary age"]),
        (("☒ Primary age", "☒ Other (please say): skaters"), ["Primary age", "Other: skaters"]),
        (("☐ Primary age", "☐ Other: skaters"), ["Other: skaters"]),
        (("☐ Primary age", "☒ Other (please say)"), ["Other"]),
        (("☐ Primary age", "☒ Other (please say)", "skaters"), ["Other: skaters"]),
        (("[ ] Primary age   [x] Post-16   [ ] Other",), ["Post-16"]),
        (("Primary age ✓", "Post-16"), ["Primary age"]),
        (("x Primary age", "Secondary age", "Post-16 X"), ["Primary age", "Post-16"]),
        (("✔ Primary age", "✘ Secondary age"), ["Primary age"]),
        (("[X] Primary age", "[_] Secondary age", "[_] Other"), ["Primary age"]),
        (("Primary age: No", "Post-16: Yes"), ["Post-16"]),
        (("All children and young people in Years 7 and 8",),
         ["Other: All children and young people in Years 7 and 8"]),
        (("Children & young people in care",), ["Children in care"]),
        (("LAC and young carers",), ["Children in care", "Young carers"]),
        (("Skaters",), ["Other: Skaters"]),
        (("Gypsy, Roma and Traveller; SEND",),
         ["Disabled children and those with SEND", "Gypsy, Roma and Traveller"]),
        (("Either post-16 or mostly primary age, then young carers x 3",),
         ["Primary age", "Post-16", "Young carers"]),
        (("everyone except care leavers",), ["Other: everyone except care leavers"]),
    ],
)  # fmt: skip
def test_choices_are_read_ticked_or_typed(lines: tuple[str, ...], expected: list[str]) -> None:
    assert value("audience", "Who will you consult?", *lines) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Please do not",
        "Definitely not",
        "OK, but not yet",
        "Please don’t",
        "Please note: no photos",
        "No reason not to",
    ],
)
def test_a_yes_or_no_that_the_next_word_takes_back_is_asked_about(text: str) -> None:
    pairs = dict(PAIRS) | {"Do you need POD support?": text}
    submission = one(two_columns(tuple(pairs.items())))
    assert submission["pod_request"] is None
    assert codes(submission) == {("pod_request", Code.CHOICE_UNKNOWN)}


@pytest.mark.parametrize(("marks", "level"), [(("N", "Y"), 2), (("", "Yes"), 2)])
def test_a_level_can_be_marked_behind_its_words(marks: tuple[str, str], level: int) -> None:
    levels = spec.forms()["form1"]["participation_level"].options
    lines = [f"{o}  {marks[n == level]}" for n, o in enumerate(levels)]
    assert value("participation_level", "Level of participation", *lines) == levels[level]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mary.jones@team.example\n.org", None),
        ("mary@team.example. org", None),
        ("mary.\njones@team.example.org", None),
        ("mary–jones@team.example.org", None),
        ("mary‑jones@team.example.org", "mary-jones@team.example.org"),
        ("mary@team.example.org. Mondays only", "mary@team.example.org"),
        ("Work – mary@team.example.org", "mary@team.example.org"),
    ],
)
def test_half_an_address_is_none(text: str, address: str | None) -> None:
    assert value("email", "Email address", *text.split("\n")) == address


@pytest.mark.parametrize(
    "text",
    ["10 Dec", "10-Dec", "45/60", "about half of the 80 members", "more than last year (62)"],
)
def test_a_date_or_a_share_is_no_number_of_people(text: str) -> None:
    label = "How many children and young people do you expect to take part?"
    assert value("participants_expected", label, text) is None


@pytest.mark.parametrize("at", range(1, len(PAIRS)))
def test_a_row_of_notes_takes_nothing_from_the_others(at: int) -> None:
    notes = ("Notes", "Remember to ring Sam")
    assert dict(one(two_columns((*PAIRS[:at], notes, *PAIRS[at:]))).fields) == FIELDS


@pytest.mark.parametrize("heads", [("Your answer", "Notes"), ("Notes", "Your answer")])
def test_a_heading_of_notes_may_stand_below_a_label(heads: tuple[str, str]) -> None:
    rows = [row(k, *((v, k[::-1]) if heads[1] == "Notes" else (k[::-1], v))) for k, v in PAIRS[1:]]
    (k, v), across = PAIRS[0], '<w:gridSpan w:val="2"/>'
    top = row(k, cell(v, properties=across))
    assert dict(one(word(table(top, row("Question", *heads), *rows))).fields) == FIELDS


def test_an_answer_that_begins_with_a_label_takes_nothing_from_the_next_row() -> None:
    label = "What do you want to find out, and why?"
    rest = [(k, v) for k, v in PAIRS if k not in (label, "Area")]
    rows = [row(k, v) for k, v in rest]
    asked = row(label, cell("Area", "is what we ask about."))
    submission = one(word(table(*rows, asked, row("Area", "Ipswich"))))
    assert submission["area"] == ["Ipswich"]
    assert submission["purpose"] == "Area\nis what we ask about."


def test_a_remark_beside_a_blank_answer_is_asked_about() -> None:
    rows = [row(k, *(("", "team leader") if k == "Job title" else (v, ""))) for k, v in PAIRS]
    submission = one(word(table(row("Question", "Your answer", "Comments"), *rows)))
    assert submission.fields == FIELDS | {"job_title": "team leader"}
    assert submission.origins["job_title"].certainty < 1


def test_an_answer_in_the_words_of_a_label_may_have_a_remark_beside_it() -> None:
    pairs = dict(PAIRS) | {"Job title": "Lead worker"}
    rows = [row(k, v, "ask Sam") for k, v in pairs.items()]
    submission = one(word(table(row("Question", "Your answer", "Comments"), *rows)))
    assert submission.fields == FIELDS | {"job_title": "Lead worker"}


def test_an_answer_that_begins_with_a_shorter_label_leaves_the_next_row_its_own() -> None:
    at = [k for k, _ in PAIRS].index("Title of consultation")
    pairs = (*PAIRS[:at], ("Other organisations involved", "Title: Trust (lead)"), *PAIRS[at:])
    assert one(two_columns(pairs)).fields == FIELDS | {"partners": "Title: Trust (lead)"}


@pytest.mark.parametrize("said", ["Consent: forms went home.", "Area\nround the station"])
def test_an_answer_beside_an_example_may_begin_with_a_label(said: str) -> None:
    asked = ("What do you want to find out, and why?", "e.g. what puts you off", said)
    head = row("Question", "Example", "Your answer")
    rows = [row(k, "e.g. " + v, v) for k, v in PAIRS if k not in (asked[0], "Area")]
    at = row(*asked[:2], cell(*said.split("\n")))
    assert one(word(table(head, *rows, at, row("Area", "", "Ipswich")))).fields == FIELDS | {
        "purpose": said
    }


@pytest.mark.parametrize("sign", [" - ", ": ", "\t", " ", " = ", "; ", " *: "])
def test_what_stands_in_brackets_behind_a_question_is_part_of_it(sign: str) -> None:
    submission = one(word(*(p(f"{k}{sign if '(' in k else ': '}{v}") for k, v in FORM2)))
    assert (submission["you_said"], submission["we_did"]) == ("Lights!", "Lamps.")


def test_actions_above_their_table_are_not_the_answer_to_the_blank_question_before() -> None:
    asked = [p(f"{k}: {v}") for k, v in FORM2]
    blank, actions = p("How have you told children and young people?"), p("Actions")
    rows = table(row("Action", "Who", "By when"), row("Benches", "Council", "30/9/27"))
    submission = one(word(*asked, blank, actions, rows))
    assert submission["fed_back"] is None
    assert submission["actions"] == [{"action": "Benches", "owner": "Council", "due": "2027-09-30"}]


def test_a_list_of_options_answered_by_striking_out_the_others() -> None:
    gone = "".join(run(f"{o}, ", "<w:strike/>") for o in ("Countywide", "Babergh", "Forest Heath"))
    kept = run("Ipswich, ")
    rest = "".join(
        run(f"{o}, ", "<w:strike/>")
        for o in ("Mid Suffolk", "St Edmundsbury", "Suffolk Coastal", "Waveney", "Other")
    )
    assert value("area", "Area", f"<w:p>{gone}{kept}{rest}</w:p>") == ["Ipswich"]


def test_options_that_nobody_marked_are_no_answer() -> None:
    options = "Countywide, Babergh, Forest Heath, Ipswich, Mid Suffolk, St Edmundsbury, "
    pairs = dict(PAIRS) | {"Area": options + "Suffolk Coastal, Waveney, Other"}
    submission = one(two_columns(tuple(pairs.items())))
    assert submission["area"] == []
    assert codes(submission) == {("area", Code.MISSING)}


@pytest.mark.parametrize(
    ("label", "text", "key", "code"),
    [
        ("Start date", "31/02/2027", "start_date", Code.DATE_UNREADABLE),
        ("Start date", "March 2027", "start_date", Code.DATE_APPROXIMATE),
        ("End date", "1 March 2027", "end_date", Code.END_BEFORE_START),
        ("Age range", "Key stage 2", "age_range", Code.NUMBER_UNREADABLE),
        ("Email address", "bronwen at example", "email", Code.EMAIL_UNREADABLE),
        ("Email address", "N/A", "email", Code.MISSING),
        ("Title of consultation", "........", "title", Code.MISSING),
        ("Lead worker", "Click or tap here to enter text.", "lead_worker", Code.MISSING),
    ],
)
def test_each_fault_has_its_one_code(label: str, text: str, key: str, code: Code) -> None:
    submission = one(two_columns(tuple((dict(PAIRS) | {label: text}).items())))
    assert codes(submission) == {(key, code)}


def test_a_placeholder_is_no_answer_whatever_it_says() -> None:
    shown = control(run("Wendy"), "<w:showingPlcHdr/>")
    assert value("lead_worker", "Lead worker", p(shown)) is None


def test_a_range_in_one_cell_fills_both_dates() -> None:
    pairs = [(k, v) for k, v in PAIRS if k not in ("Start date", "End date")]
    submission = one(two_columns((*pairs, ("Dates", "3 March - 14 May 2027"))))
    assert (submission["start_date"], submission["end_date"]) == ("2027-03-03", "2027-05-14")
    assert not submission.problems


def test_a_range_that_gainsays_the_other_date_is_asked_about() -> None:
    pairs = dict(PAIRS) | {"Start date": "3 March - 14 May 2027", "End date": "28 May 2027"}
    submission = one(two_columns(tuple(pairs.items())))
    assert (submission["start_date"], submission["end_date"]) == (None, "2027-05-28")
    assert codes(submission) == {("start_date", Code.DATE_UNREADABLE)}


def test_hidden_and_deleted_text_is_not_read() -> None:
    hidden = p("Bronwen", run(" secret", "<w:vanish/>"))
    assert value("lead_worker", "Lead worker", hidden) == "Bronwen"
    deleted = row("Lead worker", "Somebody else", properties='<w:del w:id="9"/>')
    rest = (row(k, v) for k, v in PAIRS)
    assert one(word(table(deleted, *rest)))["lead_worker"] == "Bronwen Tyrrell"


def test_a_paragraph_mark_deleted_with_changes_tracked_joins_two_paragraphs() -> None:
    first = p("Who uses ", properties='<w:rPr><w:del w:id="1"/></w:rPr>')
    label = "What do you want to find out, and why?"
    assert value("purpose", label, first, p("the park.")) == "Who uses the park."


def test_long_text_keeps_its_lines_and_short_text_does_not() -> None:
    label = "What do you want to find out, and why?"
    assert value("purpose", label, "One", "", "Two") == "One\nTwo"
    broken = p(run("A skate"), "<w:r><w:br/></w:r>", run("park"))
    assert value("title", "Title of consultation", broken) == "A skate park"


def test_help_in_italics_before_an_answer_is_no_part_of_it() -> None:
    label = "What do you want to find out, and why?"
    hint = p(run("Use their own words if you can.", "<w:i/>"))
    assert value("purpose", label, hint, "Who uses it.") == "Who uses it."


def test_a_numbered_label_of_one_word_ends_a_blank_answer() -> None:
    lines = [p(text) for n, (k, v) in enumerate(PAIRS, 1) for text in (f"({n}) {k}", v)]
    asked = [p("How will you consult?"), p("(16) Themes"), p("Stay safe")]
    submission = one(word(*lines, *asked))
    assert (submission["methods"], submission["themes"]) == ([], ["Stay safe"])


def test_a_question_of_anothers_beside_a_blank_answer_is_no_answer() -> None:
    strange = [("Ward", "Kirkley"), ("Notes", "ring Sam"), ("Cost code", "X12")]
    rows = [
        row(k, "" if k == "Job title" else v, *(strange[n] if n < len(strange) else ("", "")))
        for n, (k, v) in enumerate(PAIRS)
    ]
    assert dict(one(word(table(*rows))).fields) == FIELDS | {"job_title": None}


def test_you_said_and_we_did_go_on_over_all_rows_of_their_table() -> None:
    said, did = ["Lights!", "Seats."], ["Lamps.", "Benches."]
    labels = [row(k, v) for k, v in FORM2 if "You said" not in k and "We did" not in k]
    columns = [row("You said", "We did"), *map(row, said, did)]
    submission = one(word(table(*labels), p(""), table(*columns)))
    assert submission["you_said"] == "\n".join(said)
    assert submission["we_did"] == "\n".join(did)


def test_a_quotation_in_italics_is_no_help() -> None:
    label = "What do you want to find out, and why?"
    said = (p(run("“I was scared.”", "<w:i/>")), "So said most of them.")
    assert value("purpose", label, *said) == "“I was scared.”\nSo said most of them."


@pytest.mark.parametrize(("help_", "sure"), [("Use your own words.", 1.0), ("The boathouse.", 0.8)])
def test_italics_that_may_be_part_of_an_answer_make_it_uncertain(help_: str, sure: float) -> None:
    label = "What do you want to find out, and why?"
    asked = row(label, cell(p(run(help_, "<w:i/>")), "Who uses it."))
    submission = one(word(table(*(row(k, v) for k, v in PAIRS if k != label), asked)))
    assert submission["purpose"] == "Who uses it."
    assert submission.origins["purpose"].certainty == sure


@pytest.mark.parametrize("blank", ["Click or tap here to enter text.", "Click to enter text. "])
def test_what_is_typed_behind_a_placeholder_is_the_answer(blank: str) -> None:
    assert value("job_title", "Job title", blank + "Volunteer manager") == "Volunteer manager"


def test_what_is_typed_behind_help_is_no_help() -> None:
    said = value("methods", "How will you consult?", "Please specify: a podcast")
    assert said == ["Other: Please specify: a podcast"]


def test_a_tick_beside_no_words_is_asked_about() -> None:
    submission = one(two_columns(tuple((dict(PAIRS) | {"Area": "☒"}).items())))
    assert submission["area"] == []
    assert codes(submission) == {("area", Code.CHOICE_UNKNOWN)}


@pytest.mark.parametrize("between", ["PTO", "Please turn over", "Form 1 v3.2 (March 2024)"])
def test_what_a_page_ends_with_is_part_of_no_answer(between: str) -> None:
    pairs = [*(p(f"{k}: {v}") for k, v in PAIRS[:11]), p(between)]
    rest = [p(f"{k}: {v}") for k, v in PAIRS[11:]]
    assert dict(one(word(*pairs, *rest)).fields) == FIELDS


def test_a_label_that_nobody_knows_ends_the_answer_before_it() -> None:
    rows = [row(k, v) for k, v in PAIRS if k != "Telephone"]
    strange = row("Telephone", "01632 960145", "Best time to ring:", "mornings")
    assert one(word(table(*rows, strange)))["telephone"] == "01632 960145"


def test_two_labels_as_near_as_each_other_are_not_guessed_between() -> None:
    pairs = [(k, v) for k, v in PAIRS if k != "Start date"]
    submission = one(two_columns((*pairs, ("Date", "19 April 2027"))))
    assert submission["start_date"] is None
    assert ("start_date", Code.MISSING) in codes(submission)


FORM2 = (
    ("Reference number", "cyp 2027 3 9"),
    ("How many children and young people took part?", "104"),
    ("What did children and young people tell you? (You said)", "Lights!"),
    ("What has changed, or will change, as a result? (We did)", "Lamps."),
    ("Can this be published?", ""),
)


def test_two_forms_in_one_file_come_out_in_order() -> None:
    first, second = ([row(k, v) for k, v in pairs] for pairs in (PAIRS, FORM2))
    for data in (
        word(table(*first), p("Form 2: outcomes and impact"), table(*second)),
        word(table(*first), table(*second)),
        word(table(*first, *second)),
    ):
        forms = read("both.docx", data).submissions
        assert [s.form for s in forms] == ["form1", "form2"]
        assert forms[1]["reference"] == "CYP-2027-0003-9"
        assert forms[1]["publish"] is None
        assert dict(forms[0].fields) == FIELDS


def test_the_same_form_twice_in_one_file_is_two_forms() -> None:
    rows = [row(k, v) for k, v in PAIRS]
    other = [row(k, v.replace("Bronwen", "Piotr")) for k, v in PAIRS]
    forms = read("two.docx", word(table(*rows), table(*other))).submissions
    assert [s["lead_worker"] for s in forms] == ["Bronwen Tyrrell", "Piotr Tyrrell"]


def test_options_on_rows_with_a_column_for_ticks() -> None:
    rows = [row(k, v) for k, v in PAIRS if k != "Area"]
    ticks = [row("Ipswich", "✓"), row("Babergh", "x"), row("Waveney", "")]
    assert one(word(table(*rows, row("Area", ""), *ticks)))["area"] == ["Babergh", "Ipswich"]


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("5", "5 Consulted and informed", None),
        ("Level 5 - consulted & informed", "5 Consulted and informed", None),
        ("Consulted and informed", "5 Consulted and informed", None),
        ("5 Tokenism", None, Code.CHOICE_UNKNOWN),
        ("4 or 5", None, Code.CHOICE_UNKNOWN),
        ("not sure", None, Code.CHOICE_UNKNOWN),
        ("Please select", None, None),
    ],
)
def test_a_level_is_one_option_or_a_question(
    text: str, expected: str | None, code: Code | None
) -> None:
    submission = one(two_columns((*PAIRS, ("Level of participation", text))))
    assert submission["participation_level"] == expected
    assert codes(submission) == ({("participation_level", code)} if code else set())


@pytest.mark.parametrize("said", ["Lead worker", "Title of consultation"])
def test_an_answer_in_the_words_of_another_label_is_asked_about(said: str) -> None:
    submission = one(two_columns(tuple((dict(PAIRS) | {"Job title": said}).items())))
    assert submission.fields == FIELDS | {"job_title": said}
    assert {k for k, o in submission.origins.items() if o.certainty < 1} == {"job_title"}


def test_a_label_that_stands_nowhere_else_is_no_answer() -> None:
    pairs = dict(PAIRS) | {"Job title": "Title of consultation"}
    del pairs["Title of consultation"]
    assert one(two_columns(tuple(pairs.items())))["job_title"] is None


def test_actions_are_read_from_their_table() -> None:
    actions = (
        row("Action", "Who", "By when"),
        row("Benches", "Town Council", "30 September 2027"),
        row("", "", ""),
        row("Lights", "", "spring"),
        row("Coach", "Bronwen", "July 2027"),
    )
    expected = [
        {"action": "Benches", "owner": "Town Council", "due": "2027-09-30"},
        {"action": "Lights", "owner": None, "due": None},
        {"action": "Coach", "owner": "Bronwen", "due": "2027-07-31"},
    ]
    labels = [row(k, v) for k, v in FORM2]
    for data in (
        word(table(*labels, row("Actions", cell("<w:p/>", table(*actions), "<w:p/>")))),
        word(table(*labels), p("Actions", properties='<w:outlineLvl w:val="1"/>'), table(*actions)),
        word(table(*labels), table(*actions)),
        word(table(*labels, row(cell("Actions", table(*actions), "<w:p/>")))),
        word(table(*labels), table(*actions, actions[0], row("", "Add more rows as needed", ""))),
    ):
        submission = one(data)
        assert submission["actions"] == expected
        assert codes(submission) == {
            ("actions", Code.DATE_UNREADABLE),
            ("actions", Code.DATE_APPROXIMATE),
        }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (("N/A",), []),
        (("Benches - Council - 30/9/27",), [("Benches", "Council", "2027-09-30")]),
        (("Benches - Council - 30 September",), [("Benches", "Council", None)]),
        (("Benches - paint - Council",), [("Benches - paint - Council", None, None)]),
        (("Benches", "Lights"), [("Benches", None, None), ("Lights", None, None)]),
    ],
)
def test_actions_in_words_are_a_row_for_each_line(
    content: tuple[str, ...], expected: list[tuple[str | None, ...]]
) -> None:
    rows = [row(k, v) for k, v in FORM2]
    actions = one(word(table(*rows, row("Actions", cell(*content)))))["actions"]
    assert [tuple(a.values()) for a in actions] == expected


def test_actions_in_the_columns_of_the_form_itself() -> None:
    head = row(
        cell("Actions", properties='<w:vMerge w:val="restart"/>'), "Action", "Who", "By when"
    )
    more = row(cell(properties="<w:vMerge/>"), "Benches", "Council", "30/9/27")
    rows = [row(k, v) for k, v in FORM2]
    submission = one(word(table(*rows[:4], head, more, *rows[4:])))
    assert [tuple(a.values()) for a in submission["actions"]] == [
        ("Benches", "Council", "2027-09-30")
    ]
    assert submission["we_did"] == "Lamps."


def test_a_footer_with_a_signature_is_no_answer() -> None:
    pairs = (*PAIRS, ("If yes, what support do you need?", ""))
    signed = p("Signed: Wendy De’Ath      Date: 2 February 2027")
    data = word(*(p(f"{k}: {v}") for k, v in pairs), "<w:p/>", signed)
    assert dict(one(data).fields) == FIELDS


def test_strict_files_and_those_with_macros_are_read() -> None:
    transitional = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    data = changed(two_columns(), "word/document.xml", lambda x: x.replace(transitional, strict))
    assert dict(one(data).fields) == FIELDS
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    data = changed(two_columns(), "[Content_Types].xml", lambda x: x.replace(kind, macro))
    assert dict(one(data).fields) == FIELDS
