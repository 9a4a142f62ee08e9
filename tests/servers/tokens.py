"""A token server on loopback (OAuth 2.0): it gives short-lived tokens and says which are good.

By TLS it speaks as Microsoft's does (discovery, client credentials by secret or certificate) and as
Google's (a signed assertion, RFC 7523); without TLS it answers mail servers that ask after a token.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography import x509

#: For whom Google's library signs, whatever the address it sends that to.
GOOGLE = "https://oauth2.googleapis.com/token"
TENANT, CLIENT, SECRET = "8e1c-tenant", "5f2a-client", "s3cret"


class TokenServer:
    """Between `with` and its end. `lasts`: seconds for which it gives a token.

    `faults`: what to answer the next requests for a token instead: status and JSON (or text).
    `trusted`: the PEM certificate whose key signs assertions. `user`: whose mailbox tokens open.
    """

    def __init__(self, certificate: tuple[Path, Path], *, user: str = "bot") -> None:
        self.lasts = 3600.0
        self.length = 2000  # as long as Microsoft's
        self.faults: deque[tuple[int, Any]] = deque()
        self.trusted = ""
        self.user = user
        self.asked: list[dict[str, str]] = []  #: the form of every request for a token
        self.good: dict[str, float] = {}  #: token -> until when, by time.monotonic()
        self._given = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self._tls, self._plain = (self._listening() for _ in range(2))
        self._tls.socket = context.wrap_socket(self._tls.socket, server_side=True)

    @property
    def url(self) -> str:
        """Where tokens are given."""
        return f"https://localhost:{self._tls.server_address[1]}"

    @property
    def introspection(self) -> str:
        """Where a mail server asks after a token."""
        return f"http://127.0.0.1:{self._plain.server_address[1]}/introspect"

    def revoke(self) -> None:
        """No token given so far is good any more."""
        self.good.clear()

    def knows(self, token: str) -> bool:
        """Whether a token is good."""
        return time.monotonic() < self.good.get(token, 0.0)

    def __enter__(self) -> TokenServer:
        for server in (self._tls, self._plain):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._tls, self._plain):
            server.shutdown()
            server.server_close()

    def _listening(self) -> ThreadingHTTPServer:
        handler = type("Handler", (_Handler,), {"tokens": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        return server

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """What is answered to a request for a token."""
        self.asked.append(form)
        if self.faults:
            return self.faults.popleft()
        if wrong := self._wrong(path, form):
            return 401, wrong
        self._given += 1
        token = f"token-{self._given}-" + "x" * self.length
        self.good[token] = time.monotonic() + self.lasts
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}

    def discovery(self, path: str) -> tuple[int, Any]:
        """OpenID's discovery document of the one tenant there is."""
        if path != f"/{TENANT}/v2.0/.well-known/openid-configuration":
            return 400, {"error": "invalid_tenant", "error_description": "AADSTS90002: no tenant"}
        here = f"{self.url}/{TENANT}/oauth2/v2.0"
        return 200, {
            "token_endpoint": f"{here}/token",
            "authorization_endpoint": f"{here}/authorize",
            "issuer": f"{self.url}/{TENANT}/v2.0",
        }

    def introspect(self, token: str) -> tuple[int, Any]:
        """What a mail server is told of a token."""
        if self.knows(token):
            return 200, {"active": True, "username": self.user, "email": self.user}
        return 200, {"active": False}  # RFC 7662 2.2

    def _wrong(self, path: str, form: dict[str, str]) -> dict[str, str] | None:
        assertion = form.get("client_assertion") or form.get("assertion")
        if assertion is None:
            if (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET):
                return None
            return {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            }
        key = x509.load_pem_x509_certificate(self.trusted.encode()).public_key()
        try:
            self.claims = jwt.decode(
                assertion,
                key,  # type: ignore[arg-type]
                algorithms=["PS256", "RS256"],
                audience=[self.url + path, GOOGLE],
            )
        except jwt.PyJWTError as fault:
            return {"error": "invalid_grant", "error_description": f"Invalid JWT: {fault}"}
        return None


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/introspect":
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            given = parse_qs(asked.query).get("access_token", [bearer])
            self._say(*self.tokens.introspect(given[0]))
        else:
            self._say(*self.tokens.discovery(asked.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(parse_qsl(body))
        if self.headers.get("Authorization", "").startswith("Basic "):
            pair = base64.b64decode(self.headers["Authorization"][6:]).decode()
            form["client_id"], _, form["client_secret"] = pair.partition(":")
        self._say(*self.tokens.answer(self.path, form))

    def _say(self, status: int, said: Any) -> None:
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
