from datetime import date

import pytest

from intake.words import read_word, why_unheard
from model import Word
from tests.intake.replies import LEFT, OPPOSED, ORDINARY, TELLING, WHY


def word(text: str, titles: tuple[str, ...] = ()) -> Word | None:
    said = read_word(text, prefix="CYP", titles=titles)
    return said.word if said else None


def weighed(text: str) -> tuple[Word, bool] | None:
    said = read_word(text, prefix="CYP")
    return (said.word, said.more) if said else None


@pytest.mark.parametrize(
    "text",
    [
        "PROCEED",
        "proceed",
        "Proceed.",
        "Hi\n\nPROCEED please\n\nThanks\nJane Smith\nYouth worker",
        "Dear colleague,\n\nWe would like to proceed, thank you.\n\nKind regards\nJane",
        "Yes, please proceed with our consultation as planned.",
        "Thanks.\nPROCEED",
        "PROCEED CYP-2027-0042-1",
        "PROCEED. Please let me know if you need anything else.",
        "PROCEED\n\nDo not hesitate to contact me.\n\nBest wishes\nStop Smoking Service",
        "I'm happy to proceed.",
        "PROCEED\n\nMay Jones",
        "“PROCEED”",
        "*PROCEED*",
        "PROCEED: thank you",
        "Thank you for your help, that saves us the trouble. PROCEED",
    ],
)
def test_a_plain_proceed_is_heard_with_courtesies_around_it(text: str) -> None:
    assert weighed(text) == (Word.PROCEED, False)


@pytest.mark.parametrize(("said", "text"), ORDINARY)
def test_an_ordinary_reply_is_acted_on_and_nobody_has_to_read_it(said: str, text: str) -> None:
    assert weighed(text) == (Word(said.lower()), False)


@pytest.mark.parametrize(("said", "text"), TELLING)
def test_what_is_told_beside_a_word_is_read_by_a_person(said: str, text: str) -> None:
    assert weighed(text) == (Word(said.lower()), True)


@pytest.mark.parametrize("text", LEFT)
def test_a_time_a_part_or_an_event_beside_a_word_leaves_it_to_a_person(text: str) -> None:
    assert weighed(text) is None


def said_of(text: str) -> str:
    unheard = why_unheard(text, prefix="CYP")
    assert unheard is not None
    return unheard.why


@pytest.mark.parametrize("text", OPPOSED)
def test_no_overlap_is_heard_as_a_reason_only_where_nothing_else_stands_with_it(text: str) -> None:
    assert weighed(text) is None


@pytest.mark.parametrize(("text", "why"), WHY)
def test_a_person_is_told_what_stands_beside_the_word(text: str, why: str) -> None:
    assert weighed(text) is None
    assert said_of(text) == why


@pytest.mark.parametrize("text", (*LEFT, *OPPOSED))
def test_of_no_reply_that_has_a_word_it_is_said_that_it_has_none(text: str) -> None:
    assert "without PROCEED" not in said_of(text)


@pytest.mark.parametrize(("said", "text"), (*ORDINARY, *TELLING))
def test_where_a_word_is_heard_there_is_nothing_to_tell(said: str, text: str) -> None:
    assert said in text.upper()
    assert why_unheard(text, prefix="CYP") is None


@pytest.mark.parametrize(
    "text",
    [
        "STOP\n\nAlso, please ring me: a child told us something worrying.",
        "EXTEND to 30 June 2027 please. Also we have changed the area to Ipswich.",
        "EXTEND to 30/08/2027. My new email is don.new@youth.example.org",
        "PROCEED\n\nPlease note I am leaving on Friday, Jane Roe takes over.",
        "WITHDRAW, also the telephone number on our other form is wrong",
    ],
)
def test_a_word_is_heard_and_what_else_is_said_is_not_passed_over(text: str) -> None:
    said = read_word(text, prefix="CYP")
    assert said is not None
    assert said.more


@pytest.mark.parametrize(
    "text",
    [
        "PROCEED if the head agrees",
        "Please do not proceed",
        "Don't PROCEED",
        "PROCEED or WITHDRAW, which is better?",
        "Should we proceed?",
        "We might proceed",
        "PROCEED\nActually, withdraw.",
        "How do I proceed",
        "Once the governors have met we will PROCEED",
        "We want to stop young people from smoking",
        "I'll PROCEED, but not before Easter",
        "I am not sure. PROCEED?",
        "Proceedings of the board are attached",
        "Thank you for the list, we will look at it.",
        "",
    ],
)
def test_anything_that_is_not_plain_is_no_word(text: str) -> None:
    assert word(text) is None


def test_a_word_in_the_signature_does_not_count() -> None:
    assert word("We will come back to you.\n\nKind regards\nJane\nSTOP") is None
    assert word("We will come back to you.\n-- \nPROCEED") is None


def test_a_title_that_holds_a_word_does_not_disturb() -> None:
    titles = ("Stop the bullying",)
    assert word("PROCEED with Stop the bullying", titles=titles) is Word.PROCEED
    unheard = why_unheard("PROCEED with Stop the bullying if we may", prefix="CYP", titles=titles)
    assert unheard is not None
    assert unheard.why == "PROCEED with a condition (“if”) and a doubt (“may”) beside it"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EXTEND by two weeks", (Word.EXTEND,)),
        ("Please EXTEND to 30 June\n\nJo", (Word.EXTEND,)),
        ("EXTEND 31 February 2027. Many thanks, Jo", (Word.EXTEND,)),
        ("PROCEED, WITHDRAW", (Word.PROCEED, Word.WITHDRAW)),
        ("EXTEND by two weeks, a child told us something worrying", ()),
        ("PROCEED if the head agrees", ()),
        ("PROCEED. Can we add a school?", ()),
        ("Thank you for the list", ()),
    ],
)
def test_a_later_plain_word_settles_what_was_only_unclear(
    text: str, words: tuple[Word, ...]
) -> None:
    unheard = why_unheard(text, prefix="CYP")
    assert unheard is not None
    assert unheard.words == words


@pytest.mark.parametrize(
    "text", ["WITHDRAW", "We would like to withdraw, thanks", "Withdraw it please"]
)
def test_withdraw_is_heard(text: str) -> None:
    assert word(text) is Word.WITHDRAW


@pytest.mark.parametrize("text", ["STOP", "Please stop the reminders.", "stop emails please"])
def test_stop_is_heard(text: str) -> None:
    assert word(text) is Word.STOP


@pytest.mark.parametrize(
    "text",
    [
        "EXTEND 30 June 2027",
        "extend to 30/06/2027",
        "Please extend until 30 June 2027, thank you.",
        "We would like to extend the deadline to 30 June 2027 please",
        "EXTEND\n30 June 2027",
        "EXTEND 30.06.2027\n\nThanks\nJane",
        "Extend to Wednesday 30 June 2027",
        "EXTEND CYP-2027-0042-1 30 June 2027",
        "“EXTEND 30 June 2027”",
        "EXTEND: 30 June 2027",
        "*EXTEND* 30 June 2027",
        "EXTEND – 30 June 2027",
        "EXTEND (30 June 2027)",
        "Could you extend to 30 June 2027 please?",
        "Can you please extend this to 30 June 2027?",
        "Hello,\n\nWould you please extend the deadline to 30th June 2027? Thank you\n\nMay",
        "EXTEND CYP-2027-0042-1 to 30 June 2027",
    ],
)
def test_extend_is_heard_with_its_date(text: str) -> None:
    said = read_word(text, prefix="CYP")
    assert said is not None
    assert (said.word, said.until) == (Word.EXTEND, date(2027, 6, 30))


@pytest.mark.parametrize(
    "text",
    ["EXTEND", "extend to June", "EXTEND 30 June", "extend by two weeks", "EXTEND 31/02/2027"],
)
def test_extend_without_a_certain_date_is_no_word(text: str) -> None:
    assert read_word(text, prefix="CYP") is None


def test_the_reference_beside_a_word_is_named() -> None:
    said = read_word("PROCEED cyp 2027 42 1", prefix="CYP")
    assert said is not None
    assert said.references == ("CYP-2027-0042-1",)


@pytest.mark.parametrize(
    "said", ["16 May 2027", "16 may 2027", "16 MAY 2027", "Sunday 16 May 2027"]
)
def test_the_month_of_may_is_no_doubt(said: str) -> None:
    heard = read_word(f"EXTEND {said}", prefix="CYP")
    assert heard is not None
    assert heard.until == date(2027, 5, 16)
