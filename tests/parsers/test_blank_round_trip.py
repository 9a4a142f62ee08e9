"""A form filled in by anybody's program is read back with every answer as it was given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from commands.parse import run
from parsers import references
from parsers.face import Face
from parsers.read import read
from parsers.spec import FieldSpec, FormSpec, Type, forms
from tests.parsers.fill import (
    SOFFICE,
    SOFFICE_MISSING,
    by_openpyxl,
    by_word,
    through_libreoffice,
)

FILLED: Mapping[str, dict[str, Any]] = {
    "form1": {
        "organisation": "Felixstowe Youth Forum",
        "lead_worker": "Bronwen O’Tyrrell-Zieliński",
        "job_title": "Youth worker",
        "email": "bronwen.tyrrell@felixyouth.example.org",
        "telephone": "01632 960145",
        "partners": "Felixstowe Town Council; Level Two",
        "title": "A skate park for everyone",
        "purpose": "The park is used mostly by boys; why?\nThe council has £30,000.",
        "themes": ["Be healthy", "Enjoy and achieve"],
        "participation_level": "6 Adult-initiated, shared decisions with children",
        "audience": [
            "Primary age",
            "Gypsy, Roma and Traveller",
            "Other: skaters and their friends",
        ],
        "age_range": {"from": 8, "to": 17},
        "participants_expected": 90,
        "area": ["Suffolk Coastal", "Other"],
        "methods": ["Online survey", "Workshop", "Other: chalk on the ramp"],
        "start_date": "2027-04-03",
        "end_date": "2027-05-28",
        "feedback_plan": "Launch day at the park, with the plans on display boards.",
        "consent": "Consent slips.\nTwo workers at each session.",
        "pod_request": True,
        "pod_details": "Somebody to help us plan a girls-only workshop.",
    },
    "form2": {
        "reference": references.make("CYP", 2027, 42),
        "title": "A skate park for everyone",
        "organisation": "Felixstowe Youth Forum",
        "lead_worker": "Bronwen O’Tyrrell-Zieliński",
        "email": "bronwen.tyrrell@felixyouth.example.org",
        "start_date": "2027-04-03",
        "end_date": "2027-05-28",
        "participants": 104,
        "participants_about": "Half of them girls, from five schools.",
        "you_said": "Lights.\nA place to sit.",
        "we_did": "Lights are ordered for the autumn.",
        "impact": "Girls’ sessions on Fridays.",
        "fed_back": "By posters at the park.",
        "actions": [
            {"action": "Order the lights", "owner": "Town Council", "due": "2027-06-30"},
            {"action": "Ask again in a year", "owner": "Bronwen", "due": None},
        ],
        "learning": "Start with the schools.",
        "publish": False,
        "public_summary": "You asked for lights, and lights are coming.",
    },
}

Filler = Callable[[bytes, FormSpec, Mapping[str, Any]], bytes]
FILLERS: dict[Literal["docx", "xlsx"], Filler] = {"docx": by_word, "xlsx": by_openpyxl}
EVERY = [(key, kind) for key in sorted(FILLED) for kind in FILLERS]
each_form = pytest.mark.parametrize("key", sorted(FILLED))
each_kind = pytest.mark.parametrize("kind", sorted(FILLERS))


def filled(key: str, kind: Literal["docx", "xlsx"], fields: Mapping[str, Any]) -> bytes:
    return FILLERS[kind](Face().write(key, None, kind), forms()[key], fields)


def fields_of(name: str, data: bytes, key: str) -> dict[str, Any]:
    """The one form in a file."""
    reading = read(name, data)
    assert [s.form for s in reading.submissions] == [key], reading
    return dict(reading.submissions[0].fields)


@each_kind
@each_form
def test_a_form_filled_in_by_its_own_means_gives_every_field(
    key: str, kind: Literal["docx", "xlsx"], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"x.{kind}"
    path.write_bytes(filled(key, kind, FILLED[key]))
    assert run([str(path)], as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"file": str(path), "form": key, "fields": FILLED[key], "problems": []}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every form, filled in and blank, after LibreOffice has opened and saved it."""
    files = {f"{key}-filled.{kind}": filled(key, kind, FILLED[key]) for key, kind in EVERY}
    files |= {f"{key}-blank.{kind}": Face().write(key, None, kind) for key, kind in EVERY}
    return through_libreoffice(files, tmp_path_factory.mktemp("libreoffice"))


@pytest.mark.skipif(SOFFICE is None, reason=SOFFICE_MISSING)
@each_kind
@each_form
def test_a_form_saved_again_by_libreoffice_gives_every_field(
    key: str, kind: str, saved: Mapping[str, bytes]
) -> None:
    name = f"{key}-filled.{kind}"
    assert fields_of(name, saved[name], key) == FILLED[key]


@pytest.mark.skipif(SOFFICE is None, reason=SOFFICE_MISSING)
@each_kind
@each_form
def test_a_blank_form_saved_by_libreoffice_is_still_blank(
    key: str, kind: str, saved: Mapping[str, bytes]
) -> None:
    name = f"{key}-blank.{kind}"
    assert fields_of(name, saved[name], key) == forms()[key].blank()


@each_kind
@each_form
def test_a_form_that_nobody_filled_in_gives_no_answers(
    key: str, kind: Literal["docx", "xlsx"]
) -> None:
    data = Face().write(key, None, kind)
    assert fields_of(f"x.{kind}", data, key) == forms()[key].blank()


# --------------------------------------------------------------------------- written by us

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéłß"
SAY_NOTHING = {"none", "number"}  # standing alone, no answer to any question
words = st.text(LETTERS + "0123456789'’“”-–,.&()£%!", min_size=1, max_size=9)
lines = st.builds(
    lambda first, rest: " ".join([first, *rest]),
    st.text(LETTERS, min_size=4, max_size=9),
    st.lists(words, max_size=8),
).filter(lambda text: text.lower() not in SAY_NOTHING)
days = st.dates(date(2001, 1, 1), date(2098, 12, 31)).map(date.isoformat)


ANSWERS: Mapping[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: lines,
    Type.LONG_TEXT: st.lists(lines, min_size=1, max_size=4).map("\n".join),
    Type.EMAIL: st.from_regex(r"[a-z]{2,8}\.[a-z]{2,8}@[a-z]{2,8}\.example\.org", fullmatch=True),
    Type.AGE_RANGE: st.tuples(st.integers(0, 25), st.integers(0, 25)).map(
        lambda ages: {"from": min(ages), "to": max(ages)}
    ),
    Type.NUMBER: st.integers(0, 100_000),
    Type.DATE: days,
    Type.YES_NO: st.booleans(),
    Type.REFERENCE: st.builds(
        references.make, st.just("CYP"), st.integers(2001, 2098), st.integers(1, 20_000)
    ),
    Type.ACTIONS: st.lists(
        st.fixed_dictionaries(
            {"action": lines, "owner": st.none() | lines, "due": st.none() | days}
        ),
        max_size=8,
    ),
}


def answers(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Answers that reading can give for a field."""
    if spec.type is Type.CHOICE:
        return st.sampled_from(spec.options)
    if spec.type is Type.CHOICES:
        return st.sets(st.sampled_from(spec.options)).flatmap(lambda some: chosen(spec, some))
    return ANSWERS[spec.type]


def chosen(spec: FieldSpec, options: set[str]) -> st.SearchStrategy[list[str]]:
    kept = [option for option in spec.options if option in options]
    if "Other" not in kept:
        return st.just(kept)
    return (st.none() | lines).map(
        lambda text: [f"Other: {text}" if o == "Other" and text else o for o in kept]
    )


def submissions(form: FormSpec) -> st.SearchStrategy[dict[str, Any]]:
    blank = form.blank()
    return st.fixed_dictionaries(
        {spec.key: st.just(blank[spec.key]) | answers(spec) for spec in form.fields}
    )


@each_kind
@each_form
@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_what_we_write_into_a_form_is_read_back_as_it_was(
    key: str, kind: Literal["docx", "xlsx"], data: st.DataObject
) -> None:
    fields = data.draw(submissions(forms()[key]))
    assert fields_of(f"x.{kind}", Face().write(key, fields, kind), key) == fields
