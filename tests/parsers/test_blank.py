"""The official blank forms: what stands where, for people, for screen readers and for reading."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Literal

import pytest
from docx import Document
from lxml import etree
from openpyxl import load_workbook

from commands.forms import run
from parsers.face import Face
from parsers.read import read
from parsers.spec import FormSpec, Type, forms
from tests.parsers.fill import NS, W, answer_cell, found

FORMS = sorted(forms().values(), key=lambda form: form.key)
each_form = pytest.mark.parametrize("form", FORMS, ids=[form.key for form in FORMS])


def word_tree(form: FormSpec, part: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(Face().write(form.key, None, "docx"))) as package:
        return etree.fromstring(package.read(part))


CONTROLS = {
    Type.TEXT: ".//w:sdtPr/w:text",
    Type.EMAIL: ".//w:sdtPr/w:text",
    Type.NUMBER: ".//w:sdtPr/w:text",
    Type.AGE_RANGE: ".//w:sdtPr/w:text",
    Type.REFERENCE: ".//w:sdtPr/w:text",
    Type.LONG_TEXT: ".//w:sdtPr/w:richText",
    Type.DATE: ".//w:sdtPr/w:date",
    Type.CHOICE: ".//w:sdtPr/w:dropDownList",
    Type.CHOICES: ".//w:sdtPr/w14:checkbox",
    Type.YES_NO: ".//w:sdtPr/w14:checkbox",
}


@each_form
def test_each_label_is_one_run_with_its_answer_control_in_the_cell_beside_it(
    form: FormSpec,
) -> None:
    root = word_tree(form)
    for spec in form.fields:
        if spec.type is not Type.ACTIONS:
            cell = answer_cell(root, spec.label)
            assert found(cell, CONTROLS[spec.type]), spec.label
            tags = found(cell, ".//w:sdtPr/w:tag/@w:val")
            assert set(tags) == {spec.key}


@each_form
def test_each_option_has_a_box_or_a_line_in_the_list(form: FormSpec) -> None:
    root = word_tree(form)
    for spec in form.fields:
        if spec.options:
            cell = answer_cell(root, spec.label)
            listed = found(cell, ".//w:listItem/@w:value")
            boxes = found(cell, ".//w:p[.//w14:checkbox]/w:r[1]/w:t/text()")
            assert tuple(listed[1:] or [text.strip() for text in boxes]) == spec.options


def test_the_actions_table_has_its_columns_and_six_rows_of_controls() -> None:
    root = word_tree(forms()["form2"])
    tables = found(root, "//w:tbl[w:tr[1][.//w:t='By when']]")
    rows = tables[0].findall("w:tr", NS)
    assert [t.text for t in rows[0].iter(f"{{{W}}}t")] == ["Action", "Who", "By when"]
    assert [len(row.findall(".//w:sdt", NS)) for row in rows[1:]] == [3] * 6


@each_form
def test_every_control_of_a_form_has_a_number_of_its_own_and_a_name(form: FormSpec) -> None:
    root = word_tree(form)
    controls = root.findall(".//w:sdtPr", NS)
    numbers = found(root, "//w:sdtPr/w:id/@w:val")
    assert len(set(numbers)) == len(controls)
    assert len(found(root, "//w:sdtPr/w:alias/@w:val")) == len(controls)


@each_form
def test_a_screen_reader_finds_title_language_headings_and_table_headers(form: FormSpec) -> None:
    document = Document(io.BytesIO(Face().write(form.key, None, "docx")))
    assert document.core_properties.title == f"{form.name}: {form.title}"
    assert document.core_properties.language == "en-GB"
    language = document.styles.element.find(".//w:docDefaults//w:lang", NS)
    assert language.get(f"{{{W}}}val") == "en-GB"
    heading = document.styles["Heading 1"]
    headings = [p.text for p in document.paragraphs if p.style == heading]
    assert headings == list(form.sections)
    for table in document.tables:
        assert table.rows[0]._tr.find("w:trPr/w:tblHeader", NS) is not None
        assert table._tbl.xpath("w:tblPr/w:tblCaption/@w:val")


def test_word_opens_the_form_without_compatibility_mode() -> None:
    settings = word_tree(FORMS[0], "word/settings.xml")
    modes = found(settings, "//w:compatSetting[@w:name='compatibilityMode']")
    assert [mode.get(f"{{{W}}}val") for mode in modes] == ["15"]


def test_each_prompt_has_the_building_block_that_word_shows_again() -> None:
    used = found(word_tree(FORMS[0]), "//w:placeholder/w:docPart/@w:val")
    kept = word_tree(FORMS[0], "word/glossary/document.xml")
    assert set(used) == set(found(kept, "//w:docPartPr/w:name/@w:val"))


@each_form
def test_each_excel_answer_lies_right_of_its_label_in_column_b(form: FormSpec) -> None:
    sheet = load_workbook(io.BytesIO(Face().write(form.key, None, "xlsx"))).worksheets[0]
    labels = {row[1].value: row[2] for row in sheet.iter_rows()}
    for spec in form.fields:
        assert labels[spec.label].value is None
        if spec.type is Type.DATE:
            assert labels[spec.label].number_format == "dd/mm/yyyy"


def test_excel_offers_lists_and_minds_dates_but_locks_nothing() -> None:
    book = load_workbook(io.BytesIO(Face().write("form1", None, "xlsx")))
    sheet, lists = book.worksheets
    assert not sheet.protection.sheet
    assert lists.sheet_state == "hidden"
    rows = {row[1].value: row[1].row for row in sheet.iter_rows()}
    checks = {str(cell): v for v in sheet.data_validations.dataValidation for cell in v.cells}
    themes = checks[f"C{rows['Themes']}"]
    assert not themes.showErrorMessage
    assert themes.formula1 == "Lists!$A$1:$A$5"
    assert [lists.cell(n, 1).value for n in range(1, 6)] == list(forms()["form1"]["themes"].options)
    assert checks[f"C{rows['Do you need POD support?']}"].formula1 == '"Yes,No"'
    assert checks[f"C{rows['Start date']}"].type == "date"


def test_excel_keeps_numbers_and_formulas_as_the_text_they_were() -> None:
    fields = {
        "telephone": "01632 960145",
        "title": "=HYPERLINK(1)",
        "age_range": {"from": 11, "to": 16},
    }
    sheet = load_workbook(io.BytesIO(Face().write("form1", fields, "xlsx"))).worksheets[0]
    cells = {row[1].value: row[2] for row in sheet.iter_rows()}
    assert cells["Telephone"].value == "01632 960145"
    assert cells["Telephone"].number_format == "@"
    assert (cells["Title of consultation"].value, cells["Title of consultation"].data_type) == (
        "=HYPERLINK(1)",
        "s",
    )
    assert cells["Age range"].number_format == "@"


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_same_answers_always_make_the_same_bytes(kind: Literal["docx", "xlsx"]) -> None:
    fields = {"title": "What puts you off the dentist?", "start_date": "2027-04-03"}
    assert Face().write("form1", fields, kind) == Face().write("form1", fields, kind)


def test_the_command_writes_both_forms_as_word_and_excel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "new" / "forms", "CYP") == 0
    names = sorted(path.name for path in (tmp_path / "new" / "forms").iterdir())
    assert names == [
        "Form 1 - consultation proposal.docx",
        "Form 1 - consultation proposal.xlsx",
        "Form 2 - outcomes and impact.docx",
        "Form 2 - outcomes and impact.xlsx",
    ]
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_example_of_a_reference_has_the_offices_own_prefix(
    kind: Literal["docx", "xlsx"], tmp_path: Path
) -> None:
    run(tmp_path, "FEN")
    blank = (tmp_path / f"Form 2 - outcomes and impact.{kind}").read_bytes()
    with zipfile.ZipFile(io.BytesIO(blank)) as package:
        text = "".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
    assert "when you registered, such as FEN-2027-0042-1." in text
    assert "CYP-" not in text
    for prefix in ("FEN", "CYP"):  # and one that was made elsewhere is read as blank all the same
        (form,) = read("form", blank, prefix=prefix).submissions
        assert form.fields == forms()["form2"].blank()
