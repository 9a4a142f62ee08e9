"""From settings to the things that work: the one place where rooms meet their settings.

What a command does not need is not imported for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model import ClockRules, Office, Rules

if TYPE_CHECKING:
    from pathlib import Path

    from intake.imap_link import ImapSettings
    from intake.mailbox import Mailbox
    from intake.process import House
    from intake.sent import SentFolder
    from notifier.senders import Sender
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
        lookback_months=process.lookback_months,
        zone=process.timezone,
        our_addresses=frozenset(ours),
        administrator=people.administrator,
        pod_administrator=people.pod_administrator,
        boards=people.boards,
        allowed_domains=frozenset(people.allowed_domains),
        forms_per_day=process.forms_per_day,
        forms_per_30_days=process.forms_per_30_days,
        largest=settings.mailbox.largest_mail_mb * 1_000_000,
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


def office(settings: Settings, installation: str) -> Office:
    """Who writes; `installation` is the database's own name."""
    return Office(
        sender=settings.outgoing.sender,
        name=settings.office.name,
        installation=installation,
        zone=settings.process.timezone,
        show_contacts=settings.office.show_contacts,
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


def mailboxes(settings: Settings) -> tuple[Mailbox, ...]:
    """Where mail comes in, one for each folder; to be entered before they are used."""
    ours = settings.mailbox
    if ours.kind == "maildir":
        from intake.maildir import MaildirMailbox

        maildir = MaildirMailbox(
            ours.path, processed=ours.processed_folder, exceptions=ours.exceptions_folder
        )
        return (maildir,)
    from intake.imap import ImapMailbox

    return tuple(ImapMailbox(_imap(settings, folder)) for folder in ours.folders)


def sent_folder(settings: Settings) -> SentFolder | None:
    """The mailbox's folder of sent mails, where the settings name one."""
    if settings.mailbox.kind != "imap" or not settings.mailbox.sent_folder:
        return None
    from intake.sent import SentFolder

    return SentFolder(_imap(settings, settings.mailbox.folders[0]), settings.mailbox.sent_folder)


def sender(settings: Settings) -> Sender:
    """How mail goes out."""
    from notifier.senders import MaildirSender, SmtpSender, SmtpSettings

    ours = settings.outgoing
    if ours.kind == "maildir":
        return MaildirSender(ours.path)
    sent = sent_folder(settings)
    server = SmtpSettings(
        host=ours.host,
        port=ours.port,
        tls=ours.tls,
        envelope_from=ours.sender.email,
        username=ours.username,
        password=ours.password.get_secret_value(),
        ca_file=str(ours.ca_file) if ours.ca_file else None,
    )
    return SmtpSender(server, sent=sent.has if sent else None)


def house(settings: Settings, store: Store) -> House:
    """What handling mails works with."""
    from intake.process import House
    from parsers.face import Face
    from parsers.reader import Reader

    return House(
        store=store,
        rules=rules(settings),
        office=office(settings, store.installation),
        forms=Face(),
        read=Reader(prefix=settings.process.reference_prefix).read,
        authserv_id=settings.mailbox.authserv_id,
        trust_internal=settings.mailbox.trust_internal,
    )


def _imap(settings: Settings, folder: str) -> ImapSettings:
    from intake.imap_link import ImapSettings

    ours = settings.mailbox
    return ImapSettings(
        host=ours.host,
        port=ours.port,
        tls=ours.tls,
        username=ours.username,
        password=ours.password.get_secret_value(),
        folder=folder,
        processed=ours.processed_folder,
        exceptions=ours.exceptions_folder,
        ca_file=ours.ca_file,
    )
