"""From a text to words: without capitals, accents and endings."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

_STEMMER = Stemmer.Stemmer("english")
#: The stemmer keeps the word in hand in itself.
_ONE_AT_A_TIME = threading.Lock()
_WORD = re.compile(r"[a-z0-9]+(?:[&'][a-z0-9]+)*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    text: str  #: lower case, without accents and apostrophes
    stem: str
    capitals: bool = False  #: it stood in capitals


def plain_words(text: str) -> list[Word]:
    """The words of a text in order. A hyphen or a stroke parts two words; "A&E" is one."""
    return [_word(found) for found in _WORD.findall(_plain(text))]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [s for s in _SENTENCE.split(text) if s.strip()]


@lru_cache(maxsize=50_000)
def _word(written: str) -> Word:
    capitals = len(written) > 1 and written.rstrip("s").isupper()
    text = re.sub("'s?$", "", written.lower()).replace("'", "")
    return Word(text=text, stem=stem(text), capitals=capitals)


#: Words that must not share a stem with another one: training is not about trains.
_APART = {
    "authorities": "authority",
    "authority": "authority",
    "celebrities": "celebrity",
    "celebrity": "celebrity",
    "confidence": "confidence",
    "confident": "confidence",
    "does": "does",
    "officer": "officer",
    "officers": "officer",
    "parenting": "parenting",
    "planning": "planning",
    "poorly": "poorly",
    "setting": "setting",
    "touching": "touching",
    "traveller": "traveller",
    "travellers": "traveller",
    "training": "training",
    "trained": "training",
    "trainer": "training",
    "booking": "booking",
    "bookings": "booking",
    "booked": "booking",
    "boarding": "boarding",
    "hearing": "hearing",
    "parking": "parking",
    "parked": "parking",
    "building": "building",
    "buildings": "building",
    "lighting": "lighting",
    "signing": "signing",
    "posting": "posting",
    "missing": "missing",
    "caring": "caring",
    "banking": "banking",
    "drilling": "drilling",
    "wellbeing": "wellbeing",
    "news": "news",
    "arms": "arms",
    "arts": "arts",
    "goods": "goods",
    "settings": "setting",
    "university": "university",
    "universities": "university",
    "universal": "universal",
    "organisation": "organisation",
    "organ": "organ",
}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending, by the Snowball stemmer for English."""
    if word in _APART:
        return _APART[word]
    with _ONE_AT_A_TIME:
        return str(_STEMMER.stemWord(word))
