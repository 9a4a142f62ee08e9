"""Kinds of values that the settings hold, each with what is said of one that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, ValidationInfo

from model import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """What some values are completed by: pydantic's validation context."""

    folder: Path  #: relative paths start here
    zone: ZoneInfo  #: times without a zone are in this one


def within(info: ValidationInfo) -> Within:
    """The context that the settings are being validated in."""
    assert isinstance(info.context, Within)
    return info.context


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """From when to when the clock may send mails, in the office's own time."""

    opens: time
    closes: time


def is_this_machine(host: str) -> bool:
    """Whether nothing that goes to `host` leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listed(value: object) -> object:
    """A list written as the environment has it, with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def as_people_call_it(value: object) -> object:
    """`tls` by its other names: mail programs and providers have no common word for it."""
    said = str(value).strip().lower()
    return _TLS.get(said, said)


_TLS = {
    "true": "implicit",
    "tls": "implicit",
    "ssl": "implicit",
    "ssl/tls": "implicit",
    "false": "none",
    "off": "none",
    "no": "none",
    "plain": "none",
}


def _unset(value: object) -> object:
    return None if value == "" else value


def _address(value: object) -> object:
    if value is None or isinstance(value, Address):
        return value
    name, email = parseaddr(str(value))
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", email):
        raise ValueError("must be an email address, such as Name <name@example.org>")
    return Address(email=email.lower(), name=name)


def _domain(value: str) -> str:
    domain = value.strip().lower().removeprefix("@")
    if not re.fullmatch(r"[^@\s.]+(\.[^@\s.]+)+", domain):
        raise ValueError("must be a domain, such as example.org")
    return domain


def _web_address(value: str) -> str:
    """One that nobody on the way can read or change: encrypted, or of this very machine."""
    try:
        parts = urlsplit(value)
        kept = parts.scheme == "https" or is_this_machine(parts.hostname or "")
        fit = parts.port != 0 and bool(parts.hostname) and parts.scheme in {"http", "https"}
    except ValueError:
        kept = fit = False
    if (value and not (fit and kept and re.fullmatch(r"[!-~]+", value))) or "@" in value:
        raise ValueError("must be an address that begins with https://")
    return value


def _time(value: object) -> object:
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value)):
        raise ValueError("must be a time of day, such as 08:30")
    return time.fromisoformat(str(value))


def _hours(value: object) -> object:
    if isinstance(value, OfficeHours):
        return value
    opens, _, closes = (part.strip() for part in str(value).partition("-"))
    try:
        hours = OfficeHours(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
    except ValueError:
        raise ValueError("must be two times of day, such as 09:00-17:00") from None
    if hours.opens >= hours.closes:
        raise ValueError("must open before it closes")
    return hours


def _zone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ValueError, OSError, LookupError):
        raise ValueError(
            "must be a time zone that this machine knows, such as Europe/London"
            " (where it knows none: apt install tzdata)"
        ) from None


def _aware(value: datetime | None, info: ValidationInfo) -> datetime | None:
    if value is None or value.tzinfo:
        return value
    return value.replace(tzinfo=within(info).zone)


def _placed(value: Path | None, info: ValidationInfo) -> Path | None:
    return value and within(info).folder / value.expanduser()


Text = Annotated[str, Field(max_length=500)]
Mail = Annotated[InstanceOf[Address], BeforeValidator(_address)]
MaybeMail = Annotated[
    InstanceOf[Address] | None, BeforeValidator(_address), BeforeValidator(_unset)
]
Mails = Annotated[tuple[Mail, ...], BeforeValidator(listed)]
Domains = Annotated[tuple[Annotated[str, AfterValidator(_domain)], ...], BeforeValidator(listed)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
File = Annotated[Path, AfterValidator(_placed)]
MaybeFile = Annotated[Path | None, AfterValidator(_placed), BeforeValidator(_unset)]
Moment = Annotated[datetime | None, AfterValidator(_aware), BeforeValidator(_unset)]
Day = Annotated[date | None, BeforeValidator(_unset)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Zone = Annotated[InstanceOf[ZoneInfo], BeforeValidator(_zone)]
Hours = Annotated[InstanceOf[OfficeHours], BeforeValidator(_hours)]
Days = Annotated[int, Field(ge=0, le=3660)]


def zone_or_default(values: Mapping[str, Any]) -> ZoneInfo:
    """The time zone that `[process]` names, to read other keys by; London's where it is faulty."""
    process = values.get("process")
    try:
        return ZoneInfo(process["timezone"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError, OSError):
        return ZoneInfo("Europe/London")
