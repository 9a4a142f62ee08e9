"""The door of this room: bytes in, the forms in them out. Pure, and safe for any bytes at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from model import Code, Origin, Problem, Reading, Submission
from parsers.dates import DateRead, range_in
from parsers.document import Document
from parsers.excel import read_excel
from parsers.hits import Finder, Hit
from parsers.labels import ALIAS, all_labels
from parsers.match import Found, Matcher
from parsers.old_sheets import OLD_SHEETS, read_old_sheets
from parsers.shown import Shown, heard, told
from parsers.sniff import Kind, Package, Refused, kind
from parsers.spec import FieldSpec, FormSpec, Type, forms, own_folder
from parsers.values import Answer, read_value
from parsers.word import read_word

#: How sure a value is whose label stood there twice, with different answers, or that may have gone
#: on where something else seemed to begin.
TWICE = 0.5
#: How sure a value is that was taken from a range or from "about", "over" and the like.
ROUGH = 0.8
#: A label that stands on the wrong side of this many of ten others is none of the form's.
STRANGE = 5


def read(name: str, data: bytes, *, prefix: str = "CYP", converter: bool = False) -> Reading:
    """Every form in one file, or why there is none (forms.md, "What reading gives").

    Goes by the bytes, not by `name`. `prefix` is that of the reference numbers. With `converter`,
    what LibreOffice makes readable without loss is left to it: `unsupported_type`. Raises nothing
    for what a file holds.
    """
    try:
        document = _document(data, converter)
        found = _matcher(own_folder()).forms(_finder(own_folder()).events(document))
        submissions = tuple(_submission(f, name, prefix, document.certainty) for f in found)
    except Refused as e:
        return Reading(file=name, verdict=Problem(field=None, code=e.code, seen=e.seen))
    except (RecursionError, MemoryError):
        return Reading(file=name, verdict=Problem(field=None, code=Code.UNSAFE))
    if not submissions:
        return Reading(file=name, verdict=Problem(field=None, code=Code.NOT_A_FORM))
    return Reading(file=name, submissions=submissions)


def look(data: bytes, *, converter: bool = False) -> tuple[Document | None, Problem | None]:
    """What a file looks like, or why it cannot be opened. As `read`, it raises nothing."""
    try:
        return _document(data, converter), None
    except Refused as e:
        return None, Problem(field=None, code=e.code, seen=e.seen)
    except (RecursionError, MemoryError):
        return None, Problem(field=None, code=Code.UNSAFE)


def show(_name: str, data: bytes) -> Shown | None:
    """What a file looks like, as far as a page shows it. None: it cannot be opened."""
    document, _verdict = look(data)
    return heard(told(document)) if document else None


def _document(data: bytes, converter: bool) -> Document:
    try:
        what, package = kind(data)
        return read_word(package) if what is Kind.WORD else _workbook(package)
    except Refused as e:
        if e.seen in OLD_SHEETS and not converter:
            return read_old_sheets(data)
        raise
    except (RecursionError, MemoryError):
        raise
    except Exception as e:  # a package can be broken in more ways than its readers foresee
        raise Refused(Code.DAMAGED) from e


def _workbook(package: Package) -> Document:
    """What we cannot open, other programs often can."""
    try:
        return read_excel(package)
    except Refused as e:
        if e.code is Code.DAMAGED:
            raise Refused(Code.UNSUPPORTED_TYPE, "xlsx") from e
        raise


@cache
def _finder(_definitions: Path | None) -> Finder:
    return Finder(forms().values(), all_labels())


@cache
def _matcher(_definitions: Path | None) -> Matcher:
    return Matcher(forms().values())


# --------------------------------------------------------------------------- one form


def _submission(found: Found, file: str, prefix: str, certainty: float) -> Submission:
    assert found.form
    spec = forms()[found.form]
    order = [f.key for f in spec.fields]
    answers = {f.key: _answer(f, found, order, prefix) for f in spec.fields}
    for later in spec.fields:
        if later.not_before:
            _spread(later, answers)
    read = {key: answer for key, (answer, _, _) in answers.items()}
    return Submission(
        form=spec.key,
        fields={f.key: _value(f, read[f.key]) for f in spec.fields},
        problems=tuple(problems_of(spec, read)),
        origins={
            k: o
            for k, (answer, hit, sure) in answers.items()
            if (o := _origin(answer, hit, min(sure, certainty)))
        },
        file=file,
    )


def _hits(found: Found, key: str) -> list[tuple[Hit, float]]:
    assert found.form
    return [
        (h, h.label.match.sure(found.form))
        for h in found.hits
        if h.label.match.key(found.form) == key
    ]


#: An answer, the label it stood by (if any did), and how sure that label is.
_Placed = tuple[Answer, Hit | None, float]


def _answer(spec: FieldSpec, found: Found, order: Sequence[str], prefix: str) -> _Placed:
    """The answer under the surest label that has one, and how sure it is.

    Of labels as sure as each other, the one among the form's others goes before one in the letter
    above the form or in the address below it.
    """
    hits = _hits(found, spec.key)
    read = [(read_value(spec, hit.answer, prefix), hit, sure) for hit, sure in hits]
    answered = [a for a in read if not a[0].blank]
    if not answered:
        return Answer(), read[0][1] if read else None, 1.0
    if len(read) == 1:
        return read[0]
    strange = {id(hit): found.strangeness(hit, order) for hit, _ in hits}
    best = max(answered, key=lambda a: (min(a[2], ALIAS), -strange[id(a[1])], a[2]))
    if min(strange.values()) == 0 and strange[id(best[1])] >= STRANGE:
        return Answer(), best[1], 1.0  # the label in its place was left blank
    differing = any(a[0].value != best[0].value and a[2] == best[2] for a in answered)
    return best[0], best[1], min(best[2], TWICE) if differing else best[2]


def _value(spec: FieldSpec, answer: Answer) -> Any:
    if answer.value is None and spec.type in (Type.CHOICES, Type.ACTIONS):
        return []
    return answer.value


def _origin(answer: Answer, hit: Hit | None, sure: float) -> Origin | None:
    if hit is None or answer.blank:
        return None
    if answer.codes or hit.doubtful:
        sure = min(sure, TWICE)
    elif answer.rough:
        sure = min(sure, ROUGH)
    elif sure >= ALIAS:
        sure = 1.0
    return Origin(where=hit.where, seen=answer.seen, certainty=round(sure, 2))


def problems_of(spec: FormSpec, read: Mapping[str, Answer]) -> Iterator[Problem]:
    """What is wrong with a form's answers, each alone and two beside each other."""
    for f in spec.fields:
        answer = read[f.key]
        for code in answer.codes:
            yield Problem(field=f.key, code=code, seen=answer.seen)
        if f.required and answer.blank:
            yield Problem(field=f.key, code=Code.MISSING, seen=answer.seen)
        if f.not_before and _before(answer.value, read[f.not_before].value):
            yield Problem(field=f.key, code=Code.END_BEFORE_START, seen=answer.seen)


def _before(end: str | None, start: str | None) -> bool:
    return bool(end and start) and date.fromisoformat(str(end)) < date.fromisoformat(str(start))


# --------------------------------------------------------------------------- two dates in one cell


def _spread(end_spec: FieldSpec, read: dict[str, _Placed]) -> None:
    """A range in one of two date cells fills both, where it does not gainsay the other."""
    keys = (end_spec.not_before, end_spec.key)
    for own, other in (keys, keys[::-1]):
        answer, hit, sure = read[own]
        pair = range_in(answer.seen) if answer.value is None else None
        if pair is None:
            continue
        both = dict(zip(keys, map(_dated, pair, (answer.seen,) * 2), strict=True))
        if read[other][0].blank:
            read[other] = (both[other], hit, sure)
        elif read[other][0].value != both[other].value:
            return
        read[own] = (both[own], hit, sure)
        return


def _dated(read: DateRead, seen: str) -> Answer:
    assert read.value
    codes = (read.code,) if read.code else ()
    return Answer(value=read.value.isoformat(), codes=codes, seen=seen)
