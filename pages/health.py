"""How the daemon fares, for monitors: a page that says well or not, and figures for Prometheus.

Neither holds anything about a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, render_template, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from model import AskOnceError, Reason, Trouble, Vitals
from notifier.alerts import failing_since
from store import Store

#: What the page says of each trouble, and of its absence.
_WELL = {
    Trouble.MAILBOX: "Mail is coming in",
    Trouble.DELIVERY: "Mail is going out",
    Trouble.DATABASE: "The database can be written to",
    Trouble.DISK: "The disk has room",
}
_ILL = {
    Trouble.MAILBOX: "No mail is coming in",
    Trouble.DELIVERY: "No mail is going out",
    Trouble.DATABASE: "The database cannot be used",
    Trouble.DISK: "The disk is nearly full",
}
#: States of the outbox, all shown, also those that no mail is in.
_STATES = (
    "waiting",
    "claimed",
    "handing_over",
    "held",
    "paused",
    "failed",
    "uncertain",
    "skipped",
    "sent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the health of an installation is judged by."""

    store: Store
    now: Callable[[], datetime]
    patience: timedelta  #: how long a thing may fail before it is said
    free: Callable[[], int | None]  #: bytes on the database's disk, if it is ours to know
    room: int  #: bytes; less than that is trouble
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that works, or does not."""

    what: Trouble
    well: bool
    since: datetime | None = None  #: when it last worked, or began to fail

    @property
    def told(self) -> str:
        """In words."""
        return (_WELL if self.well else _ILL)[self.what]


def examine(watch: Watch) -> tuple[Finding, ...]:
    """Each thing that mail needs to flow. A database that cannot be read is all there is to say."""
    now = watch.now()
    try:
        vitals = watch.store.health.vitals(now)
    except AskOnceError:
        return (Finding(what=Trouble.DATABASE, well=False),)
    free = watch.free()
    disk = free is None or free >= watch.room
    return (
        _mailbox(vitals, now, watch.patience),
        _failing(vitals, Trouble.DELIVERY, now, watch.patience),
        _failing(vitals, Trouble.DATABASE, now, watch.patience),
        Finding(what=Trouble.DISK, well=disk),
    )


def is_running(watch: Watch) -> bool:
    """Whether a daemon was heard of lately. False: emails wait until one runs."""
    heard_at, now = watch.store.health.heard_at(), watch.now()
    return heard_at is not None and now - heard_at <= watch.patience


def _mailbox(vitals: Vitals, now: datetime, patience: timedelta) -> Finding:
    """Not polled for long is not well, whatever the reason: no daemon may be running."""
    polled_at = _last(vitals, Trouble.MAILBOX)
    well = polled_at is not None and now - polled_at <= patience
    return Finding(what=Trouble.MAILBOX, well=well, since=polled_at)


def _failing(vitals: Vitals, what: Trouble, now: datetime, patience: timedelta) -> Finding:
    since = failing_since(vitals, what)
    if since and now - since > patience:
        return Finding(what=what, well=False, since=since)
    return Finding(what=what, well=True, since=_last(vitals, what))


def _last(vitals: Vitals, what: Trouble) -> datetime | None:
    return max((s.well_at for s in vitals.signs if s.what is what and s.well_at), default=None)


# --------------------------------------------------------------------------- the pages


def blueprint(watch: Watch) -> Blueprint:
    """`/health` and `/metrics`."""
    pages = Blueprint("health", __name__)
    registry = CollectorRegistry()
    registry.register(Figures(watch))

    @pages.get("/health")
    def health() -> Response:
        findings = examine(watch)
        well = all(finding.well for finding in findings)
        wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
        if wanted == "text/html":
            answer = Response(render_template("health.html", well=well, findings=findings))
        else:
            answer = jsonify(_as_json(findings, well, watch.version))
        answer.status_code = 200 if well else 503
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4")

    return pages


def _as_json(findings: tuple[Finding, ...], well: bool, version: str) -> dict[str, object]:
    checks = {
        f.what.value: {"well": f.well, "since": f.since.isoformat() if f.since else None}
        for f in findings
    }
    return {"well": well, "version": version, "checks": checks}


class Figures:
    """Collects everything anew each time it is asked (Prometheus's custom collector)."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def describe(self) -> list[Metric]:
        """Nothing is asked of the database when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures; without the database only that it is away."""
        yield InfoMetricFamily(
            "askonce_build", "The software", value={"version": self._watch.version}
        )
        findings = examine(self._watch)
        well = GaugeMetricFamily("askonce_well", "1: it works; 0: it does not", labels=["what"])
        for finding in findings:
            well.add_metric([finding.what.value], float(finding.well))
        yield well
        try:
            yield from self._of_the_store()
        except AskOnceError:
            return

    def _of_the_store(self) -> Iterator[Metric]:
        health, now = self._watch.store.health, self._watch.now()
        vitals, figures = health.vitals(now), health.figures()
        ages = (
            ("last_poll", "the mailbox was last read", _last(vitals, Trouble.MAILBOX)),
            ("last_delivery", "a mail last went out", vitals.sent_at),
            ("oldest_unsent", "the oldest mail that should have gone was written",
             vitals.unsent_since),
        )  # fmt: skip
        for name, told, at in ages:
            if at is not None:
                seconds = (now - at).total_seconds()
                yield GaugeMetricFamily(f"askonce_{name}_age_seconds", f"Since {told}", seconds)
        queue = {reason.value: figures.queue.get(reason.value, 0) for reason in Reason}
        outbox = {state: figures.outbox.get(state, 0) for state in _STATES}
        yield _by("askonce_queue_open", "Open exceptions", "reason", queue)
        yield _by("askonce_outbox_mails", "Mails of ours", "state", outbox)
        yield GaugeMetricFamily("askonce_unhandled_mails", "Mails not handled yet",
                                figures.unhandled)  # fmt: skip
        came = figures.handled + figures.unhandled
        yield CounterMetricFamily("askonce_mails_in", "Mails that came in", came)
        yield CounterMetricFamily("askonce_mails_out", "Mails that went out", outbox["sent"])
        yield GaugeMetricFamily("askonce_database_bytes", "Size of the database", health.size())


def _by(name: str, told: str, label: str, values: dict[str, int]) -> Metric:
    metric = GaugeMetricFamily(name, told, labels=[label])
    for value, count in values.items():
        metric.add_metric([value], count)
    return metric
