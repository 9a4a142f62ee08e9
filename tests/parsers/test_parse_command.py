"""`askonce parse`: a line of JSON for each form, or a listing that a person can follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.parse import run
from parsers.face import Face
from parsers.spec import forms


def made(path: Path, **fields: object) -> str:
    path.write_bytes(Face().write("form1", fields, "docx"))
    return str(path)


def test_the_listing_gives_each_answer_where_it_was_read_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path / "form.docx", title="A skate park", start_date="2027-04-03")
    assert run([path]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{path}\n  Form 1: Consultation proposal\n")
    assert "    Title of consultation: A skate park  [table 2, row 2" in shown
    assert "    Start date: 3 April 2027  [" in shown
    assert "    Job title: (blank)\n" in shown
    assert "    - Area: this has no answer yet. Please choose at least one of: Countywide" in shown


def test_every_problem_in_the_json_has_a_field_a_code_and_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = {"start_date": "2027-04-03", "end_date": "2027-03-03"}
    path = made(tmp_path / "form.docx", title="A skate park", **dates)
    assert run([path], as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["file", "form", "fields", "problems"]
    assert list(printed["fields"]) == [field.key for field in forms()["form1"].fields]
    found = {p["field"]: (p["code"], p["message"]) for p in printed["problems"]}
    assert found["purpose"][0] == "missing"
    assert found["end_date"][0] == "end_before_start"
    assert "“3 March 2027” is before “Start date”" in found["end_date"][1]


def test_a_file_without_a_form_gives_one_line_with_its_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.docx"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    assert run([path], as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["file"], printed["form"], printed["fields"]) == (str(path), None, {})
    assert [(p["field"], p["code"]) for p in printed["problems"]] == [(None, "damaged")]
    assert "save it under a new name" in printed["problems"][0]["message"]


def test_a_file_that_is_not_there_is_said_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = made(tmp_path / "form.docx", title="A skate park")
    assert run([tmp_path / "gone.docx", there], as_json=True) == 1
    said = capsys.readouterr()
    assert "gone.docx: No such file or directory" in said.err
    assert json.loads(said.out)["file"] == there


def test_the_file_is_named_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "form.docx")
    monkeypatch.chdir(tmp_path)
    assert run(["./form.docx"], as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["file"] == "./form.docx"
