"""Form 2: whose outcomes they are, and what follows (process section "Form 2")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz, utils

from intake.proposals import blocking
from intake.similar import same_words, subject_of
from intake.steps import (
    Case,
    Step,
    as_read,
    changed_fields,
    hold_incomplete,
    not_the_latest,
    settled,
    settled_in_thread,
    unfiled_key,
)
from model import (
    FORM1,
    FORM2,
    TAKES_OUTCOMES,
    Change,
    Code,
    Consultation,
    Hold,
    Letter,
    Part,
    Reason,
    Role,
    Sought,
    Status,
    Submission,
)
from parsers.references import nearest

_CLEAR = 85  #: title and lead worker together, of 100
_MARGIN = 8  #: ahead of the next likeliest
#: Titles whose subjects are less alike than this contradict each other. Of 4,000 pairs of titles
#: of different work, 97 in 100 are.
_CONTRADICTS = 50
_SHOWN = 5  #: consultations for a person to choose from
_WORTH_SHOWING = 0.5  #: how like the form one has to be that is not the sender's own
_SAME_TITLE = 85  #: of 100; one of nearly the same title is shown first, whoever's it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Whose outcomes a Form 2 holds; or, with none, the likeliest for a person to choose from."""

    consultation: Consultation | None = None
    likely: tuple[Consultation, ...] = ()
    references: tuple[str, ...] = ()  #: the sender's own that the one given may be a slip of
    kind: str = ""  #: for the letter: "unknown" or "contradicts", of a reference that was given
    why: str = ""  #: for the administrator


def judge_outcomes(case: Case, form: Submission, linked: Consultation | None = None) -> Step:
    """What one Form 2 leads to. `linked`: a person says whose outcomes they are."""
    found = Found(consultation=case.stands_for(linked)) if linked else match_outcomes(case, form)
    wrong = blocking(form)
    if wrong:
        return _incomplete(case, form, found)
    known = found.consultation
    if known is None or known.status not in TAKES_OUTCOMES:
        return _unmatched(case, form, found)
    if _anothers(case, known, form):
        why = "outcomes came from another of its contacts: these would take their place"
        return _unmatched(case, form, replace(found, kind="anothers", why=why))
    return _log(case, known, form)


def _anothers(case: Case, known: Consultation, form: Submission) -> bool:
    """Whether other outcomes are on record of two that were merged, from the contact of the other.

    Each may tell of what they did themselves, so a person decides (whose `act` it is then).
    """
    latest, sender = case.facts.latest.get(known.key, {}).get(FORM2), case.email.sender
    if case.act or known.form2 is None or latest is None or not case.merged_into(known):
        return False
    theirs = sender is not None and latest.sender in (None, sender.email)
    return not theirs and bool(changed_fields(known.form2, form.fields))


# --------------------------------------------------------------------------- matching


def unplaced(case: Case) -> tuple[Sought, ...]:
    """What those Form 2s of a mail say of their consultation that nothing settles.

    For them alone is all of the register searched. A Form 1 beside them may unsettle any.
    """
    forms = [form for _file, reading in case.files for form in reading.submissions]
    proposed = any(form.form == FORM1 for form in forms)
    return tuple(
        _sought(form)
        for form in forms
        if form.form == FORM2 and not blocking(form) and (proposed or not _settles(case, form))
    )


def _settles(case: Case, form: Submission) -> bool:
    known = match_outcomes(case, form).consultation
    return known is not None and known.status in TAKES_OUTCOMES


def _sought(form: Submission) -> Sought:
    title, *others = (str(form[key] or "") for key in ("title", "lead_worker", "organisation"))
    return Sought(title=title, others=tuple(others))


def match_outcomes(case: Case, form: Submission) -> Found:
    """By reference, then subject, then thread, then title and lead worker together.

    Only the sender's own consultations are looked at: anyone else's are none of their business.
    """
    own = {c.reference: c for c in case.facts.own if c.reference}
    given = form["reference"]
    if given:
        return _by_reference(case, case.own_of(given), form)
    ways = _other_ways(case, form)
    if any(p.code is Code.REFERENCE_INVALID for p in form.problems):
        return _mistyped(case, form, ways, own)
    for consultation in ways:
        if consultation is not None and not _contradicts(case, consultation, form):
            return Found(consultation=consultation)
    return Found(likely=_likely(case, form), why="no reference, and no single clear match")


def _by_reference(case: Case, consultation: Consultation | None, form: Submission) -> Found:
    if consultation is None:
        named = case.facts.named.get(form["reference"])
        own = [c.reference for c in case.facts.own if c.reference]
        return Found(
            likely=_likely(case, form, named),
            references=nearest(form["reference"], own),
            kind="unknown",
            why="the reference is not one of the sender's",
        )
    if _contradicts(case, consultation, form):
        why = "the title contradicts the reference"
        return Found(likely=_likely(case, form, consultation), kind="contradicts", why=why)
    return Found(consultation=consultation)


def _other_ways(case: Case, form: Submission) -> tuple[Consultation | None, ...]:
    """What the subject, the thread, and title with lead worker say, each on its own."""
    own = {c.key for c in case.facts.own}
    subject = [c for r in case.in_subject if (c := case.own_of(r))]
    thread = [case.stands_for(c) for c in case.in_thread]
    return _only(subject), _only([c for c in thread if c.key in own]), _by_title(case, form)


def _mistyped(
    case: Case,
    form: Submission,
    ways: tuple[Consultation | None, ...],
    own: dict[str, Consultation],
) -> Found:
    """A slip never lands on another consultation: the other ways settle it only if they agree."""
    said = {c.key: c for c in ways if c is not None}
    seen = next(p.seen for p in form.problems if p.code is Code.REFERENCE_INVALID)
    references = nearest(seen, own)
    agreed = _only(list(said.values()))
    if agreed is not None and not _contradicts(case, agreed, form):
        return Found(consultation=agreed)
    return Found(likely=_likely(case, form), references=references, why="the reference is mistyped")


def _by_title(case: Case, form: Submission) -> Consultation | None:
    """The single clear one by title and lead worker together."""
    open_ones = [c for c in case.facts.own if c.status in TAKES_OUTCOMES]
    ranked = sorted(((_closeness(case, c, form), c.key, c) for c in open_ones), reverse=True)
    if not ranked or ranked[0][0] < _CLEAR:
        return None
    if len(ranked) > 1 and ranked[1][0] > ranked[0][0] - _MARGIN:
        return None
    return ranked[0][2]


def _likely(
    case: Case, form: Submission, named: Consultation | None = None
) -> tuple[Consultation, ...]:
    """Those of nearly the same title, whoever's, the one that is named, then the likeliest."""
    known = {c.key: c for c in (*case.facts.own, *case.facts.anybodys) if c.reference}
    theirs = {c.key for c in case.facts.own}
    ranked = sorted(
        (_alike(c.title, form["title"]) >= _SAME_TITLE, _likeness(case, c, form), key)
        for key, c in known.items()
    )
    shown = [
        (known[key], same)
        for same, score, key in reversed(ranked)
        if same or key in theirs or score >= _WORTH_SHOWING
    ]
    first = [c for c, same in shown if same]
    first = [*first[: _SHOWN - 1], named] if named else first  # which is shown in any case
    return tuple({c.key: c for c in (*first, *(c for c, _ in shown))}.values())[:_SHOWN]


def _likeness(case: Case, consultation: Consultation, form: Submission) -> float:
    """For a person to choose by, 0 to 1: the organisation counts as well where both name one."""
    by_name = _closeness(case, consultation, form) / 100
    one, two = (consultation.form1 or {}).get("organisation"), form["organisation"]
    return 0.8 * by_name + 0.2 * _alike(one, two) / 100 if one and two else by_name


def _closeness(case: Case, consultation: Consultation, form: Submission) -> float:
    title = max(_alike(title, form["title"]) for title in _titles(case, consultation))
    return 0.7 * title + 0.3 * _lead(case, consultation, form)


def _lead(case: Case, consultation: Consultation, form: Submission) -> float:
    """100 where no name is given but the mail is from the lead worker's own address."""
    if given := form["lead_worker"]:
        entries = (consultation, *case.merged_into(consultation))
        known = (one.get("lead_worker") for c in entries for one in (c.form1 or {}, c.contact))
        return max(_alike(name, given) for name in known)
    sender = case.email.sender
    leads = {p.address.email for p in consultation.people if p.role is not Role.CC}
    return 100.0 if sender and sender.email in leads else 0.0


def _contradicts(case: Case, consultation: Consultation, form: Submission) -> bool:
    """A title that has nothing of this one's, or is rather that of another of the sender's."""
    if not _has_another_title(case, consultation, form):
        return False
    given = same_words(form["title"])
    possible = (c for c in case.facts.own if c.status in TAKES_OUTCOMES)
    others = [c.title for c in possible if c.key != consultation.key]
    if any(same_words(title) == given for title in others):
        return True
    here = (_resemblance(same_words(t), given) for t in _titles(case, consultation))
    known = [alike for alike in here if alike is not None]
    if not known:
        return False
    alike = max(known)
    closer = max(_CLEAR, alike + _MARGIN)
    best = max((_resemblance(title, given) or 0.0 for title in others), default=0.0)
    return alike < _CONTRADICTS or best >= closer


def _has_another_title(case: Case, consultation: Consultation, form: Submission) -> bool:
    """Whether both have one, and they are not the same."""
    titles = {same_words(title) for title in _titles(case, consultation)} - {""}
    given = same_words(form["title"])
    return bool(titles and given) and given not in titles


def _titles(case: Case, consultation: Consultation) -> tuple[str, ...]:
    """What the register calls it, and called what was merged into it."""
    return tuple(c.title for c in (consultation, *case.merged_into(consultation)))


def _resemblance(one: str, two: str) -> float | None:
    """How alike the subjects of two titles are, 0 to 100. None: one of them names none."""
    one, two = subject_of(one), subject_of(two)
    if not one or not two:
        return None
    run_on = fuzz.ratio(one.replace(" ", ""), two.replace(" ", ""))
    return max(_alike(one, two), fuzz.token_set_ratio(one, two), run_on)


def _alike(one: str | None, two: str | None) -> float:
    if not one or not two:
        return 0.0
    return fuzz.token_sort_ratio(one, two, processor=utils.default_process)


def _only(consultations: list[Consultation]) -> Consultation | None:
    return consultations[0] if len({c.key for c in consultations}) == 1 else None


# --------------------------------------------------------------------------- what follows


def _log(case: Case, known: Consultation, form: Submission) -> Step:
    if known.form2 is not None and not changed_fields(known.form2, form.fields):
        part = Part(kind=Letter.REPEAT, consultation=known, submission=form)
        return Step(part=part, about=(known.key,))
    if older := not_the_latest(case, known, form):
        return older
    first = known.form2 is None
    after = replace(
        known,
        status=Status.COMPLETE,
        form2=form.fields,
        outcomes_revision=known.outcomes_revision + 1,
        registered_at=known.registered_at or case.now,
        completed_at=known.completed_at or case.now,
        message_id=case.email.message_id,
    )
    return Step(
        part=Part(
            kind=Letter.OUTCOMES_LOGGED,
            consultation=after,
            submission=form,
            problems=form.problems,
            notes=_notes(case, known, form),
            changed=() if first else changed_fields(known.form2, form.fields),
        ),
        changes=(
            Change(
                event="outcomes_logged" if first else "outcomes_revised",
                before=known,
                after=after,
                submission=form,
            ),
        ),
        settles=_settled(case, after, form),
        about=(after.key,),
    )


def _notes(case: Case, known: Consultation, form: Submission) -> tuple[str, ...]:
    """Neither is an error, but nobody should learn of a mix-up from what is published."""
    merged = [c.reference for c in case.merged_into(known)]
    notes = {
        "another_reference": form["reference"] not in (None, known.reference, *merged),
        "another_title": _has_another_title(case, known, form),
    }
    return tuple(code for code, true in notes.items() if true)


def _settled(case: Case, after: Consultation, form: Submission) -> tuple[int, ...]:
    """Also what was held of the same form when it could not be filed, in whatever mail it came."""
    forms = (Reason.INCOMPLETE, Reason.OUTCOMES_UNMATCHED)
    unfiled = unfiled_key(case, form)
    keys = (f"{Reason.OUTCOMES_UNMATCHED}:{unfiled}", f"{Reason.INCOMPLETE}:{unfiled}:{FORM2}")
    all_of_them = (
        *settled(case.facts, after, *forms, Reason.UNCONFIRMED, Reason.OUTCOMES_OVERDUE),
        *settled_in_thread(case.facts, case.email, *forms),
        *(h.id for h in case.facts.unfiled if h.key in keys),
    )
    return tuple(dict.fromkeys(all_of_them))


def _incomplete(case: Case, form: Submission, found: Found) -> Step:
    known = found.consultation
    wrong = blocking(form)
    return Step(
        part=Part(
            kind=Letter.INCOMPLETE,
            consultation=known,
            submission=form,
            problems=wrong,
            references=found.references,
        ),
        holds=(hold_incomplete(case, known, form, wrong),),
        about=(known.key,) if known else (),
    )


def _unmatched(case: Case, form: Submission, found: Found) -> Step:
    likely = found.likely or _likely(case, form, found.consultation)
    status = found.consultation.status if found.consultation else ""
    why = found.why or f"the consultation is {status}"
    return Step(
        part=Part(
            kind=Letter.OUTCOMES_UNMATCHED,
            consultation=found.consultation,
            submission=form,
            problems=form.problems,
            references=found.references,
            details={"given": _given(form), "why": found.kind},
        ),
        holds=(
            Hold(
                key=f"{Reason.OUTCOMES_UNMATCHED}:{unfiled_key(case, form)}",
                reason=Reason.OUTCOMES_UNMATCHED,
                consultation=found.consultation.key if found.consultation else None,
                detail={"why": why, "likely": _kept(case, form, likely), **as_read(form)},
            ),
        ),
        about=(found.consultation.key,) if found.consultation else (),
    )


def _kept(case: Case, form: Submission, likely: tuple[Consultation, ...]) -> list[dict[str, Any]]:
    """The likeliest, as the queue keeps them.

    `named`: whether the form gives its reference. `theirs`: whether the sender may be told of it.
    """
    own = {c.key for c in case.facts.own}
    return [
        {
            "reference": c.reference,
            "title": c.title,
            "organisation": (c.form1 or {}).get("organisation"),
            "score": round(_likeness(case, c, form), 2),
            "named": bool(c.reference) and c.reference == form["reference"],
            "theirs": c.key in own and c.reference is not None,
        }
        for c in likely
    ]


def _given(form: Submission) -> str:
    """The reference as typed."""
    slips = (p.seen for p in form.problems if p.code is Code.REFERENCE_INVALID)
    return form["reference"] or next(slips, "")
