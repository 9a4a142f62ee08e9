"""What all sections of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationInfo


class Section(BaseModel):
    """One `[section]` of the file. Keys that it does not know are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def secret(value: SecretStr, key: str, info: ValidationInfo) -> SecretStr:
    """A secret that was given by itself, or the one in the file that `key` names, if it does."""
    if value.get_secret_value() or info.data.get(key) is None:
        return value
    return from_file(key, info)


def from_file(key: str, info: ValidationInfo) -> SecretStr:
    """The secret in the file that `key` names."""
    file = info.data[key]
    try:
        return SecretStr(file.read_text("utf-8").rstrip("\r\n"))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise ValueError(f"cannot be read from {key} {file}: {why}") from None
