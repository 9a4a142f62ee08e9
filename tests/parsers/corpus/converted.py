"""The same forms as other programs save them. Building these needs an office program."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from .case import Case

#: Which cases are saved in which formats. Not legacy check boxes as .rtf: that loses their state.
CONVERTED = {
    "p00-": ("odt", "doc"), "p01-": ("odt",), "p04-": ("doc",), "p06-": ("odt",),
    "p08-": ("doc",), "p17-": ("odt", "doc"), "o01-": ("rtf", "odt"), "o05-": ("doc",),
    "o12-": ("odt",), "s1-mixed": ("rtf", "doc"), "s1-rows-tracked": ("odt",),
    "s2-actions-nested": ("odt", "doc"), "s3-both.": ("doc",), "x1-merged-official": ("ods", "xls"),
    "x1-above-borough": ("ods",), "x2-00": ("xls", "ods"), "x2-11": ("ods",), "x3-hidden": ("xls",),
    "x3-since-1904": ("xls",), "x4-actions-0": ("ods",), "x3-options-true": ("xls", "ods"),
}  # fmt: skip


def saved_as(case: Case, ending: str) -> bytes:
    """The case's file, opened and saved by LibreOffice in another format."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"form{Path(case.name).suffix}"
        source.write_bytes(case.build())
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", ending, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (Path(folder) / f"form.{ending}").read_bytes()


def converted(cases: Sequence[Case]) -> Iterator[Case]:
    """Some of these cases in other formats."""
    for case in cases:
        for start, endings in CONVERTED.items():
            if case.name.startswith(start):
                for ending in endings:
                    yield replace(
                        case,
                        name=f"{Path(case.name).stem}.{ending}",
                        build=partial(saved_as, case, ending),
                        slow=True,
                    )
