"""What somebody typed into a form that came to nothing: it is shown once more, to be copied."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from pages.fields import PREFIX

#: Inputs of more than a word or a number. (A form's answers have names of their own kind.)
_TEXTS = frozenset({"subject", "text", "why", "to"})


def texts(sent: MultiDict[str, str]) -> tuple[str, ...]:
    """The texts in it, in their order; no passwords."""
    return tuple(
        value.strip()
        for name, value in sent.items(multi=True)
        if value.strip() and (name in _TEXTS or name.startswith(PREFIX))
    )
