"""The sections of the settings: every key there is, what it means, and what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from model import Address
from settings.section import Section, from_file, secret
from settings.values import (
    Day,
    Days,
    Domains,
    File,
    Hours,
    Mail,
    Mails,
    MaybeFile,
    MaybeMail,
    Moment,
    OfficeHours,
    Text,
    TimeOfDay,
    Zone,
    as_people_call_it,
    is_this_machine,
    listed,
    within,
)
from settings.web import Health, Pages, Sso


class Server(Section):
    """How to reach a mail server; not looked at while `kind` is `maildir`."""

    PORTS: ClassVar[Mapping[str, int]] = {}

    kind: str = Field("maildir", description="`maildir` or the server's kind")
    host: Text = Field("", description="the server's name")
    tls: Annotated[Literal["implicit", "starttls", "none"], BeforeValidator(as_people_call_it)] = (
        Field(
            "implicit", description="`implicit`, `starttls`, or `none` (only to this very machine)"
        )
    )
    port: int = Field(0, ge=0, le=65535, description="0: the usual one for `tls`")
    ca_file: MaybeFile = Field(
        None, description="certificates to trust instead of the machine's own, as a PEM file"
    )
    username: Text = Field("", description="who logs in")
    oauth2: bool = Field(
        False, description="sign in by a token, as `[oauth2]` tells, instead of a password"
    )
    password_file: MaybeFile = Field(None, description="a file that holds nothing but the password")
    password: SecretStr = Field(SecretStr(""), description="only by the environment")

    @field_validator("host")
    @classmethod
    def _server_needs_it(cls, value: Any, info: ValidationInfo) -> Any:
        return _needed(value, info)

    @field_validator("tls")
    @classmethod
    def _never_in_clear_text(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("host", "")
        if value == "none" and _on_a_server(info) and host and not is_this_machine(host):
            raise ValueError("may be none only where the server is this very machine (localhost)")
        return value

    @field_validator("port")
    @classmethod
    def _usual_port(cls, value: int, info: ValidationInfo) -> int:
        by_kind = cls.PORTS.get(info.data.get("kind", ""), 0)
        return value or by_kind or cls.PORTS.get(info.data.get("tls", ""), 0)

    @field_validator("password")
    @classmethod
    def _password_is_known(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        # An unknown user name, "" apart, is a fault of its own: the password's is told with it.
        unneeded = info.data.get("oauth2") or info.data.get("username") == ""
        if value.get_secret_value() or not _on_a_server(info) or unneeded:
            return value
        if info.data.get("password_file") is None:
            raise ValueError("is required: by the environment, or in a file named as password_file")
        return from_file("password_file", info)


def _on_a_server(info: ValidationInfo) -> bool:
    return info.data.get("kind") in {"imap", "smtp"}


def _needed(value: Any, info: ValidationInfo) -> Any:
    if not value and _on_a_server(info):
        raise ValueError(f'is required with kind = "{info.data["kind"]}"')
    return value


class Mailbox(Server):
    """Where mail comes in."""

    PORTS: ClassVar[Mapping[str, int]] = {"implicit": 993, "starttls": 143, "none": 143}

    kind: Literal["maildir", "imap"] = Field("maildir", description="`maildir` or `imap`")
    path: File = Field(Path("var/mail/inbox"), description="the Maildir")
    since: Moment = Field(
        None,
        description="mails that arrived before this moment are left alone; needed for `imap`",
    )
    folders: Annotated[tuple[Text, ...], BeforeValidator(listed), Field(min_length=1)] = Field(
        ("INBOX",), description="the folders that mail arrives in"
    )
    processed_folder: Text = Field(
        "Processed", min_length=1, description="where mails go that were handled"
    )
    exceptions_folder: Text = Field(
        "Exceptions", min_length=1, description="where mails go that a person has to look at"
    )
    sent_folder: Text = Field(
        "",
        description="where the server keeps what `outgoing` sent (`Sent Items`), to look there"
        " for a mail whose delivery was cut short; empty: not looked at",
    )
    poll_seconds: int = Field(
        60, ge=1, le=3600, description="how often to look, beside the server's own word (IDLE)"
    )
    largest_mail_mb: int = Field(
        50, ge=1, le=500, description="of larger mails only the headers are fetched"
    )
    authserv_id: Text = Field(
        "",
        description="our server's name in Authentication-Results, or `topmost`;"
        " empty: senders are not checked",
    )
    trust_internal: bool = Field(
        False, description="believe Exchange's own mark for mail from inside the tenant"
    )

    @field_validator("username", "since")
    @classmethod
    def _imap_needs_it(cls, value: Any, info: ValidationInfo) -> Any:
        return _needed(value, info)


class Outgoing(Server):
    """How mail goes out, and in whose name."""

    PORTS: ClassVar[Mapping[str, int]] = {
        "implicit": 465,
        "starttls": 587,
        "none": 25,
        "graph": 443,
    }

    kind: Literal["maildir", "smtp", "graph"] = Field(
        "maildir", description="`maildir`, `smtp`, or `graph` (Microsoft Graph, by token)"
    )
    path: File = Field(Path("var/mail/sent"), description="the Maildir")
    sender: Mail = Field(
        Address(email="consultations@example.org", name="Consultations"),
        alias="from",
        description="in whose name the mails go out; answers come back to it",
    )
    plus_addresses: bool = Field(
        False,
        description="mail that comes back says by its address which it was "
        "(`consultations+b-...@`); for servers of your own that take such addresses",
    )
    per_address: int = Field(
        20, ge=0, description="mails to one address in 24 hours, at most; others wait. 0: no limit"
    )
    per_thread: int = Field(
        10, ge=0, description="mails in one conversation in 24 hours, at most. 0: no limit"
    )
    per_day: int = Field(2000, ge=0, description="mails in all in 24 hours, at most. 0: no limit")
    per_minute: int = Field(
        0, ge=0, description="mails in a minute, at most (Microsoft 365 allows 30). 0: no limit"
    )


class OAuth2(Section):
    """Where the tokens come from by which the program signs in, where the settings say `oauth2`."""

    provider: Literal["microsoft", "google", "other"] = Field(
        "microsoft",
        description="`microsoft`, `google`, or `other` (client credentials, RFC 6749)",
    )
    tenant: Text = Field("", description="Microsoft: the directory (tenant) ID")
    client_id: Text = Field("", description="the application (client) ID; not for Google")
    client_secret_file: MaybeFile = Field(
        None, description="a file that holds nothing but the application's secret"
    )
    client_secret: SecretStr = Field(SecretStr(""), description="only by the environment")
    certificate_file: MaybeFile = Field(
        None,
        description="Microsoft: a PEM file with the application's private key and certificate,"
        " in place of a secret",
    )
    service_account_file: MaybeFile = Field(
        None, description="Google: the service account's key, as a JSON file"
    )
    token_url: Text = Field(
        "",
        description="where tokens are fetched; empty: the provider's own"
        " (of a national cloud: `https://login.microsoftonline.us`)",
    )
    scope: Text = Field("", description="what tokens are asked for; empty: the provider's own")
    ca_file: MaybeFile = Field(
        None, description="certificates to trust when tokens are fetched, as a PEM file"
    )
    secret_expires: Day = Field(
        None, description="the day on which the secret ends; a certificate's own is read from it"
    )
    warn_days: Days = Field(30, description="so long before that day, `check` and the log warn")

    @field_validator("client_secret")
    @classmethod
    def _secret_is_known(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        return secret(value, "client_secret_file", info)

    def lacks(self) -> str:
        """The keys without which no token can be fetched, in words; empty: nothing."""
        if self.provider == "google":
            return "" if self.service_account_file else "service_account_file"
        has_secret = bool(self.client_secret.get_secret_value())
        wanted = {"tenant": self.tenant, "client_id": self.client_id}
        if self.provider == "other":
            wanted = {"token_url": self.token_url, "client_id": self.client_id}
        missing = [key for key, value in wanted.items() if not value]
        if self.provider == "other" and not has_secret:
            missing.append("client_secret_file")
        elif not has_secret and not self.certificate_file:
            missing.append("client_secret_file or certificate_file")
        return ", ".join(missing)


class People(Section):
    """Our own people, and who may write to us."""

    administrator: MaybeMail = Field(None, description="gets the digest of the exceptions queue")
    alerts: MaybeMail = Field(
        None, description="is told too when mail stops for hours, beside the administrator"
    )
    pod_administrator: MaybeMail = Field(None, description="gets the requests for POD support")
    boards: Mails = Field((), description="get the reports")
    allowed_domains: Domains = Field((), description="whose mail is acted on; empty: anyone's")


class Office(Section):
    """How the office calls itself."""

    name: Text = Field(
        "the consultation register", min_length=1, description="how the mails are signed"
    )
    show_contacts: bool = Field(
        True, description="name the contact of similar work to other lead workers, as Form 1 says"
    )


class Forms(Section):
    """What the forms ask."""

    folder: MaybeFile = Field(
        None,
        description="the council's own form definitions, as docs/forms.md tells;"
        " empty: those that come with the program",
    )


class Store(Section):
    """Where the records are."""

    url: str = Field(
        "sqlite:///var/askonce.db",
        description="`sqlite:///<file>` or `postgresql+psycopg://<user>@<host>/<database>`",
    )

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url[10:]) if self.url.startswith("sqlite:///") else None

    @field_validator("url")
    @classmethod
    def _is_a_database(cls, value: str, info: ValidationInfo) -> str:
        kind, path = value[:10], value[10:]
        if kind == "sqlite:///" and path and path != ":memory:":
            return kind + str(within(info).folder / path)
        if value.startswith(("postgresql+psycopg://", "postgresql://")):
            return value
        raise ValueError(
            "must be sqlite:///<file> or postgresql+psycopg://<user>@<host>/<database>"
        )


class Process(Section):
    """The office's rules."""

    reference_prefix: str = Field(
        "CYP", pattern="^[A-Z]{2,8}$", description="capital letters that references begin with"
    )
    timezone: Zone = Field(ZoneInfo("Europe/London"), description="the office's time zone")
    nation: Literal["ENG", "SCT", "WLS", "NIR"] = Field(
        "ENG", description="whose bank holidays: `ENG`, `SCT`, `WLS` or `NIR`"
    )
    office_hours: Hours = Field(
        OfficeHours(opens=time(9), closes=time(17)),
        description="when the clock may send mails; answers go at once",
    )
    digest_at: TimeOfDay = Field(time(8, 30), description="when the administrator's digest goes")
    lookback_months: int = Field(
        24, ge=1, le=120, description="how far back similar work is looked for"
    )
    outcome_days: Days = Field(28, description="outcomes are due so long after the end date")
    completion_note_days: Days = Field(1, description="the note goes so long after the end date")
    chaser_days: Annotated[tuple[Days, ...], BeforeValidator(listed)] = Field(
        (0, 14, 28), description="chasers go so long after the due date"
    )
    overdue_days: Days = Field(
        42, description="so long after the due date it becomes an exception instead"
    )
    confirm_reminder_days: Days = Field(
        7, description="an unanswered warning is reminded of after so long"
    )
    unconfirmed_days: Days = Field(21, description="and becomes an exception after so long")
    forms_per_day: int = Field(
        1, ge=0, le=100, description="blank forms for one address in a day, at most"
    )
    forms_per_30_days: int = Field(
        3, ge=0, le=1000, description="blank forms for one address in 30 days, at most"
    )
    strangers_per_day: int = Field(
        4,
        ge=0,
        description="answers to mails without a form that reached people of no consultation,"
        " in 24 hours, at most. 0: no limit",
    )
    strangers_per_month: int = Field(8, ge=0, description="and in 31 days, at most. 0: no limit")

    @field_validator("chaser_days")
    @classmethod
    def _in_order(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(value)))

    @field_validator("overdue_days")
    @classmethod
    def _after_the_chasers(cls, value: int, info: ValidationInfo) -> int:
        if value <= max(info.data.get("chaser_days", ()), default=-1):
            raise ValueError("must be more than the last of chaser_days")
        return value

    @field_validator("unconfirmed_days")
    @classmethod
    def _after_the_reminder(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data.get("confirm_reminder_days", -1):
            raise ValueError("must be more than confirm_reminder_days")
        return value


Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=10)]


class Similar(Section):
    """The search for similar work. Scores go from 0 to 1."""

    notice: bool = Field(
        False,
        description="tell the contact of the earlier work, too, that a new proposal is like it",
    )
    worth_a_look: Share = Field(0.44, description="from this score on, a match is shown")
    almost_the_same: Share = Field(
        0.65, description="from this score on, it is called almost the same, not worth a look"
    )
    shown: int = Field(5, ge=1, le=5, description="matches in one warning, at most")
    beside_the_best: Share = Field(
        0.5, description="further ones are shown from this share of the best one's score on"
    )
    alone: Share = Field(
        0.28,
        description="from this lower score on, a match is shown that stands out from all others",
    )
    next_one: Share = Field(
        0.7, description="it stands out where the next one has at most this share of its score"
    )
    same_title: Share = Field(
        0.9, description="titles as alike as this are shown, whatever else is different"
    )
    meanings: Share = Field(0.66, description="what common subjects count in a score")
    questions: Share = Field(
        0.16, description="what common questions count; common words count the rest of 1"
    )
    title: Weight = Field(
        1.7, description="what a word in the title counts; in the purpose it is 1"
    )
    topics: Weight = Field(2.2, description="what a word among the topics counts")
    people: Weight = Field(0.6, description="what a word in “Who will you consult?” counts")
    question: Weight = Field(
        0.45, description="what a question (its cost) counts in looking up; a subject counts 1"
    )
    group: Weight = Field(
        0.5, description="what a word for the group asked counts; a subject counts 1"
    )
    same_group: Share = Field(0.06, description="added where both ask the same group")
    one_group: Share = Field(
        0.12, description="taken off where one asks a group, and the other anyone"
    )
    other_groups: Share = Field(0.18, description="taken off where each asks groups of its own")
    other_ages: Share = Field(
        0.17, description="taken off as the ages part; all of it where hardly one is common"
    )
    unlike_ages: Share = Field(
        0.36, description="taken off as the common ages are few of all the ages that both ask"
    )
    place_unsure: Share = Field(
        0.1, description="taken off where a place is not on Form 1's list of areas"
    )


class Log(Section):
    """What `run` writes down of its work: numbers and reasons, never a name or a text."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="`debug`, `info`, `warning` or `error`"
    )
    format: Literal["text", "json"] = Field(
        "text", description="`text`, or `json`: an object a line, for programs"
    )


class Settings(BaseModel):
    """All of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mailbox: Mailbox
    outgoing: Outgoing
    oauth2: OAuth2
    people: People
    office: Office
    forms: Forms
    store: Store
    process: Process
    similar: Similar
    pages: Pages
    sso: Sso
    health: Health
    log: Log

    @field_validator("sso")
    @classmethod
    def _enough_to_ask_for_people(cls, value: Sso, info: ValidationInfo) -> Sso:
        pages = info.data.get("pages")
        lacks = value.lacks(pages.address) if value.issuer and pages is not None else ""
        if lacks:
            raise ValueError(f"{lacks} must be set, as sso.issuer is")
        return value

    @field_validator("oauth2")
    @classmethod
    def _enough_to_sign_in(cls, value: OAuth2, info: ValidationInfo) -> OAuth2:
        mailbox, outgoing = info.data.get("mailbox"), info.data.get("outgoing")
        by_graph = outgoing is not None and outgoing.kind == "graph"
        asking = [
            f"{name}.oauth2 is true"
            for name, server in (("mailbox", mailbox), ("outgoing", outgoing))
            if server is not None and server.kind in {"imap", "smtp"} and server.oauth2
        ]
        asking += ['outgoing.kind is "graph"'] if by_graph else []
        if by_graph and value.provider != "microsoft":
            raise ValueError('provider must be "microsoft", as outgoing.kind is "graph"')
        if asking and (lacks := value.lacks()):
            raise ValueError(f"{lacks} must be set, as {asking[0]}")
        return value
