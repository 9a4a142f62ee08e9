"""The clock: what runs when. No rules of its own.

APScheduler drives three jobs (poll, due, deliver) on one thread, so that no two of them ever meet.
What has to be done is worked out from the records each time, so that a run that was missed, or made
twice, changes nothing.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from intake.clock import bring_what_is_due, send_digest, tell_of_trouble
from intake.mailbox import Mailbox
from intake.process import House, file_away, leave_the_rest, process_one, take_in
from model import AlertRules, AskOnceError, Gate, Trouble, where_it_failed
from notifier.deliver import deliver_one, learn_names, settle_interrupted
from notifier.senders import Sender
from store.pulse import Pulse

log = logging.getLogger(__name__)
# It warns of every run that is left out because the one before it is not over yet.
logging.getLogger("apscheduler").setLevel(logging.ERROR)

DUE_EVERY = 60  #: seconds
DELIVER_EVERY = 30  #: seconds
LEARN_EVERY = 300  #: seconds
TURN = 0.5  #: seconds between looks at what another daemon takes in
REST = 30  #: seconds before a watcher whose mailbox went away connects again


def nothing() -> None:
    """Nobody wants to know how the work goes on."""


def by_the_wall() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Works:
    """Everything that runs, wired once at the front door."""

    house: House
    mailboxes: Callable[[], tuple[Mailbox, ...]]  #: makes them anew; the first is watched
    sender: Sender
    gate: Gate  #: what every mail has to pass that leaves
    since: datetime | None  #: arrivals before it are left alone; None: everything is taken in
    alone: bool = False  #: nobody else works on this store: an attempt under way is ours, or dead
    now: Callable[[], datetime] = by_the_wall
    rng: Random = field(default_factory=Random)
    stop: threading.Event = field(default_factory=threading.Event)  #: set: finish this mail, end
    daemon: str = "askonce"  #: names this one among those that share the store
    alerts: AlertRules = field(default_factory=AlertRules)
    free: Callable[[], int | None] = lambda: None  #: bytes on the database's disk, if it has one
    ready: Callable[[], None] = nothing  #: called when everything runs
    progress: Callable[[], None] = nothing  #: called with each step that the work goes on
    stopping: Callable[[], None] = nothing  #: called when the end begins
    #: finds mails of ours among the sent ones, each with the Message-ID it has there
    sent: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    warning: Callable[[date], str] = lambda _: ""  #: what to say once a day of what ends soon

    def __post_init__(self) -> None:
        self._warned_on: date | None = None
        self._pulse = Pulse(self.house.store.health, self.daemon)

    def poll(self) -> None:
        """Take in what waits, handle it, file it away."""
        mailboxes, faults = self.mailboxes(), []
        for one in mailboxes:
            try:
                self._poll(one)
            except AskOnceError as fault:  # one folder's is not the others'
                faults.append(fault)
        leave_the_rest({one.name for one in mailboxes}, self.house.store)
        if faults:
            raise faults[0]

    def _poll(self, one: Mailbox) -> None:
        with one as mailbox:
            while not self._took_in(mailbox) and not self.stop.is_set():
                self.handle()  # what another daemon takes in just now
                self.stop.wait(TURN)
            self.handle()
            with self.house.store.only_one(f"mailbox {mailbox.name}") as ours:
                if ours:
                    file_away(mailbox, self.house.store, go_on=self._went_on)

    def _took_in(self, mailbox: Mailbox) -> bool:
        """False: another daemon is at it. One at a time, so that mails come in in their order."""
        with self.house.store.only_one(f"mailbox {mailbox.name}") as ours:
            if ours:
                take_in(mailbox, self.house, since=self.since, go_on=self._went_on)
            return ours

    def handle(self) -> None:
        """Handle every mail that is stored and not handled yet."""
        while not self.stop.is_set() and process_one(self.house, self.now()):
            self.progress()

    def due(self) -> None:
        """Write what the calendar brings."""
        now = self.now()
        with self.house.store.only_one("what is due") as ours:
            if ours:  # or another daemon is writing it
                bring_what_is_due(self.house, now)
                send_digest(self.house, now)
        self._warn(now.astimezone(self.house.clock.zone).date())

    def _warn(self, today: date) -> None:
        if today != self._warned_on and (said := self.warning(today)):
            log.warning("%s", said)
        self._warned_on = today

    def deliver(self) -> None:
        """Deliver every mail whose time has come, over one connection."""
        outbox = self.house.store.outbox
        with self.sender as sender:
            settle_interrupted(outbox, sender, self.now(), everything=self.alone)
            while not self.stop.is_set() and deliver_one(
                outbox, sender, self.now(), self.rng, gate=self.gate
            ):
                self.progress()

    def learn(self) -> None:
        """Find out which Message-IDs the server gave the mails that went lately."""
        if self.sent is not None:
            learn_names(self.house.store.outbox, self.sent, self.now())

    def _went_on(self) -> bool:
        """One step more is done. Whether there is time for the next."""
        self.progress()
        return not self.stop.is_set()

    def watched_poll(self) -> None:
        """The same as `poll`; whether it could be done is kept in the store."""
        self._watched(Trouble.MAILBOX, self.poll)

    def watched_deliver(self) -> None:
        """The same as `deliver`, and so too."""
        self._watched(Trouble.DELIVERY, self.deliver)

    def _watched(self, what: Trouble, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as fault:
            said = str(fault) if isinstance(fault, AskOnceError) else where_it_failed(fault)
            self._pulse.failed(what, self.now(), said)
            raise
        self._pulse.well(what, self.now())

    def look_after(self) -> bool:
        """Tell of what stopped for hours, and of what works again. Whether there was any."""
        return tell_of_trouble(self.house, self.alerts, self.now(), self.free())


def once(works: Works) -> tuple[AskOnceError, ...]:
    """Handle what is there, send what is due, and end.

    Returns the faults met. One room's fault does not keep the others from their work: with the
    mailbox away, what is due still goes out.
    """
    faults = []
    for job in (works.watched_poll, works.handle, works.due, works.watched_deliver):
        try:
            job()
        except AskOnceError as fault:
            faults.append(fault)
    with suppress(AskOnceError):  # it was met above, or will be said next time
        if works.look_after():
            works.deliver()
        works.learn()
    return tuple(faults)


def forever(works: Works, *, poll_every: float) -> None:
    """Run until SIGTERM or SIGINT; the mail in hand is finished first, the rest waits.

    `poll_every` is in seconds: the longest that a mail waits where the server sends no news.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: works.stop.set())
    log.info(
        "watching the mailbox, every %(seconds)g seconds at least; stop with Ctrl+C",
        {"event": "started", "seconds": poll_every},
    )
    jobs = _schedule(works, poll_every)
    jobs.start()
    works.ready()
    threading.Thread(target=_watch, args=(works, poll_every, jobs), daemon=True).start()
    while not works.stop.wait(10):
        _mind_the_clock(jobs, max(poll_every, DUE_EVERY, DELIVER_EVERY, LEARN_EVERY))
    log.info("stopping: the mail in hand is finished first", extra={"event": "stopping"})
    works.stopping()
    jobs.shutdown(wait=True)


def _schedule(works: Works, poll_every: float) -> BackgroundScheduler:
    jobs = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )

    poll = _Guarded("poll", works.watched_poll, works.progress)
    deliver = _Guarded("deliver", works.watched_deliver, works.progress)
    due = _Guarded("due", works.due, works.progress)
    look_after = _Guarded("health", works.look_after, works.progress)

    learn = _Guarded("looking at sent mails", works.learn, works.progress)

    def poll_and_answer() -> None:
        poll()
        deliver()

    def due_and_health() -> None:
        due()
        look_after()

    for name, job, seconds in (
        ("poll", poll_and_answer, poll_every),
        ("due", due_and_health, DUE_EVERY),
        ("deliver", deliver, DELIVER_EVERY),
        ("learn", learn, LEARN_EVERY),
    ):
        jobs.add_job(job, "interval", seconds=seconds, id=name, next_run_time=by_the_wall())
    return jobs


class _Guarded:
    """A job whose faults are said once when they begin and once when they end."""

    def __init__(self, name: str, job: Callable[[], object], progress: Callable[[], None]) -> None:
        self.name, self.job, self.progress, self.fault = name, job, progress, ""

    def __call__(self) -> None:
        try:
            self.job()
        except AskOnceError as fault:
            self._say(str(fault))
        except Exception as fault:  # the outermost loop: the daemon outlives any one job
            self._say(where_it_failed(fault))
        else:
            self._say("")
        self.progress()

    def _say(self, fault: str) -> None:
        if fault and fault != self.fault:
            said = {"event": "job_failed", "job": self.name, "fault": fault}
            log.error("%(job)s cannot go on for now: %(fault)s", said)
        elif self.fault and not fault:
            log.info("%(job)s works again", {"event": "job_works_again", "job": self.name})
        self.fault = fault


def _watch(works: Works, poll_every: float, jobs: BackgroundScheduler) -> None:
    """Poll at once when the server says that mail came in; over a connection of its own."""
    rest = threading.Event()
    while True:
        begun = time.monotonic()
        try:
            with works.mailboxes()[0] as mailbox:
                while True:
                    if mailbox.wait(poll_every):
                        jobs.modify_job("poll", next_run_time=by_the_wall())
                        rest.wait(1)
        except AskOnceError:
            said = "the watch on the mailbox broke off; polling goes on"
            log.info(said, extra={"event": "watch_lost"})
        except Exception as fault:
            given = {"event": "watch_lost", "fault": where_it_failed(fault)}
            log.error("the watch on the mailbox: %(fault)s; polling goes on", given)
        # A session that lasted is begun anew at once: with some servers it ends with its token.
        rest.wait(max(1.0, REST - (time.monotonic() - begun)))


def _mind_the_clock(jobs: BackgroundScheduler, longest: float) -> None:
    """A clock that was put back would leave a job waiting until the old time comes round."""
    now = by_the_wall()
    for job in jobs.get_jobs():
        if job.next_run_time and job.next_run_time > now + timedelta(seconds=longest + 1):
            job.modify(next_run_time=now)
    jobs.wakeup()
