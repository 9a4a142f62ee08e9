"""What stands beside the word of a reply: a courtesy, a doubt, or something else that is told.

A courtesy says nothing. A doubt, a condition, a time or an event may turn the word round, so the
mail is left to a person. Whatever else is told does not touch the word, and a person reads it.
"""

from __future__ import annotations

import re

WORD = re.compile(r"\b(proceed|withdraw|extend|stop)\b", re.IGNORECASE)

#: Said out of courtesy, and meaning neither condition nor doubt.
_COURTESY = re.compile(
    r"""
    \b(?:please\ )?(?:do\ not|don[’']?t)\ hesitate\b[^.!?\n]*
    | \b(?:please\ )?(?:feel\ free\ to\ )?
      (?:let\ (?:me|us)\ know|get\ in\ touch|contact\ (?:me|us)|ring\ me|call\ me)
      \b[^.!?\n]*\b(?:if|should)\ (?:you|there|anything)\b[^.!?\n]*
    | \bif\ (?:you|there)\b[^.!?\n]*\b(?:questions?|anything|queries|need)\b[^.!?\n]*
    | \bany\ (?:questions?|queries)\b[^.!?\n]*
    | \b(?:i|we)?\ ?hope\ (?:you|this|that|all|it|everyone|to\ (?:hear|see|speak|meet))\b[^.,;!?\n]*
    | \b(?:very\ )?(?:sorry|(?:my|our)?\ ?apologies)(?:\ again)?\ (?:for|about|to|that|it|i)\b
      [^.,;!?\n]*
    | \b(?:many\ )?(?:thanks|thank\ you)(?:\ (?:so|very)\ much)?(?:\ again)?\ for\b
      (?:(?!\ and\b|\ please\b|\ we\b|\ i\b|\ -\ )[^.,;:!?–—\n])*
    | \btake\ care\b(?!\ of) | \bno\ (?:worries|problems?)\b
    | \b(?:merry|happy)\ (?:christmas|easter|new\ year)\b
    | \b(?:have|enjoy)\ (?:a|the|your)\ (?:\w+\ ){0,2}(?:day|week|weekend|evening|break|holidays?)\b
    | \blook(?:ing)?\ forward\ to\ (?:it|this|hearing|seeing|sharing|meeting|working)\b[^.,;!?\n]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: PROCEED at the start of a line, and that nothing speaks against it. Nothing else may stand in
#: that sentence: "no overlap please" and "no objections if ..." are conditions.
_UNOPPOSED = re.compile(
    r"""
    ^([^\w\n]*(?:yes[,.!]?\ (?:-\ )?)?(?:please\ )?proceed(?:\ please)?)
    \ *[-–—,.;:!(]+\ *
    (?:(?:there\ (?:is|are)|there[’']s|(?:we|i)\ (?:see|have))\ )?
    no\ (?:overlaps?|duplication|clash(?:es)?|conflicts?|objections?|concerns?|changes?|issues?)
    (?=\)?[.!]?\ *(?:\Z|\n+(?-i:[A-Z])) | \)?[.!]\ +(?-i:[A-Z]))
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def _kinds(**patterns: str) -> dict[str, re.Pattern[str]]:
    flags = re.IGNORECASE | re.VERBOSE
    return {_SAID_OF[kind]: re.compile(text, flags) for kind, text in patterns.items()}


#: What each kind is called where a person is told of it, in the order in which it is told.
_SAID_OF = {
    "asks": "a question",
    "depends": "a condition",
    "negates": "a negative",
    "doubts": "a doubt",
    "reserves": "a reservation",
    "chooses": "another choice",
    "parts": "a part of it",
    "waits": "something to wait for",
    "times": "a time",
    "moves": "a change of plan",
}

_DOUBT = _kinds(
    asks=r"\? | \b(?:wondering|ask|asking|question)\b",
    depends=r"""\b(?:if|unless|once|when|whenever|where|wherever|whether|provided|providing|assuming
        |depending|subject\ to|conditional|condition|contingent|proviso|upon|barring
        |in\ (?:case|the\ event)|on\ the\ (?:basis|understanding)|otherwise)\b""",
    negates=r"""\b(?:not|never|no|nope|nah|cannot|can[’']?t|don[’']?t|won[’']?t|didn[’']?t|isn[’']?t
        |doesn[’']?t|shouldn[’']?t|wouldn[’']?t|nothing|neither|nor|without)\b""",
    doubts=r"""\b(?:maybe|perhaps|possibly|probably|might|(?-i:may)|should|could|unsure|unclear
        |uncertain|think|considering|undecided)\b""",
    reserves=r"\b(?:but|however|except|although|though)\b",
    chooses=r"\b(?:or|either|instead)\b",
    waits=r"\b(?:hold|wait\w*|before|later|delay\w*|yet)\b",
)

#: Times, parts and events that change what a word would do.
_TURNED = _kinds(
    depends=r"\b(?:as|so)\ long\ as\b",
    doubts=r"\b(?:tentativ\w*|provisional\w*|hopefully|presum\w*|guess|suppose|in\ principle)\b",
    chooses=r"\brather\ than\b",
    parts=r"""\b(?:only(?!\ (?:just\ |now\ )?(?:saw|seen|got|read|received|noticed)\b)
        |in\ part|partly|partially|(?:part|half|some|one)\ of|apart\ from|keep)\b""",
    waits=r"""\b(?:then|(?<!look\ )(?<!looks\ )(?<!looking\ )after|afterwards
        |as\ soon\ as(?!\ possible)|pending|await\w*|(?-i:following)|first(?!\ of\ all))\b""",
    times=r"""\b(?:until|till|til|for\ now|for\ the\ (?:moment|present|time\ being)
        |for\ a\ (?:while|bit|time)|at\ (?:present|the\ moment)|currently|meanwhile|meantime
        |while|whilst|during|(?<!thanks\ )(?<!thank\ you\ )again|temporar\w*|eventually
        |resum\w*|restart\w*|remind\ (?:me|us))\b""",
    moves=r"""\b(?:cancel\w*|call(?:ed|ing)?\ (?:it\ )?off|put(?:ting)?\ (?:it\ )?(?:off|back)
        |postpon\w*|brought\ forward|resched\w*|mov(?:e|es|ed|ing)(?!\ (?:forward|ahead|on)\b)
        |chang\w*\ (?:\w+\ ){0,2}(?:dates?|plans?|minds?|times?)
        |dates?\ (?:\w+\ )?chang\w*|suspend\w*|paus\w*)\b""",
)

#: Words that may stand around a plain answer without changing what it says.
AROUND = frozenset(
    """
    a able about ahead all am an and answer are as at be been by can choose chosen colleagues
    confirm confirmed consultation continue date dear deadline decided decision due everyone
    for form from go going good had happy have hello hi i i'd i'll i'm in is it it's me mail mails
    many morning afternoon my now of ok okay on our outcomes plan planned please project proposal
    reference referring registration reminders reminder reply response sending sure survey team
    thank thanks that the this to us very want we we'd we'll we're will wish with work would
    yes you your like email emails e-mail e-mails up ref re so
    """.split()
)

#: Besides those, what a polite sentence next to it is made of.
_POLITE = frozenset(
    """
    again agreed all's apologies appreciate appreciated best both brilliant cheers clear
    evening everybody fine forward glad grateful great hear hearing help helpful helping helps
    hey indeed just kind kindly looking lovely much nice note noted perfect pleased quick
    received regards sadly saves soon sorry speak ta that's there these those thx time to
    touch trouble understood unfortunately useful warm was well wishes wonderful yeah yep
    """.split()
)
_NOTHING = AROUND | _POLITE
#: What is asked for with "please" is no courtesy.
_ASKS = re.compile(r"\bplease (?:e-?mail|mail|answer|reply|note)\b", re.IGNORECASE)

_TIMES = frozenset(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    day days fortnight fortnights week weeks weekend month months term terms year years next
    tomorrow easter christmas spring summer autumn winter holiday holidays
    """.split()
)
_BEFORE_TIMES = frozenset(
    "one two three four five six seven eight nine ten twelve few couple new back w c wc".split()
)
_FIRST_NAMES = frozenset("april may june august".split())

_GREETED = re.compile(r"^\W*(?:dear|hi|hello)\s+\w+", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"\b((?i:hi|hello|hey|dear|thanks|thank you|good morning|good afternoon|cheers|regards|wishes"
    r"|best))(?: |, )(?:[A-Z][a-z][\w’'-]*(?:[ ,]|$)){1,3}",
    re.MULTILINE,
)
_NAME = re.compile(r"(?:[A-Z][\w.’'-]+)(?: [A-Z][\w.’'-]+){0,3}")
_SPEAKING = re.compile(
    r"\b(?:i|we|you|he|she|they|it|is|are|has|have|was|were|will|please|new|now|my|our)\b|[.!?;]\s*$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z][\w’'-]*|\d[\w/.-]*\w|\d")


def without_courtesies(text: str) -> str:
    """The text without what only courtesy says, and without "no overlap" and the like.

    A courtesy that holds the word or a condition stays.
    """
    text = _UNOPPOSED.sub(r"\1", text)
    return _COURTESY.sub(lambda m: m[0] if WORD.search(m[0]) or turned(m[0]) else " ", text)


def turns_round(text: str) -> tuple[str, ...]:
    """What in it may turn the word round, as a person is told of it: "a condition (“if”)"."""
    found = ((kind, _first(kind, text)) for kind in _SAID_OF.values())
    return tuple(kind if said == "?" else f"{kind} (“{said}”)" for kind, said in found if said)


def turned(text: str) -> bool:
    """Whether a time, a part or an event in it changes what the word would do."""
    return any(pattern.search(text) for pattern in _TURNED.values())


def timed(text: str) -> bool:
    """Whether the word is tied to a time: "STOP from January", "in May we will PROCEED"."""
    tokens = list(_TOKEN.finditer(text))
    at = [n for n, token in enumerate(tokens) if WORD.fullmatch(token[0])]
    return any(_leads_to_time(tokens[n + 1 :], text) for n in at) or any(
        _leads_to_time(tokens[:n][::-1], text) for n in at
    )


def names_time(text: str) -> bool:
    """Whether it names a day, a month or the like, or holds a number."""
    return any(t[0][0].isdigit() or _spelt(t[0]) in _TIMES for t in _TOKEN.finditer(text))


def says_more(text: str, *, but_times: bool = False) -> bool:
    """Whether it says anything but the word and courtesies, and, if wished, days and times."""
    if _ASKS.search(text):
        return True
    text = _ADDRESSED.sub(r"\1 ", _GREETED.sub(" ", _without_names(text)))
    tokens = [token[0] for token in _TOKEN.finditer(text)]
    return not all(_says_nothing(t) or (but_times and _is_of_times(t)) for t in tokens)


def words_in(text: str) -> list[str]:
    """The words of a text, without numbers and marks."""
    return re.findall(r"[A-Za-z][\w’'-]*", text)


def _first(kind: str, text: str) -> str:
    """The first that is of a kind; "" for none."""
    tried = (group[kind].search(text) for group in (_DOUBT, _TURNED) if kind in group)
    found = min((m for m in tried if m), key=lambda m: m.start(), default=None)
    return " ".join(found[0].split()) if found else ""


def _leads_to_time(tokens: list[re.Match[str]], text: str) -> bool:
    """Whether the first of these words that says something is a time."""
    for token in tokens:
        word = _spelt(token[0])
        if word in _TIMES:
            alone = not text[: token.start()].rpartition("\n")[2].strip()
            return not (alone and word in _FIRST_NAMES)
        if "/" in word:
            return True
        if word not in AROUND and word not in _BEFORE_TIMES and not word.isdigit():
            return False
    return False


def _says_nothing(word: str) -> bool:
    return _spelt(word) in _NOTHING or bool(WORD.fullmatch(word))


def _is_of_times(word: str) -> bool:
    return word[0].isdigit() or _spelt(word) in _TIMES | _BEFORE_TIMES


def _spelt(word: str) -> str:
    return word.lower().replace("’", "'")


def _without_names(text: str) -> str:
    """Without the name that ends it, and its details: a line of its own, or a single word."""
    lines = re.split(r"(?:\n+|(?<=[.!])(?=\s))", text.strip())
    spoken = max((n for n, line in enumerate(lines) if _SPEAKING.search(line)), default=0)
    for n in range(max(spoken, 1), len(lines)):
        name = lines[n].strip(" ,.")
        begins_line = not lines[n][:1].isspace()
        if _NAME.fullmatch(name) and not WORD.search(name) and (begins_line or " " not in name):
            return "\n".join(lines[:n])
    return "\n".join(lines)
