"""What every test may use."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from commands import log
from commands.test import TOOLS

#: How the files begin that share what is slow to make: one browser, one office under attack.
_TOGETHER = ("tests/browser/", "tests/pages/test_attack")


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """The tests of a file go to one worker, and with them those of the files beside it."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((together for together in _TOGETHER if file.startswith(together)), file)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFile | None:
    return _ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_configure(config: pytest.Config) -> None:
    # A hundred tests start the program: it is compiled once, whatever the shell says.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # What a shell starts in the background ignores an interrupt, and hands that on: some tests send
    # one to what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long a case takes says how busy the machine is: none is held to a time.
    settings.register_profile("ours", deadline=None, max_examples=60)
    settings.load_profile("ours")
    config.addinivalue_line(
        "markers", "needs(tool): runs a program from outside: " + ", ".join(TOOLS)
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        tool = TOOLS[marker.args[0]]
        if not tool.is_here:
            pytest.skip(tool.how_to_get_it)


@pytest.fixture(autouse=True)
def _what_the_log_takes() -> Iterator[None]:
    """A command run in a test's own process sets the log up; the next test finds it as it was."""
    loggers = [logging.getLogger(name) for name in (None, *log.ROOMS)]
    was = [(logger, logger.level, tuple(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in was:
        logger.setLevel(level)
        for handler in set(logger.handlers).difference(handlers):
            logger.removeHandler(handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On a fresh machine a test may be skipped; in CI that is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CI skips nothing: {call.excinfo and call.excinfo.value}"
    return report
