"""What a person did a moment ago, and can still take back; and when what it wrote goes out."""

from __future__ import annotations

from flask import flash, g

from intake import desk
from intake.desk import UNDO
from pages.health import is_running
from pages.site import me, site
from store import Acted


def still(act: Acted | None) -> Acted | None:
    """An act, where it is this person's own and not a minute old."""
    mine = act is not None and act.who == me().name and site().now() < act.at + UNDO
    return act if mine else None


def take_back(token: str) -> None:
    """Undo an act, and say so on the next page. Raises as `desk.undo` does."""
    desk.undo(site().house, token, site().now(), who=me().name)
    flash("Undone. No email was sent.", "Done")


def wrote(act: Acted) -> bool:
    """Whether an email goes out because of it when it can no longer be taken back."""
    if held_back(act):
        return False
    moved = (wish.get("mail") for wish in act.wrote.get("wished", ()))
    return bool(act.wrote["mails"] or any(mail and mail["is"] == "waiting" for mail in moved))


def held_back(act: Acted) -> bool:
    """Whether all that it wrote waits, as everybody that it goes to gets no mail."""
    ours = act.wrote["mails"]
    return bool(ours) and not any(map(site().store.views.reachable, ours))


def soon() -> str:
    """When an email goes that nothing holds back."""
    return "in a minute" if sends() else "when the program next runs"


def sends() -> bool:
    """Whether a program runs that sends; looked up once for a page."""
    if "sends" not in g:
        g.sends = is_running(site().watch)
    return bool(g.sends)
