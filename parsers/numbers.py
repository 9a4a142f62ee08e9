"""Whole numbers, ages and e-mail addresses as people write them (forms.md)."""

from __future__ import annotations

import calendar
import re

from parsers.text import LONGEST

#: "11+" and "16 and over" end here: the upper limit of services for young people with SEND.
OLDEST = 25
#: Of a number of people, at most.
DIGITS = 7
_LINK = r"\s*(?:-|–|—|‑|‐|to|until|up to|and|/|&)\s*"

_ASIDES = re.compile(r"\(([^()]*)\)")
_AGED = re.compile(
    rf"\b(?:aged?|ages)\b:?\s*\d+(?:{_LINK}\d+)?|\b(?:years?|yrs?|y|key stages?|ks)\s*"
    rf"\d+(?:{_LINK}(?:years?|y)?\s*\d+)?(?!\w)|\d+(?:{_LINK}\d+)?\s*(?:year|yr)s?[\s-]olds?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[, ]\d{3})+(?!\d)")
_ABOUT = re.compile(r"\bca?\.?(?=\s?\d)|\bor (?:so|thereabouts)\b|(?<=\d)-?ish\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,-])(?:\d+)(?![\w%]|[.,]\d)")
_ANY_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(rf"(?<![\w.])(?:between\s+)?(\d+)(?:\s*-\s*|{_LINK})(\d+)(?![\w%]|\.\d)")
_MONTHS = "|".join([*calendar.month_name[1:], *calendar.month_abbr[1:]])
_NOT_PEOPLE = re.compile(
    r"%|per ?cent|\bper\b|\beach\b|\bevery\b|\btimes\b|\bx\s*\d|\d\s*x\b|\bdozens?\b|\bor\b|"
    r"\b(?:schools?|class(?:es)?|groups?|sessions?|workshops?|weeks?|days?|months?|hours?|"
    r"settings?|famil(?:y|ies)|units?|teams?|hundreds?|thousands?|minus|unknown|tbc|not|"
    r"less than|fewer than|under|below|half|third|quarter|than last)\b|\?|\d/\d|"
    rf"\b\d{{1,2}}[ -](?:{_MONTHS})\b",
    re.IGNORECASE,
)


def read_number(text: str) -> int | None:
    """The one whole number that `text` states; of a range its upper end; None if unclear."""
    if len(text) > LONGEST:
        return None
    t = _AGED.sub(" ", _THOUSANDS.sub(_joined, _ABOUT.sub(" ", text)))
    t = _without_breakdown(t)
    if _NOT_PEOPLE.search(t):
        return None
    if (m := _RANGE.search(t)) and len(_ANY_NUMBER.findall(t)) == 2:
        low, high = int(m[1]), int(m[2])
        return high if low < high < 10**DIGITS else None
    found = _NUMBER.findall(t)
    if len(found) != 1 or len(_ANY_NUMBER.findall(t)) != 1 or len(found[0]) > DIGITS:
        return None
    return int(found[0])


_ROUGH = re.compile(
    r"~|\bapprox|\b(?:about|around|roughly|circa|c|ca|nearly|almost|some|over|above|more than|"
    r"at least|minimum|min|maximum|max|up to|at most|plus|estimated?)\b|"
    r"\d\s*\+|\d-?ish\b|\bor (?:so|thereabouts|more|over|above)\b",
    re.IGNORECASE,
)


def number_is_rough(text: str) -> bool:
    """Whether a number that was read out of `text` is one end of a range, or only about right."""
    t = _without_breakdown(_AGED.sub(" ", _THOUSANDS.sub(_joined, text)))
    return bool(_ROUGH.search(t) or _RANGE.search(t))


def _joined(m: re.Match[str]) -> str:
    return re.sub(r"\D", "", m[0])


def _without_breakdown(text: str) -> str:
    """Without an aside that has no numbers, or numbers that add up to the one before it."""
    for aside in _ASIDES.finditer(text):
        parts = [int(n) for n in _ANY_NUMBER.findall(aside[1])]
        rest = [int(n) for n in _ANY_NUMBER.findall(text[: aside.start()] + text[aside.end() :])]
        if not parts or (len(rest) == 1 and sum(parts) == rest[0]):
            return text[: aside.start()] + " " + text[aside.end() :]
    return text


_YEARS = r"(?:\s*-?\s*(?:years?|yrs?|yo|y)?\.?(?:\s*-?\s*old)?s?)?"
_AGE_FROM_TO = re.compile(
    rf"(?:between\s+|from:?\s*|min(?:imum)?:?\s*)?(\d+){_YEARS}[,;]?"
    rf"\s*(?:-|–|—|‑|‐|to|through|until|up to|and|&|/|max(?:imum)?)+:?\s*(\d+){_YEARS}",
)
_AGE_UP = re.compile(
    rf"(\d+){_YEARS}\s*(?:\+|plus|and (?:over|above|older|up|upwards)|or (?:over|above|older)|"
    rf"upwards|onwards){_YEARS}(?:\s*[(,]?\s*(?:up )?to (\d+){_YEARS}\)?)?"
)
_AGE_UNDER = re.compile(rf"(?:under|below|younger than)(?: the age of)?[\s-]*(\d+)s?{_YEARS}")
_AGE_TO = re.compile(
    rf"(?:up to|0 to|birth\s*(?:-|–|—|to))(?: and including)?\s*(\d+)s?{_YEARS}"
    rf"|(\d+)s?{_YEARS}\s*(?:and|or|&) (?:under|below|younger){_YEARS}"
)
_AGE_ONE = re.compile(rf"(\d+){_YEARS}")
_FROM_BIRTH = re.compile(r"0|birth")
_ABOUT_AGES = re.compile(r"\b(?:approx|about|around|roughly|mainly)", re.IGNORECASE)
_AGE_WORDS = re.compile(
    r"\b(?:aged?|ages|children|young people|cyp|pupils|students|approx(?:imately)?|about|around|"
    r"roughly|range|group|mainly|inclusive|only|of|the|yp|all)\b:?|\([^()0-9]*\)"
)


def read_ages(text: str) -> dict[str, int] | None:
    """`{"from": 11, "to": 16}`, in whole years; None if `text` does not state one clear range."""
    if len(text) > LONGEST:
        return None
    low, high = _bounds(_bare_ages(text))
    if low is None or high is None or not 0 <= low <= high <= 120:
        return None
    return {"from": low, "to": high}


def ages_are_rough(text: str) -> bool:
    """Whether the ages read out of `text` are about right, or one of them does not stand there."""
    t = _bare_ages(text)
    up, under, to = (p.fullmatch(t) for p in (_AGE_UP, _AGE_UNDER, _AGE_TO))
    open_ended = (up and not up[2]) or under or (to and not _FROM_BIRTH.match(t))
    return bool(open_ended or _ABOUT_AGES.search(text))


def _bare_ages(text: str) -> str:
    return " ".join(_AGE_WORDS.sub(" ", text.lower()).split()).strip(" .,;:")


def _bounds(t: str) -> tuple[int | None, int | None]:
    if t.endswith(("-", "–", "—")):
        return None, None
    if m := _AGE_UP.fullmatch(t):
        return int(m[1]), int(m[2] or max(OLDEST, int(m[1])))
    if m := _AGE_UNDER.fullmatch(t):
        return 0, int(m[1]) - 1
    if m := _AGE_TO.fullmatch(t):
        return 0, int(m[1] or m[2])
    if m := _AGE_FROM_TO.fullmatch(t):
        return int(m[1]), int(m[2])
    if m := _AGE_ONE.fullmatch(t):
        return int(m[1]), int(m[1])
    return None, None


_ADDRESS = re.compile(
    r"(?<![\w.@+–—-])[A-Za-z0-9_'’!#$%&*=?^`{|}~+-]+(?:\.[\w'’!#$%&*=?^`{|}~+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![\w@-]|\.\w)"
)
_HYPHENS = str.maketrans("‐‑", "--")  #: as Word writes one that must not break


def read_email(text: str) -> str | None:
    """The one e-mail address in `text`, as typed; None if there is none, or two."""
    if len(text) > LONGEST:
        return None
    text = text.replace("mailto:", " ").translate(_HYPHENS)
    found = list(_ADDRESS.finditer(text))
    if len({m[0].lower() for m in found}) != 1 or text.count("@") > len(found):
        return None
    before, after = text[: found[0].start()], text[found[0].end() :]
    if re.search(r"\w[._+-]*\s+$", before) or re.match(r"\s*\.\s*[a-z]", after):
        return None  # "ann smith@example.org", "ann@example. org": half an address
    return found[0][0]
