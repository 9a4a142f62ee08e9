"""Everything people read about a form's answers: edit the sentences here, nowhere else.

`{seen}` is what stood there, in quotation marks; `{need}` is what the field takes; `{reference}`
is an example with the office's own prefix. A sentence follows the field's official label: after a
colon it starts in lower case, after a question mark as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from model import Code, Origin, Problem
from parsers.dates import Doubt, no_such_day, read_date, why_approximate
from parsers.references import example
from parsers.spec import FieldSpec, FormSpec, Type

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: What an answer of each type has to be: "Please give ...".
NEEDS: Mapping[Type, str] = {
    Type.TEXT: "Please fill this in.",
    Type.LONG_TEXT: "Please write a sentence or two.",
    Type.EMAIL: "Please give a full email address, such as jo.smith@example.org.",
    Type.CHOICE: "Please choose one of: {options}.",
    Type.CHOICES: "Please choose at least one of: {options}.",
    Type.AGE_RANGE: "Please give two ages in years, such as 11 to 16.",
    Type.NUMBER: "Please give one whole number, such as 120.",
    Type.DATE: "Please give a day, month and year, such as 3 April 2027.",
    Type.YES_NO: "Please answer yes or no.",
    Type.REFERENCE: "Please give the number from our email, such as {reference}.",
    Type.ACTIONS: "Please give each date as a day, month and year, such as 3 April 2027.",
}

#: What is wrong with one field.
FAULTS: Mapping[Code, str] = {
    Code.MISSING: "This has no answer yet. {need}",
    Code.DATE_UNREADABLE: "We could not read {seen} as a date. {need}",
    Code.DATE_APPROXIMATE: "{seen} names no day, so we took {bound}. {need}",
    Code.NUMBER_UNREADABLE: "We could not read {seen} as a number. {need}",
    Code.EMAIL_UNREADABLE: "We could not read {seen} as an email address. {need}",
    Code.END_BEFORE_START: "{seen} is before “{not_before}”. Please check both dates.",
    Code.CHOICE_UNKNOWN: "{seen} is not one of the choices. {need}",
    Code.REFERENCE_INVALID: "{seen} is not a reference number of ours: one or more characters are "
    "wrong. {need}",
}

#: `MISSING` where something stood that says nothing, such as "n/a".
NOT_AN_ANSWER = "{seen} does not tell us enough here. {need}"

#: `DATE_UNREADABLE` where a month has no such day.
NO_SUCH_DAY = "There is no {seen}, as {no_day}. {need}"

#: `DATE_APPROXIMATE` where a day was named, by why it is not certain. `{day}` is what was taken.
NOT_CERTAIN: Mapping[Doubt, str] = {
    Doubt.WEEKDAY: "{seen} cannot be right, as {day} is a {weekday}. We took {day}. {need}",
    Doubt.NOT_SETTLED: "{seen} does not sound settled. We took {day}. {need}",
    Doubt.NO_YEAR: "{seen} gives no year for its first day. We took {day}. {need}",
}

#: What is needed where something was taken all the same.
IF_NOT = "If that is not right, please give a day, month and year, such as 3 April 2027."

#: What was made of an answer that is not certain, after its label; `{aside}` says where it stood.
TAKEN = "we took {seen}{aside} to mean {said}."

#: What happened to a month without a day, by `FieldSpec.bound`.
BOUNDS = {
    "start": "the first day of that month",
    "end": "the last day of that month",
    "": "the last day of that month",
}

#: What is wrong with a whole file, and the way to put it right.
VERDICTS: Mapping[Code, str] = {
    Code.MISSING: "This is one of our forms, but it came empty: nothing is filled in. Please check "
    "that it is the right file and that your answers were saved in it, and send it again.",
    Code.NOT_A_FORM: "We could not find one of our forms in this file. Please copy your answers "
    "into one of our blank forms, in Word or Excel, and send that.",
    Code.ENCRYPTED: "This file is protected with a password, so we cannot open it. Please open it, "
    "choose File > Info > Protect Document (Protect Workbook in Excel) > Encrypt with Password, "
    "empty the box, choose OK, save the file and send it again.",
    Code.DAMAGED: "This file is damaged and cannot be opened. Please open your own copy in Word or "
    "Excel, choose File > Save As, save it under a new name and send the new file.",
    Code.TOO_LARGE: "This file is too large for us to open. Please take out any pictures, save it "
    "and send it again, or copy your answers into one of our blank forms.",
    Code.UNSAFE: "This file is built in a way that could do harm, so we did not open it. Please "
    "copy your answers into one of our blank forms and send that.",
    Code.UNSUPPORTED_TYPE: "We cannot read this type of file. Please open it in the program that "
    "made it, save it as a Word document (.docx) or an Excel workbook (.xlsx) and send that.",
}

_ATTACH = "Please attach the form itself, the Word or Excel file"
#: The same for what forms come wrapped in, by `Problem.seen`: a zip, winmail.dat, a saved or an
#: encrypted email.
WRAPPED: Mapping[tuple[Code, str], str] = {
    (Code.ENCRYPTED, "zip"): "This zip file is protected with a password, so we cannot open it. "
    f"{_ATTACH}, instead of a zip.",
    (Code.DAMAGED, "zip"): "This zip file is damaged and cannot be opened. "
    f"{_ATTACH}, instead of a zip.",
    (Code.TOO_LARGE, "zip"): "There is more in this zip file than we can open. "
    f"{_ATTACH}, instead of a zip.",
    (Code.UNSAFE, "zip"): "This zip file is built in a way that could do harm, so we did not open "
    f"it. {_ATTACH}, instead of a zip.",
    (Code.ENCRYPTED, "email"): "This email is encrypted, so we cannot open it. Please send it "
    "again without encryption: in Outlook, in the new email, choose Options > Encrypt and take "
    "the tick away.",
    (Code.DAMAGED, "email"): "This is a signed email that we cannot open. Please send it again "
    "without a signature: in Outlook, in the new email, choose Options > Sign and take the tick "
    "away.",
    (Code.DAMAGED, "winmail"): "Outlook sent your files in a form of its own (winmail.dat), and it "
    "arrived damaged. Please send the email again: in Outlook, in the new email, choose Format "
    "Text > HTML first.",
    (Code.DAMAGED, "msg"): "This is an email saved from Outlook (.msg), and it is damaged. "
    f"{_ATTACH}.",
}

_AS_WORD = (
    "Please open it in Word, choose File > Save As > Word Document (.docx), and send the new file."
)
_AS_EXCEL = (
    "Please open it in Excel, choose File > Save As > Excel Workbook (.xlsx), and send the new "
    "file."
)
_COPY = "Please copy your answers into one of our blank forms, in Word or Excel, and send that."

#: `UNSUPPORTED_TYPE` for the kinds that people send: what it is and how to send it right, by
#: `Problem.seen` or a word in it.
TYPES: Mapping[str, str] = {
    "doc": f"This is an older Word document (.doc), which we cannot read here. {_AS_WORD}",
    "rtf": f"This is a rich text document (.rtf), which we cannot read here. {_AS_WORD}",
    "html": f"This is a web page, which we cannot read here. {_AS_WORD}",
    "word 2003 xml": f"This is a Word 2003 document (.xml), which we cannot read here. {_AS_WORD}",
    "xls": f"This is an older Excel workbook (.xls), which we cannot read here. {_AS_EXCEL}",
    "xlsb": f"This is a binary Excel workbook (.xlsb), which we cannot read here. {_AS_EXCEL}",
    "xlsx": "This Excel workbook is not in the shape that Excel gives it, so we cannot read it "
    f"here. {_AS_EXCEL}",
    "formulas": "Some cells of this workbook hold formulas whose results were not saved with it, "
    "so we cannot see the answers. Please open it in Excel, choose File > Save, and send it again.",
    "odt": "This is an OpenDocument text (.odt), which we cannot read here. Please open it in "
    "LibreOffice or Word, choose File > Save As, pick the Word type that ends in .docx, and send "
    "the new file.",
    "ods": "This is an OpenDocument spreadsheet (.ods), which we cannot read here. Please open it "
    "in LibreOffice or Excel, choose File > Save As, pick the Excel type that ends in .xlsx, and "
    "send the new file.",
    "open document": "This is an OpenDocument file, but neither a text nor a spreadsheet, so we "
    f"cannot read it. {_COPY}",
    "pdf": "This is a PDF, and we cannot read answers from a PDF reliably. Please send the Word or "
    "Excel file that it was made from. If you have none, please copy your answers into one of our "
    "blank forms.",
    "pages": "This was made in Pages (or Numbers) on an Apple device, and we cannot read it. "
    "Please open it in Pages, choose File > Export To > Word (in Numbers, File > Export To > "
    "Excel), and send the file that this makes.",
    "numbers": "This is a Numbers spreadsheet, which we cannot read. Please open it in Numbers, "
    "choose File > Export To > Excel, and send the .xlsx file that this makes.",
    "keynote": f"This is a Keynote presentation, and we cannot read answers from one. {_COPY}",
    "word xml": f"This is a Word document saved as XML (.xml), which we cannot read. {_AS_WORD}",
    "excel 2003 xml": "This is an Excel workbook saved as XML (.xml), which we cannot read. "
    f"{_AS_EXCEL}",
    "csv": "This is a text file (.txt or .csv): it holds no tables and no tick boxes, so we cannot "
    f"read a form from it. {_COPY}",
    "pptx": f"This is a PowerPoint presentation, and we cannot read answers from one. {_COPY}",
    "picture": f"This is a picture, and we cannot read answers from one. {_COPY}",
    "msg": f"This is an email saved from Outlook (.msg), which we cannot open here. {_ATTACH}.",
    "zip": "This is a zip file. Please attach the form itself, the Word or Excel file, instead of "
    "a zip.",
    "xml": "This is an XML file, which we cannot read. Please open it in the program that made it, "
    "choose File > Save As, save it as a Word document (.docx) or an Excel workbook (.xlsx), and "
    "send the new file.",
    "ole": "This is an older type of Office file, which we cannot read. Please open it in the "
    "program that made it, choose File > Save As, save it as a Word document (.docx) or an Excel "
    "workbook (.xlsx), and send the new file.",
}
TYPES_ALIKE = dict.fromkeys(
    ("image", "photo", "photograph", "jpg", "jpeg", "png", "heic", "tiff"), "picture"
)

#: The longest piece of what somebody wrote that we repeat to them, in characters.
SEEN_LIMIT = 80


def message(spec: FormSpec | None, problem: Problem, prefix: str) -> str:
    """What is wrong, what was seen and what is needed (forms.md, "What reading gives").

    `prefix` is that of the office's reference numbers.
    """
    if spec is None or problem.field is None:
        return verdict(problem)
    field = spec[problem.field]
    need = IF_NOT if problem.code is Code.DATE_APPROXIMATE else NEEDS[field.type]
    need = need.format(options="; ".join(field.options), reference=example(prefix))
    not_before = spec[field.not_before].label if field.not_before else ""
    *others, last = (replace(problem, seen=seen) for seen in _apart(field, problem))
    said = [_sentence(field, one, not_before, "") for one in others]
    return _after(field.label, " ".join((*said, _sentence(field, last, not_before, need))))


def _apart(field: FieldSpec, problem: Problem) -> list[str]:
    """What was seen; of a table, each date that has this problem."""
    if field.type is not Type.ACTIONS:
        return [problem.seen]
    dates = [text for text in problem.seen.splitlines() if read_date(text).code is problem.code]
    return dates or [problem.seen]


def _sentence(field: FieldSpec, problem: Problem, not_before: str, need: str) -> str:
    fault, known = _fault(field, problem)
    said = fault.format(
        seen=quoted(problem.seen) if problem.seen.strip() else "What stands there",
        need=need,
        bound=BOUNDS[field.bound],
        not_before=not_before,
        **known,
    )
    return said.rstrip()


def taken(field: FieldSpec, value: Any, origin: Origin, aside: str = "") -> str:
    """What was made of an answer that is not certain, without its label; "" where it is as typed.

    `aside` follows what stood there. Of a table, only what was made of its rows' dates is said.
    """
    said = in_words(field, value)
    if said.split() == origin.seen.split():
        return ""
    if rough := _approximate(field, origin.seen):
        problem = Problem(field=field.key, code=Code.DATE_APPROXIMATE)
        return " ".join(_sentence(field, replace(problem, seen=one), "", "") for one in rough)
    if field.type is Type.ACTIONS:
        return ""
    return TAKEN.format(seen=quoted(origin.seen), aside=aside, said=quoted(said))


def _approximate(field: FieldSpec, seen: str) -> list[str]:
    """The dates that were taken though they are not certain: of a table, those of its rows."""
    if field.type not in (Type.DATE, Type.ACTIONS):
        return []
    dates = dict.fromkeys(seen.splitlines()) if field.type is Type.ACTIONS else (seen,)
    return [one for one in dates if why_approximate(one, field.bound)]


def each_quoted(text: str) -> str:
    """What stands on each line, in quotation marks of its own."""
    *others, last = [quoted(line) for line in text.splitlines() if line.strip()] or [quoted("")]
    return f"{', '.join(others)} and {last}" if others else last


def quoted(text: str) -> str:
    """What somebody wrote, on one line, in quotation marks, cut where it grows long."""
    line = " ".join(text.split())
    if len(line) > SEEN_LIMIT:
        line = line[:SEEN_LIMIT].rstrip() + "…"
    return f"“{line}”"


def in_words(field: FieldSpec, value: Any) -> str:
    """An answer as a person would write it; "" for none. Lines are separated by "\\n"."""
    if value is None or value == []:
        return ""
    match field.type:
        case Type.DATE:
            return british(value)
        case Type.CHOICES:
            return "; ".join(value)
        case Type.AGE_RANGE:
            return f"{value['from']} to {value['to']}"
        case Type.YES_NO:
            return "Yes" if value else "No"
        case Type.ACTIONS:
            return "\n".join(_action(row) for row in value)
    return str(value)


def british(iso: str) -> str:
    """ "2027-04-03" as "3 April 2027"."""
    day = date.fromisoformat(iso)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def no_day(day: int, month: int, year: int) -> str:
    """What is said of a day that a month does not have."""
    return f"{MONTHS[month - 1]} {year} has no day {day}"


def _action(row: Mapping[str, Any]) -> str:
    due = row.get("due")
    rest = [row.get("owner"), f"by {british(due)}" if due else None]
    aside = ", ".join(part for part in rest if part)
    what = row.get("action") or "(nothing written)"
    return f"{what} ({aside})" if aside else what


def _fault(field: FieldSpec, problem: Problem) -> tuple[str, dict[str, str]]:
    """The sentence, and what it says beside what every sentence may."""
    code, seen = problem.code, problem.seen
    if code is Code.MISSING and seen.strip():
        return NOT_AN_ANSWER, {}
    if code is Code.DATE_UNREADABLE and (found := no_such_day(seen)):
        return NO_SUCH_DAY, {"no_day": no_day(*found)}
    if code is Code.DATE_APPROXIMATE and (why := why_approximate(seen, field.bound)):
        doubt, day = why
        taken = {"day": british(day.isoformat()), "weekday": WEEKDAYS[day.weekday()]}
        return NOT_CERTAIN.get(doubt, FAULTS[code]), taken
    return FAULTS.get(code, "There is something wrong with {seen}. {need}"), {}


def verdict(problem: Problem) -> str:
    """What is wrong with a whole file."""
    wrapped = WRAPPED.get((problem.code, problem.seen))
    if wrapped:
        return wrapped
    if problem.code is Code.UNSUPPORTED_TYPE:
        words = problem.seen.lower().replace(".", " ").replace("/", " ").split()
        for word in (" ".join(words), *words):
            kind = TYPES_ALIKE.get(word, word)
            if kind in TYPES:
                return TYPES[kind]
    return VERDICTS.get(problem.code, VERDICTS[Code.NOT_A_FORM])


def _after(label: str, sentence: str) -> str:
    if label.endswith("?"):
        return f"{label} {sentence}"
    return f"{label}: {sentence[0].lower()}{sentence[1:]}"
