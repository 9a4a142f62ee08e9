"""What a sender wrote, apart from what the mail program quoted and signed below it.

One set of rules, over lines of text, serves plain text and HTML (see `intake.page`).
"""

from __future__ import annotations

import re

from model import Address

_LONGEST = 200_000  # characters of which the written part is looked for

_WROTE = re.compile(
    r"(?=.*[\d@])\s*(on|at|ar|le|am|el)\b.{4,300}\b(wrote|writes|ysgrifennodd.{0,99})\s?:\s*$",
    re.I | re.S,
)
_SOMEBODY_WROTE = re.compile(r".{0,300}(@.{0,200}|\b(wrote|writes)\s?):\s*$", re.I)
_DIVIDER = re.compile(
    r"\s*[-_*]{2,}\s*(original (message|appointment)|forwarded (message|by)\b"
    r"|neges (wreiddiol|a anfonwyd ymlaen))"
    r"|\s*begin forwarded message\s?:?\s*$"
    r"|.{0,80}\breply above this line\b",
    re.I,
)
_HEAD_LINE = re.compile(
    r"[>\s|*_]{0,20}(from|sent|date|to|cc|bcc|subject|reply-to|importance|when|where"
    r"|oddi wrth|anfonwyd|dyddiad|at|pwnc|testun)\s?\*?\s?:",
    re.I,
)
#: The same in Welsh, as Outlook writes it.
_WELSH = {
    "oddi wrth": "from",
    "anfonwyd": "sent",
    "dyddiad": "date",
    "at": "to",
    "pwnc": "subject",
    "testun": "subject",
}
_HEAD_FROM = re.compile(r"[>\s|*_]{0,20}(?:from|oddi wrth)\s?\*?\s?:\W{0,9}(?P<who>.*)$", re.I)
_SIGNATURE = re.compile(
    r"(--\s?|—|\W{0,3}sent from (my|a|mobile|outlook|yahoo|mail|windows|samsung|proton)\b.{0,90}"
    r"|get outlook for\b.*)$",
    re.I,
)
_MAIL = r"(?:e-?mail|message|communication|transmission)"
#: What an organisation puts below every mail: a line on printing it,
_PRINT = re.compile(
    rf"""(?:.{{0,60}}?\s[-–—|]\s|\W{{0,5}})(?:please\ )?(?:
      consider\ (?:the|our)\ environment\ before\ (?:you\ )?print.{{0,60}}
    | think\ before\ (?:you\ print|printing).{{0,30}}
    | (?:do\ not|don[’']?t|only)\ print\ this\ {_MAIL}\ (?:unless|if)\ .{{0,40}}
    )""",
    re.I | re.X,
)
#: and paragraphs on whom it is meant for and who is liable. Each begins so.
_LEGAL = re.compile(
    rf"""\W{{0,5}}(?:
      confidentiality\ (?:notice|statement)\b | (?:e-?mail\ )?disclaimer\s?[:.-] | legal\ notice\b
    | (?:this|the\ (?:information|contents?)\b.{{0,30}}\bthis)\ {_MAIL}\b(?:(?!\bnot\b).){{0,150}}?
      \b(?:confidential|privileged|intended\ (?:only|solely|exclusively|for\ the)|scanned)\b
    | if\ you\ (?:are\ not\ (?:the|an)\ (?:intended|named)\ (?:recipient|addressee)
      |have\ received\ (?:this|it)\b.{{0,30}}\bin\ error)\b
    | (?:any\ |the\ )?(?:views|opinions)\b.{{0,30}}\bexpressed\ (?:herein|in\ this\ {_MAIL})\b
    | (?:all\ )?(?:incoming\ and\ outgoing\ )?e-?mails?\ (?:sent\ (?:to|from)\b.{{0,60}})?
      (?:may|will)\ be\ (?:monitored|recorded|scanned)\b
    )""",
    re.I | re.X,
)
#: An answer that stands in such a paragraph is not dropped with it.
_ANSWER = re.compile(r"\b(?:PROCEED|WITHDRAW|EXTEND|STOP)\b")
#: `Name <address>` and what programs make of it in text: `Name [mailto:address]` and the like.
_SOMEBODY = re.compile(
    r"(?P<name>[^<\[@]*?)[\s<\[(\"']*(mailto:)?(?P<email>[^\s<>\[\]():;,\"'@]+@[^\s<>\[\]():;,\"'@]+)"
)
_RULE = re.compile(r"[_=*-]{5,}")
_BANNER = re.compile(
    r"originat(ed|es|ing) (from )?outside\b|you don.t often get e-?mail from\b"
    r"|^\W*\[?(caution|warning|external( e-?mail| sender)?)\b\]?\W*$"
    r"|^\W*(caution|warning|external)\b.{0,90}\b(external|outside|sender)\b",
    re.I,
)
_BANNER_GOES_ON = re.compile(
    r"\b(click|links|attachments?|recogni[sz]e|know the content|learn why|the sender)\b", re.I
)
_FORWARDED = re.compile(r"\W{0,40}((begin )?forwarded message\b|neges a anfonwyd ymlaen\b)", re.I)
_MARKED = re.compile(r"\s{0,3}>")


def written(text: str) -> str:
    """The text without quoted parts and signature, whether it stands above or below the quote."""
    lines = text[:_LONGEST].split("\n")
    kept: list[str] = []
    signing = False
    at = _banner_length(lines)
    while at < len(lines):
        if _starts_the_rest(lines, at):
            break
        quoted = _quoted_here(lines, at)
        if quoted:
            at += quoted
            signing = False
            continue
        if below := _footer_length(lines, at):
            at += below
            continue
        line = lines[at].strip()
        signing = signing or bool(_SIGNATURE.fullmatch(line))
        if not signing and not _RULE.fullmatch(line):
            kept.append(lines[at].rstrip())
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _footer_length(lines: list[str], at: int) -> int:
    """How many lines from here on are an organisation's own words, which it puts below every mail.

    No more than one paragraph: what stands below it may be the sender's again.
    """
    if _PRINT.fullmatch(lines[at].strip()):
        return 1
    if not _LEGAL.match(" ".join(line.strip() for line in lines[at : at + 3])):
        return 0
    rest = (n for n, line in enumerate(lines[at:]) if not line.strip())
    length = next(rest, len(lines) - at)
    return 0 if _ANSWER.search("\n".join(lines[at : at + length])) else length


def _banner_length(lines: list[str]) -> int:
    """How many lines at the top are a warning that the receiving server put there."""
    length = 0
    for at, line in enumerate(lines[:12]):
        goes_on = length == at > 0 and _BANNER_GOES_ON.search(line)
        if _BANNER.search(line) or goes_on:
            length = at + 1
        elif line.strip():
            break
    return length


def _starts_the_rest(lines: list[str], at: int) -> bool:
    """Whether all from here on is an older mail that is not marked line by line."""
    if _is_marked(lines[at]):
        return False
    if _DIVIDER.match(lines[at]) or _attribution(lines, at) or _is_head(lines, at):
        return not _marked_follows(lines, at)
    return False


def _quoted_here(lines: list[str], at: int) -> int:
    """How many lines from here on are quoted: marked ones, and what announces marked ones."""
    if _is_marked(lines[at]):
        return 1
    if _DIVIDER.match(lines[at]):
        return 1
    return _attribution(lines, at) or (_head_length(lines, at) if _is_head(lines, at) else 0)


def _attribution(lines: list[str], at: int) -> int:
    """The number of lines of an "On ... wrote:", which mail programs wrap; 0 for none."""
    for length in (1, 2, 3, 4):
        if _WROTE.match("\n".join(lines[at : at + length])):
            return length
    followed = at + 1 < len(lines) and _is_marked(
        next(filter(str.strip, lines[at + 1 : at + 4]), "")
    )
    return int(followed and bool(_SOMEBODY_WROTE.match(lines[at])))


def _is_head(lines: list[str], at: int, before: int = 0) -> bool:
    """Outlook's way: the older mail's From, Sent (or Date), To and Subject on their own lines.

    `before`: so many lines above the From may belong to it too.
    """
    if not _HEAD_FROM.match(lines[at]):
        return False
    around = map(_HEAD_LINE.match, lines[max(0, at - before) : at + 8])
    named = (found.group(1).lower() for found in around if found)
    head = {_WELSH.get(name, name) for name in named}
    return bool(head & {"sent", "date", "when"} and head & {"to", "subject"})


def _head_length(lines: list[str], at: int) -> int:
    length = 0
    while at + length < len(lines) and _HEAD_LINE.match(lines[at + length]):
        length += 1
    return length


def _marked_follows(lines: list[str], at: int) -> bool:
    """Whether the lines announced here are marked, so that unmarked ones are the sender's."""
    at += max(1, _attribution(lines, at), _head_length(lines, at))
    after = [line for line in lines[at : at + 4] if line.strip()]
    return bool(after) and _is_marked(after[0])


def _is_marked(line: str) -> bool:
    return bool(_MARKED.match(line))


def forwarded_sender(subject: str, text: str) -> Address | None:
    """From of the mail that this one forwards in its text; None where it does not say."""
    lines = text[:_LONGEST].split("\n")
    forwards = bool(re.match(r"\s*(fwd?|ymlaen|yml)\s*:", subject, re.I))
    for at, line in enumerate(lines):
        forwards = forwards or bool(_FORWARDED.match(line))
        found = _HEAD_FROM.match(line)
        if forwards and found and _is_head(lines, at, before=5):
            who = _SOMEBODY.match(found.group("who").replace("*", ""))
            return Address(email=who["email"].lower(), name=who["name"].strip()) if who else None
    return None
