"""`askonce test`: pytest, after bringing the Debian packages that some tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that tests run and that no Python package brings."""

    name: str
    packages: tuple[str, ...]  #: Debian's and Ubuntu's
    parts: tuple[str, ...]  #: what is there when it is installed: a command, or a file's full path

    @property
    def is_here(self) -> bool:
        """Whether every part of it can be found."""
        return all(shutil.which(part, path=_search_path()) for part in self.parts)

    @property
    def how_to_get_it(self) -> str:
        """One sentence for somebody whose tests were skipped."""
        return f"{self.name} is not installed: apt install {' '.join(self.packages)}"


#: By the name that the marker `needs` uses.
TOOLS = {
    "dovecot": Tool(
        name="Dovecot",
        packages=("dovecot-imapd", "dovecot-lmtpd"),
        parts=("dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp"),
    ),
    "chromium": Tool(name="Chromium", packages=("chromium",), parts=("chromium",)),
    "libreoffice": Tool(
        name="LibreOffice",
        packages=("libreoffice-writer-nogui", "libreoffice-calc-nogui"),
        parts=("soffice",),
    ),
}


def run(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments` and end as it does; `--prepare` alone only sets everything up."""
    missing = [tool for tool in TOOLS.values() if not tool.is_here]
    if missing and _may_install():
        _install([package for tool in missing for package in tool.packages])
    for tool in missing:
        if not tool.is_here:
            print(f"askonce: {tool.how_to_get_it}; its tests are left out", file=sys.stderr)
    if list(arguments) != ["--prepare"]:
        _pytest(arguments)
    return 0


def _pytest(arguments: Sequence[str]) -> NoReturn:
    # Whole files to one worker each: their servers are then started once. Workers wait for servers
    # about a fifth of the time, so one more than there are cores of a small machine pays.
    spread = () if arguments else ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
    os.chdir(ROOT)
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *spread, *arguments])  # noqa: S606


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"askonce: installing {' '.join(packages)} for the tests", file=sys.stderr)
    command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if not _works(command, environment):
        _works(["apt-get", "update", "-qq"], environment)  # a fresh container has no lists yet
        _works(command, environment)


def _works(command: list[str], environment: dict[str, str]) -> bool:
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0  # noqa: S603


def _search_path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
