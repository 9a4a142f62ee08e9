"""A wire between a client and a server that can be cut, or go silent, at any point."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

#: Looks at what is about to pass (from the server: True) and gives what passes: b"" for nothing,
#: None to cut the wire there.
Filter = Callable[[bool, bytes], bytes | None]


class Proxy:
    """Forwards a loopback port; `filter` sees every piece before it passes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.filter: Filter = lambda _, data: data
        self.connections = 0
        self._open: list[socket.socket] = []

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def cut_after(self, size: int) -> None:
        """Let so many bytes from the server pass, over all connections, then cut once."""
        left = [size]

        def count(from_server: bool, data: bytes) -> bytes | None:
            if not from_server or left[0] < 0:
                return data
            left[0] -= len(data)
            return data if left[0] >= 0 else None

        self.filter = count

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self.connections += 1
                self._open += [client, server]
                for ends in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                passing = self.filter(from_server, data)
                if passing is None:
                    break
                sink.sendall(passing)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
