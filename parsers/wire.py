"""What crosses between the reading process and ours: frames of JSON, which can only be data."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from model import Code, Origin, Problem, Reading, Submission

#: Of a reply, in bytes. All the text of a file in one field would still fit.
LONGEST = 128 * 2**20


#: A question begins with one of these, before the file's bytes: whether a converter is at hand,
#: and then what is wanted: what forms there are in it, or what it looks like.
CONVERTER, NO_CONVERTER = b"c", b"-"
READ, SHOW = b"r", b"s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the reading process says of one file."""

    reading: Reading  #: without the file's name, which the process is not told
    fault: str = ""  #: where our own code failed, such as "KeyError at word.py:120"; no contents
    worn: bool = False  #: the process has grown, and wants a successor
    looks: Mapping[str, Any] | None = None  #: what a file looks like, as `parsers.shown` tells it


def send(wire: socket.socket, data: bytes) -> None:
    """One frame: its length in four bytes, then itself. Raises `OSError` as the socket does."""
    wire.sendall(len(data).to_bytes(4, "big") + data)


def receive(wire: socket.socket, until: float | None = None) -> bytes:
    """One frame, waited for until `until` of the monotonic clock.

    Raises `TimeoutError`, or `EOFError` where the frame ends too early or is longer than `LONGEST`.
    """
    length = int.from_bytes(_exactly(wire, 4, until), "big")
    if length > LONGEST:
        raise EOFError
    return _exactly(wire, length, until)


def _exactly(wire: socket.socket, size: int, until: float | None) -> bytes:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        if until is not None:
            wire.settimeout(max(until - monotonic(), 0.001))
        got = wire.recv_into(view)
        if not got:
            raise EOFError
        view = view[got:]
    return bytes(data)


def encoded(reply: Reply) -> bytes:
    """A reply as JSON. What `dataclasses.asdict` would do, without its copies of every value."""
    reading = reply.reading
    said = {
        "submissions": [_told(submission) for submission in reading.submissions],
        "verdict": _troubled(reading.verdict) if reading.verdict else None,
    }
    told = {"reading": said, "fault": reply.fault, "worn": reply.worn, "looks": reply.looks}
    return json.dumps(told).encode()


def _told(submission: Submission) -> dict[str, Any]:
    return {
        "form": submission.form,
        "fields": dict(submission.fields),
        "problems": [_troubled(problem) for problem in submission.problems],
        "origins": {
            key: {"where": origin.where, "seen": origin.seen, "certainty": origin.certainty}
            for key, origin in submission.origins.items()
        },
    }


def _troubled(problem: Problem) -> dict[str, str | None]:
    return {"field": problem.field, "code": problem.code, "seen": problem.seen}


def decoded(data: bytes, name: str) -> Reply:
    """A reply about the file `name`. Raises `ValueError` for anything but a well-formed one."""
    try:
        said = json.loads(data)
        return Reply(
            reading=_reading(said["reading"], name),
            fault=str(said["fault"])[:200],
            worn=bool(said["worn"]),
            looks=dict(said["looks"]) if said.get("looks") else None,
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as e:
        raise ValueError("not a reply") from e


def _reading(said: Mapping[str, Any], name: str) -> Reading:
    return Reading(
        file=name,
        submissions=tuple(_submission(s, name) for s in said["submissions"]),
        verdict=_problem(said["verdict"]) if said["verdict"] else None,
    )


def _submission(said: Mapping[str, Any], name: str) -> Submission:
    return Submission(
        form=str(said["form"]),
        fields=dict(said["fields"]),
        problems=tuple(map(_problem, said["problems"])),
        origins={str(k): _origin(o) for k, o in said["origins"].items()},
        file=name,
    )


def _problem(said: Mapping[str, Any]) -> Problem:
    field = said["field"]
    return Problem(
        field=None if field is None else str(field),
        code=Code(said["code"]),
        seen=str(said["seen"]),
    )


def _origin(said: Mapping[str, Any]) -> Origin:
    return Origin(
        where=str(said["where"]), seen=str(said["seen"]), certainty=float(said["certainty"])
    )
