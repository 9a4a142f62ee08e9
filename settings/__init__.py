"""The settings: read once, from `config.toml` and the environment, with every fault told together.

Any key can be given by the environment as `ASKONCE_<SECTION>__<KEY>`, which wins over the file; a
list is then written with commas. Passwords are never in the file: they come from the environment
or from a file of their own, which the settings name. A relative path starts at the file's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from model import SettingsError
from settings.sections import Settings
from settings.source import Source
from settings.values import Within, zone_or_default

__all__ = ["DEFAULT_FILE", "Settings", "load"]

#: What is read where no file is named.
DEFAULT_FILE = Path(__file__).parent.with_name("config.toml")


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in `path` (None: `DEFAULT_FILE`), with those of `environ` over them.

    Raises `SettingsError` with every fault at once, each with its line or variable and its key.
    """
    file = path or DEFAULT_FILE
    source = Source(file, str(path or DEFAULT_FILE.name), environ)
    values = source.values(Settings.model_fields)
    context = Within(folder=file.resolve().parent, zone=zone_or_default(values))
    try:
        settings = Settings.model_validate(values, context=context)
        errors = []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    faults = tuple(source.told(errors, Settings))
    if faults:
        raise SettingsError(faults)
    return settings
