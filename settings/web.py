"""The sections of the settings for what is looked at with a browser, and for who may."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from settings.section import Section, secret
from settings.values import MaybeFile, Text, Texts, WebAddress


def contrast_to_white(colour: str) -> float:
    """How much white stands out from a colour such as "#12436d": 1 to 21 (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class Pages(Section):
    """The web pages."""

    listen: Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$")] = Field(
        "127.0.0.1:8025", description="address and port of the web pages"
    )
    serve: bool = Field(True, description="whether `run` serves them too")
    address: WebAddress = Field(
        "",
        description="where people find them, such as `https://register.example.org`;"
        " needed for `[sso]`, and named in the digest",
    )
    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = Field(
        "#12436d", description="the office's own, dark enough for white letters"
    )
    behind_proxy: int = Field(
        0,
        ge=0,
        le=9,
        description="how many proxies of yours stand before the pages, whose word"
        " (`X-Forwarded-For`, `-Proto`, `-Host`) is believed",
    )

    @field_validator("listen")
    @classmethod
    def _is_a_port(cls, value: str) -> str:
        if int(value.rpartition(":")[2]) > 65535:
            raise ValueError("must end in a port up to 65535, such as 127.0.0.1:8025")
        return value

    @field_validator("colour")
    @classmethod
    def _is_dark_enough(cls, value: str) -> str:
        if (contrast := contrast_to_white(value)) < 4.5:
            raise ValueError(
                f"is too light for the white letters on it ({contrast:.1f} to 1, and 4.5 is"
                " needed: WCAG 2.2, 1.4.3); choose a darker one"
            )
        return value

    @field_validator("address")
    @classmethod
    def _is_no_page(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        if parts.path or parts.query or parts.fragment:
            raise ValueError("must end after the name, as in https://register.example.org")
        return value.rstrip("/")

    @property
    def port(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class Sso(Section):
    """Single sign-on: people log in to the pages with their work account (OpenID Connect)."""

    issuer: WebAddress = Field(
        "",
        description="who vouches for them, as its tokens name it; empty: nobody."
        " Microsoft: `https://login.microsoftonline.com/<tenant ID>/v2.0`",
    )
    client_id: Text = Field("", description="the application (client) ID")
    client_secret_file: MaybeFile = Field(
        None, description="a file that holds nothing but the application's secret"
    )
    client_secret: SecretStr = Field(SecretStr(""), description="only by the environment")
    ca_file: MaybeFile = Field(
        None, description="certificates to trust instead of the machine's own, as a PEM file"
    )
    claim: Text = Field(
        "roles",
        min_length=1,
        description="what in a token says what somebody may do: `roles`, `groups`, or `email`"
        " (which counts only if the provider has verified it)",
    )
    administrators: Texts = Field(
        ("administrator",), description="whoever has one of these there is an administrator"
    )
    readers: Texts = Field(("reader",), description="whoever has one of these may look")
    passwords: bool = Field(True, description="whether accounts with a password may log in as well")

    @field_validator("client_secret")
    @classmethod
    def _secret_is_known(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        return secret(value, "client_secret_file", info)

    @field_validator("passwords")
    @classmethod
    def _some_way_in(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and info.data.get("issuer") == "":
            raise ValueError("may be false only where an issuer is named: nobody could log in")
        return value

    def lacks(self, address: str) -> str:
        """The keys without which nobody can be asked for, in words; empty: nothing."""
        secret = self.client_secret.get_secret_value()
        wanted = {
            "client_id": self.client_id,
            "client_secret_file": secret,
            "pages.address": address,
            "administrators or readers": self.administrators + self.readers,
        }
        return ", ".join(key for key, value in wanted.items() if not value)


class Health(Section):
    """When something is wrong enough to be said."""

    after_hours: int = Field(
        3,
        ge=1,
        le=240,
        description="when mail stopped for so long, those who should know are told by mail",
    )
    page_minutes: int = Field(
        15, ge=1, le=1440, description="when it stopped for so long, the page `/health` says 503"
    )
    disk_mb: int = Field(
        500, ge=1, le=1_000_000, description="less free room than this on the disk is too little"
    )
    metrics_token_file: MaybeFile = Field(
        None,
        description="a file that holds the token by which Prometheus reads `/metrics`;"
        " empty: that page wants a login like all others",
    )
    metrics_token: SecretStr = Field(SecretStr(""), description="only by the environment")

    @field_validator("metrics_token")
    @classmethod
    def _token_is_known(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        value = secret(value, "metrics_token_file", info)
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("must have 16 characters at least")
        return value
