"""The process that reads: `python -m parsers.worker SOCKET PREFIX SECONDS BYTES DEFINITIONS`.

It is told nothing but a file's bytes and says nothing but JSON. Once everything that reading needs
is loaded it shuts itself in: no memory beyond its share, no file or socket that is not open
already, no network, no longer on one file than it may. One process reads many files, one after the
other: a fork for each would cost 4 ms, and 20 to 40 more for the pages that Python's reference
counts then copy (measured), which is more than reading takes.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
import traceback
from dataclasses import replace
from pathlib import Path

from model import Code, Problem, Reading
from parsers.confine import leave_the_network, limit
from parsers.read import look, read
from parsers.rehearsal import rehearse
from parsers.shown import told
from parsers.spec import use
from parsers.wire import CONVERTER, SHOW, Reply, encoded, receive, send

#: A process that has grown by this much, in bytes, reads no further file: what is left of its
#: share of memory might be too little for an innocent one.
GROWTH = 100 * 2**20
#: With so many objects left over from files, they are looked through for what nobody needs.
LEFT = 20_000


def main(descriptor: int, prefix: str, seconds: float, memory: int, definitions: str) -> None:
    """Read what comes through the socket until it closes. Does not return before."""
    wire = socket.socket(fileno=descriptor)
    use(Path(definitions) if definitions else None)
    rehearse()
    gc.disable()  # in its own time, between two files, and not after each
    gc.freeze()
    shut_in(memory)
    send(wire, b"ready")
    start = _peak()
    while True:
        try:
            question = receive(wire)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, seconds)
        reply = _answer(question, prefix)
        worn = _peak() - start > GROWTH
        send(wire, encoded(replace(reply, worn=worn)))
        signal.setitimer(signal.ITIMER_REAL, 0)
        if gc.get_count()[0] > LEFT:
            gc.collect()


def _answer(question: bytes, prefix: str) -> Reply:
    try:
        converter, wanted, data = question[:1] == CONVERTER, question[1:2], question[2:]
        if wanted == SHOW:
            return _looks(data, converter)
        return Reply(reading=read("", data, prefix=prefix, converter=converter))
    except BaseException as e:  # a panic of Rust's is no Exception
        last = traceback.extract_tb(e.__traceback__)[-1]
        fault = f"{type(e).__name__} at {Path(last.filename).name}:{last.lineno}"
        damaged = Reading(file="", verdict=Problem(field=None, code=Code.DAMAGED))
        return Reply(reading=damaged, fault=fault)


def _looks(data: bytes, converter: bool) -> Reply:
    document, verdict = look(data, converter=converter)
    return Reply(
        reading=Reading(file="", verdict=verdict), looks=told(document) if document else None
    )


# --------------------------------------------------------------------------- shut in


def shut_in(memory: int) -> None:
    """Give up all that reading does not need. `memory` in bytes, what is in use now included."""
    room = _in_use()
    leave_the_network()
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NPROC, 0)
    limit(resource.RLIMIT_NOFILE, _first_free_descriptor())
    if room:
        size, resident = room
        limit(resource.RLIMIT_AS, size - resident + memory)


def _first_free_descriptor() -> int:
    free = os.dup(0)
    os.close(free)
    return free


def _in_use() -> tuple[int, int] | None:
    """(address space, resident) in bytes, where the system says: Linux."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            size, resident, *_ = map(int, file.read().split())
    except OSError:
        return None
    return size * resource.getpagesize(), resident * resource.getpagesize()


def _peak() -> int:
    """The most memory used so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    if len(sys.argv) == 1:
        rehearse()  # by hand: what keeps the process from starting shows itself
    else:
        main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
