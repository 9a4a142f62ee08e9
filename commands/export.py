"""`askonce export`: every consultation with its outcomes, actions and mails."""

from __future__ import annotations

import json
from typing import Any

from commands import wiring
from model import ENDED
from settings import Settings


def run(settings: Settings, as_json: bool) -> int:
    """Print each consultation, oldest first: a JSON object a line, or a line for people."""
    with wiring.open_store(settings) as store:
        for record in store.views.export():
            print(json.dumps(record, ensure_ascii=False) if as_json else _in_brief(record))
    return 0


def _in_brief(record: dict[str, Any]) -> str:
    form = record["form1"] or record["form2"] or {}
    waited_for = record["outcomes_due"] and record["status"] not in ENDED
    due = f"  outcomes due {record['outcomes_due']}" if waited_for else ""
    reference = record["reference"] or "(no reference)"
    return f"{reference:<17}  {record['status']:<21}  {form.get('title') or ''}{due}"
