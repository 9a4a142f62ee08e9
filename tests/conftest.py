"""What every test may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import hypothesis
import pytest
from hypothesis import settings

from commands.test import TOOLS

# How long a case takes says how busy the machine is: no test is held to a time.
hypothesis.settings.register_profile("whatever the machine", deadline=None)
hypothesis.settings.load_profile("whatever the machine")


def pytest_configure(config: pytest.Config) -> None:
    # A hundred tests start the program: it is compiled once, whatever the shell says.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # A machine that is busy is no fault of the program's.
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
