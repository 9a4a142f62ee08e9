"""What the letters tell people to reply is what the reading of replies understands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from intake.words import read_word
from model import Letter, Part, Word
from tests.notifier.letters import CASES, letter
from tests.notifier.samples import REGISTERED, composed, html_of

ANSWER = r"(?:PROCEED|WITHDRAW|STOP|EXTEND \d)[^<”]*"


def advised(html: str) -> list[str]:
    """Every answer that a letter spells out: set in bold, or quoted as an example."""
    return re.findall(rf"<strong[^>]*>({ANSWER})</strong>", html) + re.findall(
        rf"“({ANSWER})”", html
    )


@pytest.mark.parametrize("name", [n for n in CASES if advised(html_of(letter(n)))])
def test_every_answer_that_a_letter_spells_out_is_understood(name: str) -> None:
    for answer in advised(html_of(letter(name))):
        said = read_word(answer, prefix="CYP")
        assert said is not None, answer
        assert said.word == answer.split()[0].lower()


def test_an_answer_about_one_of_several_names_it_and_keeps_its_date() -> None:
    two = (REGISTERED, replace(REGISTERED, key="m2:0", reference="CYP-2027-0043-7"))
    parts = [Part(kind=Letter.CONFIRMED, consultation=c) for c in two]
    found = [
        read_word(a, prefix="CYP") for a in advised(html_of(composed(Letter.CONFIRMED, *parts)))
    ]
    assert {(s.word, s.until, s.references) for s in found if s} == {
        (word, until, (c.reference,))
        for c in two
        for word, until in ((Word.WITHDRAW, None), (Word.EXTEND, date(2027, 7, 9)))
    }
