"""Yes / no answers, however said (forms.md, "What reading gives")."""

from __future__ import annotations

import re
from collections.abc import Iterable

from model import Code
from parsers.document import Cell, Line, Rows
from parsers.text import clean, is_help, is_prompt, not_applicable, written
from parsers.ticks import Marked, picked, read_marked

_YES = re.compile(r"\b(?:yes|y|yeah|yep|true)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|n|nope|false)\b", re.IGNORECASE)
_SAID = re.compile(
    r"(?P<yes>yes|yeah|yep|y|true|please(?! (?:note|see|refer|ask|contact|check|wait)\b)"
    r"|of course|definitely|agreed?|ok(?:ay)?|[✓✔☑√])"
    r"|(?P<no>not (?:needed|required|necessary)|nope|no|n|false)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"[(\[][^)\]]*[)\]]|\*?\b(?:please )?(?:delete|circle|tick|highlight)\b.*$", re.I
)
#: "Yes / No: yes": printed alternatives, and the answer after them.
_PRINTED = re.compile(r"y(?:es)?\s*(?:/|\bor\b)\s*no?(?:\s*[:?=–—-]+\s*|\s+)(?=\w)", re.IGNORECASE)
#: No "no".
_WILLING = re.compile(r"no (?:problem|objection|reason|worries|issues?)\b", re.IGNORECASE)
#: "Please do not" begins like a yes.
_NEGATED = re.compile(r"[^,.;:–—-]*\b(?:not|never|\w+n['’]t|dont)\b", re.IGNORECASE)
_CROSS = re.compile(r"\s*[✗✘✖❌❎]\ufe0f?\s*")  #: alone, it may be a no as well as a tick
_ALONE = re.compile(r"yes|no", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]{3}", re.IGNORECASE)  #: no mark, then
_WORD = re.compile(r"[\w']+")
_DOUBT = re.compile(
    r"\b(?:if|maybe|perhaps|possibly|unsure|not sure|unless|depend\w*|but|tbc|don't know|except"
    r"|subject to|once|when|only|partly|some of)\b|\?",
    re.IGNORECASE,
)
#: "☒ Not sure": no yes, and no no.
_HELD_BACK = re.compile(
    rf"\b(?:no|not|n't|never|later|undecided)\b|{_DOUBT.pattern}", re.IGNORECASE
)


def read_yes_no(rows: Rows) -> tuple[bool | None, Code | None]:
    """True, false, or None where neither or both remain; `choice_unknown` for any other words."""
    filled = [cell for row in rows for cell in row if not cell.blank]
    if len(filled) == 1 and isinstance(filled[0].value, bool):
        return filled[0].value, None
    if (alone := _word_with_note(filled)) is not None:
        return alone, None
    marked = read_marked(rows)
    if _CROSS.fullmatch("".join(line.text for cell in filled for line in cell.lines)):
        return None, Code.CHOICE_UNKNOWN
    if marked.options:
        return _ticked_yes_no(marked)
    lines = [line for row in rows for cell in row for line in cell.lines]
    found = picked(lines, (_YES, _NO))
    shown = " ".join(written(lines))
    if found is not None and len(found) == 1 and _only_alternatives(lines):
        return found == [0], None
    return _said(shown)


def _word_with_note(filled: list[Cell]) -> bool | None:
    """What a cell says that holds "Yes" or "No" alone, with a note in the next; None if none does.

    There "No" is no mark: it is not the note that is unticked.
    """
    if len(filled) != 2:
        return None
    word, note = (clean(" ".join(line.text for line in c.lines)) for c in filled)
    noted = _WORDS.search(note) and not (_YES.search(note) or _NO.search(note))
    return word.lower() == "yes" if noted and _ALONE.fullmatch(word) else None


def _only_alternatives(lines: Iterable[Line]) -> bool:
    """Whether both alternatives stand there, so that a mark means a choice."""
    text = " ".join(line.text for line in lines)
    return bool(_YES.search(text) and _NO.search(text))


def _said(text: str) -> tuple[bool | None, Code | None]:
    text = _ASIDE.sub(lambda m: "" if is_help(m[0].strip()) else m[0], text).strip(" .!*/|")
    if m := _PRINTED.match(text):
        text = text[m.end() :]
    if not text or is_prompt(text) or is_help(text) or not_applicable(text):
        return None, None
    words = _WORD.findall(text.lower())
    if set(words) <= {"yes", "no", "y", "n", "or"} and _YES.search(text) and _NO.search(text):
        return None, None
    m = _SAID.match(text)
    if m is None or re.match(r"\w", text[m.end() :]) or _DOUBT.search(text):
        return None, Code.CHOICE_UNKNOWN
    rest = text[m.end() :]
    both = (m["yes"] and _NO.search(rest[:12])) or (m["no"] and _YES.search(rest[:12]))
    if (m["yes"] and _NEGATED.match(rest)) or _WILLING.match(text):
        return None, Code.CHOICE_UNKNOWN
    if re.match(r"\s*(?:/|or)\s*\w", rest) or both:
        return None, Code.CHOICE_UNKNOWN
    return m["yes"] is not None, None


def _ticked_yes_no(marked: Marked) -> tuple[bool | None, Code | None]:
    answers: set[bool] = set()
    alone = len(marked.options) == 1
    for option in marked.options:
        said = _said(option.text)[0] if option.text else None
        if option.ticked and said is None and alone and not _HELD_BACK.search(option.text):
            said = True  # "☒ I need help"
        if option.ticked and said is not None:
            answers.add(said)
    loose = {a for _, t in marked.loose if (a := _said(t)[0]) is not None}
    if marked.loose and len(marked.options) == 1 and not marked.options[0].text and loose:
        return (None, Code.CHOICE_UNKNOWN) if len(loose) > 1 else (loose.pop(), None)
    if len(answers) == 1:
        return answers.pop(), None
    if not answers and len(loose) == 1:
        return loose.pop(), None
    neither = not answers and any(option.ticked for option in marked.options)
    return None, Code.CHOICE_UNKNOWN if neither else None
