"""The web pages in a thread of waitress, for as long as a `with` block lasts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from model import Transient

log = logging.getLogger(__name__)

_THREADS = 4
#: Bytes that a request may have, beside its headers.
LARGEST = 2_000_000
_HEADERS = 32_000  # bytes
_SILENCE = 30  # seconds that a browser may take to go on with what it sends
_CLEANING = 5  # seconds from one look for the silent to the next
_CONNECTIONS = 500  # of which most may be browsers that keep one open
_GOODBYE = 5.0  # seconds that answers under way may take


@contextmanager
def serving(app: Callable[..., Any], host: str, port: int) -> Iterator[tuple[str, int]]:
    """Serve `app` meanwhile; gives the address, where port 0 has become a free one.

    Raises `Transient` if the port is taken.
    """
    sockets: dict[int, Any] = {}
    server = _server(app, host, port, sockets)
    first = next(one for one in sockets.values() if hasattr(one, "effective_host"))
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    try:
        yield first.effective_host, int(first.effective_port)
    finally:
        # First whoever answers, who would wake a thread whose sockets are closed already.
        server.task_dispatcher.shutdown(timeout=_GOODBYE)
        # In its own thread, so that no socket is closed that it is waiting for just now.
        first.trigger.pull_trigger(lambda: _close_all(sockets))
        thread.join(_GOODBYE)


def _server(app: Callable[..., Any], host: str, port: int, sockets: dict[int, Any]) -> Any:
    """The server; `sockets` gets all that it listens on: a name may have several addresses."""
    from waitress.server import create_server

    from pages.strict import Channel

    try:
        # whose word about proxies is believed, the application itself knows
        theirs = {"threads": _THREADS, "ident": None, "clear_untrusted_proxy_headers": False}
        theirs |= {"max_request_body_size": LARGEST, "max_request_header_size": _HEADERS}
        theirs |= {
            "channel_timeout": _SILENCE,
            "cleanup_interval": _CLEANING,
            "asyncore_use_poll": True,
        }
        theirs |= {"connection_limit": _CONNECTIONS}
        server = create_server(app, map=sockets, host=host, port=port, **theirs)
    except (OSError, ValueError, OverflowError) as fault:  # it says so of a name it cannot find
        why = str(getattr(fault, "strerror", None) or fault).rstrip(".")
        raise Transient(
            f"The web pages cannot be served on {host}:{port}: {why}. Is "
            "another Ask Once running there? Otherwise change [pages] listen."
        ) from fault
    for one in sockets.values():
        if hasattr(one, "channel_class"):
            one.channel_class = Channel
    return server


def _close_all(sockets: dict[int, Any]) -> None:
    """What is answered already goes before."""
    from waitress import wasyncore

    for one in list(sockets.values()):
        if getattr(one, "total_outbufs_len", 0):
            one.handle_write()
    wasyncore.close_all(sockets, ignore_all=True)
