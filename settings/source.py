"""Where each setting stands, in the file or the environment, and what is said of a faulty one."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from model import SettingsError
from settings.english import in_english

#: Section -> key -> value.
Values = dict[str, Any]
#: (section, key); a section alone is (section, "").
Key = tuple[str, str]
#: (line in the file, what messages call the place); the environment is after every line.
Place = tuple[float, str]
#: Where, and the whole sentence.
Fault = tuple[Place, str]

#: Keys that hold a secret, and what people call it.
_SECRETS = {
    "password": "password",
    "client_secret": "client secret",
    "metrics_token": "token",
}
_PASSWORD_IN_URL = re.compile(r"//[^/@:]*:[^/@]+@")


class Source:
    """The file's keys with their lines, and the environment's over them."""

    def __init__(self, file: Path, name: str, environ: Mapping[str, str]) -> None:
        """`name` is what messages call the file. Raises `SettingsError` for one not to be read."""
        self._name = name
        text = _text(file, name)
        self._in_file: Values = _parsed(text, name)
        self._places: dict[Key, Place] = {
            key: (line, f"{name}, line {line}") for key, line in _lines(text)
        }
        self._environ = dict(_environment(environ))
        self._places |= {key: (inf, variable) for key, (variable, _) in self._environ.items()}
        settings = {variable for variable, _ in self._environ.values()}
        ours = (variable for variable in environ if variable.startswith("ASKONCE_"))
        self._strange = [variable for variable in ours if variable not in settings]

    def values(self, sections: Iterable[str]) -> Values:
        """Everything that was given; a section that nothing was said of is empty."""
        merged: Values = {name: {} for name in sections} | self._in_file
        for (section, key), (_, value) in self._environ.items():
            below = merged.get(section, {})
            merged[section] = below | {key: value} if isinstance(below, dict) else below
        return merged

    def told(self, errors: Iterable[ErrorDetails], model: type[BaseModel]) -> Iterator[str]:
        """Every fault once: those in the file by their lines, then those in the environment."""
        found = [*self._secrets(), *(self._fault(error, model) for error in errors)]
        found += (((inf, ""), said) for said in self._no_settings(model))
        lines = sorted(found, key=lambda fault: fault[0][0])
        yield from dict.fromkeys(said for _, said in lines)

    def _no_settings(self, model: type[BaseModel]) -> Iterator[str]:
        """Variables that look like settings and are none: whoever set them meant something."""
        known = [_variable(s, key) for s in model.model_fields for key in _keys(model, s)]
        for variable in self._strange:
            near = difflib.get_close_matches(variable, known, 1, 0.8)
            hint = f"do you mean {near[0]}?" if near else f"they are written like {known[0]}"
            yield f"{variable}: there is no such setting; {hint}"

    def _secrets(self) -> Iterator[Fault]:
        """A fault for each password that stands in the file."""
        for section, below in self._in_file.items():
            for key, value in below.items() if isinstance(below, dict) else ():
                shown = key in _SECRETS or (
                    (section, key) == ("store", "url") and _PASSWORD_IN_URL.search(str(value))
                )
                if shown and (section, key) not in self._environ:
                    yield self._say(
                        (section, key),
                        f"a {_SECRETS.get(key, 'password')} does not belong in this file; give it"
                        f" as {_variable(section, key)}"
                        + (f" or in a file named as {key}_file" if key in _SECRETS else ""),
                    )

    def _fault(self, error: ErrorDetails, model: type[BaseModel]) -> Fault:
        """One sentence: where it stands, which key, what is wrong and what is allowed."""
        section, key = ([str(part) for part in error["loc"][:2]] + ["", ""])[:2]
        return self._say((section, key), _wrong(error, model, section, key))

    def _say(self, key: Key, wrong: str) -> Fault:
        place = self._place(key)
        return place, f"{place[1]}: {'.'.join(filter(None, key))}: {wrong}"

    def _place(self, key: Key) -> Place:
        """Where a key stands; of one that does not, where its section does."""
        section, name = key
        near = [place for (other, _), place in self._places.items() if other == section]
        instead = (section, f"{name}_file" if name in _SECRETS else "")
        return (
            self._places.get(key)
            or self._places.get(instead)
            or self._places.get((section, ""))
            or (near[0] if near and not name else (0, self._name))
        )


def _variable(section: str, key: str) -> str:
    return f"ASKONCE_{section}__{key}".upper()


def _text(file: Path, name: str) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise SettingsError((f"{name}: there is no such file",)) from None
    except UnicodeDecodeError:
        raise SettingsError((f"{name}: is not a text file in UTF-8",)) from None
    except OSError as error:
        raise SettingsError((f"{name}: cannot be read: {error.strerror}",)) from None


def _parsed(text: str, name: str) -> Values:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong, line = re.sub(r" \(at (.*)\)$", "", str(error)), re.search(r"line (\d+)", str(error))
        place = f"{name}, line {line[1]}" if line else name
        raise SettingsError((f"{place}: is not written as TOML: {wrong}",)) from None


def _lines(text: str) -> Iterator[tuple[Key, int]]:
    """Where each key stands. Only for messages: an unusual way of writing may go unnoticed."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            section = header[1]
            yield (section, ""), number
        elif pair := re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line):
            yield ((section, pair[1]) if section else (pair[1], "")), number


def _environment(environ: Mapping[str, str]) -> Iterator[tuple[Key, tuple[str, str]]]:
    for variable, value in environ.items():
        section, two, key = variable.removeprefix("ASKONCE_").lower().partition("__")
        if variable.startswith("ASKONCE_") and two:
            yield (section, key), (variable, value)


def _wrong(error: ErrorDetails, model: type[BaseModel], section: str, key: str) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown(model, section, key)
        case "model_type":
            return f"must be a section, which begins with the line [{section}]"
        case "value_error":
            said = str(error.get("ctx", {}).get("error", error["msg"]))
        case kind:
            said = in_english(kind, error, _keys(model, section)[key])
    secret = not key or key == "url" or key in _SECRETS
    seen = "" if secret or error["input"] in (None, "") else f" (here: {error['input']})"
    return said + seen


def _unknown(model: type[BaseModel], section: str, key: str) -> str:
    known = list(_keys(model, section) if key else model.model_fields)
    near = difflib.get_close_matches(key or section, known, 1)
    hint = f"do you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"there is no such {'key' if key else 'section'}; {hint}"


def _keys(model: type[BaseModel], section: str) -> dict[str, FieldInfo]:
    below = model.model_fields[section].annotation
    assert isinstance(below, type) and issubclass(below, BaseModel)
    return {field.alias or name: field for name, field in below.model_fields.items()}
