"""What a process gives up before it touches somebody's file; and a door for programs from outside.

`python -m parsers.confine MEMORY SECONDS FILE COMMAND...` becomes COMMAND with at most MEMORY bytes
of address space, SECONDS of processor time and FILE bytes in any file, and without a network where
the system lets us. Limits cannot be raised again, and children inherit them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from contextlib import suppress

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
_NO_NEW_PRIVILEGES = 38


def limit(what: int, most: int) -> None:
    """Lower one `resource.RLIMIT_...` for good; where the system knows none, nothing happens."""
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most))


def leave_the_network() -> None:
    """Move to a network of our own, which has no way out, where the system lets us (Linux)."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if libc.unshare(_NEW_NETWORK):
            libc.unshare(_NEW_USER | _NEW_NETWORK)


def main(memory: int, seconds: int, file: int, command: list[str]) -> None:
    """Become `command`, confined."""
    leave_the_network()
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, file)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
