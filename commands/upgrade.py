"""`askonce upgrade`: the database brought to this version of the software."""

from __future__ import annotations

from datetime import datetime

from commands import wiring
from commands.lock import alone
from settings import Settings


def run(settings: Settings, now: datetime) -> int:
    """Upgrade, after a copy where the database is a file, and say what was done."""
    from intake.similar.keeping import catch_up
    from store import upgrade

    with alone(wiring.database_file(settings)):
        done = upgrade(settings.store.url, now=now)
        with wiring.open_store(settings) as store:
            catch_up(store, wiring.similar_rules(settings))
    if done.before == done.after:
        print(f"The database is at version {done.after} already: nothing to do.")
    elif done.before is None:
        print(f"The database was empty and is set up now, at version {done.after}.")
    else:
        print(f"The database was brought from version {done.before} to {done.after}.")
    if done.copy:
        print(f"As it was before, it is kept in {done.copy}.")
    return 0
