"""As much of Microsoft Graph as mail goes out by, on loopback, stumbling where it is told to."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

MAILBOX = "register@council.test"


class Fault(Enum):
    """Ways to stumble that are not an answer."""

    DROP = "close the connection without a word, having read the call"
    TAKE_AND_DROP = "carry the call out, then close the connection without a word"


#: Instead of carrying a call out: status, error code, headers; or a fault.
Stumble = tuple[int, str, dict[str, str]] | Fault | None


class GraphServer:
    """Between `with` and its end. `knows`: whether a token is good.

    `replaces`: gives every mail a Message-ID of its own, as some mail servers do.
    `stumbles`: what to do with the next calls.
    """

    def __init__(self, certificate: tuple[Path, Path], knows: Callable[[str], bool]) -> None:
        self.knows = knows
        self.replaces = False
        self.may_read = True
        self.sent: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.stumbles: deque[Stumble] = deque()
        self.calls: list[str] = []
        self.connections = 0
        handler = type("Handler", (_Handler,), {"graph": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> GraphServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def accepted(self) -> list[str]:
        """Our own Message-IDs, in the order in which the mails were taken."""
        found = [re.search(rb"(?im)^Message-ID: (\S+)", raw) for raw in self.raw]
        return [match[1].decode() for match in found if match]

    def send(self, body: bytes) -> tuple[int, Any]:
        """`sendMail` with a MIME message in base64."""
        try:
            raw = b64decode(body, validate=True)
        except ValueError:
            return 400, _error("ErrorMimeContentInvalidBase64String")
        if len(body) > 4_000_000:
            return 413, _error("ErrorMessageSizeExceeded")
        self.raw.append(raw)
        mail = message_from_bytes(raw, policy=default)
        if self.replaces:
            del mail["Message-ID"]
            mail["Message-ID"] = f"<{len(self.raw)}@prod.outlook.test>"
        self.sent.append(mail)
        return 202, None

    def listed(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Mails in the folder of sent ones: by a filter, or the latest with their headers."""
        if not self.may_read:
            return 403, _error("ErrorAccessDenied")
        wanted = re.search(r"internetMessageId eq '(.*)'", query.get("$filter", [""])[0])
        return 200, {
            "value": [
                {
                    "internetMessageId": str(mail["Message-ID"]),
                    "internetMessageHeaders": [
                        {"name": name, "value": str(value)} for name, value in mail.items()
                    ],
                }
                for mail in reversed(self.sent)
                if wanted is None or str(mail["Message-ID"]) == wanted[1]
            ]
        }


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "Something is wrong."}}


class _Handler(BaseHTTPRequestHandler):
    graph: GraphServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.graph.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._carry_out(lambda: self.graph.send(body), "sendMail")

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self._carry_out(lambda: self.graph.listed(query), "mailFolders/sentitems/messages")

    def _carry_out(self, act: Callable[[], tuple[int, Any]], call: str) -> None:
        graph = self.graph
        graph.calls.append(call)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not graph.knows(token):
            return self._say(401, _error("InvalidAuthenticationToken"))
        if unquote(urlsplit(self.path).path) != f"/v1.0/users/{MAILBOX}/{call}":
            return self._say(404, _error("ErrorInvalidUser"))
        stumble = graph.stumbles.popleft() if graph.stumbles else None
        if isinstance(stumble, tuple):
            status, code, headers = stumble
            return self._say(status, _error(code), headers)
        if stumble is not Fault.DROP:
            status, said = act()
        if isinstance(stumble, Fault):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return None
        return self._say(status, said)

    def _say(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        body = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("request-id", "11-22")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
