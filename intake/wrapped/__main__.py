"""The process that opens one wrapper: `python -m intake.wrapped KIND MEMORY SECONDS`.

It takes the wrapper's bytes on its standard input and gives a mail on its standard output, after
"+"; or after "-" the verdict that stands in its place. See `intake.wrapped.opener`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable

from intake.wrapped import outlook, smime, tnef, zipped
from intake.wrapped.kinds import Wrapper
from model import Code
from parsers.confine import leave_the_network, limit
from parsers.sniff import Refused

WAYS: dict[Wrapper, Callable[[bytes], bytes]] = {
    Wrapper.ZIP: zipped.as_mail_from,
    Wrapper.TNEF: tnef.as_mail_from,
    Wrapper.OUTLOOK: outlook.as_mail_from,
    Wrapper.SIGNED: smime.as_mail_from,
}


def main(kind: str, memory: int, seconds: int) -> None:
    """Open what comes in, shut in: no more than `memory` bytes and `seconds` of computing."""
    leave_the_network()
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_AS, memory)
    sys.stdout.buffer.write(answer(Wrapper(kind), sys.stdin.buffer.read()))


def answer(kind: Wrapper, data: bytes) -> bytes:
    """The mail, or the verdict."""
    try:
        return b"+" + WAYS[kind](data)
    except Refused as e:
        return f"-{e.code} {e.seen}".encode()
    except (MemoryError, RecursionError):
        return f"-{Code.UNSAFE} {kind}".encode()
    except Exception:  # a wrapper can be broken in more ways than its readers foresee
        return f"-{Code.DAMAGED} {kind}".encode()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
