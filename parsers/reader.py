"""Reading any file, safely: in a process of its own that may die of it.

The daemon notices no more than a verdict: `unsafe` when a file takes too long or too much memory,
`damaged` when it brings a parser down. The next file finds a fresh process.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Self

from model import Code, Problem, Reading, Transient
from parsers.convert import SECONDS as CONVERSION
from parsers.convert import WAYS, convert, program
from parsers.shown import Shown, heard
from parsers.sniff import FILE_BYTES, Refused
from parsers.spec import own_folder
from parsers.wire import (
    CONVERTER,
    NO_CONVERTER,
    READ,
    SHOW,
    Reply,
    decoded,
    receive,
    send,
)

log = logging.getLogger(__name__)

#: For a file that is read directly (bytes of memory, everything loaded included).
SECONDS = 10.0
MEMORY = 500 * 2**20
#: A process reads so many files, then makes way.
FILES = 500
#: Long enough for the slowest machine to load the modules, in seconds.
START = 60.0

_ROOT = Path(__file__).parent.parent
#: What Python itself may need. All else stays here: passwords may come in the environment.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "PYTHONHOME")
#: Signals by which a process ends that asked for more than its share.
_TOO_MUCH = {signal.SIGABRT, signal.SIGKILL, signal.SIGALRM, signal.SIGXCPU, signal.SIGXFSZ}
_NOT_STARTED = (
    "The process that reads files did not start. Free some memory, or run "
    "“python -m parsers.worker” by hand to see why."
)


class Reader:
    """Reads files one after the other; may be called from any thread. Starts when first needed."""

    def __init__(
        self,
        *,
        prefix: str = "CYP",
        seconds: float = SECONDS,
        memory: int = MEMORY,
        files: int = FILES,
        conversion: float = CONVERSION,
    ) -> None:
        self._prefix = prefix
        self._seconds = seconds
        self._memory = memory
        self._files = files
        self._conversion = conversion
        self._worker: _Worker | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process. Reading again starts another."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process that reads, for whoever watches it; None where none runs."""
        return self._worker.pid if self._worker else None

    def read(self, name: str, data: bytes) -> Reading:
        """Every form in one file, or why there is none (see `parsers.read.read`).

        Takes `seconds` and no more than `memory`, whatever the file holds; where LibreOffice has to
        convert it first, `conversion` seconds more. Raises `Transient`
        where no process can be started at all.
        """
        return self._through(name, data, READ).reading

    def show(self, name: str, data: bytes) -> Shown | None:
        """What a file looks like, as far as a page shows it. None: it cannot be opened.

        As careful as `read`, and raises as it does.
        """
        looks = self._through(name, data, SHOW).looks
        try:
            return heard(looks) if looks else None
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            log.warning("what a file looks like was told in a way that nobody understands")
            return None

    def _through(self, name: str, data: bytes, wanted: bytes) -> Reply:
        """What is wanted of a file; where it has to be converted first, of what that made."""
        if len(data) > FILE_BYTES:
            return _verdict(name, Code.TOO_LARGE)
        reply = self._ask(name, data, wanted, converter=program() is not None)
        verdict = reply.reading.verdict
        if verdict is None or verdict.code is not Code.UNSUPPORTED_TYPE or not program():
            return reply
        return self._converted(name, data, wanted, verdict.seen) if verdict.seen in WAYS else reply

    def _converted(self, name: str, data: bytes, wanted: bytes, kind: str) -> Reply:
        try:
            made = convert(data, kind, seconds=self._conversion)
        except Refused as e:
            if WAYS[kind].sheets:
                return self._ask(name, data, wanted, converter=False)
            return _verdict(name, e.code, e.seen)
        return self._ask(name, made, wanted, converter=False)

    def _ask(self, name: str, data: bytes, wanted: bytes, *, converter: bool) -> Reply:
        begin = (CONVERTER if converter else NO_CONVERTER) + wanted
        with self._lock:
            return self._ask_worker(name, begin + data)

    def _ask_worker(self, name: str, question: bytes) -> Reply:
        worker = self._ready()
        try:
            reply = decoded(worker.ask(question, self._seconds), name)
        except TimeoutError:
            code = Code.UNSAFE
        except (EOFError, ConnectionError):
            code = Code.UNSAFE if worker.ended_by() in _TOO_MUCH else Code.DAMAGED
        except ValueError:
            code = Code.DAMAGED
        else:
            return self._heard(worker, reply)
        log.warning("a file ended the process that read it: %s", code.value)
        self._end()
        return _verdict(name, code)

    def _heard(self, worker: _Worker, reply: Reply) -> Reply:
        if reply.fault:
            log.warning("reading a file failed: %s", reply.fault)
        if reply.worn or worker.asked >= self._files:
            self._end()
        return reply

    def _ready(self) -> _Worker:
        """A process that lives; one that ended since its last file is replaced."""
        if self._worker and not self._worker.alive:
            self._end()
        if self._worker is None:
            self._worker = _Worker(self._prefix, self._seconds, self._memory)
        return self._worker

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None


class _Worker:
    """One process and the socket to it. Raises `Transient` if it does not start."""

    def __init__(self, prefix: str, seconds: float, memory: int) -> None:
        self.asked = 0
        self._wire, theirs = socket.socketpair()
        arguments = (prefix, str(seconds + 1), str(memory), str(own_folder() or ""))
        try:
            with theirs:
                self._process = _started(theirs.fileno(), *arguments)
        except OSError as e:
            self._wire.close()
            raise Transient(_NOT_STARTED) from e
        try:
            receive(self._wire, monotonic() + START)
        except (EOFError, OSError) as e:
            self.end()
            raise Transient(_NOT_STARTED) from e

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(self, data: bytes, seconds: float) -> bytes:
        """Its answer on one file. Raises `TimeoutError`, `EOFError` or `ConnectionError`."""
        self.asked += 1
        until = monotonic() + seconds
        self._wire.settimeout(seconds)
        send(self._wire, data)
        return receive(self._wire, until)

    def ended_by(self) -> int:
        """The signal that ended it, or 0. To be asked when its socket has closed."""
        try:
            return max(0, -self._process.wait(1))
        except subprocess.TimeoutExpired:
            return 0

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._wire.close()
        self._process.kill()
        self._process.wait()


def _started(descriptor: int, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "parsers.worker", str(descriptor), *arguments],
        pass_fds=(descriptor,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _verdict(name: str, code: Code, seen: str = "") -> Reply:
    return Reply(reading=Reading(file=name, verdict=Problem(field=None, code=code, seen=seen)))
