"""The server of the pages, as it ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier, Event, Timer
from typing import Any

import pytest

from pages.serving import serving

WORDS = b"Here you are." * 1000


def test_whoever_is_being_answered_as_it_ends_gets_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    began, ends, asked = Event(), Event(), Barrier(4)

    def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if asked.wait() == 0:
            began.set()
        ends.wait(5)
        start("200 OK", [("Content-Length", str(len(WORDS)))])
        return [WORDS]

    with ThreadPoolExecutor(5) as threads, caplog.at_level(logging.ERROR):
        with serving(app, "127.0.0.1", 0) as (host, port):
            answers = [threads.submit(ask, host, port) for _ in range(4)]
            assert began.wait(5)
            Timer(0.3, ends.set).start()
        assert [answer.result(5) for answer in answers] == [WORDS] * 4
    assert caplog.messages == []


def ask(host: str, port: int) -> bytes:
    connection = HTTPConnection(host, port, timeout=5)
    connection.request("GET", "/")
    return connection.getresponse().read()
