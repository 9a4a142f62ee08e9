"""What every run would do anew, done once before all of them: loaded where runs are forked from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.harness import program
from tests.harness.mails import ADDRESS, samples
from tests.harness.rounds import Bot, as_mail
from tests.intake.world import World

_NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)


def warm() -> None:
    """Handles a few mails, so that word lists, templates and the blank forms are in memory."""
    with TemporaryDirectory() as folder:
        world = World.at(Path(folder))
        bot = Bot(world, ADDRESS)
        bot.house = replace(bot.house, forms=program.FORMS)
        bot.turn([as_mail(mail.content) for mail in samples(10, 0, _NOW.date())], _NOW)
        world.store.close()


warm()
