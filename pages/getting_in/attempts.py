"""How often it may be tried to log in, without giving anybody the means to keep others out.

Somebody who guesses at an account uses up what is allowed to strangers; a browser that has logged
in to that account before is counted for itself (OWASP: device cookies). So whoever works here gets
in from where they always do, however much is guessed from elsewhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from store.accounts import counted_as, plain

#: In a quarter of an hour: to one account from one address or known browser, from one address in
#: all, and to one account from all strangers.
_ONE, _ADDRESS, _STRANGERS = 10, 30, 100
_YEAR = 366 * 24 * 3600
_ACCOUNTS = 5  # that one browser is remembered for


def counted(name: str) -> Mapping[str, int]:
    """What this attempt is counted under, each with how many are allowed."""
    account, place = counted_as(name), _place()
    known = _known()
    if plain(name) in known["names"]:
        return {f"{account}, by {known['browser']}": _ONE}
    return {
        f"{account}, from {place}": _ONE,
        f"{account}, of strangers": _STRANGERS,
        f"address {place}": _ADDRESS,
    }


def remember(answer: Response, name: str) -> None:
    """Let this browser be known as one that has logged in to that account."""
    known = _known()
    names = [plain(name), *(n for n in known["names"] if n != plain(name))]
    kept = {"browser": known["browser"], "names": names[:_ACCOUNTS]}
    answer.set_cookie(
        _cookie(),
        str(_signed().dumps(kept)),
        max_age=_YEAR,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _known() -> dict[str, Any]:
    try:
        return dict(_signed().loads(request.cookies.get(_cookie(), "")))
    except BadSignature:
        return {"browser": secrets.token_hex(8), "names": []}


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known browser")


def _cookie() -> str:
    return "__Host-askonce-known" if request.is_secure else "askonce-known"


def _place() -> str:
    """The address; of IPv6 the network, in which one machine has as many as it likes."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return str(request.remote_addr)
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:  # as a proxy that listens to both tells of IPv4
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
