"""`askonce similar` and `queue show`: what a person at a terminal sees of similar work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from commands import queue, similar
from model import Permanent
from parsers.references import make
from settings import Settings, load
from tests.intake.desk import Desk, form1_file, mail
from tests.intake.world import OTHER, World

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
EARLIER, OURS = make("CYP", 2027, 1), make("CYP", 2027, 2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An office with two alike, of which one waits for a word."""
    with World.at(tmp_path) as world:
        desk = Desk(root=tmp_path, world=world)
        desk.post(mail(form1_file(), sender=OTHER), NOW)
        desk.post(mail(form1_file(organisation="Another")), NOW + timedelta(seconds=1))
        desk.run(NOW + timedelta(minutes=1))
        yield desk


@pytest.fixture
def settings(desk: Desk) -> Settings:
    config = desk.root / "config.toml"
    config.write_text('[store]\nurl = "sqlite:///askonce.db"\n', "utf-8")
    return load(config, {})


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_form_shows_what_it_would_meet(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "form.docx"
    file.write_bytes(form1_file().content)
    assert similar.run_file(settings, file, as_json=True) == 0
    found = printed(capsys)
    assert {one["reference"] for one in found} == {EARLIER, OURS}
    assert all(one["warn"] is True and one["why"] for one in found)
    assert {"reference", "title", "score", "warn", "why"} <= set(found[0])


def test_a_few_words_are_enough(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    similar.run_text(settings, "Is our skate park for boys?", date(2027, 3, 1), as_json=False)
    said = capsys.readouterr().out
    assert EARLIER in said
    assert "worth a look" in said or "almost the same" in said


def test_nothing_alike_is_said_in_words_and_is_no_line_of_json(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    similar.run_text(settings, "Dentists", date(2027, 3, 1), as_json=False)
    assert "Nothing that a warning would name" in capsys.readouterr().out
    similar.run_text(settings, "Dentists", date(2027, 3, 1), as_json=True)
    assert not [one for one in printed(capsys) if one["warn"]]


def test_one_that_is_registered_is_looked_for_again_without_itself(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    similar.run_reference(settings, OURS.lower(), as_json=True)
    assert [one["reference"] for one in printed(capsys)] == [EARLIER]


def test_a_reference_may_be_typed_as_a_person_says_it(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    similar.run_reference(settings, OURS.lower().replace("-", " "), as_json=True)
    assert [one["reference"] for one in printed(capsys)] == [EARLIER]


def test_what_is_not_there_is_said(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="no proposal CYP-2020"):
        similar.run_reference(settings, "CYP-2020-0001-1", as_json=False)
    with pytest.raises(Permanent, match="Check the name"):
        similar.run_file(settings, tmp_path / "none.docx", as_json=False)
    (tmp_path / "text.txt").write_text("no form")
    with pytest.raises(Permanent, match="no Form 1"):
        similar.run_file(settings, tmp_path / "text.txt", as_json=False)


def test_looking_changes_nothing(desk: Desk, settings: Settings) -> None:
    before = desk.world.records()
    similar.run_text(settings, "Is our skate park for boys?", date(2027, 3, 1), as_json=True)
    assert desk.world.records() == before


def test_the_queue_shows_how_alike_unanswered_work_is(
    desk: Desk, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.run(NOW + timedelta(days=21))
    (item,) = desk.world.store.views.queue()
    assert queue.run_show(settings, item.id, as_json=False) == 0
    said = capsys.readouterr().out
    assert f"Almost the same: A skate park for everyone ({EARLIER})" in said
    assert "  - the titles are nearly the same" in said


def test_the_overlaps_of_a_quarter_are_listed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert similar.run_overlaps(settings, as_json=False) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2027, quarter 1: 1 found; 1 unanswered"
    assert f"{OURS}  unanswered: A skate park for everyone (like {EARLIER})" in second
    similar.run_overlaps(settings, as_json=True)
    (line,) = printed(capsys)
    assert (line["quarter"], line["reference"], line["became"]) == ("2027-Q1", OURS, "unanswered")
