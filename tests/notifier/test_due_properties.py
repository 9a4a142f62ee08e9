"""Whatever the dates, the days on which the daemon ran and the answers that came in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from model import Clocked, ClockRules, Consultation, Letter, Status, Wish, Wished
from notifier.due import at_once, coming, decide, due, forecast, steps
from notifier.workdays import Workdays
from tests.notifier.samples import AWAITING, REGISTERED

CLOCK = ClockRules()
DAYS = Workdays.of(CLOCK)
START = date(2027, 1, 1)
SPAN = 200

offsets = st.integers(min_value=-60, max_value=120)
days_off = st.sets(st.integers(min_value=0, max_value=SPAN), max_size=SPAN)


@st.composite
def consultations(draw: st.DrawFn) -> Consultation:
    """One that the clock watches, its dates anywhere around the days that are walked."""
    if draw(st.booleans()):
        asked = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(hours=draw(offsets) * 24)
        return replace(AWAITING, asked_at=asked)
    end = START + timedelta(days=draw(offsets))
    due_on = end + timedelta(days=draw(st.one_of(st.just(28), st.integers(0, 90))))
    form1 = {**(REGISTERED.form1 or {}), "end_date": end.isoformat()}
    return replace(REGISTERED, form1=form1, outcomes_due=due_on)


def walk(
    c: Consultation,
    off: set[int],
    changes: Mapping[int, date],
    wishes: Mapping[str, Wished] | None = None,
) -> list[tuple[date, str]]:
    """(day, key) of everything made; on the days in `changes` an EXTEND came in first."""
    made: frozenset[str] = frozenset()
    found = []
    for n in range(SPAN + 1):
        day = START + timedelta(days=n)
        if n in changes and c.status is Status.REGISTERED:
            c = replace(c, outcomes_due=changes[n])
        one = Clocked(consultation=c, made=made, wishes=wishes or {})
        come = due([one], CLOCK, day) if n not in off else ()
        made |= {d.key for d in come}
        found += [(d.goes_on, d.key) for d in come]
    return found


@given(consultations())
def test_the_forecast_is_what_happens_day_by_day(c: Consultation) -> None:
    until = START + timedelta(days=SPAN)
    told = forecast([Clocked(consultation=c)], CLOCK, since=START, until=until)
    assert [(d.goes_on, d.key) for d in told] == walk(c, set(), {})


@st.composite
def wished(draw: st.DrawFn) -> tuple[Consultation, dict[str, Wished]]:
    """A consultation, some of whose mails were skipped or all of them paused."""
    c = draw(consultations())
    keys = [step.key for step in steps(c, CLOCK)]
    chosen = dict.fromkeys(draw(st.sets(st.sampled_from(keys))), Wish.SKIP)
    if draw(st.booleans()):
        chosen[c.key] = Wish.PAUSE
    return c, {key: Wished(wish=wish, key=key) for key, wish in chosen.items()}


@given(wished())
def test_what_the_forecast_does_not_mark_is_what_happens(
    given: tuple[Consultation, dict[str, Wished]],
) -> None:
    c, wishes = given
    until = START + timedelta(days=SPAN)
    one = Clocked(consultation=c, wishes=wishes)
    told = forecast([one], CLOCK, since=START, until=until)
    happened = walk(c, set(), {}, wishes)
    assert [(d.goes_on, d.key) for d in told if not d.wished] == happened
    kept_back = {d.key for d in told if d.wished}
    assert kept_back.isdisjoint(key for _, key in happened)
    plain = {key for _, key in walk(c, set(), {})}
    assert {d.key for d in told} >= plain - set(wishes)
    assert all(d.key in plain or d.what is Letter.COMPLETION_NOTE for d in told)


@given(wished(), st.integers(0, SPAN))
def test_sending_one_now_leaves_the_others_on_their_days(
    given: tuple[Consultation, dict[str, Wished]], n: int
) -> None:
    c, wishes = given
    today = START + timedelta(days=n)
    one = Clocked(consultation=c, wishes=wishes)
    ahead = forecast([one], CLOCK, since=today, until=date.max)
    for mail in (d for d in ahead if isinstance(d.what, Letter)):
        assert coming(one, mail.key, CLOCK, today) == mail
        now = at_once(mail, one, today)
        assert (now.key, now.goes_on, now.wished) == (mail.key, today, None)
        after = replace(one, made=frozenset({mail.key}))
        left = forecast([after], CLOCK, since=today, until=date.max)
        assert mail.key not in {d.key for d in left}
        assert {d.key for d in left} <= {d.key for d in ahead}


extensions = st.dictionaries(
    st.integers(0, SPAN), st.dates(START, START + timedelta(days=2 * SPAN)), max_size=4
)


@given(consultations(), days_off, extensions)
def test_nothing_is_made_twice_and_never_two_things_on_one_day(
    c: Consultation, off: set[int], changes: dict[int, date]
) -> None:
    found = walk(c, off, changes)
    days, keys = [day for day, _ in found], [key for _, key in found]
    assert len(set(keys)) == len(keys)
    assert len(set(days)) == len(days)


@given(consultations(), days_off, extensions)
def test_the_note_comes_first_or_never_and_one_mail_carries_the_form(
    c: Consultation, off: set[int], changes: dict[int, date]
) -> None:
    made: frozenset[str] = frozenset()
    mails, forms = [], 0
    for n in sorted(set(range(SPAN + 1)) - off):
        c = replace(c, outcomes_due=changes.get(n, c.outcomes_due))
        for d in due([Clocked(consultation=c, made=made)], CLOCK, START + timedelta(days=n)):
            made |= {d.key}
            for draft in decide(d, CLOCK).drafts:
                assert DAYS.is_workday(d.goes_on)
                mails.append(draft.kind)
                forms += len(draft.forms)
    outcomes = [m for m in mails if m is not Letter.CONFIRM_REMINDER]
    assert forms == (1 if outcomes else 0)
    assert Letter.COMPLETION_NOTE not in outcomes[1:]


@given(consultations(), days_off)
def test_an_outage_only_ever_leaves_something_out(c: Consultation, off: set[int]) -> None:
    whole = {key for _, key in walk(c, set(), {})}
    assert {key for _, key in walk(c, off, {})} <= whole
