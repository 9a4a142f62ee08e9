"""Write the whole set, or what has a part of a name, into a folder.

`python -m tests.parsers.corpus.write FOLDER [PART]`

Beside each file NAME lies NAME.expected.json, the objects that `askonce parse NAME --json` must
print, without `file` and with each problem reduced to its field and its code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .case import Case
from .cases import all_cases


def write(folder: Path, case: Case) -> None:
    """One file and what it must give."""
    (folder / case.name).write_bytes(case.build())
    objects = [
        {
            "form": e.form,
            "fields": dict(e.fields),
            "problems": [{"field": f, "code": c} for f, c in sorted(e.problems, key=str)],
        }
        for e in case.expected
    ]
    text = json.dumps(objects, ensure_ascii=False, indent=1)
    (folder / f"{case.name}.expected.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write every case whose name holds the second argument."""
    folder, part = Path(sys.argv[1]), "".join(sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    for case in all_cases():
        if part in case.name:
            write(folder, case)


if __name__ == "__main__":
    main()
