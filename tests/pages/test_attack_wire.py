"""What only a raw connection can try: requests that can be read in two ways, or never end."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

import pages.serving as serving_module
from pages.serving import serving
from tests.pages.hostile import Office

Address = tuple[str, int]
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: x\r\n"
CHUNKS = b"\r\n\r\n1\r\na\r\n0\r\n\r\n" + SMUGGLED
LENGTH = len(SMUGGLED)

#: No proxy and no server may find two ends in one of these.
TWO_WAYS: dict[str, bytes] = {
    "both lengths": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked" + CHUNKS,
    "both, the other way": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4" + CHUNKS,
    "both, a tab": POST + b"Content-Length: 4\r\nTransfer-Encoding:\tchunked" + CHUNKS,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % LENGTH + SMUGGLED,
    "a list of lengths": POST + b"Content-Length: 0, %d\r\n\r\n" % LENGTH + SMUGGLED,
    "a length with a sign": POST + b"Content-Length: +%d\r\n\r\n" % LENGTH + SMUGGLED,
    "less than nothing": POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    "a length of Python's": POST + b"Content-Length: 1_0\r\n\r\n" + SMUGGLED,
    "a length of C's": POST + b"Content-Length: 0x10\r\n\r\n" + SMUGGLED,
    "a length of nothing": POST + b"Content-Length: \r\n\r\n" + SMUGGLED,
    "space after the name": POST + b"Content-Length : %d\r\n\r\n" % LENGTH + SMUGGLED,
    "chunked, space after it": POST + b"Transfer-Encoding : chunked" + CHUNKS,
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x" + CHUNKS,
    "chunked, nearly": POST + b"Transfer-Encoding: xchunked" + CHUNKS,
    "chunked and identity": POST + b"Transfer-Encoding: identity, chunked" + CHUNKS,
    "chunked, of old": b"POST /login HTTP/1.0\r\nTransfer-Encoding: chunked" + CHUNKS,
    "folded": POST + b"X: a\r\n Transfer-Encoding: chunked" + CHUNKS,
    "chunked, folded": POST + b"Transfer-Encoding:\r\n chunked" + CHUNKS,
    "line ends of one byte": b"POST /login HTTP/1.1\nHost: x\nContent-Length: 0\n\n" + SMUGGLED,
    "a return alone": POST + b"X: a\rTransfer-Encoding: chunked" + CHUNKS,
    "a zero in a header": POST + b"X: a\0b\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + SMUGGLED,
    "a chunk of less": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + SMUGGLED,
    "a chunk of C's": POST + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n" + SMUGGLED,
    "a line end in a chunk": POST
    + b"Transfer-Encoding: chunked\r\n\r\n1;x\ny\r\na\r\n0\r\n\r\n"
    + SMUGGLED,
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a method in small": b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "space in the address": b"GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
    "no header": b"GET / HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n",
    "no letters": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.fixture(scope="module")
def served(attacked: Office) -> Iterator[Address]:
    """The pages, as they are served to the world."""
    with serving(attacked.pages.app, "127.0.0.1", 0) as address:
        yield address


def said(address: Address, sent: bytes, patience: float = 5) -> bytes:
    """All that is answered until the connection is closed."""
    with socket.create_connection(address, timeout=patience) as connection:
        connection.sendall(sent)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


@pytest.mark.parametrize("trick", TWO_WAYS)
def test_what_can_be_read_in_two_ways_is_not_read(served: Address, trick: str) -> None:
    answer = said(served, TWO_WAYS[trick])
    assert re.findall(rb"HTTP/1\.[01] (\d+)", answer) in ([b"400"], [b"501"])
    assert b"smuggled" not in answer
    assert b"waitress" not in answer.lower()


def test_what_can_be_read_in_one_way_is_read(served: Address) -> None:
    """Or the test above would say nothing: a form in pieces, and two requests in one go."""
    close = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    good = b"Transfer-Encoding: chunked\r\n\r\n4\r\na=bc\r\n0\r\n\r\n"
    answer = said(served, POST + good + close)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"400", b"302"]  # no token; not logged in


def test_what_is_too_large_is_turned_away_before_it_is_read(served: Address) -> None:
    header = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n"
    assert b" 431 " in said(served, header)
    assert b" 413 " in said(served, POST + b"Content-Length: 3000000\r\n\r\n")
    address = b"GET /" + b"a" * 31_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b" 302 " in said(served, address)


def test_who_says_nothing_is_cut_off_and_others_are_served_meanwhile(
    attacked: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_module, "_SILENCE", 1)
    monkeypatch.setattr(serving_module, "_CLEANING", 1)
    close = b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with serving(attacked.pages.app, "127.0.0.1", 0) as address:
        slow = [socket.create_connection(address, timeout=10) for _ in range(40)]
        for number, one in enumerate(slow):
            one.sendall((POST + b"Content-Length: 100\r\n\r\na=")[: 5 + number * 2])
        assert b" 200 " in said(address, close)
        assert all(b" 200 " not in rest(one) for one in slow)  # and none waits for its time-out
        for one in slow:
            one.close()
