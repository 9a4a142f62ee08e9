"""What a person did a moment ago, and can still take back."""

from __future__ import annotations

from intake.desk import UNDO
from pages.site import me, site
from store import Acted


def still(act: Acted | None) -> Acted | None:
    """An act, where it is this person's own and not a minute old."""
    mine = act is not None and act.who == me().name and site().now() < act.at + UNDO
    return act if mine else None
