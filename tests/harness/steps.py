"""The named steps of "Why nothing is lost" (docs/architecture.md), and a way to be there.

A program is wired with its store, mailbox and sender wrapped: at one call of one step something is
done, a kill for one. The program itself knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from store import Store

#: Method and side of it -> where a mail is then, in the words of the table.
STEPS: dict[str, str] = {
    "before keep": "a mail seen, its bytes not kept",
    "after keep": "its bytes and its ledger row kept",
    "after claim_mail": "a mail taken up",
    "before apply": "gathered and decided, nothing applied",
    "after apply": "applied, not committed",
    "after transaction": "committed",
    "before file": "handled, in the inbox",
    "after file": "moved out of the inbox, not noted",
    "after filed": "moved out of the inbox, noted",
    "after claim": "a letter claimed",
    "before handing_over": "all offered but the last dot",
    "after handing_over": "handing over noted, the dot not sent",
    "at the reply": "the letter taken, the reply not sent",
    "before settle": "the reply come, not noted",
    "after settle": "noted as sent",
}
#: Those at which no transaction of ours is open, and the program itself can go on.
BETWEEN = (
    "before keep",
    "after keep",
    "after claim_mail",
    "after transaction",
    "before file",
    "after file",
    "after filed",
    "after claim",
    "before handing_over",
    "before settle",
    "after settle",
)


@dataclass(slots=True, kw_only=True)
class At:
    """Something to be done at the `nth` call (from 1) of a step. `done`: it was."""

    step: str
    nth: int
    deed: Callable[[], None]
    calls: int = 0
    done: bool = False

    def reached(self, step: str) -> None:
        """Counts, and does it when its time has come."""
        if step != self.step or self.done:
            return
        self.calls += 1
        if self.calls == self.nth:
            self.done = True
            self.deed()


@dataclass(slots=True)
class Watched:
    """An object of the program's, with `at` told of each call before and after it.

    `inside`: what its attributes are instead.
    """

    _object: Any
    _at: At | None
    inside: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._object.__enter__()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._object.__exit__(*exc)

    def __getattr__(self, name: str) -> Any:
        if name in self.inside:
            return self.inside[name]
        found, at = getattr(self._object, name), self._at
        if at is None or name != at.step.partition(" ")[2]:
            return found

        def call(*args: Any, **named: Any) -> Any:
            at.reached(f"before {name}")
            given = found(*args, **named)
            at.reached(f"after {name}")
            return given

        return call


def watched_store(store: Store, at: At | None) -> Any:
    """The store, its outbox and its transactions."""

    @contextmanager
    def transaction() -> Iterator[Any]:
        with store.transaction() as opened:
            yield Watched(opened, at)
        if at is not None:
            at.reached("after transaction")

    outbox = Watched(store.outbox, at)
    return Watched(store, at, {"outbox": outbox, "transaction": transaction})
