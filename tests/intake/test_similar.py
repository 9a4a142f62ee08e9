"""Similar work: what counts, what does not, how strongly, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.similar import (
    Found,
    Places,
    Ranker,
    SimilarRules,
    Statistics,
    Terms,
    Work,
    explain,
    find_similar,
    same_words,
    terms_of,
)
from intake.similar.rank import months_before
from intake.similar.terms import understood
from model import Consultation, Status

PLACES = Places({"County": None, "North": "County", "Harwick": "North", "South": "County"})
RULES = SimilarRules()
BUSES = Work(
    title="Getting to school by bus",
    purpose="Are the buses on time, what is the fare, and do you feel safe at the stop?",
    audience=("Secondary age",),
    ages=(11, 16),
    areas=("Harwick",),
    starts=date(2027, 3, 1),
    ends=date(2027, 4, 1),
)
EARLIER = replace(
    BUSES,
    title="Late again: your ride to class",
    purpose="Does the coach turn up, can you afford a ticket and is the bus shelter scary?",
    starts=date(2026, 3, 1),
    ends=date(2026, 4, 1),
)


def compare(asked: Work, *others: Work) -> list[Found]:
    terms = {str(n): terms_of(other) for n, other in enumerate(others)}
    ranker = Ranker(Statistics.of(terms.values()), PLACES, RULES)
    return ranker.best(terms_of(asked), terms.items())


def shown(asked: Work, *others: Work) -> list[str]:
    return [found.key for found in compare(asked, *others) if found.warn]


def why(asked: Work, other: Work) -> tuple[list[str], list[str]]:
    one, two = terms_of(asked), terms_of(other)
    agrees, differs = explain(one, two, Ranker(Statistics.of([two]), PLACES, RULES))
    return list(agrees), list(differs)


# --------------------------------------------------------------------------- subjects


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Is your PA any good?", "Personal advisers: staying in touch"),
        ("LAC: your review", "Looked after children: the meeting with the IRO"),
        ("Vaping in school", "Why do pupils use e-cigarettes?"),
        ("HAF: what shall we do?", "Holiday activities and food programme"),
        ("Bwlio yn yr ysgol", "Bullying in school"),
        ("Iechyd meddwl a chwnsela", "Counselling and mental health"),
        ("skool uniform - to dear", "The cost of school uniform"),
        ("Going to the dentits", "Dentists: your teeth"),
        ("Where do you skateboard?", "A new skate park"),
    ],
)
def test_the_same_subject_in_other_words_is_found(one: str, two: str) -> None:
    assert shown(Work(title=one), Work(title=two)) == ["0"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Scouts, guides and cadets: uniformed groups", "School uniform costs"),
        ("Ward councillors: do you know yours?", "The children's ward"),
        ("Lesson periods: five or six?", "Period products in school"),
        ("Please add your ideas about litter", "Living with ADD"),
        ("Training for apprentices", "Trains and railway stations"),
    ],
)
def test_the_same_words_about_something_else_are_not_found(one: str, two: str) -> None:
    assert shown(Work(title=one), Work(title=two)) == []


def test_sentences_that_every_form_has_find_nothing() -> None:
    shared = (
        " Thank you for coming. Please take a few minutes to tell us what you thought."
        " Your answers will be kept private and will be used to plan future sessions."
        " You can skip any question you do not want to answer."
    )
    play = Work(title="The play about safety", purpose="Was the drama clear?" + shared)
    pool = Work(title="Hydrotherapy pool", purpose="Was the water warm?" + shared)
    assert shown(play, pool) == []


def test_nearly_the_same_title_is_always_shown() -> None:
    one = Work(title="The big Harwick summer survey 2027", purpose="Parks and litter")
    two = Work(title="The big Harwick summer survey 2026", purpose="Sleep and homework")
    (found,) = compare(one, two)
    assert (found.warn, found.strong) == (True, False)


def test_two_without_a_title_have_not_the_same_title() -> None:
    assert compare(Work(purpose="Litter"), Work(purpose="Sleep")) == []


# --------------------------------------------------------------------------- young people


@pytest.mark.parametrize(
    ("audience", "found"),
    [
        (("Secondary age",), ["0"]),
        (("All children and young people",), ["0"]),
        ((), ["0"]),
        (("Parents and carers",), []),
        (("teachers",), []),
        (("Parents and carers", "Secondary age"), ["0"]),
        (("pupils whose parents are in prison",), ["0"]),
        (("parents of secondary pupils",), []),
        (("mums and dads under 21",), ["0"]),
        (("carers' own children",), ["0"]),
    ],
)
def test_grown_ups_and_young_people_are_kept_apart(
    audience: tuple[str, ...], found: list[str]
) -> None:
    other = replace(BUSES, audience=audience, starts=date(2026, 3, 1), ends=date(2026, 4, 1))
    assert shown(BUSES, other) == found


def test_other_groups_weigh_against_a_match_and_the_same_group_for_it() -> None:
    def score(group: str) -> float:
        asked = replace(BUSES, audience=("Young carers",))
        return compare(asked, replace(EARLIER, audience=(group,)))[0].score

    assert score("children who look after a relative") > score("Secondary age")
    assert score("Secondary age") > score("LGBTQ+ young people")


@pytest.mark.parametrize(("ages", "count"), [((11, 16), 1), ((13, 18), 1), ((17, 25), 0)])
def test_ages_have_to_meet(ages: tuple[int, int], count: int) -> None:
    assert len(compare(BUSES, replace(EARLIER, ages=ages))) == count


@pytest.mark.parametrize(
    ("area", "count"),
    [("Harwick", 1), ("North", 1), ("County", 1), ("South", 0), ("Harwik", 1), ("Countywide", 1)],
)
def test_a_place_lies_within_another_or_is_elsewhere(area: str, count: int) -> None:
    assert len(compare(BUSES, replace(EARLIER, areas=(area,)))) == count


def test_a_place_that_is_not_on_the_list_may_be_anywhere() -> None:
    known, unknown = (compare(BUSES, replace(EARLIER, areas=(a,))) for a in ("Harwick", "Oz"))
    assert unknown[0].score == pytest.approx(known[0].score - RULES.place_unsure)


# --------------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("ended", "count"),
    [(date(2025, 3, 1), 1), (date(2025, 2, 28), 0), (None, 1), (date(2028, 1, 1), 1)],
)
def test_work_counts_for_24_months_and_to_the_day(ended: date | None, count: int) -> None:
    assert len(compare(BUSES, replace(EARLIER, starts=None, ends=ended))) == count


def test_work_without_an_end_counts_as_of_its_start() -> None:
    old = replace(EARLIER, starts=date(2024, 1, 1), ends=None)
    assert compare(BUSES, old) == []
    assert len(compare(BUSES, replace(old, starts=date(2027, 6, 1)))) == 1


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_months_before_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1


# --------------------------------------------------------------------------- strength and order


def test_at_most_five_are_shown_best_first() -> None:
    found = compare(BUSES, *[replace(BUSES, starts=date(2026, 3, 1))] * 9)
    assert [f.key for f in found] == ["0", "1", "2", "3", "4"]
    assert all(f.warn for f in found)


def test_the_same_again_is_almost_the_same_and_a_part_of_it_worth_a_look() -> None:
    again = replace(BUSES, starts=date(2026, 3, 1), ends=date(2026, 4, 1))
    (same,) = compare(BUSES, again)
    assert same.strong
    part = replace(again, title="Journeys", purpose="Buses and parks and libraries", ages=(8, 14))
    (look,) = compare(BUSES, part)
    assert look.score < same.score
    assert not look.strong


def test_a_weak_match_is_not_shown_beside_a_clear_one() -> None:
    again = replace(BUSES, starts=date(2026, 3, 1), ends=date(2026, 4, 1))
    weak = replace(again, title="Parks and buses", purpose="Parks, benches and libraries")
    assert shown(BUSES, weak, again) == ["1"]


words = st.sampled_from(
    "bus fares school CAMHS waiting dentist bwlio skate park PA care vaping the and £ 2nd".split()
)
texts = st.lists(words, max_size=12).map(" ".join)
works = st.builds(
    Work,
    title=texts,
    purpose=texts,
    audience=st.lists(st.sampled_from(["Care leavers", "parents", "Year 7"]), max_size=2).map(
        tuple
    ),
    ages=st.none() | st.tuples(st.integers(0, 12), st.integers(13, 25)),
    areas=st.lists(st.sampled_from(["County", "Harwick", "South", "Oz"]), max_size=2).map(tuple),
    starts=st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)),
)


@settings(deadline=None, max_examples=60)
@given(works, st.lists(works, max_size=6), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_the_register(
    asked: Work, others: list[Work], chance: Any
) -> None:
    kept = {str(n): terms_of(other) for n, other in enumerate(others)}
    turned = list(kept.items())
    chance.shuffle(turned)
    one, two = (
        Ranker(Statistics.of(dict(rows).values()), PLACES).best(terms_of(asked), rows)
        for rows in (list(kept.items()), turned)
    )
    assert one == two
    assert all(0 < f.score <= 1 and round(f.score, 4) == f.score for f in one)


@settings(deadline=None, max_examples=60)
@given(works)
def test_terms_survive_being_stored(work: Work) -> None:
    terms = terms_of(work)
    assert Terms.from_json(terms.to_json()) == terms
    assert terms.weights == tuple(sorted(terms.weights))


@settings(deadline=None, max_examples=60)
@given(st.lists(works, max_size=5), works)
def test_counts_are_added_and_taken_away_without_counting_anew(
    register: list[Work], one: Work
) -> None:
    terms = [terms_of(work) for work in register]
    before = Statistics.of(terms)
    after = before.plus(terms_of(one))
    assert after == Statistics.of([*terms, terms_of(one)])
    assert after.minus(terms_of(one)) == before


@settings(deadline=None, max_examples=60)
@given(works, works)
def test_similarity_is_the_same_both_ways_round(one: Work, two: Work) -> None:
    a, b = terms_of(one), terms_of(two)
    ranker = Ranker(Statistics.of([a, b]), PLACES)
    assert ranker.score(a, b) == ranker.score(b, a)


# --------------------------------------------------------------------------- in words


def test_why_names_whom_where_and_what() -> None:
    agrees, differs = why(BUSES, replace(EARLIER, areas=("North",), ages=(8, 16)))
    assert agrees[0].startswith("both ask 11 to 16 year olds in Harwick about ")
    assert "buses" in agrees[0]
    assert "the other one ended 11 months before yours starts" in agrees
    assert "yours is for 11 to 16 year olds, the other one for 8 to 16 year olds" in differs
    assert "yours is in Harwick, the other one in North" in differs


def test_why_names_the_group_that_both_ask() -> None:
    asked = replace(BUSES, audience=("CLA",))
    agrees, differs = why(asked, replace(EARLIER, audience=("looked after children",)))
    assert agrees[0].startswith("both ask children in care aged 11 to 16 in Harwick")
    assert not [line for line in differs if "asks" in line]


LUNCH = replace(
    BUSES,
    title="Why pupils skip school lunch",
    purpose="Why pupils skip lunch in the school canteen, and what food they would eat.",
)
CHEAPER = replace(
    BUSES,
    purpose="What stops pupils from travelling to school by bus, and what would make buses safer"
    " and cheaper.",
)
FARES = replace(
    BUSES,
    title="School bus journeys: what pupils say",
    purpose="Find out why pupils do not take the bus to school, whether buses feel safe, and what"
    " fares they would pay.",
)
PUTS_OFF = replace(LUNCH, title="School lunches: what puts pupils off")


@pytest.mark.parametrize(
    ("one", "two"),
    [(CHEAPER, FARES), (LUNCH, PUTS_OFF)],
    ids=["a question that both raise covers it", "in words that both use"],
)
def test_no_subject_is_only_one_sides_where_the_other_hints_at_it(one: Work, two: Work) -> None:
    for asked, other in ((one, two), (two, one)):
        agrees, differs = why(asked, other)
        assert any("in both" in line for line in agrees)
        assert not [line for line in differs if line.startswith("only")]


def test_a_subject_that_only_one_side_has_is_still_said() -> None:
    absence = replace(BUSES, title="Truancy", purpose="Why do some bunk off?")
    assert "only yours is about attendance" in why(absence, FARES)[1]
    assert "only the other one is about attendance" in why(FARES, absence)[1]


def test_why_names_the_points_that_both_raise() -> None:
    asked = "Were you scared, frightened or nervous?"
    one = Work(title="The dentist: what puts you off?", purpose=asked)
    agrees, _ = why(one, replace(one, title="Going to the dentist"))
    assert "the same point comes up in both: fear and worry" in agrees
    one = replace(one, purpose=f"How was your first visit? {asked} How long did you wait?")
    agrees, _ = why(one, replace(one, title="Going to the dentist"))
    said = "the same points come up in both: fear and worry, waiting"
    assert said in agrees


def test_why_names_nothing_that_only_a_doubtful_word_hints_at() -> None:
    cycling = Work(title="Cycling to school: what stops you?", purpose="Which routes feel unsafe?")
    other = Work(
        title="Safer cycling to school", purpose="What stops you, which routes feel unsafe?"
    )
    agrees, _ = why(cycling, other)
    assert "about cycling" in agrees[0]
    assert not [line for line in agrees if "leaving and moving on" in line]


def test_why_does_not_give_one_phrase_as_two_reasons() -> None:
    breakfast = Work(title="School breakfast: would you come?", purpose="A breakfast club.")
    other = Work(title="Breakfast clubs in secondary schools", purpose="Would pupils come?")
    assert why(breakfast, other)[0][0].endswith(" about breakfast clubs")
    both = (replace(work, purpose="Breakfast, and a holiday club.") for work in (breakfast, other))
    assert "breakfast clubs, out-of-school childcare" in why(*both)[0][0].replace(" and", ",")


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (date(2026, 3, 1), date(2027, 3, 1), "is still going on when yours starts"),
        (date(2027, 6, 1), date(2027, 7, 1), "is planned for after yours starts"),
        (date(2026, 3, 1), date(2027, 2, 20), "ended less than a month before yours starts"),
        (date(2026, 3, 1), date(2027, 1, 31), "ended 1 month before yours starts"),
        (None, None, "nobody knows when the other one ends"),
    ],
)
def test_why_says_when_it_was(starts: date | None, ends: date | None, said: str) -> None:
    agrees, _ = why(BUSES, replace(EARLIER, starts=starts, ends=ends))
    assert said in " / ".join(agrees)


# --------------------------------------------------------------------------- on the register


def record(key: str, **form: Any) -> Consultation:
    return Consultation(
        key=key,
        status=Status.REGISTERED,
        reference=f"CYP-2026-{key}",
        form1={"title": "Skate park", "purpose": "Ramps and lights", **form},
        created_at=datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/London")),
    )


def test_form_1_fields_are_compared() -> None:
    proposal = {"title": "Skateboarding", "purpose": "Which ramps?", "area": ["Ipswich"]}
    records = [
        record("0001", area=["Ipswich"]),
        record("0002", area=["Waveney"]),
        record("0003", area=["Countywide"], audience=["Parents and carers"]),
    ]
    ((match, other),) = find_similar(proposal, records)
    assert (match.reference, other.key) == ("CYP-2026-0001", "0001")
    assert "in Ipswich" in match.why[0]


def test_a_proposal_is_not_compared_with_itself_or_with_one_without_a_reference() -> None:
    records = [record("0001"), replace(record("0002"), reference=None)]
    assert find_similar({"title": "Skate park"}, records, besides=frozenset({"0001"})) == ()


@pytest.mark.parametrize(
    ("one", "two"), [("The  Skate-Park!", "the skate park"), ("", None), ("…", "")]
)
def test_titles_are_the_same_but_for_case_and_punctuation(one: str, two: str | None) -> None:
    assert same_words(one) == same_words(two)


def test_the_likelier_the_more_the_ages_are_alike() -> None:
    near = replace(EARLIER, ages=(11, 16))
    wide = replace(EARLIER, ages=(5, 25))
    assert compare(BUSES, wide, near)[0].key == "1"


def test_short_words_are_mended_in_a_text_that_is_misspelt_all_over() -> None:
    meant = [word.text for word in understood("wot is ur trane tickit")]
    assert meant == ["what", "is", "your", "train", "ticket"]


@pytest.mark.parametrize("word", ["cattle", "fright", "stairs", "strange", "bother"])
def test_an_ordinary_word_is_not_taken_for_a_subject_that_it_resembles(word: str) -> None:
    assert [w.text for w in understood(word)] == [word]


def test_a_form_that_the_list_lacks_means_less() -> None:
    listed, other = (dict(terms_of(Work(title=t)).weights) for t in ("vaccination", "vaccinating"))
    assert 0 < other["#vaccinations"] < listed["#vaccinations"]


def test_residents_are_young_people_where_their_ages_say_so() -> None:
    homes = replace(BUSES, audience=("residents",), ages=(10, 17))
    assert compare(homes, BUSES)
    assert not compare(replace(homes, ages=(16, 99)), BUSES)


def test_short_unknown_words_are_left_alone_in_a_careful_text() -> None:
    assert "trane" in [word.text for word in understood("The Trane quartet plays")]
