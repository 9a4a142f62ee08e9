"""Which version of the software this is."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version() -> str:
    """As `pyproject.toml` beside the program says; "unknown" without it."""
    try:
        with Path(__file__).parent.with_name("pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])
    except (OSError, KeyError, ValueError):
        return "unknown"
