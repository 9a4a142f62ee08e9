"""Opening the wrappers of one mail, each in a process that may die of it.

The libraries that read TNEF and .msg loop as often as a number in the file says, so a few bytes can
keep them busy for hours; size checks beforehand do not help. A process with limits of its own does,
and costs a tenth of a second for a kind of file that few mails hold. The process that reads forms
(`parsers.reader`) is not asked: it gives values, not files, and stays as small as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic

from intake.wrapped.kinds import Wrapper
from model import Code, Transient
from parsers.sniff import Refused

#: For one wrapper: seconds, and bytes of address space.
SECONDS = 10
MEMORY = 768 * 2**20
#: For all wrappers of one mail: how many, seconds, and bytes of what comes out of them.
WRAPPERS = 20
ALL_SECONDS = 30.0
ALL_BYTES = 150 * 2**20

_ROOT = Path(__file__).parent.parent.parent
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "PYTHONHOME")


class Opener:
    """Opens wrappers until the mail has had its share."""

    def __init__(self) -> None:
        self._left = WRAPPERS
        self._seconds = ALL_SECONDS
        self._room = ALL_BYTES

    def open(self, kind: Wrapper, data: bytes) -> bytes:
        """What is in a wrapper, as a mail.

        Raises `Refused` with the verdict for one that is not opened, and `Transient` where no
        process can be started at all.
        """
        if self._left <= 0 or self._seconds <= 0 or self._room <= 0:
            raise Refused(Code.TOO_LARGE, kind)
        began = monotonic()
        said = _asked(kind, data, min(SECONDS, self._seconds))
        self._left -= 1
        self._seconds -= monotonic() - began
        self._room -= len(said)
        if said.startswith(b"+"):
            return said[1:]
        code, _, seen = said[1:].decode().partition(" ")
        raise Refused(Code(code), seen) if code else Refused(Code.UNSAFE, kind)


def _asked(kind: Wrapper, data: bytes, seconds: float) -> bytes:
    """The process's answer; "-" where it died of the file or ran out of time."""
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "intake.wrapped", kind, str(MEMORY), str(SECONDS)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=_ROOT,
            env=_environment(),
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b"-"
    except OSError as e:
        raise Transient(
            "The process that opens zip files and the like did not start. Free some memory, or "
            "run “python -m intake.wrapped” by hand to see why."
        ) from e
    return done.stdout or b"-"


def _environment() -> dict[str, str]:
    """Passwords may come in the environment, so most of it stays here."""
    kept = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
