"""Passwords: only their argon2id hashes are kept (RFC 9106; the library's own parameters)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
#: Characters that a password has at least, and at most: hashing is work.
SHORTEST, LONGEST = 12, 500


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def what_is_wrong(password: str) -> str:
    """Why this cannot be a password; empty: it can."""
    if SHORTEST <= len(password) <= LONGEST:
        return ""
    return f"A password has {SHORTEST} to {LONGEST} characters"


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password. `kept` None: no, after as long as it takes to see that."""
    try:
        right = _HASHER.verify(kept or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(kept)


@cache
def _nobodys() -> str:
    return hashed("nobody has this one")
