"""Whether a mail's From can be believed (process section "Verified"; RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.headers import Mime, headers, people

#: Instead of a server's name: the topmost result is believed, whatever its name.
TOPMOST = "topmost"

_PIECE = re.compile(r'\\.|[()"]|[^()"\\]+|\\', re.S)
_RESULT = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(
    r"(?<![\w.-])(header\.from|header\.d|header\.i|smtp\.mail(?:from)?)\s*=\s*(\S+)", re.I
)


def is_verified(message: Mime, authserv_id: str, *, trust_internal: bool = False) -> bool:
    """Whether the receiving server vouches for the From. With no `authserv_id`, nothing is asked.

    Only a From with one address can be vouched for: with two, programs differ on which it is.
    """
    if not authserv_id:
        return True
    senders = people(message, "From")
    if len(senders) != 1 or len(headers(message, "From")) != 1:
        return False
    if trust_internal and _from_inside(message):
        return True
    results = _believed(message, authserv_id)
    return any(_vouches(result, senders[0].domain) for result in results)


def _from_inside(message: Mime) -> bool:
    """Exchange's own mark, which it strips from mails that come from outside."""
    marks = headers(message, "X-MS-Exchange-Organization-AuthAs")
    return bool(marks) and all(mark.lower() == "internal" for mark in marks)


def _believed(message: Mime, authserv_id: str) -> list[str]:
    """The results (`method=result property=value ...`) of the one header that is believed."""
    for value in headers(message, "Authentication-Results"):
        first, *results = _without_comments(value).split(";")
        name = first.split()[0] if first.split() else ""
        if authserv_id.lower() == TOPMOST:
            # Exchange Online leaves the server's name out.
            return [first, *results] if "=" in first else results
        if name.lower() == authserv_id.lower():
            return results
    return []


def _without_comments(value: str) -> str:
    """Without comments and quoted strings: both may hold whatever a sender likes."""
    return "".join(_outside(value))


def _outside(value: str) -> Iterator[str]:
    depth, quoted = 0, False
    for piece in _PIECE.findall(value):
        if quoted:
            quoted = piece != '"'
        elif piece == "(":
            depth += 1
        elif depth:
            depth -= piece == ")"
        elif piece == '"':
            quoted = True
        else:
            yield piece


def _vouches(result: str, domain: str) -> bool:
    found = _RESULT.match(result)
    if not found or found.group(2).lower() != "pass":
        return False
    given = {k.lower(): v.lower() for k, v in _PROPERTY.findall(result)}
    match found.group(1).lower():
        case "dmarc":
            return _domain(given.get("header.from", domain)) == domain
        case "spf":
            path = given.get("smtp.mailfrom") or given.get("smtp.mail", "")  # Gmail's, until 2016
            return _aligned(_domain(path), domain)
        case "dkim":
            signer = given.get("header.d") or given.get("header.i", "")
            return _aligned(_domain(signer), domain)
    return False


def _domain(value: str) -> str:
    return value.rpartition("@")[2].strip("<>.;")


def _aligned(vouched: str, domain: str) -> bool:
    """The From's domain, or one below it, which its owner alone can hand out (RFC 7489 3.1)."""
    return bool(vouched) and (vouched == domain or vouched.endswith("." + domain))
