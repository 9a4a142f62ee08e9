"""From settings to the things that work: the one place where rooms meet their settings.

What a command does not need is not imported for it.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from model import AlertRules, ClockRules, Gate, Office, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from intake.imap_link import ImapSettings
    from intake.mailbox import Mailbox
    from intake.process import House
    from intake.sent import SentFolder
    from intake.similar import SimilarRules
    from notifier.graph_sender import GraphSender
    from notifier.senders import Sender
    from pages.getting_in.provider import Provider
    from pages.health import Watch
    from pages.site import Site
    from settings import Settings
    from store import Store


def rules(settings: Settings) -> Rules:
    """What deciding goes by."""
    people, process = settings.people, settings.process
    ours = {settings.outgoing.sender.email}
    if "@" in settings.mailbox.username:
        ours.add(settings.mailbox.username.lower())
    return Rules(
        reference_prefix=process.reference_prefix,
        outcome_days=process.outcome_days,
        zone=process.timezone,
        our_addresses=frozenset(ours),
        administrator=people.administrator,
        pod_administrator=people.pod_administrator,
        boards=people.boards,
        allowed_domains=frozenset(people.allowed_domains),
        forms_per_day=process.forms_per_day,
        forms_per_30_days=process.forms_per_30_days,
        strangers_per_day=process.strangers_per_day,
        strangers_per_month=process.strangers_per_month,
        similar_notice=settings.similar.notice,
        largest=settings.mailbox.largest_mail_mb * 1_000_000,
    )


def similar_rules(settings: Settings) -> SimilarRules:
    """How similar work is looked for."""
    from intake.similar import SimilarRules

    given = settings.similar.model_dump(exclude={"notice"})
    return SimilarRules(lookback_months=settings.process.lookback_months, **given)


def gate(settings: Settings) -> Gate:
    """What every mail that leaves has to pass."""
    from notifier.gate import may_go_to

    ours, out = rules(settings).our_addresses, settings.outgoing
    return Gate(
        admits=lambda address: may_go_to(address, ours),
        per_address=out.per_address,
        per_thread=out.per_thread,
        per_day=out.per_day,
        per_minute=out.per_minute,
    )


def clock_rules(settings: Settings) -> ClockRules:
    """When the clock acts."""
    process = settings.process
    return ClockRules(
        completion_note_days=process.completion_note_days,
        chaser_days=process.chaser_days,
        overdue_days=process.overdue_days,
        confirm_reminder_days=process.confirm_reminder_days,
        unconfirmed_days=process.unconfirmed_days,
        zone=process.timezone,
        nation=process.nation,
        opens=process.office_hours.opens,
        closes=process.office_hours.closes,
        digest_at=process.digest_at,
    )


def alert_rules(settings: Settings) -> AlertRules:
    """Who is told of what stopped, and when."""
    people = settings.people
    known = {a.email: a for a in (people.administrator, people.alerts) if a}
    ends = credential_ends(settings)
    return AlertRules(
        to=tuple(known.values()),
        after=timedelta(hours=settings.health.after_hours),
        room=settings.health.disk_mb * 1_000_000,
        credentials=(("mail account", ends),) if ends else (),
    )


def credential_ends(settings: Settings) -> date | None:
    """The last day of what the program signs in with; None: it has none, or nobody said it."""
    mailbox, outgoing = settings.mailbox, settings.outgoing
    if not (mailbox.oauth2 or outgoing.oauth2 or outgoing.kind == "graph"):
        return None
    if settings.oauth2.certificate_file is None:
        return settings.oauth2.secret_expires
    from signin.ends import certificate_ends

    return certificate_ends(settings.oauth2.certificate_file)


def credential_warning(settings: Settings, today: date) -> str:
    """What to say of a credential that ends soon, or has ended; empty: nothing."""
    from signin.ends import warning

    return warning(credential_ends(settings), today, settings.oauth2.warn_days)


def free_room(settings: Settings) -> int | None:
    """Bytes that are free for the database; None where it is a server's affair."""
    file = database_file(settings)
    try:
        return shutil.disk_usage(file.parent).free if file else None
    except OSError:
        return None


def watch(settings: Settings, store: Store, now: Callable[[], datetime]) -> Watch:
    """What the page `/health` goes by."""
    from commands.version import version
    from pages.health import Watch

    rules = alert_rules(settings)
    return Watch(
        store=store,
        now=now,
        patience=timedelta(minutes=settings.health.page_minutes),
        free=lambda: free_room(settings),
        room=rules.room,
        version=version(),
    )


def site(settings: Settings, store: Store, now: Callable[[], datetime]) -> Site:
    """What the pages are made for."""
    from pages.site import Site

    sso = settings.sso
    return Site(
        watch=watch(settings, store, now),
        house=house(settings, store),
        name=settings.office.name,
        colour=settings.pages.colour,
        proxies=settings.pages.behind_proxy,
        address=settings.pages.address,
        issuer=sso.issuer,
        provider=provider(settings) if sso.issuer else None,
        passwords=sso.passwords,
        metrics_token=settings.health.metrics_token.get_secret_value(),
    )


def provider(settings: Settings) -> Provider:
    """Who vouches for people, where the settings name one."""
    from pages.getting_in.provider import Directory, Provider
    from store import Part

    ours = settings.sso
    parts = dict.fromkeys(ours.readers, Part.READER)
    parts |= dict.fromkeys(ours.administrators, Part.ADMINISTRATOR)
    directory = Directory(
        issuer=ours.issuer,
        client_id=ours.client_id,
        secret=ours.client_secret.get_secret_value(),
        claim=ours.claim,
        parts={k.casefold(): v for k, v in parts.items()} if ours.claim == "email" else parts,
        ca_file=str(ours.ca_file) if ours.ca_file else None,
    )
    return Provider(directory)


def office(settings: Settings, installation: str) -> Office:
    """Who writes; `installation` is the database's own name."""
    return Office(
        sender=settings.outgoing.sender,
        name=settings.office.name,
        installation=installation,
        zone=settings.process.timezone,
        show_contacts=settings.office.show_contacts,
        pages=settings.pages.address,
    )


def database_file(settings: Settings) -> Path | None:
    """An SQLite database's file, in a folder that is made if it is not there."""
    file = settings.store.file
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    return file


def open_store(settings: Settings) -> Store:
    """The store. Raises as `Store.open` does."""
    from store import Store

    database_file(settings)
    return Store.open(settings.store.url)


def mailboxes(settings: Settings, *, look_only: bool = False) -> tuple[Mailbox, ...]:
    """Where mail comes in, one for each folder; to be entered before they are used.

    With `look_only` they can be read and not changed.
    """
    ours = settings.mailbox
    if ours.kind == "maildir":
        from intake.maildir import MaildirMailbox

        maildir = MaildirMailbox(
            ours.path,
            processed=ours.processed_folder,
            exceptions=ours.exceptions_folder,
            look_only=look_only,
        )
        return (maildir,)
    from intake.imap import ImapMailbox

    return tuple(
        ImapMailbox(_imap(settings, folder), look_only=look_only) for folder in ours.folders
    )


def sent_folder(settings: Settings) -> SentFolder | None:
    """The mailbox's folder of sent mails, where the settings name one."""
    if settings.mailbox.kind != "imap" or not settings.mailbox.sent_folder:
        return None
    from intake.sent import SentFolder

    return SentFolder(_imap(settings, settings.mailbox.folders[0]), settings.mailbox.sent_folder)


def names_in_sent(settings: Settings) -> Callable[[Sequence[str]], Mapping[str, str]] | None:
    """What finds our mails among the sent ones; None: the settings name nowhere to look."""
    if (sent := sent_folder(settings)) is not None:
        return sent.names
    return _graph(settings).names if settings.outgoing.kind == "graph" else None


def sender(settings: Settings) -> Sender:
    """How mail goes out."""
    from commands.signing_in import mail_token
    from notifier.senders import MaildirSender, SmtpSender, SmtpSettings

    ours = settings.outgoing
    if ours.kind == "maildir":
        return MaildirSender(ours.path)
    if ours.kind == "graph":
        return _graph(settings)
    sent = sent_folder(settings)
    username = ours.username or (ours.sender.email if ours.oauth2 else "")
    server = SmtpSettings(
        host=ours.host,
        port=ours.port,
        tls=ours.tls,
        envelope_from=ours.sender.email,
        plus=ours.plus_addresses,
        username=username,
        password=ours.password.get_secret_value(),
        token=mail_token(settings, username) if ours.oauth2 else None,
        ca_file=str(ours.ca_file) if ours.ca_file else None,
    )
    return SmtpSender(server, sent=sent.has if sent else None)


def _graph(settings: Settings) -> GraphSender:
    from commands.signing_in import graph_token
    from notifier.graph import HOST, GraphSettings
    from notifier.graph_sender import GraphSender

    ours, sent = settings.outgoing, sent_folder(settings)
    server = GraphSettings(
        mailbox=ours.username or ours.sender.email,
        token=graph_token(settings),
        host=ours.host or HOST,
        port=ours.port,
        ca_file=str(ours.ca_file) if ours.ca_file else None,
    )
    return GraphSender(server, sent=sent.has if sent else None)


def house(settings: Settings, store: Store) -> House:
    """What handling mails works with."""
    from intake.process import House
    from parsers.face import Face
    from parsers.reader import Reader

    reader = Reader(prefix=settings.process.reference_prefix)
    return House(
        store=store,
        rules=rules(settings),
        office=office(settings, store.installation),
        forms=Face(settings.process.reference_prefix),
        read=reader.read,
        show=reader.show,
        similar=similar_rules(settings),
        clock=clock_rules(settings),
        authserv_id=settings.mailbox.authserv_id,
        trust_internal=settings.mailbox.trust_internal,
    )


def _imap(settings: Settings, folder: str) -> ImapSettings:
    from commands.signing_in import mail_token
    from intake.imap_link import ImapSettings

    ours = settings.mailbox
    return ImapSettings(
        host=ours.host,
        port=ours.port,
        tls=ours.tls,
        username=ours.username,
        password=ours.password.get_secret_value(),
        token=mail_token(settings, ours.username) if ours.oauth2 else None,
        folder=folder,
        processed=ours.processed_folder,
        exceptions=ours.exceptions_folder,
        ca_file=ours.ca_file,
    )
