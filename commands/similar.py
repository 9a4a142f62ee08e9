"""`askonce similar`: what a proposal would meet, and how well it is found in a labelled folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from commands import wiring
from intake.similar import SimilarRules, rank_near
from intake.similar.evaluate import figures, predictions, read_folder
from intake.similar.keeping import bring_up_to_date, near
from model import FORM1, Fields, Match, Permanent
from parsers.reader import Reader
from parsers.references import parse
from parsers.spec import forms
from settings import Settings
from store import Overlap, Quarter

_RULES = SimilarRules()
_FIGURES = {
    "f1": "F1 (precision and recall in one)",
    "precision": "of the warnings, worth it",
    "recall": "of the similar work, warned of",
    "recall@5": "of the similar work, among the first five",
    "ndcg@5": "how good the order is",
    "false_alarm": "proposals warned of though nothing is similar",
}


def run_evaluate(folder: Path, as_json: bool, rules: SimilarRules = _RULES) -> int:
    """Score a labelled folder: each labelled consultation as a new proposal on its start date."""
    data = read_folder(folder, rules)
    found = dict(predictions(data, rules))
    if as_json:
        for query, given in found.items():
            for one in given:
                line = {"query_id": query, "candidate_id": one.key}
                print(json.dumps({**line, "score": one.score, "warn": one.warn}))
        return 0
    print(f"{len(found)} proposals against {len(data.terms)} consultations")
    for name, value in figures(data, found).items():
        print(f"{value:.3f}  {_FIGURES[name]}")
    return 0


def run_overlaps(settings: Settings, as_json: bool) -> int:
    """The overlaps that were found, by quarter, and what came of each."""
    with wiring.open_store(settings) as store:
        quarters = store.views.overlaps(settings.process.timezone)
    for quarter in quarters:
        if not as_json:
            counted = ", ".join(f"{n} {became}" for became, n in quarter.became.items() if n)
            print(f"{quarter.year}, quarter {quarter.number}: {quarter.found} found; {counted}")
        for overlap in quarter.overlaps:
            print(_overlap(quarter, overlap) if as_json else _told(overlap))
    return 0


def _overlap(quarter: Quarter, overlap: Overlap) -> str:
    line = {
        "quarter": f"{quarter.year}-Q{quarter.number}",
        "reference": overlap.reference,
        "title": overlap.title,
        "organisation": overlap.organisation,
        "found_at": overlap.found_at.isoformat(),
        "became": overlap.became.value,
        "similar": [{"reference": m.reference, "score": m.score} for m in overlap.matches],
    }
    return json.dumps(line, ensure_ascii=False)


def _told(overlap: Overlap) -> str:
    others = ", ".join(match.reference for match in overlap.matches)
    return f"  {overlap.reference}  {overlap.became}: {overlap.title} (like {others})"


def run_text(settings: Settings, text: str, today: date, as_json: bool) -> int:
    """Show what a proposal of these words would meet: for anyone young, anywhere, from today."""
    title, _, purpose = text.strip().partition("\n")
    proposal = {"title": title, "purpose": purpose or title, "start_date": today.isoformat()}
    return _show(settings, [{**forms()[FORM1].blank(), **proposal}], as_json)


def run_file(settings: Settings, file: Path, as_json: bool) -> int:
    """Show what each Form 1 in a file would meet. Raises `Permanent` where there is none."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Permanent(f"{file}: {error.strerror or error}. Check the name.") from error
    with Reader(prefix=settings.process.reference_prefix) as reader:
        reading = reader.read(file.name, content)
    proposals = [form.fields for form in reading.submissions if form.form == FORM1]
    if not proposals:
        raise Permanent(f"{file}: no Form 1 was found in it; see ./askonce parse.")
    return _show(settings, proposals, as_json)


def run_reference(settings: Settings, reference: str, as_json: bool) -> int:
    """Look again for one that is registered. Raises `Permanent` where there is none."""
    written = parse(reference, settings.process.reference_prefix) or reference.strip().upper()
    with wiring.open_store(settings) as store:
        record = store.views.consultation(written)
    if record is None or record.form1 is None:
        raise Permanent(f"There is no proposal {reference}: ./askonce export lists those that are.")
    return _show(settings, [record.form1], as_json, frozenset({record.key}))


def _show(
    settings: Settings,
    proposals: Sequence[Fields],
    as_json: bool,
    besides: frozenset[str] = frozenset(),
) -> int:
    found = _found(settings, proposals, besides)
    for match in found:
        print(_line(match) if as_json else "\n    ".join(_words(match)))
    if not as_json and not any(match.warn for match in found):
        print("Nothing that a warning would name.")
    return 0


def _found(settings: Settings, proposals: Sequence[Fields], besides: frozenset[str]) -> list[Match]:
    rules = wiring.similar_rules(settings)
    with (
        wiring.open_store(settings) as store,
        store.transaction() as transaction,
        transaction.similar() as index,
    ):
        bring_up_to_date(index, rules)
        nearby = near(index, proposals, rules)
    return [m for given in proposals for m, _ in rank_near(given, nearby, besides, rules)]


def _line(match: Match) -> str:
    shown = ("reference", "title", "score", "warn", "strong", "why", "differs")
    return json.dumps({name: getattr(match, name) for name in shown}, ensure_ascii=False)


def _words(match: Match) -> Iterator[str]:
    strength = "almost the same" if match.strong else "worth a look"
    said = strength if match.warn else "not alike enough for a warning"
    yield f"{match.reference}  {match.score:.2f}  {match.title}  ({said})"
    yield from match.why
    yield from match.differs
