"""What was typed, in one spelling: cleaned, with prompts and rows of dots counted as nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from parsers.document import Line

#: No number, date, address or reference takes as many characters: whoever wrote more wrote about
#: something else, and looking for one in it would only cost time.
LONGEST = 1_000

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065),
     *range(0x2066, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10), *range(0x08), *range(0x0E, 0x20)]
)  # fmt: skip
_SPACES = re.compile(r"[^\S\n]+")
_LEADERS = re.compile(r"^(?:_{2,}|\.{3,}|…+|[\s_]{3,})+|(?:_{2,}|\.{4,}|…{2,})+$")
_NOTHING = re.compile(r"[\s._…·\-–—/\\:*|►▶→➔➜]*")
_NOT_APPLICABLE = re.compile(r"n[./ ]?a\.?|(?:not applicable|none|nil)\.?|[-–—]+", re.IGNORECASE)
_PROMPT = re.compile(
    r"[\[(<{]?\s*(?:"
    r"(?:please )?(?:click|tap|press)(?: or (?:click|tap))?(?: here| this box)?(?: to \w+.*)?"
    r"|(?:please )?(?:choose|select|pick)(?: an?| one| your| from| the)?(?: item| option| date"
    r"| answer| value| below| list| one| from (?:the )?list| as appropriate)*"
    r"|(?:please )?(?:enter|type|insert|write|add)(?: an?| some| the| your)?(?: \w+){0,2}"
    r"(?: here| below)"
    r"|(?:please )?(?:enter|insert|type|add) (?:a |an |your |some )?(?:date|text|name|number"
    r"|e-?mail(?: address)?|title|details|answer|value)"
    r"|(?:your )?(?:text|answer|response) (?:goes )?here"
    r"|d{1,2}\s?[/.-]\s?m{1,2}\s?[/.-]\s?y{2,4}"
    r")\s*[\])>}]?[\s.…:]*",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"[\[(*]?\s*(?:please |pls )?(?:tick|check|circle|delete|highlight|mark|indicate|select|choose"
    r"|underline|cross)(?: (?:all|one|any|as|the|which|those|whichever|below|if|only|that|each"
    r"|relevant|appropriate|from|here|box|boxes)\b[^:]{0,80})?\s*[\])*.:]*"
    r"|[\[(*]?\s*(?:please|pls) (?:specify|state|say|give|list|describe|use|continue|see|add"
    r"|provide|include|complete|enter|write|answer|explain|note)\b[^:]{0,80}:?"
    r"|[\[(*]?\s*(?:add|insert)(?: (?:more|extra|additional|further|new))? (?:rows|lines)\b.{0,60}"
    r"|[\[(]\s*(?:specify|state|say|e\.?g\.?|for example|i\.?e\.?|if |maximum|max|min|optional"
    r"|required|as on|include|including"
    r"|(?:please|pls) (?:type|fill|keep|put|leave))\b[^\])]*[\])]\.?",
    re.IGNORECASE,
)


#: Word's own words for a blank, left standing before what was typed.
_OVERTYPED = re.compile(
    r"^(?:click|tap)(?: or tap)?(?: here)? to enter (?:text|a date)\.\s*(?=\w)", re.IGNORECASE
)
#: What a sentence has that tells its reader what to write.
_EXPLAINS = re.compile(
    r"^\W*(?:please|pls|e\.?g\b|i\.?e\b|for example|the name of|as it|as they|list |give |tell us|"
    r"say |explain|describe|state |include|enter |see |if |max\b|min\b|optional|required|a short|"
    r"a brief|one or two|continue |briefly|in your own words)"
    r"|\b(?:you|your|please|e\.g\.|for example|should|must|maximum|optional|required)(?=\W|$)",
    re.IGNORECASE,
)
#: What a formula gives that went wrong.
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """One line: NFC, single spaces, nothing invisible; leaders and blanks to write on gone."""
    t = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    t = _SPACES.sub(" ", t).strip()
    if "_" in t or ".." in t or "…" in t:
        t = _LEADERS.sub("", t).strip()
    return t


@lru_cache(maxsize=4096)
def is_prompt(text: str) -> bool:
    """Whether a cleaned line is one that asks for an answer, or holds only dots and the like."""
    return bool(_NOTHING.fullmatch(text) or _PROMPT.fullmatch(text))


@lru_cache(maxsize=4096)
def is_help(text: str) -> bool:
    """Whether a cleaned line tells how to answer ("tick all that apply")."""
    return bool(_HELP.fullmatch(text))


def explains(text: str) -> bool:
    """Whether a cleaned text reads as one that says what to write.

    An answer can read so too: only where another place for the answer speaks for it.
    """
    return bool(is_help(text) or is_prompt(text) or _EXPLAINS.search(text))


def is_error(text: str) -> bool:
    """Whether a cleaned text is what a spreadsheet shows for a formula that went wrong."""
    return bool(_ERROR.fullmatch(text))


def not_applicable(text: str) -> bool:
    """ "N/A", "none" and a dash: in words, nothing."""
    return bool(_NOT_APPLICABLE.fullmatch(text))


def written(lines: Iterable[Line]) -> list[str]:
    """The cleaned lines that were really written: prompts and crossed-out words left out."""
    out = []
    for line in lines:
        kept = "".join(
            [r.text for r in line.runs if not r.prompt and not r.struck and r.box is None]
        )
        text = _OVERTYPED.sub("", clean(kept))
        if text and (not is_prompt(text) or _NOT_APPLICABLE.fullmatch(text)):
            out.append(text)
    return out
