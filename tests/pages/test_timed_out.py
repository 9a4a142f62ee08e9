"""What somebody typed for an hour is not lost because their session ended meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.intake.desk import mail
from tests.intake.world import STRANGER
from tests.pages.office import Browser, Pages, filled, text

LONG = timedelta(hours=2)
ANSWER = "Yes: bring the whole class."


def answered_too_late(pages: Pages, **changed: Any) -> tuple[Browser, Any]:
    """An answer that was begun in time and sent when the session had ended."""
    pages.desk.post(mail(sender=STRANGER, subject="A question", text="May we come?"), pages.now)
    pages.desk.run(pages.now)
    anna = pages.browser("anna")
    fields = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/reply")
    pages.now += LONG
    fields |= {"text": ANSWER, **changed}
    page = {"Referer": "http://localhost/queue/1?reason=no_form"}
    return anna, anna.client.post("/queue/1/reply", data=fields, headers=page)


def test_what_was_typed_is_shown_and_its_page_is_next(pages: Pages) -> None:
    anna, told = answered_too_late(pages)
    assert told.status_code == 401
    assert ANSWER in text(told)
    assert "what you sent was not done" in text(told)
    page = filled(told.get_data(as_text=True), "/login")
    assert page["next"] == ["/queue/1?reason=no_form"]
    assert anna.log_in(next=page["next"][0]).location == "/queue/1?reason=no_form"
    assert pages.world.reasons() == ["no_form"]


def test_what_no_page_of_ours_sent_is_not_shown(pages: Pages) -> None:
    anna, told = answered_too_late(pages, csrf_token="x")
    assert (told.status_code, told.location) == (302, "/login?late=1")
    shown = anna.shown("/login?late=1")
    assert "what you sent was not done" in shown
    assert ANSWER not in shown


def test_a_password_is_never_shown(pages: Pages) -> None:
    anna = pages.browser("anna")
    fields = filled(anna.get("/password").get_data(as_text=True), "/password")
    pages.now += LONG
    secret = "a new password of mine"
    told = anna.post("/password", {**fields, **dict.fromkeys(set(fields) - {"csrf_token"}, secret)})
    assert told.status_code == 401
    assert secret not in told.get_data(as_text=True)
