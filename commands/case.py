"""One exception of the queue in full, in words that need no knowledge of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from commands.answers import answers
from intake.message import read_mail
from model import Code, Origin, Problem, Reason, Rules
from notifier.outline import strength
from notifier.reasons import NEXT, REASONS
from parsers.kept import as_kept
from parsers.spec import forms
from parsers.wording import verdict
from store import FileSeen, QueueCase, QueueItem

#: Acts of the audit trail on an exception.
_ACTS = {
    "held": "put into the queue",
    "settled": "closed",
    "unblocked": "lifted a block",
    "desk": "decided it",
    "undone": "took that back",
}


def in_brief(item: QueueItem, zone: ZoneInfo) -> Iterator[str]:
    """What it is, what that means and why, and the mail that it is about: a line each."""
    yield f"{item.id:>5}  {item.reason}  {item.reference or ''}".rstrip()
    yield f"       {REASONS[item.reason]}"
    if item.detail.get("why"):
        yield f"       {item.detail['why']}"
    yield f"       {_when(item.received_at, zone)}  {item.sender}  {item.subject}".rstrip()


def in_full(case: QueueCase, blocked: Set[str], rules: Rules) -> Iterator[str]:
    """All that is known of it. `blocked`: the addresses that get no more mail."""
    item, zone = case.item, rules.zone
    yield from in_brief(item, zone)
    if case.closed_at:
        yield f"Closed:      {_when(case.closed_at, zone)} by {case.closed_by}: {case.closed_why}"
    else:
        yield f"What to do:  {NEXT[item.reason]}"
        yield f"             Then, if it is still here: ./askonce queue dismiss {item.id} --why ..."
    if case.consultation:
        status = case.consultation.status.replace("_", " ")
        yield f"About:       {case.consultation.title} ({status})"
    yield from _detail(item.detail, rules.reference_prefix)
    yield from _similar(case)
    yield from _addresses(item, blocked)
    yield from _sent(case)
    yield from _answered(case)
    yield from (f"File:        {_file(file)}" for file in case.files)
    yield from _as_read(item.detail)
    yield from _mail(case, zone)


def bounced(item: QueueItem) -> tuple[str, ...]:
    """The addresses that this exception says were blocked."""
    return tuple(item.detail.get("recipients", ())) if item.reason is Reason.BOUNCED else ()


def _detail(detail: Mapping[str, Any], prefix: str) -> Iterator[str]:
    titles = {"outcomes_due": "Outcomes due", "asked_on": "Asked on", "fault": "Fault"}
    for key, title in titles.items():
        if detail.get(key):
            yield f"{title + ':':<12} {detail[key]}"
    yield from _listed("Mails wait, as the most that may go in 24 hours went to:", _reached(detail))
    yield from _listed("The likeliest:", [_likely(one) for one in detail.get("likely", ())])
    problems = [as_kept(detail, named, prefix) for named in detail.get("problems", ())]
    yield from _listed("What its sender was asked for:", problems)


def _likely(kept: Any) -> str:
    """One of the likeliest consultations, as `intake.outcomes` keeps it."""
    if isinstance(kept, str):  # as it was kept once
        return kept
    named = f"{kept['reference'] or ''} {kept['title']}".strip()
    whose = f", {kept['organisation']}" if kept.get("organisation") else ""
    given = ", named in the form" if kept.get("named") else ""
    stranger = ", the sender is not one of its people" if kept.get("theirs") is False else ""
    return f"{named}{whose} ({kept['score']:.0%} alike{given}{stranger})"


def _similar(case: QueueCase) -> Iterator[str]:
    """The similar work that was found for the consultation, and how alike it is."""
    for match in case.consultation.similar if case.consultation else ():
        yield f"{strength(match)}: {match.title} ({match.reference})"
        yield from (f"  - {sentence}" for sentence in (*match.why, *match.differs))


def _reached(detail: Mapping[str, Any]) -> list[str]:
    """The caps that are reached, as `store.caps` names them: "all", "address A", ..."""
    named = [str(counted).partition(" ") for counted in detail.get("reached", ())]
    return ["everybody together" if not key else f"the {what} {key}" for what, _, key in named]


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  - {line}" for line in lines)


def _addresses(item: QueueItem, blocked: Set[str]) -> Iterator[str]:
    for email in bounced(item):
        now = "it gets no more mail" if email in blocked else "it gets mail again"
        yield f"Came back:   from {email}; {now}"


def _sent(case: QueueCase) -> Iterator[str]:
    if case.outgoing is None:
        return
    times = "once" if case.outgoing.attempts == 1 else f"{case.outgoing.attempts} times"
    yield f"Our mail:    to {', '.join(case.outgoing.recipients)}; tried {times}"
    if refused := case.item.detail.get("refused"):
        yield f"             refused for {', '.join(refused)}"
    if said := case.item.detail.get("answer") or case.last_error:
        yield f"             {said}"


def _answered(case: QueueCase) -> Iterator[str]:
    """What was written because of the mail that came: silence has to be seen, too."""
    if case.raw is None:
        return
    if not case.answers:
        yield "Our answer:  none"
    for ours in case.answers:
        yield f"Our answer:  {ours.kind}, to {', '.join(ours.recipients)}"


def _file(file: FileSeen) -> str:
    if file.forms:
        found = ", ".join(forms()[form].name if form in forms() else form for form in file.forms)
    elif file.verdict:
        found = verdict(Problem(field=None, code=Code(file.verdict)))
    else:
        found = "no form in it"
    return f"{file.name} ({max(1, file.size // 1000):,} kB): {found}"


def _as_read(detail: Mapping[str, Any]) -> Iterator[str]:
    form = str(detail.get("form"))
    if form not in forms():
        return
    file = f" from {detail['file']}" if detail.get("file") else ""
    yield f"{forms()[form].name} as it was read{file}, each answer with its place:"
    origins = {key: Origin(**origin) for key, origin in detail.get("origins", {}).items()}
    yield from (f"  {line}" for line in answers(form, detail.get("read", {}), origins))


def _mail(case: QueueCase, zone: ZoneInfo) -> Iterator[str]:
    if case.item.message_id:
        yield f"Message-ID:  {case.item.message_id}"
    for entry in case.history:
        yield f"{_when(entry.at, zone)}  {entry.who}: {_ACTS.get(entry.act, entry.act)}"
    if case.raw is not None:
        yield ""
        yield read_mail(case.raw, case.item.received_at).text.strip()


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"
