"""The one word of a plain reply: PROCEED, WITHDRAW, EXTEND <date>, STOP (process section "Words").

A word that is acted on by mistake is worse than a question, so anything but a plain answer (two
words, a condition, a negation, doubt, a sentence that only happens to hold the word) reads as
nothing, and a person looks at the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from intake.beside import (
    AROUND,
    WORD,
    names_time,
    says_more,
    timed,
    turns_round,
    without_courtesies,
    words_in,
)
from model import Word
from parsers.dates import no_such_day, read_date
from parsers.references import find, without

_LIMIT = 20_000  #: characters looked at; nobody answers a warning with a book

_SIGN_OFF = re.compile(
    r"^\W*(?:(?:with\s+)?(?:kind(?:est)?|best|warm(?:est)?|many|with)?\s*"
    r"(?:regards|wishes|thanks)|yours\s+(?:sincerely|faithfully|truly)|all\s+the\s+best|best"
    r"|thanks|thank\s+you|cheers|sent\s+from\s+my\b.*|get\s+outlook\b.*)(?:\s+again)?\W*$",
    re.IGNORECASE,
)

#: What may stand between EXTEND and its date. The survey's own end is another matter: a revised
#: Form 1 moves that.
_DEADLINE = frozenset(
    "a date deadline due for form is it it's my of on our outcomes please reporting that the this"
    " to until till up".split()
)

_EXTEND = re.compile(r"\b(extend)\b", re.IGNORECASE)
#: A request put as a question is a request.
_ASKED = re.compile(
    r"\b(?:could|can|would|may|might)\s+(?:you|we|i)\s+(?:please\s+|kindly\s+|possibly\s+)?"
    r"((?:please\s+)?extend\b[^?\n]*)\??",
    re.IGNORECASE,
)
#: Quotation marks, stars of bold type, brackets, colons and dashes around a word say nothing.
_DRESSING = {ord(c): " " for c in '“”"*_()[]<>:–—'}

NO_WORD = "a reply without PROCEED, WITHDRAW, EXTEND or STOP"
_FAR = 12  #: words between EXTEND and its date, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A plain word, the date that EXTEND gives, and the references written beside it."""

    word: Word
    until: date | None = None
    references: tuple[str, ...] = ()
    more: bool = False  #: something else is told or asked beside it, which a person has to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """Why a person has to read a reply, and the words that it may say, if a plain one settles it.

    It does where nothing but words and days was said: whatever else was is to be read.
    """

    why: str
    words: tuple[Word, ...] = ()


def read_word(written: str, *, prefix: str, titles: tuple[str, ...] = ()) -> Said | None:
    """The word that a sender's own text says plainly, or None.

    `written` is without quoted text; `titles` are of the consultations it may name. EXTEND counts
    only with one certain date behind it.
    """
    weighed = _weighed(written, prefix, titles)
    return weighed if isinstance(weighed, Said) else None


def why_unheard(written: str, *, prefix: str, titles: tuple[str, ...] = ()) -> Unheard | None:
    """Why a person has to read a reply: what stands beside its word; None: the word is plain."""
    weighed = _weighed(written, prefix, titles)
    if isinstance(weighed, Said):
        return None
    body = _bare(_own_words(written), prefix, titles)
    words = () if says_more(body, but_times=True) else tuple(map(Word, _spoken(body)))
    return Unheard(why=weighed, words=words)


def in_capitals(written: str) -> bool:
    """Whether one of the words stands there in capitals, as our letters ask for it."""
    return any(m[1].isupper() for m in WORD.finditer(_own_words(written)))


def _weighed(written: str, prefix: str, titles: tuple[str, ...]) -> Said | str:
    """The word; or why there is none to act on."""
    own = _own_words(written)
    references, body = find(own, prefix), _bare(own, prefix, titles)
    words = _spoken(body)
    if not words:
        return NO_WORD
    if len(words) > 1:
        return f"more than one word: {_listed([w.upper() for w in words])}"
    word = Word(words[0])
    if word is Word.EXTEND:
        return _extend(body, references)
    beside = turns_round(body)
    if beside or timed(body):
        return _beside(word, beside or ("a time",))
    if not all(_plain(s) for s in _sentences(body) if WORD.search(s)):
        return _in_a_sentence(word)
    return Said(word=word, references=references, more=says_more(body))


def _beside(word: Word, what: tuple[str, ...]) -> str:
    return f"{word.upper()} with {_listed(what)} beside it"


def _in_a_sentence(word: Word) -> str:
    return f"“{word}” is part of a sentence, and may not be meant as the answer"


def _listed(things: Sequence[str]) -> str:
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last


def _what_date(after: str, *, plain: bool) -> str:
    """What is wrong with the date behind EXTEND."""
    for start, end in _spans(after):
        if no_such_day(after[start:end]):
            return f"EXTEND with a date that there is not: {after[start:end]}"
    said = re.split(r"[\n?!]|\.(?:\s|$)", after)[0]
    if names_time(said):
        return f"EXTEND with a date that is not clear: {' '.join(said.split())[:80].rstrip('.,')}"
    bare = _DEADLINE.issuperset(w.lower() for w in words_in(said))
    return "EXTEND without a date" if bare or plain else _in_a_sentence(Word.EXTEND)


def _without_signature(written: str) -> str:
    """Everything above the sign-off; one that opens the mail ("Thanks.") is not the end of it."""
    lines = [line for line in written.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if number and (line.rstrip() == "--" or _SIGN_OFF.match(line)):
            return "\n".join(lines[:number])
    return "\n".join(lines)


def _own_words(written: str) -> str:
    return without_courtesies(_without_signature(written[:_LIMIT]))


def _bare(body: str, prefix: str, titles: tuple[str, ...] = ()) -> str:
    """Without what the words may be about, and the marks around them."""
    for title in filter(None, titles):
        body = re.sub(re.escape(title), " ", body, flags=re.IGNORECASE)
    return without(body, prefix).translate(_DRESSING)


def _spoken(body: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m[1].lower() for m in WORD.finditer(body)))


def _sentences(body: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!])\s+|\n+", body) if s.strip()]


def _plain(sentence: str) -> bool:
    """In capitals the word speaks for itself; otherwise it must be what the sentence is about."""
    words = words_in(sentence)
    if any(w.isupper() and WORD.fullmatch(w) for w in words):
        return not all(w.isupper() for w in words) or _known(words)
    return _known(words)


def _known(words: list[str]) -> bool:
    if words and words[0].lower() in {"dear", "hi", "hello"}:
        words = words[2:]  # the name of whoever is greeted
    return all(w.lower().replace("’", "'") in AROUND or WORD.fullmatch(w) for w in words)


def _extend(body: str, references: tuple[str, ...]) -> Said | str:
    """EXTEND and the one certain date behind it; what stands between must be about the deadline."""
    before, word, after = _EXTEND.split(_ASKED.sub(r"\1.", body), maxsplit=1)
    found = _first_date(after)
    if found is None:
        beside = turns_round(before)
        latest = _EXTEND.split(after)[-1].strip()
        plain = word.isupper()
        return _beside(Word.EXTEND, beside) if beside else _what_date(latest, plain=plain)
    start, end, until = found
    lead, rest = after[:start], after[end:]
    if _EXTEND.search(after) or _first_date(rest):
        return "EXTEND more than once, or with more than one date"
    beside = turns_round(f"{before} {rest}")
    if beside:
        return _beside(Word.EXTEND, beside)
    sentence = _sentences(f"{before} extend")[-1] + " " + re.split(r"[.!\n]", rest)[0]
    if not word.isupper() and not _known(words_in(sentence)):
        return _in_a_sentence(Word.EXTEND)
    if not _DEADLINE.issuperset(w.lower() for w in words_in(lead)):
        return f"EXTEND with something else before its date: {' '.join(lead.split())[:80]}"
    more = says_more(f"{before} {word} {rest}")
    return Said(word=Word.EXTEND, until=until, references=references, more=more)


def _first_date(text: str) -> tuple[int, int, date] | None:
    """Where the first certain date starts and ends, and what it is; the longest reading of it."""
    for start, end in _spans(text):
        read = read_date(text[start:end], "end")
        if read.value:
            return (start, end, read.value) if read.code is None else None
    return None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a date near the start of a text may stand: each first word, the longest span first."""
    tokens = list(re.finditer(r"\S+", text))
    for first in range(min(len(tokens), _FAR)):
        for last in range(min(len(tokens), first + 5) - 1, first - 1, -1):
            start = tokens[first].start()
            end = start + len(text[start : tokens[last].end()].rstrip(".,;!?"))
            if "\n" not in text[start:end]:
                yield start, end
