"""`askonce similar`: what a proposal would meet, and how well it is found in a labelled folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from intake.similar import SimilarRules, find_similar
from intake.similar.evaluate import figures, predictions, read_folder
from model import FORM1, Consultation, Fields, Match, Permanent
from parsers.read import read

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


def run_text(text: str, others: Iterable[Consultation], as_json: bool) -> int:
    """Show what a proposal of these words would meet among `others`: anyone young, anywhere."""
    title, _, purpose = text.partition("\n")
    return _show({"title": title, "purpose": purpose or title}, others, as_json)


def run_file(file: Path, others: Iterable[Consultation], as_json: bool, prefix: str = "CYP") -> int:
    """Show what each Form 1 in a file would meet among `others`. Raises Permanent without one."""
    try:
        reading = read(file.name, file.read_bytes(), prefix=prefix)
    except OSError as error:
        raise Permanent(f"{file}: {error.strerror or error}. Check the name.") from error
    proposals = [form.fields for form in reading.submissions if form.form == FORM1]
    if not proposals:
        raise Permanent(f"{file}: no Form 1 was found in it.")
    kept = tuple(others)
    return max(_show(proposal, kept, as_json) for proposal in proposals)


def _show(proposal: Fields, others: Iterable[Consultation], as_json: bool) -> int:
    found = [match for match, _ in find_similar(proposal, others)]
    for match in found:
        print(_line(match) if as_json else _words(match))
    if not found and not as_json:
        print("Nothing similar was found.")
    return 0


def _line(match: Match) -> str:
    shown = ("reference", "title", "score", "warn", "strong", "why", "differs")
    return json.dumps({name: getattr(match, name) for name in shown})


def _words(match: Match) -> str:
    strength = "almost the same" if match.strong else "worth a look"
    lines = [f"{match.reference}  {match.title}  ({strength})", *match.why, *match.differs]
    return "\n    ".join(lines)
