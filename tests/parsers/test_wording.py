"""What people read about their answers: one plain sentence or two, in British English."""

from __future__ import annotations

import pytest

from model import Code, Origin, Problem
from parsers.face import Face
from parsers.spec import forms
from parsers.wording import FAULTS, NEEDS, TYPES, VERDICTS

FACE = Face()


def message(form: str | None, field: str | None, code: Code, seen: str = "") -> str:
    return FACE.message(form, Problem(field=field, code=code, seen=seen))


def test_a_date_that_could_not_be_read_is_named_shown_and_asked_for() -> None:
    assert message("form1", "start_date", Code.DATE_UNREADABLE, "Spring term 2027") == (
        "Start date: we could not read “Spring term 2027” as a date. "
        "Please give a day, month and year, such as 3 April 2027."
    )


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("30 2 2027", "February 2027 has no day 30"),
        ("31/04/27", "April 2027 has no day 31"),
        ("Tuesday 31st June, 2027", "June 2027 has no day 31"),
        ("2027-02-29", "February 2027 has no day 29"),
        ("20270229", "February 2027 has no day 29"),
        ("0 March 2027", "March 2027 has no day 0"),
    ],
)
def test_a_day_that_its_month_does_not_have_is_called_so(seen: str, said: str) -> None:
    assert message("form1", "start_date", Code.DATE_UNREADABLE, seen) == (
        f"Start date: there is no “{seen}”, as {said}. "
        "Please give a day, month and year, such as 3 April 2027."
    )


@pytest.mark.parametrize("seen", ["30 13 2027", "31 4", "30 February", "in February", "1/1/1066"])
def test_of_what_names_no_day_of_a_month_only_that_is_said(seen: str) -> None:
    said = message("form1", "start_date", Code.DATE_UNREADABLE, seen)
    assert f"we could not read “{seen}” as a date" in said


def test_a_label_that_is_a_question_is_not_followed_by_a_colon() -> None:
    assert message("form2", "participants", Code.NUMBER_UNREADABLE, "about a dozen") == (
        "How many children and young people took part? We could not read “about a dozen” as a "
        "number. Please give one whole number, such as 120."
    )


def test_a_month_alone_is_said_to_be_its_first_day_at_the_start_and_its_last_at_the_end() -> None:
    start = message("form1", "start_date", Code.DATE_APPROXIMATE, "March 2027")
    end = message("form1", "end_date", Code.DATE_APPROXIMATE, "May 2027")
    assert start.startswith("Start date: “March 2027” names no day, so we took the first day")
    assert end.startswith("End date: “May 2027” names no day, so we took the last day")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            "Mon 2 March 2027",
            "“Mon 2 March 2027” cannot be right, as 2 March 2027 is a Tuesday. We",
        ),
        (
            "about 2 March 2027",
            "“about 2 March 2027” does not sound settled. We took 2 March 2027.",
        ),
        (
            "30 December - 9 January 2027",
            "gives no year for its first day. We took 30 December 2026.",
        ),
    ],
)
def test_a_day_that_is_not_certain_is_told_with_the_reason(seen: str, said: str) -> None:
    told = message("form1", "start_date", Code.DATE_APPROXIMATE, seen)
    assert said in told
    assert told.endswith(
        "If that is not right, please give a day, month and year, such as 3 April 2027."
    )


def test_dates_of_several_actions_are_named_apart_each_with_what_is_wrong() -> None:
    seen = "summer\nJune 2027\n31/6/2027"
    assert message("form2", "actions", Code.DATE_UNREADABLE, seen) == (
        "Actions: we could not read “summer” as a date. There is no “31/6/2027”, as June 2027 has "
        "no day 31. Please give each date as a day, month and year, such as 3 April 2027."
    )
    assert message("form2", "actions", Code.DATE_APPROXIMATE, seen).startswith(
        "Actions: “June 2027” names no day, so we took the last day of that month. If"
    )


def test_of_a_table_what_was_taken_is_said_of_the_dates_of_its_rows() -> None:
    rows = [
        {"action": "Second till", "owner": "Kitchen", "due": "2027-05-31"},
        {"action": "Menu", "owner": None, "due": "2027-07-05"},
    ]

    def taken(seen: str) -> str:
        origin = Origin(where="table 4, row 1", seen=seen, certainty=0.5)
        return Face().taken("form2", "actions", rows, origin, " (table 4, row 1; 50% sure)")

    month = "“May 2027” names no day, so we took the last day of that month."
    assert taken("May 2027") == month
    assert taken("May 2027\nsummer\nMay 2027") == month
    assert taken("May 2027\nJune 2027") == f"{month} {month.replace('May', 'June')}"
    assert taken("Second till\nKitchen\n31 May 2027\nMenu\n5 July 2027") == ""


def test_the_example_of_a_reference_has_the_offices_own_prefix() -> None:
    wrong = Problem(field="reference", code=Code.REFERENCE_INVALID, seen="FEN-1")
    assert "such as FEN-2027-0042-1." in Face("FEN").message("form2", wrong)


def test_an_end_before_the_start_names_the_start_by_its_label() -> None:
    assert message("form2", "end_date", Code.END_BEFORE_START, "3 March 2027") == (
        "Date completed: “3 March 2027” is before “Date started”. Please check both dates."
    )


def test_an_unknown_choice_lists_the_choices() -> None:
    said = message("form1", "themes", Code.CHOICE_UNKNOWN, "Fun")
    assert "“Fun” is not one of the choices" in said
    assert all(option in said for option in forms()["form1"]["themes"].options)


def test_a_blank_answer_and_one_that_says_nothing_are_told_apart() -> None:
    assert message("form1", "title", Code.MISSING) == (
        "Title of consultation: this has no answer yet. Please fill this in."
    )
    assert "“n/a” does not tell us enough" in message("form1", "title", Code.MISSING, "n/a")


def test_what_somebody_wrote_is_repeated_on_one_line_and_not_at_length() -> None:
    said = message("form1", "start_date", Code.DATE_UNREADABLE, "soon\n" + "very " * 100)
    assert "“soon very very" in said
    assert "…”" in said
    assert len(said) < 250


FIELD_CODES = [code for code in Code if code not in set(list(Code)[-6:])]


@pytest.mark.parametrize("code", FIELD_CODES)
def test_every_code_has_a_whole_sentence_for_every_field(code: Code) -> None:
    for form in forms().values():
        for spec in form.fields:
            for seen in ("", "{odd} 100%"):
                said = message(form.key, spec.key, code, seen)
                assert said.startswith(spec.label)
                assert said.endswith(".")
                assert seen in said


@pytest.mark.parametrize("code", list(Code)[-6:])
def test_every_verdict_on_a_file_says_what_to_do(code: Code) -> None:
    said = message(None, None, code)
    assert said.endswith(".")
    assert "Please" in said


@pytest.mark.parametrize(
    ("seen", "fix"),
    [
        ("PDF", "the Word or Excel file that it was made from"),
        ("doc", "an older Word document (.doc)"),
        ("doc", "File > Save As > Word Document (.docx)"),
        ("rtf", "(.rtf), which we cannot read here. Please open it in Word"),
        ("html", "a web page, which we cannot read here. Please open it in Word"),
        ("word 2003 xml", "a Word 2003 document (.xml)"),
        ("xml", "This is an XML file"),
        ("xls", "File > Save As > Excel Workbook (.xlsx)"),
        ("xlsb", "a binary Excel workbook (.xlsb)"),
        ("odt", "pick the Word type that ends in .docx"),
        ("ods", "pick the Excel type that ends in .xlsx"),
        ("open document", "neither a text nor a spreadsheet"),
        (".pages", "File > Export To > Word"),
        ("numbers", "File > Export To > Excel"),
        ("pptx", "PowerPoint presentation"),
        ("zip", "attach the form itself, the Word or Excel file, instead of a zip"),
        ("ole", "an older type of Office file"),
        ("image/jpeg", "picture"),
        ("a photograph", "picture"),
        ("something else", "(.docx) or an Excel workbook"),
    ],
)
def test_the_fix_for_a_file_that_we_cannot_read_depends_on_its_type(seen: str, fix: str) -> None:
    assert fix in message(None, None, Code.UNSUPPORTED_TYPE, seen)


def test_each_type_of_file_has_a_sentence_of_its_own() -> None:
    said = [message(None, None, Code.UNSUPPORTED_TYPE, seen) for seen in TYPES]
    assert len(set(said)) == len(said) == len(TYPES)
    assert all("Please" in sentence and sentence.endswith(".") for sentence in said)


def test_an_empty_form_is_said_to_be_empty_not_unreadable() -> None:
    said = message(None, None, Code.MISSING)
    assert "it came empty" in said
    assert "could not" not in said


def test_email_is_spelt_one_way() -> None:
    sentences = (*NEEDS.values(), *FAULTS.values(), *VERDICTS.values(), *TYPES.values())
    assert [s for s in sentences if "e-mail" in s.lower()] == []


def test_answers_are_shown_in_words_in_order_and_blank_ones_left_out() -> None:
    fields = forms()["form1"].blank() | {
        "title": "A skate park for everyone",
        "audience": ["Primary age", "Other: skaters"],
        "age_range": {"from": 11, "to": 16},
        "participants_expected": 0,
        "start_date": "2027-04-03",
        "pod_request": False,
    }
    assert FACE.shown("form1", fields) == (
        ("Title of consultation", "A skate park for everyone"),
        ("Who will you consult?", "Primary age; Other: skaters"),
        ("Age range", "11 to 16"),
        ("How many children and young people do you expect to take part?", "0"),
        ("Start date", "3 April 2027"),
        ("Do you need POD support?", "No"),
    )


def test_actions_are_shown_one_a_line() -> None:
    rows = [
        {"action": "Mend the ramp", "owner": "Jo Smith", "due": "2027-06-30"},
        {"action": "Say thanks", "owner": None, "due": None},
        {"action": None, "owner": "Sam", "due": None},
    ]
    assert FACE.shown("form2", {"actions": rows}) == (
        (
            "Actions",
            "Mend the ramp (Jo Smith, by 30 June 2027)\nSay thanks\n(nothing written) (Sam)",
        ),
    )


def test_a_label_is_the_official_one() -> None:
    assert FACE.label("form2", "start_date") == "Date started"
