"""How sure a value is: kept with it, asked about in the reply, shown to whoever minds the queue."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

import askonce
from model import Code, Submission
from parsers.read import read
from tests.parsers.build import PAIRS, two_columns
from tests.parsers.test_read_word import SHAPES

EXPECTED = "How many children and young people do you expect to take part?"
SLIP = {"Lead worker": "Laed worker"}


def one(data: bytes) -> Submission:
    (submission,) = read("form.docx", data).submissions
    return submission


def labelled(names: dict[str, str], answers: dict[str, str] | None = None) -> bytes:
    """The small form with some labels written otherwise, and some answers."""
    told = dict(PAIRS) | (answers or {})
    return two_columns(tuple((names.get(k, k), v) for k, v in told.items()))


def test_the_official_label_and_an_alias_are_certain() -> None:
    form = one(labelled({"Lead worker": "Name of lead worker", "Start date": "Planned start"}))
    assert {origin.certainty for origin in form.origins.values()} == {1.0}


@pytest.mark.parametrize("label", ["Laed worker", "Worker, lead"])
def test_slips_and_another_order_of_the_words_are_not_quite(label: str) -> None:
    origin = one(labelled({"Lead worker": label})).origins["lead_worker"]
    assert 0.8 < origin.certainty < 1
    assert (origin.where, origin.seen) == ("table 1, row 2", "Bronwen Tyrrell")


def test_a_label_that_stands_there_twice_with_different_answers_is_half_certain() -> None:
    form = one(two_columns((*PAIRS, ("Job title", "Team leader"))))
    assert form.origins["job_title"].certainty == 0.5


@pytest.mark.parametrize(
    ("label", "said", "value"),
    [
        ("Age range", "11+", {"from": 11, "to": 25}),
        ("Age range", "under 12", {"from": 0, "to": 11}),
        ("Age range", "12 and under", {"from": 0, "to": 12}),
        ("Age range", "about 11 to 16", {"from": 11, "to": 16}),
        (EXPECTED, "30-40", 40),
        (EXPECTED, "about 30", 30),
        (EXPECTED, "100+", 100),
        (EXPECTED, "over 50", 50),
    ],
)
def test_what_was_taken_from_a_range_or_from_about_and_the_like_is_not_certain(
    label: str, said: str, value: object
) -> None:
    form = one(labelled({}, {label: said}))
    assert not form.problems
    key = "age_range" if label == "Age range" else "participants_expected"
    assert (form.fields[key], form.origins[key].certainty) == (value, 0.8)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Age range", "11-16yrs"),
        ("Age range", "birth to 5"),
        ("Age range", "16 and over (up to 25)"),
        (EXPECTED, "120 young people"),
        (EXPECTED, "12 (8 boys, 4 girls)"),
        (EXPECTED, "1,200"),
    ],
)
def test_what_stands_there_in_so_many_words_is_certain(label: str, said: str) -> None:
    form = one(labelled({}, {label: said}))
    assert {origin.certainty for origin in form.origins.values()} == {1.0}


@pytest.mark.parametrize(
    "said",
    ["Secondary age (not Post-16)", "No practitioners; primary age", "Secondary age if asked"],
)
def test_an_option_named_in_words_that_were_kept_as_other_is_not_certain(said: str) -> None:
    form = one(labelled({}, {"Who will you consult?": said}))
    assert form.fields["audience"] == [f"Other: {said}"]
    assert form.origins["audience"].certainty == 0.8


def test_words_kept_as_other_that_name_no_option_are_certain() -> None:
    form = one(labelled({}, {"Who will you consult?": "Primary age, Scouts"}))
    assert form.fields["audience"] == ["Primary age", "Other: Scouts"]
    assert form.origins["audience"].certainty == 1


def test_whatever_is_a_problem_is_not_certain() -> None:
    form = one(labelled({}, {"End date": "May 2027", "Age range": "teens"}))
    codes = {p.field: p.code for p in form.problems}
    assert codes["end_date"] is Code.DATE_APPROXIMATE
    assert all(form.origins[key].certainty < 1 for key in codes if key)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_value_says_where_it_stood_and_how_sure_it_is(shape: str) -> None:
    form = one(SHAPES[shape])
    answered = {k for k, v in form.fields.items() if v not in (None, [])}
    assert answered <= set(form.origins)
    assert all(o.where and 0 < o.certainty <= 1 for o in form.origins.values())


class Office:
    """An office in a folder, worked from the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        (folder / "config.toml").touch()
        self._capsys = capsys

    def does(self, *words: str) -> str:
        assert askonce.main([*words, "--config", str(self._folder / "config.toml")]) == 0
        return self._capsys.readouterr().out

    def answers(self, form: bytes) -> str:
        """The text of its answer to a mail with this form, on one line."""
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = "bronwen@example.org", "<1@example.org>"
        mail.set_content("Our form.")
        mail.add_attachment(form, maintype="application", subtype="x", filename="form.docx")
        new = self._folder / "var/mail/inbox/new"
        new.mkdir(parents=True)
        (new / "1").write_bytes(mail.as_bytes())
        self.does("run", "--once", "--now", "2027-03-01T10:00")
        (sent,) = (self._folder / "var/mail/sent/new").glob("*")
        body = message_from_bytes(sent.read_bytes(), policy=default).get_body(("plain",))
        assert body
        return " ".join(str(body.get_content()).split())


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_the_reply_asks_about_what_is_not_certain_and_says_where_it_stood(office: Office) -> None:
    answer = office.answers(labelled(SLIP))
    assert "Please check" in answer
    asked = "Do these answers belong here? Lead worker “Bronwen Tyrrell” (table 1, row 2;"
    assert asked in answer


def test_the_reply_says_what_was_made_of_a_range_and_of_an_open_end(office: Office) -> None:
    answer = office.answers(labelled({}, {EXPECTED: "30-40", "Age range": "11+"}))
    assert "Age range: we took “11+” (table 1, row 9; 80% sure) to mean “11 to 25”." in answer
    assert "to take part: we took “30-40” (table 1, row 10; 80% sure) to mean “40”." in answer


def test_the_reply_to_a_certain_form_asks_nothing(office: Office) -> None:
    assert "Please check" not in office.answers(labelled({}))


def test_the_queue_shows_each_answer_its_place_and_how_sure_it_is(office: Office) -> None:
    answer = office.answers(labelled(SLIP, {"What do you want to find out, and why?": ""}))
    assert "Lead worker “Bronwen Tyrrell” (table 1, row 2;" in answer
    shown = office.does("queue", "show", "1")
    assert "form.docx" in shown
    assert "Job title: Youth worker  [table 1, row 3]" in shown
    (unsure,) = [line for line in shown.splitlines() if "% sure" in line]
    assert "Lead worker: Bronwen Tyrrell  [table 1, row 2, " in unsure
    assert "sure: “Bronwen Tyrrell”]" in unsure
