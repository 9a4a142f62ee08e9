"""What somebody typed into a form that came to nothing: it is shown once more, to be copied."""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict

from pages.fields import PREFIX

#: What is typed, not ticked or chosen. (A form's answers have names of their own kind.)
_TEXTS = re.compile(
    r"subject|text|why|to|address-\d+|until-(day|month|year)|person-\d+-(name|email)"
)


def texts(sent: MultiDict[str, str]) -> tuple[str, ...]:
    """The texts in it, in their order; no passwords."""
    return tuple(
        value.strip()
        for name, value in sent.items(multi=True)
        if value.strip() and (_TEXTS.fullmatch(name) or name.startswith(PREFIX))
    )
