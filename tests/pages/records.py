"""An office whose pages are looked at with a consultation or two in its register."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from werkzeug.test import TestResponse

from model import Delivery, DeliveryState
from store import Filter
from tests.gates import OPEN
from tests.pages.office import Browser, Pages
from tests.store import given

EVIL = '"><script>alert(1)</script>'
MINUTE = timedelta(minutes=1)


def comes(pages: Pages, *mails: EmailMessage) -> list[EmailMessage]:
    """Mails come in; gives what goes out."""
    for one in mails:
        pages.now += timedelta(seconds=1)
        pages.desk.post(one, pages.now)
    return pages.desk.run(pages.now)


def goes(pages: Pages) -> list[EmailMessage]:
    """What goes out when nothing can be undone any more."""
    pages.now += 2 * MINUTE
    return pages.desk.run(pages.now)


def key(pages: Pages, number: int = 0) -> str:
    """The key of a consultation, in the order of coming."""
    everything = list(pages.world.store.views.filtered(Filter(), down=False))
    return everything[number].key


def status(pages: Pages, number: int = 0) -> str:
    """Where a consultation stands."""
    return str(pages.world.record(number)["status"])


def act(browser: Browser, pages: Pages, name: str, **fields: Any) -> TestResponse:
    """Fill in the page of an act on the first consultation, and send it."""
    path = f"/register/{key(pages)}/{name}"
    return browser.send(path, path, **{"why": "asked by telephone", **fields})


def failed_mail(pages: Pages) -> int:
    """A mail of ours that the server refused."""
    store = pages.world.store
    given.do(store, given.decision(), outgoing=[given.letter()], now=pages.now)
    mail_ = store.outbox.claim(pages.now, OPEN)
    assert mail_ is not None
    refused = Delivery(state=DeliveryState.REFUSED, detail="550 no such user")
    store.outbox.settle(mail_.id, refused, pages.now)
    return mail_.id
