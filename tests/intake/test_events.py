"""Process table "Every event on every status", walked at random beside one written by hand."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from model import Code, Decision, Problem
from parsers.references import make
from tests.intake.world import FORM1_FIELDS, LEAD, OTHER, World, form1, form2

#: (event, status) -> (kind of the reply, status afterwards, reason in the queue). "new" says that
#: a new record is made, and what is said of it; "warned" and "clear" which of the two it meets.
TABLE = {
    ("same", "draft"): ("incomplete", "draft", "incomplete"),
    ("same", "awaiting_confirmation"): ("repeat", "awaiting_confirmation", None),
    ("same", "registered"): ("repeat", "registered", None),
    ("same", "complete"): ("repeat", "complete", None),
    ("changed", "awaiting_confirmation"): ("revised", "awaiting_confirmation", None),
    ("changed", "registered"): ("revised", "registered", None),
    ("changed", "complete"): (None, "complete", "needs_answer"),
    ("changed_clear", "awaiting_confirmation"): ("revised", "registered", None),
    ("proceed", "draft"): (None, "draft", "needs_answer"),
    ("proceed", "awaiting_confirmation"): ("confirmed", "registered", None),
    ("proceed", "registered"): ("confirmed", "registered", None),
    ("proceed", "complete"): (None, "complete", "needs_answer"),
    ("proceed", "withdrawn"): (None, "withdrawn", "needs_answer"),
    ("withdraw", "draft"): ("withdrawn", "withdrawn", None),
    ("withdraw", "awaiting_confirmation"): ("withdrawn", "withdrawn", None),
    ("withdraw", "registered"): ("withdrawn", "withdrawn", None),
    ("withdraw", "complete"): (None, "complete", "needs_answer"),
    ("withdraw", "withdrawn"): ("withdrawn", "withdrawn", None),
    ("extend", "draft"): (None, "draft", "needs_answer"),
    ("extend", "awaiting_confirmation"): (None, "awaiting_confirmation", "needs_answer"),
    ("extend", "registered"): ("extended", "registered", None),
    ("extend", "complete"): (None, "complete", "needs_answer"),
    ("extend", "withdrawn"): (None, "withdrawn", "needs_answer"),
    ("extend_past", "registered"): (None, "registered", "needs_answer"),
    ("stop", "draft"): (None, "draft", "needs_answer"),
    ("stop", "awaiting_confirmation"): ("stopped", "awaiting_confirmation", None),
    ("stop", "registered"): ("stopped", "registered", None),
    ("stop", "complete"): (None, "complete", "needs_answer"),
    ("stop", "withdrawn"): (None, "withdrawn", "needs_answer"),
    ("outcomes", "draft"): ("outcomes_unmatched", "draft", "outcomes_unmatched"),
    ("outcomes", "awaiting_confirmation"): ("outcomes_logged", "complete", None),
    ("outcomes", "registered"): ("outcomes_logged", "complete", None),
    ("outcomes", "complete"): ("outcomes_logged", "complete", None),
    ("outcomes", "withdrawn"): ("outcomes_unmatched", "withdrawn", "outcomes_unmatched"),
}

_MISSING = Problem(field="purpose", code=Code.MISSING)


class Walk(RuleBasedStateMachine):
    """One consultation meets events in any order, perhaps with a similar one there."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World.at(Path(self.folder.name))
        self.fields = dict(FORM1_FIELDS)
        self.problems: tuple[Problem, ...] = ()
        self.key = 0  # which record of ours is walked, by its place among ours
        self.status = ""
        self.similar = False
        self.drawn = 0
        self.told = 0

    def teardown(self) -> None:
        self.world.store.close()
        self.folder.cleanup()

    # ---- what can happen

    @rule(similar=st.booleans(), complete=st.booleans())
    def a_new_proposal(self, similar: bool, complete: bool) -> None:
        if self.status not in ("", "withdrawn"):
            return
        if similar and not self.similar:
            self._another_team_asked_first()
        fields = self.fields if complete else {**self.fields, "purpose": None}
        self.problems = () if complete else (_MISSING,)
        self.fields = {**fields, "telephone": f"01632 {960000 + self.world.count}"}
        decision = self._send_form()
        self.status = (
            ("awaiting_confirmation" if self.similar else "registered") if complete else "draft"
        )
        expected = {"registered": "registered", "draft": "incomplete"}.get(self.status, "similar")
        assert decision.outcome == expected
        self.drawn += complete
        assert self._ours()["status"] == self.status

    @rule()
    def the_same_form(self) -> None:
        if self.status == "withdrawn":
            return  # a new proposal: the rule above
        self._meets("same", self._send_form)

    @rule(telephone=st.integers(0, 9999))
    def a_changed_form(self, telephone: int) -> None:
        if self.status in ("", "withdrawn", "draft"):
            return
        recorded = self.fields
        self._change(telephone=f"01632 {telephone:06d}-{self.world.count}")
        self._meets("changed", self._send_form)
        if self.status == "complete":
            self.fields = recorded  # a person looks at the change; the record stays as it is

    @rule()
    def a_changed_form_that_is_complete_takes_the_drafts_place(self) -> None:
        if self.status != "draft":
            return
        self.problems = ()
        self._change(purpose=FORM1_FIELDS["purpose"])
        decision = self._send_form()
        self.status = "awaiting_confirmation" if self.similar else "registered"
        self.drawn += 1
        assert decision.outcome == ("similar" if self.similar else "registered")
        assert "incomplete" not in self.world.reasons()

    @rule()
    def a_changed_form_to_which_nothing_is_similar(self) -> None:
        if self.status != "awaiting_confirmation":
            return
        self._change(area=["Waveney"])
        self._meets("changed_clear", self._send_form)
        self.similar = False
        self.fields["area"] = ["Waveney"]

    @rule(word=st.sampled_from(["PROCEED", "WITHDRAW", "STOP"]))
    def a_word(self, word: str) -> None:
        self._meets(word.lower(), lambda: self._say(word))

    @rule(days=st.integers(1, 200))
    def extend(self, days: int) -> None:
        until = date(2027, 4, 9) + timedelta(days=days)
        self._meets("extend", lambda: self._say(f"EXTEND {until:%d %B %Y}"))
        if self.status == "registered":
            assert self._ours()["outcomes_due"] == until.isoformat()

    @rule()
    def extend_to_a_day_before_the_end(self) -> None:
        if self.status == "registered":
            before = self._ours()["outcomes_due"]
            self._meets("extend_past", lambda: self._say("EXTEND 8 April 2027"))
            assert self._ours()["outcomes_due"] == before

    @rule(people=st.integers(1, 500))
    def a_complete_form_2(self, people: int) -> None:
        """In reply to ours, without a reference: the thread says whose outcomes they are."""
        form = form2(participants=people, impact=f"Mail {self.world.count}")
        self._meets("outcomes", lambda: self._send(form))

    @rule()
    def somebody_else_says_a_word(self) -> None:
        """A stranger who quotes the thread changes nothing."""
        if not self.status:
            return
        before = self.world.records()
        self.world.receive(sender=OTHER, text="WITHDRAW", answers=self.world.last())
        assert [r["status"] for r in self.world.records()] == [r["status"] for r in before]

    # ---- what always holds

    @invariant()
    def references_have_no_gap_and_no_repeat(self) -> None:
        given = sorted(r["reference"] for r in self.world.records() if r["reference"])
        total = self.drawn + (1 if any(r for r in self._others()) else 0)
        assert given == [make("CYP", 2027, n) for n in range(1, total + 1)]

    @invariant()
    def no_message_id_is_used_twice(self) -> None:
        ids = [m.message_id for m in self.world.letters]
        assert len(ids) == len(set(ids))

    # ---- how it is done

    def _meets(self, event: str, act) -> None:  # type: ignore[no-untyped-def]
        if not self.status:
            return
        before = {item.id for item in self.world.store.views.queue()}
        reply, status, reason = TABLE[(event, self.status)]
        decision: Decision = act()
        kinds = [d.kind for d in decision.drafts if LEAD in d.to]
        assert kinds == ([reply] if reply else [])
        assert self._ours()["status"] == status
        if reason != "incomplete":  # which stays one exception, however often the form comes
            new = [i.reason for i in self.world.store.views.queue() if i.id not in before]
            assert new == ([reason] if reason else [])
        self.status = status

    def _change(self, **fields: object) -> None:
        self.fields = {**self.fields, **fields}

    def _send_form(self) -> Decision:
        return self._send(form1(*self.problems, **self.fields))

    def _send(self, form) -> Decision:  # type: ignore[no-untyped-def]
        return self.world.receive(form, answers=self._thread())

    def _say(self, word: str) -> Decision:
        return self.world.receive(text=word, answers=self._thread())

    def _thread(self) -> str | None:
        return self.world.last() if self.status else None

    def _another_team_asked_first(self) -> None:
        self.world.receive(
            form1(organisation="Leisure", lead_worker="Omar Bell", email=OTHER.email), sender=OTHER
        )
        self.similar = True
        self.fields["area"] = ["Ipswich"]

    def _others(self) -> list[dict]:  # type: ignore[type-arg]
        return [r for r in self.world.records() if r["form1"]["organisation"] == "Leisure"]

    def _ours(self) -> dict:  # type: ignore[type-arg]
        ours = [r for r in self.world.records() if r["form1"]["organisation"] != "Leisure"]
        return ours[-1]


TestWalk = Walk.TestCase
#: Not shrunk: every step is a commit, and the walk that failed is printed anyway.
TestWalk.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
