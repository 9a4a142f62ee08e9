"""What needs a yes before it goes further: a list of its own, never in the queue."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from model import Status
from pages.site import site
from store import Filter, Order

approvals = Blueprint("approvals", __name__, url_prefix="/approvals")

_MOST_PAGES = 1_000_000  # within what a database counts to


@approvals.get("")
def listing() -> str:
    """What waits for approval, the oldest first."""
    waiting = Filter(status=(Status.AWAITING_APPROVAL,))
    number = request.args.get("page", 1, type=lambda text: min(int(text), _MOST_PAGES))
    page = site().store.views.register(waiting, Order.CAME, down=False, number=number)
    return render_template("approvals.html", page=page)
