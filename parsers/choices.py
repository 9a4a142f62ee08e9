"""Choices, ticked, marked or typed (forms.md, "What reading gives")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from model import Code
from parsers.document import Line, Rows
from parsers.labels import plain
from parsers.options import FILLER, Options, options_of
from parsers.spec import FieldSpec, Type
from parsers.text import clean, is_error, is_help, is_prompt, not_applicable, written
from parsers.ticks import Marked, Option, picked, read_marked

_OTHER = re.compile(
    r"others?\b(?:\s*[(\[][^)\]]*\b(?:say|specify|state|describe|details?|list|which|name)\b"
    r"[^)\]]*[)\]])?(?:[\s,:–—-]*(?:please|pls)\s+(?:say|specify|state|describe|list|give details)"
    r"(?:\s+(?:below|here|which))?)?[\s:–—.,_-]*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATOR = re.compile(
    r"\s*(?:[,;\n•|+&/]|\s-\s|\t|\band\b|\bplus\b|\bas well as\b|\bor\b)\s*", re.IGNORECASE
)
_BRACKETED = re.compile(r"\([^()]*\)")  #: what stands in brackets belongs together
_EVERYBODY = re.compile(r"children\s*(?:and|&|,|/|\+)\s*young people", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:not|except|excluding|apart from|other than|no|without|never|but)\b", re.IGNORECASE
)


_OTHER_NAMED = re.compile(
    r"(?:^|(?<=[;,\n|•]))\s*(?P<said>others?\s*(?:\([^)]*\)\s*)?[:–—-][^;\n]*)", re.IGNORECASE
)

#: A ticked box that stands by no words.
WORDLESS = "?"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options an answer holds, in the definition's order, and what matched none."""

    options: tuple[str, ...] = ()
    unknown: str = ""
    other: bool = False  #: "Other" was ticked


def read_choices(spec: FieldSpec, rows: Rows) -> tuple[list[str], Code | None]:
    """The canonical options chosen; `choice_unknown` where something matched none."""
    chosen = _chosen(spec, rows)
    out = list(chosen.options)
    if chosen.unknown == WORDLESS:
        return out, Code.CHOICE_UNKNOWN
    if spec.has_other:
        if chosen.unknown:
            out.append(f"Other: {chosen.unknown}")
        elif chosen.other:
            out.append("Other")
        return out, None
    return out, Code.CHOICE_UNKNOWN if chosen.unknown or chosen.other else None


def read_choice(spec: FieldSpec, rows: Rows) -> tuple[str | None, Code | None]:
    """The one option chosen. Two, or none of them: `choice_unknown`."""
    options, code = read_choices(spec, rows)
    if len(options) == 1 and code is None:
        return options[0], None
    return None, Code.CHOICE_UNKNOWN if options or code else None


def is_option(spec: FieldSpec, text: str) -> bool:
    """Whether `text` is one of the options and nothing else."""
    return bool(options_of(spec).known(text)) or (spec.has_other and bool(_OTHER.match(text)))


def kept_in_words(spec: FieldSpec, chosen: Iterable[str]) -> bool:
    """Whether what was kept as "Other: ..." names an option, which may have been meant or not."""
    others = [text for text in chosen if text.startswith("Other: ")]
    return any(
        p.search(t) for t in others for p, o in options_of(spec).longest_first if o != "Other"
    )


def _chosen(spec: FieldSpec, rows: Rows) -> Chosen:
    marked = read_marked(rows)
    if marked.options:
        return _ticked(spec, marked)
    lines = [line for row in rows for cell in row for line in cell.lines if not line.blank]
    shown = "\n".join(line.text for line in lines)
    listed = sum(bool(p.search(shown)) for p in options_of(spec).patterns)
    if listed >= max(2, round(0.8 * len(spec.options))):
        return _by_marks(spec, lines, listed)
    several = len(lines) > 1 and len(_behind(spec, lines)) == len(lines)
    if several and (marks := _typed_marks(spec, lines)):
        return marks
    scale = options_of(spec).numbers
    if len(scale) > 1 and all(p.search(shown) for p in scale):
        found = picked(lines, scale)  # "1 2 3 4", one of them marked
        return Chosen(_ordered(spec, _names(spec, found or [])))
    texts = [t for t in written(lines) if not is_help(t)]
    return _typed(spec, "\n".join(texts))


def _joined(*texts: str) -> str:
    return "; ".join(t for t in texts if t)


def _by_marks(spec: FieldSpec, lines: list[Line], listed: int) -> Chosen:
    """The options are all listed: the marked ones were chosen."""
    found = picked(lines, options_of(spec).patterns)
    if found is None and (typed := _typed_marks(spec, lines)):
        return typed
    chosen = [spec.options[i] for i in found or [] if spec.options[i] != "Other"]
    text = " ".join(written(lines))
    if found is None and _in_a_row(spec, text):
        return _typed(spec, text)
    m = re.search(r"\bother\b", text, re.IGNORECASE) if spec.has_other else None
    beside = _beside_other(text[m.start() :]) if m else ""
    if found is None and not beside and listed == len(spec.options) and spec.type is Type.CHOICES:
        return Chosen()
    return Chosen(tuple(chosen), beside, found is not None and "Other" in _names(spec, found))


def _typed_marks(spec: FieldSpec, lines: list[Line]) -> Chosen | None:
    """Options one below the other, and words typed behind some: "Stay safe - yes".

    None where nothing is, or as much behind as many that the form itself must say it.
    """
    behind = _behind(spec, lines)
    said = {option: text for option, text in behind.items() if text}
    marks = {o: t for o, t in said.items() if _MARK.fullmatch(t) or _NO_MARK.fullmatch(t)}
    if len(marks) == len(said):
        chosen = [o for o, t in marks.items() if _MARK.fullmatch(t)]
        return Chosen(_ordered(spec, chosen)) if chosen else None
    if len(said) * 2 > len(behind) or spec.has_other:
        return None
    return Chosen(unknown=_joined(*(f"{o} {t}" for o, t in said.items())))


def _behind(spec: FieldSpec, lines: list[Line]) -> dict[str, str]:
    """What stands behind each option that begins a line."""
    behind: dict[str, str] = {}
    for line in lines:
        for option, pattern in zip(spec.options, options_of(spec).patterns, strict=True):
            text = clean(_BRACKETED.sub(" ", line.text))
            if option != "Other" and (m := pattern.search(text)) and _is_number(text[: m.start()]):
                behind[option] = text[m.end() :].strip(" \t-–—:.=")
    return behind


def _is_number(text: str) -> bool:
    """Whether there is nothing before an option but its own number."""
    return not text.strip(" .)0123456789")


_MARK = re.compile(r"(?:yes|y|x|1|true|tick(?:ed)?)(?: please)?", re.IGNORECASE)
_NO_MARK = re.compile(r"(?:no|n|0|false|not? .{0,20})", re.IGNORECASE)


def _in_a_row(spec: FieldSpec, text: str) -> bool:
    """Options with semicolons between: nobody prints a list so, the Excel form asks for it."""
    return all(is_option(spec, part.strip()) for part in text.split(";"))


def _names(spec: FieldSpec, found: Iterable[int]) -> set[str]:
    return {spec.options[i] for i in found}


def _ticked(spec: FieldSpec, marked: Marked) -> Chosen:
    chosen: list[str] = []
    unknown: list[str] = []
    other = False
    for option in marked.options:
        known, beside = _option(spec, option)
        if known == "Other":
            other = other or option.ticked
        elif known and option.ticked:
            chosen.append(known)
        if beside:
            unknown.append(beside)
    loose = [t for _, t in marked.loose if not (is_help(t) or is_prompt(t) or not_applicable(t))]
    if all(o.ticked for o in marked.options):
        # Ticks put beside options of a plain list: the other options were not ticked.
        loose = [t for t in loose if not is_option(spec, t)]
    boxed = {_option(spec, option)[0] for option in marked.options}
    named = options_of(spec).known
    loose = [t for t in loose if not named(t) or named(t) in boxed]  # words that lost their box
    free = _free(spec, loose, marked)
    return Chosen(
        _ordered(spec, [*chosen, *free.options]),
        _joined(*unknown, free.unknown),
        other,
    )


def _free(spec: FieldSpec, loose: list[str], marked: Marked) -> Chosen:
    """Lines without a box: names of groups of options, or an answer typed among them."""
    if not loose:
        return Chosen()
    after = marked.loose[-1][0] == len(marked.options)
    last = _option(spec, marked.options[-1])[0]
    if after and last == "Other" and len(loose) == 1:
        return Chosen(unknown=loose[0])
    return _typed(spec, "\n".join(loose))


def _option(spec: FieldSpec, option: Option) -> tuple[str, str]:
    """(the option beside a box, text that was added to it)."""
    text = clean(option.text)
    if spec.has_other and _OTHER.match(text):
        return "Other", _beside_other(text)
    if known := options_of(spec).known(text):
        return known, ""
    found = _typed(spec, text)
    if len(found.options) == 1 and not found.unknown:
        return found.options[0], ""
    if not option.ticked:
        return "", ""
    named = sum(bool(p.search(text)) for p in options_of(spec).patterns)
    if 1 < named < round(0.8 * len(spec.options)):
        return "", text  # several by one box, and no list of them all
    whole = next((o for o in spec.options if plain(text).startswith(plain(o) + " ")), "")
    return (whole, "") if whole else ("", text or WORDLESS)


def _beside_other(text: str) -> str:
    m = _OTHER.match(text)
    beside = clean(m["text"]) if m else ""
    beside = re.sub(r"^\((.*)\)$", r"\1", beside).strip(" :")
    if is_prompt(beside) or is_help(beside) or not_applicable(beside):
        return ""
    return beside


# --------------------------------------------------------------------------- typed answers


def _typed(spec: FieldSpec, text: str) -> Chosen:
    """Options named in free words. What is not wholly understood is kept as it was typed."""
    text = text.strip()
    if not text or not_applicable(text) or is_prompt(text) or is_error(text):
        return Chosen()
    if spec.has_other and _OTHER.fullmatch(text):
        beside = _beside_other(text)
        return Chosen(unknown=beside, other=not beside)
    if known := options_of(spec).known(text):
        return Chosen((known,))
    if spec.has_other and (m := _OTHER_NAMED.search(text)):
        rest = _typed(spec, text[: m.start()] + text[m.end() :])
        return Chosen(rest.options, _joined(rest.unknown, _beside_other(m["said"])), True)
    if _EXCEPT.search(text):
        return Chosen(unknown=_one_line(text))
    return _fragments(spec, text)


def _fragments(spec: FieldSpec, text: str) -> Chosen:
    covered, found = _protected(spec, text)
    covered = _EVERYBODY.sub(lambda m: "young people".ljust(len(m[0])), covered)
    chosen: list[str] = []
    unknown: list[tuple[int, int]] = []
    at = 0
    bracketed = _BRACKETED.sub(lambda m: "_" * len(m[0]), covered)
    for m in [*_SEPARATOR.finditer(bracketed), None]:
        start, end = at, m.start() if m else len(text)
        at = m.end() if m else end
        options = _fragment(spec, text[start:end], covered[start:end], found)
        if options is None:
            unknown.append((start, end))
        chosen += options or []
    if any(text[a:b].strip().isdigit() for a, b in unknown):
        return Chosen(unknown=_one_line(text))  # "Years 7 and 8": a part of something larger
    other = any(o == "Other" for o in chosen)
    pieces = _contiguous(text, unknown)
    named = [o for o in chosen if o != "Other"]
    return Chosen(_ordered(spec, named), "; ".join(pieces), other and not pieces)


def _fragment(spec: FieldSpec, text: str, covered: str, found: dict[str, str]) -> list[str] | None:
    """The options of one piece between separators; None if it is not wholly understood."""
    options = options_of(spec)
    if known := options.known(clean(text)):
        return [known]
    named = [found[c] for c in covered if c in found]
    rest = "".join(" " if c in found or c == _COVER else c for c in covered)
    words = re.findall(r"[\w'’+-]+", rest.lower())
    if all(_filler(w, options, named) for w in words) and (named or not text.strip(" .")):
        return named
    near = "" if named else options.near(clean(text))
    return [near] if near else None


def _filler(word: str, options: Options, named: list[str]) -> bool:
    """Words that change nothing. An option's own number does not; another option's does."""
    if options.numbered and word.isdigit():
        return options.known(word) in named
    return word in FILLER or bool(re.fullmatch(r"[\d-]+(?:yrs?)?", word))


_COVER = "\ue000"


def _protected(spec: FieldSpec, text: str) -> tuple[str, dict[str, str]]:
    """The text with every option in it covered up, so that its own "and" does not part it."""
    found: dict[str, str] = {}
    for pattern, option in options_of(spec).longest_first:
        for m in pattern.finditer(text):
            sign = chr(0xE001 + len(found))
            found[sign] = option
            text = text[: m.start()] + sign + _COVER * (len(m[0]) - 1) + text[m.end() :]
    return text, found


def _contiguous(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """Neighbouring unknown pieces joined as they were typed."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and _SEPARATOR.fullmatch(text[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [t for a, b in joined if (t := _one_line(text[a:b]))]


def _one_line(text: str) -> str:
    return clean(text.replace("\n", " ")).strip(" ,;")


def _ordered(spec: FieldSpec, chosen: Iterable[str]) -> tuple[str, ...]:
    picked_ = set(chosen)
    return tuple(o for o in spec.options if o in picked_)
