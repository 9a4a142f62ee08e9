"""How well similar work is found in a labelled folder of our own, and the command that says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from commands.similar import run_evaluate
from intake.similar import SimilarRules
from intake.similar.evaluate import figures, predictions, read_folder
from model import Permanent

LABELLED = Path(__file__).parent / "labelled"


def measured(rules: SimilarRules, folder: Path = LABELLED) -> dict[str, float]:
    data = read_folder(folder, rules)
    return figures(data, dict(predictions(data, rules)))


def test_similar_work_is_found_and_little_else_is_shown() -> None:
    found = measured(SimilarRules())
    assert found["f1"] >= 0.95
    assert found["recall@5"] >= 0.97
    assert found["ndcg@5"] >= 0.95
    assert found["false_alarm"] <= 0.12


@pytest.mark.parametrize("name", ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
def test_it_is_so_on_other_subjects_too(name: str) -> None:
    found = measured(SimilarRules(), LABELLED / name)
    assert found["f1"] >= 0.88
    assert found["recall@5"] >= 0.97
    assert found["ndcg@5"] >= 0.92
    assert found["false_alarm"] <= 0.13


def test_a_higher_threshold_shows_less() -> None:
    usual, strict = measured(SimilarRules()), measured(SimilarRules(worth_a_look=0.8))
    assert strict["recall"] < usual["recall"]
    assert strict["recall@5"] == usual["recall@5"]


def test_predictions_are_lines_for_a_scorer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_evaluate(LABELLED, as_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {frozenset(line) for line in lines} == {
        frozenset({"query_id", "candidate_id", "score", "warn"})
    }
    queries = [line["query_id"] for line in lines]
    assert max(queries.count(query) for query in queries) == 5
    pairs = [(line["query_id"], line["candidate_id"]) for line in lines]
    assert len(pairs) == len(set(pairs))


def test_a_query_meets_only_what_started_before_it() -> None:
    rules = SimilarRules()
    data = read_folder(LABELLED, rules)
    for query, found in predictions(data, rules):
        started = data.terms[query].starts
        assert started is not None
        assert all((data.terms[f.key].starts or started) < started for f in found)


def test_the_summary_is_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_evaluate(LABELLED, as_json=False) == 0
    assert "of the warnings, worth it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("areas.json", None, "cannot be read"),
        ("pairs.jsonl", "{not json", "pairs.jsonl, line 1 is not JSON"),
        ("pairs.jsonl", '{"query_id": "zz", "candidate_id": "1a", "label": 2}', "zz"),
        ("pairs.jsonl", '{"query_id": "1b", "label": 2}', "candidate_id"),
    ],
)
def test_a_folder_that_cannot_be_used_is_said(
    tmp_path: Path, file: str, content: str | None, said: str
) -> None:
    folder = Path(shutil.copytree(LABELLED, tmp_path / "labelled"))
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(Permanent, match=said):
        run_evaluate(folder, as_json=True)
