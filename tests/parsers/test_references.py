from hypothesis import given
from hypothesis import strategies as st

from parsers.references import find, make, nearest, parse, split

years = st.integers(2000, 2099)
numbers = st.integers(1, 99_999)


def test_the_example_of_the_process_has_its_check_digit() -> None:
    assert make("CYP", 2027, 42) == "CYP-2027-0042-1"


@given(years, numbers)
def test_a_reference_reads_back_however_it_is_typed(year: int, number: int) -> None:
    full = make("CYP", year, number)
    check = full[-1]
    typed = [
        full,
        full.lower(),
        full.replace("-", " "),
        full.replace("-", ""),
        f"cyp {year} {number} {check}",
        full.replace("0", "O"),
        full.replace("1", "l"),
        full.replace("1", "I"),
        full.removeprefix("CYP-"),
        f"Our ref: {full}.",
        full.replace("-", "–"),
    ]
    assert {parse(t, "CYP") for t in typed} == {full}
    assert split(full) == (year, number)


@given(years, numbers, st.integers(0, 7), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(year: int, number: int, place: int, by: int) -> None:
    full = make("CYP", year, number)
    digits = [i for i, c in enumerate(full) if c.isdigit()]
    at = digits[place % len(digits)]
    wrong = full[:at] + str((int(full[at]) + by) % 10) + full[at + 1 :]
    assert parse(wrong, "CYP") is None


@given(years, numbers, st.integers(0, 7))
def test_every_swap_of_neighbours_is_caught(year: int, number: int, place: int) -> None:
    full = make("CYP", year, number)
    digits = full.removeprefix("CYP-").replace("-", "")
    place %= len(digits) - 1
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or parse(f"CYP{swapped}", "CYP") is None


def test_a_reference_is_found_in_a_subject_and_numbers_after_it_do_not_spoil_it() -> None:
    assert find("Re: [CYP-2027-0042-1] 12 people", "CYP") == ("CYP-2027-0042-1",)


def test_two_references_in_one_field_are_not_guessed_between() -> None:
    both = f"{make('CYP', 2027, 42)} and {make('CYP', 2027, 43)}"
    assert parse(both, "CYP") is None
    assert len(find(both, "CYP")) == 2


def test_words_and_telephone_numbers_are_not_references() -> None:
    assert find("Call 01632 960145 about recycling 2027", "CYP") == ()
    assert parse("to follow", "CYP") is None


def test_a_slip_of_one_digit_names_the_reference_that_was_meant() -> None:
    known = [make("CYP", 2027, 42), make("CYP", 2028, 7)]
    assert nearest("CYP-2027-0043-1", known) == ("CYP-2027-0042-1",)
