"""A directory that vouches for people (OpenID Connect) on loopback, honest until told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, redirect, request
from jwt.algorithms import RSAAlgorithm

from pages.serving import serving

CLIENT, SECRET = "register", "s3cret"
Forger = Callable[[dict[str, Any]], str]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key pair of that name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str) -> dict[str, Any]:
    """What is shown of it."""
    shown: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key(name).public_key()))
    return {**shown, "kid": name, "use": "sig", "alg": "RS256"}


def signed(claims: Mapping[str, Any], name: str = "ours", kid: str | None = None) -> str:
    """A token by the key of that name."""
    return jwt.encode(dict(claims), key(name), "RS256", headers={"kid": kid or name})


@dataclass
class OpenId:
    """What the directory says. Everything may be changed between two requests."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)  #: over the usual ones; None: without
    forge: Forger = signed
    brought: dict[str, str] = field(default_factory=dict)  #: over what the browser brings back
    discovery: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public("ours")])
    token: Any = None  #: the whole answer instead of a token
    status: int = 200  #: of every answer
    asked: list[str] = field(default_factory=list)  #: paths
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  #: not yet used

    def person(self, **claims: Any) -> None:
        """Who is at the keyboard."""
        self.claims = claims

    def usual(self, nonce: str) -> dict[str, Any]:
        """An honest token's claims."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": "anna-1", "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": nonce, "preferred_username": "Anna.Smith@council.test"}
        return {k: v for k, v in {**claims, **self.claims}.items() if v is not None}

    def app(self) -> Flask:
        """Its pages."""
        app = Flask(__name__)
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._about)
        app.add_url_rule("/keys", view_func=lambda: jsonify(keys=self.keys))
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._give, methods=["POST"])
        app.before_request(self._notice)
        return app

    def _notice(self) -> Response | None:
        self.asked.append(request.path)
        return Response("no", self.status) if self.status != 200 else None

    def _about(self) -> Response:
        said = {"issuer": self.url, "end_session_endpoint": f"{self.url}/leave"}
        said |= {"authorization_endpoint": f"{self.url}/authorize"}
        said |= {"token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys"}
        return jsonify({**said, **self.discovery})

    def _authorize(self) -> Any:
        given = request.args.to_dict()
        assert given["code_challenge_method"] == "S256"
        assert given["response_type"] == "code"
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        brought = {"code": code, "state": given["state"], **self.brought}
        return redirect(f"{given['redirect_uri']}?{urlencode(brought)}")

    def _give(self) -> Any:
        if self.token is not None:
            return self.token
        given = self.codes.pop(request.form["code"], None)
        basic = request.authorization
        assert basic is not None
        assert (basic.username, basic.password) == (CLIENT, SECRET)
        if given is None or given["redirect_uri"] != request.form["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != given["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        token = self.forge(self.usual(given["nonce"]))
        return jsonify(access_token="x", token_type="Bearer", expires_in=60, id_token=token)


@contextmanager
def directory() -> Iterator[OpenId]:
    """The directory, served meanwhile."""
    made = OpenId()
    with serving(made.app(), "127.0.0.1", 0) as (host, port):
        made.url = f"http://{host}:{port}"
        yield made


def visit(address: str) -> str:
    """Where the directory sends a browser that comes to that address."""
    return requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
