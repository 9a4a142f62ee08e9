"""Tokens for the servers that the settings name; each is kept as long as it is good."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from model import Token
from settings import Settings
from settings.sections import OAuth2
from signin.tokens import Grant, Tokens


def mail_token(settings: Settings, username: str) -> Token:
    """What lets us in by IMAP and SMTP at the mailbox of that user name."""
    ours = settings.oauth2
    return _kept(ours, ours.scope, username if ours.provider == "google" else "")


def graph_token(settings: Settings) -> Token:
    """What lets mail out by Microsoft Graph."""
    from notifier.graph import HOST

    return _kept(settings.oauth2, f"https://{settings.outgoing.host or HOST}/.default", "")


@lru_cache
def _kept(ours: OAuth2, scope: str, mailbox: str) -> Tokens:
    """One for all who ask alike: mailboxes are made anew at every look."""
    return Tokens(_fetching(ours, scope, mailbox))


def _fetching(ours: OAuth2, scope: str, mailbox: str) -> Callable[[], Grant]:
    secret = ours.client_secret.get_secret_value()
    if ours.provider == "google":
        from signin import google

        assert ours.service_account_file is not None, "the settings have seen to it"
        account = google.ServiceAccount(
            file=ours.service_account_file,
            mailbox=mailbox,
            scope=scope or google.SCOPE,
            ca_file=ours.ca_file,
        )
        return account.fetch
    if ours.provider == "other":
        from signin.other import Client

        client = Client(
            token_url=ours.token_url,
            client_id=ours.client_id,
            secret=secret,
            scope=scope,
            ca_file=ours.ca_file,
        )
        return client.fetch
    from signin import microsoft

    application = microsoft.Application(
        tenant=ours.tenant,
        client_id=ours.client_id,
        secret=secret,
        certificate_file=ours.certificate_file,
        authority=ours.token_url or microsoft.AUTHORITY,
        scope=scope or microsoft.SCOPE,
        ca_file=ours.ca_file,
    )
    return application.fetch
