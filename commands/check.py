"""`askonce check`: everything that has to work, tried for real, one line each."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from commands import condition, wiring
from commands.condition import Note
from model import AskOnceError, Permanent, SettingsError
from parsers import adapted
from parsers.spec import forms
from settings import DEFAULT_FILE, Settings, load

_NO_END = "secret_expires is not set, so nobody is told before the secret ends."
_NOBODY = "no [people] administrator is named, so nobody gets the digest of the exceptions queue."
_WRONG_PORT = (
    " That port does not begin with encryption: look at mailbox.tls and mailbox.port"
    ' ("implicit" is usually port 993, "starttls" 143).'
)
_NOT_TLS = ("WRONG_VERSION_NUMBER", "UNEXPECTED_MESSAGE", "RECORD_LAYER_FAILURE")


def run(config: Path | None, environ: Mapping[str, str]) -> int:
    """Try each in turn; returns 1 if any fails. Without settings nothing else can be tried."""
    try:
        settings = load(config, environ)
    except SettingsError as error:
        for fault in error.faults:
            print(f"FAULT  settings: {fault}")
        return 1
    print(f"OK     settings: {config or DEFAULT_FILE} can be used.")
    now = datetime.now(UTC)
    tries: dict[str, Callable[[Settings], str]] = {
        "forms": _forms,
        "mailbox": _mailbox,
        "outgoing": _outgoing,
        **({"sent mails": _sent_mails} if wiring.sent_folder(settings) else {}),
        "database": _database,
        "disk": _disk,
        **({"single sign-on": _single_sign_on} if settings.sso.issuer else {}),
        "documents": condition.documents,
        "bank holidays": lambda given: condition.bank_holidays(given, now),
    }
    works = {name: _try(name, look, settings) for name, look in tries.items()}
    if works["database"]:
        _try("clock", lambda given: condition.clock(given, now), settings)
        _try("work", lambda given: condition.work(given, now), settings)
    if note := _credential(settings):
        print(f"NOTE   oauth2: {note}")
    if settings.people.administrator is None:
        print(f"NOTE   people: {_NOBODY}")
    return 0 if all(works.values()) else 1


def _try(name: str, look: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        found = look(settings)
        print(f"{'NOTE' if isinstance(found, Note) else 'OK  '}   {name}: {found}")
    except AskOnceError as error:
        print(f"FAULT  {name}: {error}{_hint(name, error)}")
        return False
    return True


def _hint(name: str, error: BaseException) -> str:
    """What is behind OpenSSL's words for an answer that is not TLS. (`outgoing` says it itself.)"""
    cause: BaseException | None = error
    while cause is not None and name == "mailbox":
        if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
            return _WRONG_PORT
        cause = cause.__cause__ or cause.__context__
    return ""


def _forms(settings: Settings) -> str:
    adapted.use(settings.forms.folder)
    whose = f"as {settings.forms.folder} has them" if settings.forms.folder else "as shipped"
    asked = [f"{form.name} asks {len(form.fields)} questions" for form in forms().values()]
    return _sentences([f"{', '.join(asked)}, {whose}"])


def _mailbox(settings: Settings) -> str:
    since = settings.mailbox.since
    found, older = [], 0
    for one in wiring.mailboxes(settings):
        with one as mailbox:
            found += mailbox.check()
            older += mailbox.count_older(since) if since else 0
    if since:
        mails = "1 mail" if older == 1 else f"{older} mails"
        found.append(f"{mails} older than since ({since:%d %B %Y, %H:%M}) will be left alone.")
    return _sentences(found)


def _outgoing(settings: Settings) -> str:
    with wiring.sender(settings) as sender:
        return _sentences(sender.check())


def _credential(settings: Settings) -> str:
    """What is to be known of the end of what the program signs in with."""
    mailbox, outgoing = settings.mailbox, settings.outgoing
    if not (mailbox.oauth2 or outgoing.oauth2 or outgoing.kind == "graph"):
        return ""
    today = datetime.now(settings.process.timezone).date()
    try:
        soon = wiring.credential_warning(settings, today)
        known = settings.oauth2.provider == "google" or wiring.credential_ends(settings)
    except AskOnceError as error:
        return str(error)
    return soon or ("" if known else _NO_END)


def _sent_mails(settings: Settings) -> str:
    folder = wiring.sent_folder(settings)
    if folder is not None:
        folder.has("<looked-for-by-check@invalid>")
    return f"The folder {settings.mailbox.sent_folder} is there."


def _database(settings: Settings) -> str:
    with wiring.open_store(settings) as store:
        counts = store.views.counts()
        if store.restored.sending_held():
            raise Permanent(
                "nothing is sent since a backup was restored: look at the queue, then say "
                "./askonce restored --send."
            )
    return (
        f"it opens and is up to date. Consultations: {counts.consultations}, exceptions open: "
        f"{counts.exceptions}, mails waiting to go out: {counts.waiting}."
    )


def _single_sign_on(settings: Settings) -> str:
    back = f"{settings.pages.address}/login/sso/back"
    found = wiring.provider(settings).check(datetime.now(UTC))
    return f"{found} It has to know this address as one to send people back to: {back}"


def _disk(settings: Settings) -> str:
    folder = (wiring.database_file(settings) or Path.cwd() / "any").parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Permanent(f"{folder} cannot be written to: {error.strerror}.") from error
    if free < settings.health.disk_mb * 1_000_000:
        raise Permanent(f"only {_size(free)} are free for {folder}: make room.")
    return f"{_size(free)} are free for {folder}."


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB"


def _sentences(lines: list[str]) -> str:
    return " ".join(line.rstrip(".") + "." for line in lines)
