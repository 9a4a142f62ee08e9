"""How well similar work is found in a labelled folder, so that a council can tune it to its own.

A folder holds `consultations.jsonl`, `pairs.jsonl` (`query_id`, `candidate_id`, `label`) and
`areas.json` (area -> wider area). Label 2: asks the same young people the same; 1: worth showing;
0: not similar, and so is every pair that is not listed.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.similar.places import Places
from intake.similar.rank import Found, Ranker
from intake.similar.rules import SimilarRules
from intake.similar.statistics import Statistics
from intake.similar.terms import Terms, terms_of
from intake.similar.work import of_row
from model import Permanent

_TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled folder."""

    terms: Mapping[str, Terms]
    labels: Mapping[str, Mapping[str, int]]  #: query -> candidate -> label
    places: Places


def read_folder(folder: Path, rules: SimilarRules) -> Labelled:
    """Read a labelled folder. Raises Permanent where a file is missing or cannot be understood."""
    labels: dict[str, dict[str, int]] = defaultdict(dict)
    terms: dict[str, Terms] = {}
    try:
        for row in _rows(folder / "consultations.jsonl"):
            terms[str(row["id"])] = terms_of(of_row(row), rules)
        for row in _rows(folder / "pairs.jsonl"):
            labels[str(row["query_id"])][str(row["candidate_id"])] = int(row["label"])
        areas = json.loads((folder / "areas.json").read_text("utf-8"))
    except KeyError as error:
        raise Permanent(f"{folder}: {error} is missing in a line. Add it.") from error
    except (OSError, ValueError, TypeError) as error:
        raise Permanent(f"{folder} cannot be read as a labelled folder: {error}.") from error
    unknown = sorted(labels.keys() - terms.keys())
    if unknown:
        raise Permanent(f"{folder}: pairs.jsonl names {unknown[0]}, which is no consultation.")
    return Labelled(terms=terms, labels=labels, places=Places(areas))


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            raise ValueError(f"{file.name}, line {number} is not JSON ({error})") from error


def predictions(data: Labelled, rules: SimilarRules) -> Iterator[tuple[str, list[Found]]]:
    """For each query what a proposal would meet on its own start date: all that started before."""
    for query in data.labels:
        asked = data.terms[query]
        before = {key: t for key, t in data.terms.items() if _earlier(t, asked)}
        ranker = Ranker(Statistics.of(before.values()), data.places, rules)
        yield query, ranker.best(asked, before.items())


def _earlier(one: Terms, two: Terms) -> bool:
    return one.starts is not None and two.starts is not None and one.starts < two.starts


def figures(data: Labelled, found: Mapping[str, list[Found]]) -> dict[str, float]:
    """How good the answers are, each 0 to 1.

    `f1` is the harmonic mean of `precision` (shown pairs labelled 1 or 2) and `recall` (pairs
    labelled 2 that are shown); `recall@5` and `ndcg@5` judge the order, shown or not;
    `false_alarm` is the share of queries without anything to find that show something.
    """
    shown = {query: [f.key for f in given if f.warn] for query, given in found.items()}
    first = {query: [f.key for f in given][:_TOP] for query, given in found.items()}
    must = {query: _labelled(data, query, 2) for query in found}
    useful = {query: _labelled(data, query, 1) for query in found}
    count = sum(map(len, shown.values()))
    precision = _share(sum(len(useful[q] & {*keys}) for q, keys in shown.items()), count)
    recall = _share(
        sum(len(must[q] & {*keys}) for q, keys in shown.items()), sum(map(len, must.values()))
    )
    quiet = [q for q in found if not useful[q]]
    return {
        "f1": _share(2 * precision * recall, precision + recall),
        "precision": precision,
        "recall": recall,
        "recall@5": _mean(
            len(must[q] & {*first[q]}) / min(len(must[q]), _TOP) for q in must if must[q]
        ),
        "ndcg@5": _mean(_ndcg(data.labels[q], first[q]) for q in useful if useful[q]),
        "false_alarm": _share(sum(bool(shown[q]) for q in quiet), len(quiet)),
    }


def _labelled(data: Labelled, query: str, least: int) -> set[str]:
    return {key for key, label in data.labels[query].items() if label >= least}


def _ndcg(labels: Mapping[str, int], first: list[str]) -> float:
    ideal = sorted(labels.values(), reverse=True)[:_TOP]
    return _gain([labels.get(key, 0) for key in first]) / _gain(ideal)


def _gain(labels: list[int]) -> float:
    return math.fsum((2**label - 1) / math.log2(n + 2) for n, label in enumerate(labels))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _mean(values: Iterator[float]) -> float:
    given = list(values)
    return _share(math.fsum(given), len(given))
