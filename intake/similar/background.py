"""How common terms are in consultations at large: what a register starts with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def background() -> Mapping[str, float]:
    """Term -> its share among the consultations of the background, 0 to 1."""
    file = Path(__file__).with_name("background.json")
    if not file.exists():
        return {}
    read = json.loads(file.read_text("utf-8"))
    return {term: count / read["documents"] for term, count in read["counts"].items()}
