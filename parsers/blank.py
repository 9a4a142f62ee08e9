"""What the Word and the Excel forms share: wording, colours, and bytes that never vary."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from parsers.spec import Column, FieldSpec, FormSpec, Type

#: The language that the forms are written in, for screen readers and spelling.
LANGUAGE = "en-GB"

#: Dates inside the files are fixed, so that the same answers always make the same bytes.
MADE_AT = datetime(2027, 1, 1)  # noqa: DTZ001 - the Office formats take it as UTC

#: Colours: text, quiet text (7:1 on white), headings, rules, and the ground of labels and headers.
INK, QUIET, ACCENT, RULE, GROUND = "0B0C0C", "505A5F", "1F4E6B", "B1B4B6", "F3F4F5"

FONT = "Arial"

#: Rows for actions that the blank form offers; a filled-in one keeps two spare.
ACTION_ROWS, SPARE_ROWS = 6, 2

HOW_TO = (
    "Write in the column “Your answer”. We need the answers marked “Required”; please give as much "
    "of the rest as you can. Then save the file and send it to us by email as an attachment."
)
QUESTION, ANSWER, NOTES = "Question", "Your answer", "Notes"


def heading(form: FormSpec) -> str:
    """The form's whole name, such as "Form 1: Consultation proposal"."""
    return f"{form.name}: {form.title}"


def column_field(column: Column) -> FieldSpec:
    """A column of a table of actions as a field of its own: "due" is a date, the others text."""
    kind = Type.DATE if column.key == "due" else Type.LONG_TEXT
    return FieldSpec(key=column.key, label=column.label, type=kind)


def other_text(field: FieldSpec, chosen: list[str]) -> str | None:
    """What stands beside a chosen "Other"; None where it is not chosen."""
    texts = [c.removeprefix("Other").removeprefix(":").strip() for c in chosen if _is_other(c)]
    return "; ".join(t for t in texts if t) if texts and field.has_other else None


def _is_other(choice: str) -> bool:
    return choice == "Other" or choice.startswith("Other:")


def settled(data: bytes) -> bytes:
    """The same Office package without the moment of its making in it."""
    out = io.BytesIO()
    stamp = MADE_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o600 << 16
            new.writestr(info, part, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()
