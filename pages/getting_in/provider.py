"""Who somebody is, in the word of the office's own directory (OpenID Connect, code flow, PKCE).

What comes from there is believed only after all that OpenID Connect Core 3.1.3.7 asks for: signed
with one of the provider's own public keys, by the named issuer, for this application alone, in
time, and in answer to what this very browser asked.
"""

from __future__ import annotations

import logging
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from jwt.exceptions import PyJWKClientConnectionError

from model import AskOnceError, Permanent, Transient
from store import Part

log = logging.getLogger(__name__)

#: By private key alone: what a shared secret signs (HS256), the secret's readers could have signed.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
_LEEWAY = 60  # seconds that two clocks may differ
_TIMEOUT = (5, 10)  # seconds: to be there, to say something
#: How long what the provider says of itself is taken to be true, and how long that it is away.
_FRESH, _AWAY = timedelta(hours=1), timedelta(seconds=20)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_NAMES_ISSUER = "authorization_response_iss_parameter_supported"
_LONGEST_NAME = 100


class Doubtful(Permanent):
    """The provider's answer proves nothing. Why is for the log: it names no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who vouches for people, as whom we ask, and what makes somebody what."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    claim: str
    parts: Mapping[str, Part]  #: by a value of the claim
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What only the browser that asked can bring back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody the provider vouches for."""

    identity: str  #: nobody else's, ever: addresses and names are given to others
    name: str
    part: Part | None  #: None: nothing here is for them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the provider says of itself (OpenID Connect Discovery), and its keys."""

    said: Mapping[str, Any]
    keys: jwt.PyJWKClient


class Provider:
    """The directory's server. Every method raises `Transient` while it is away, and `Permanent`
    while it is another than `[sso] issuer` names."""

    def __init__(self, ours: Directory) -> None:
        self._ours = ours
        self._found: _Known | AskOnceError | None = None
        self._until: datetime | None = None

    def ask(self, back: str, now: datetime) -> tuple[str, Asked]:
        """Where to send a browser that wants to log in, and what to keep for when it is back."""
        asked = Asked(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        known = self._known(now)
        with self._session(known, back) as session:
            address, _ = session.create_authorization_url(
                known.said["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
            )
        return str(address), asked

    def answered(self, answer: Mapping[str, str], asked: Asked, back: str, now: datetime) -> Person:
        """Who came back. Raises `Doubtful` where that is not proved."""
        known = self._known(now)
        if not compare_digest(asked.state.encode(), answer.get("state", "").encode()):
            raise Doubtful("another state than was asked with")
        issuer = answer.get("iss")  # RFC 9207: no other provider's answer is taken for this one's
        if issuer is None and known.said.get(_NAMES_ISSUER) is True:
            raise Doubtful("an answer that does not say whose it is")
        if issuer not in (None, self._ours.issuer):
            raise Doubtful("another issuer's answer")
        if "error" in answer or not answer.get("code"):
            raise Doubtful("an error instead of a code")
        token = self._token(known, answer["code"], asked.verifier, back)
        claims = self._proved(known, token)
        if not compare_digest(str(claims["nonce"]).encode(), asked.nonce.encode()):
            raise Doubtful("another nonce than was asked with")
        return self._person(claims)

    def leave(self, back: str, now: datetime) -> str | None:
        """Where a browser logs out of the provider too. None: it has no such place."""
        place = self._known(now).said.get("end_session_endpoint")
        if not isinstance(place, str) or not _is_kept(place):
            return None
        query = {"client_id": self._ours.client_id, "post_logout_redirect_uri": back}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"

    def check(self, now: datetime) -> str:
        """What there is to say of it, having asked."""
        self._known(now)
        return f"{self._host} says who it is, and how it can be asked for people."

    def _known(self, now: datetime) -> _Known:
        found = self._found
        if found is None or self._until is None or now >= self._until:
            try:
                found = self._discovered()
            except AskOnceError as fault:
                found = fault  # kept, too: nobody waits for it again at once
            self._found = found
            self._until = now + (_FRESH if isinstance(found, _Known) else _AWAY)
        if isinstance(found, AskOnceError):
            raise found
        return found

    # ---- what is asked of the provider's server

    def _discovered(self) -> _Known:
        place = f"{self._ours.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            with self._session() as session:
                answer = session.get(place, withhold_token=True, allow_redirects=False)
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as fault:
            raise self._is_away(fault) from None
        if not isinstance(said, dict) or said.get("issuer") != self._ours.issuer:
            raise Permanent(f"[sso] issuer is not what {place} says: it must be the same.")
        if not all(isinstance(said.get(e), str) and _is_kept(said[e]) for e in _ENDPOINTS):
            raise Permanent(f"{place} lacks one of {', '.join(_ENDPOINTS)}, by https.")
        trusted = ssl.create_default_context(cafile=self._ours.ca_file)
        keys = jwt.PyJWKClient(said["jwks_uri"], timeout=_TIMEOUT[1], ssl_context=trusted)
        return _Known(said=said, keys=keys)

    def _token(self, known: _Known, code: str, verifier: str, back: str) -> str:
        """The ID token that a code is good for. Raises `Doubtful` if it is good for none."""
        try:
            with self._session(known, back) as session:
                given = session.fetch_token(
                    known.said["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    allow_redirects=False,
                )
        except OAuthError as fault:
            raise Doubtful(f"no token for this code: {str(fault.error)[:40]}") from None
        except requests.RequestException as fault:
            raise self._is_away(fault) from None
        except ValueError:
            raise Doubtful("an answer that is no token") from None
        token = given.get("id_token")
        if not isinstance(token, str):
            raise Doubtful("a token that says nothing of who it is")
        return token

    def _proved(self, known: _Known, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = known.keys.get_signing_key(kid) if kid else _only(known.keys.get_signing_keys())
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._ours.client_id,
                issuer=self._ours.issuer,
                leeway=_LEEWAY,
                options={"require": list(_NEEDED)},
            )
        except PyJWKClientConnectionError as fault:
            raise self._is_away(fault) from None
        except (jwt.PyJWTError, ValueError, TypeError) as fault:
            raise Doubtful(f"a token that does not hold: {type(fault).__name__}") from None
        ours = self._ours.client_id
        if claims["aud"] not in (ours, [ours]) or claims.get("azp", ours) != ours:
            raise Doubtful("a token that is for others, too")
        return claims

    def _session(self, known: _Known | None = None, back: str | None = None) -> OAuth2Session:
        ways = known.said.get("token_endpoint_auth_methods_supported") if known else None
        by_form = isinstance(ways, list) and "client_secret_post" in ways
        session = OAuth2Session(
            self._ours.client_id,
            self._ours.secret,
            token_endpoint_auth_method="client_secret_post" if by_form else "client_secret_basic",
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT,
        )
        session.verify = self._ours.ca_file or True
        return session

    def _is_away(self, fault: Exception) -> Transient:
        said = {"event": "sso_away", "fault": type(fault).__name__}
        log.warning("single sign-on does not answer: %(fault)s", said)
        return Transient(f"{self._host} does not answer as it should.")

    @property
    def _host(self) -> str:
        return str(urlsplit(self._ours.issuer).hostname)

    # ---- what its word means here

    def _person(self, claims: Mapping[str, Any]) -> Person:
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject.strip():
            raise Doubtful("a token of nobody")
        found = [self._ours.parts[v] for v in _values(claims, self._ours.claim)
                 if v in self._ours.parts]  # fmt: skip
        highest = min(found, key=list(Part).index, default=None)
        return Person(identity=f"{claims['iss']} {subject}", name=self._name(claims), part=highest)

    def _name(self, claims: Mapping[str, Any]) -> str:
        """What they are called in the records: it has an @, unlike the names that we give."""
        given = (claims.get(key) for key in ("preferred_username", "email", "name", "sub"))
        name = next(n for n in given if isinstance(n, str) and n.strip() and n.isprintable())
        name = name[:_LONGEST_NAME]
        return name if "@" in name else f"{name}@{self._host}"


def _only(keys: list[jwt.PyJWK]) -> jwt.PyJWK:
    """The key of a token that names none."""
    if len(keys) != 1:
        raise Doubtful("a token that does not say by which key it is signed")
    return keys[0]


def _values(claims: Mapping[str, Any], name: str) -> list[str]:
    """The texts in a claim; `realm_access.roles` is one within another."""
    if name == "email" and claims.get("email_verified") is not True:
        return []  # anybody can be given any address in a directory of their own
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for step in name.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    texts = [value for value in values if isinstance(value, str)]
    return [text.casefold() for text in texts] if name == "email" else texts


def _is_kept(address: str) -> bool:
    """Nobody on the way reads it, or it stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
