"""An email of ours that came back, and the right address in the place of the wrong one."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from model import Letter
from pages.plain import LETTERS
from tests.intake.desk import bounce, form1_file, kind, mail
from tests.intake.world import COLLEAGUE, LEAD, OTHER
from tests.pages.office import Browser, Pages, filled, text
from tests.pages.records import MINUTE, act, comes, goes, key

RIGHT = {"address-0": OTHER.email, "why": "she rang"}


@pytest.fixture
def returned(pages: Pages) -> EmailMessage:
    """Our answer to a form, which came back."""
    (ours,) = comes(pages, mail(form1_file()))
    pages.desk.post(bounce(ours), pages.now)
    pages.desk.run(pages.now)
    return ours


@pytest.fixture
def anna(pages: Pages) -> Browser:
    return pages.browser("anna")


def test_what_came_back_goes_to_the_right_address_once_and_can_be_taken_back(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    assert returned["Subject"] in anna.shown("/queue/1")
    answer = anna.send("/queue/1", "/queue/1/address", **RIGHT)
    assert answer.status_code == 302
    assert anna.send("/queue/1", "/queue/1/undo").status_code == 302
    assert goes(pages) == []
    assert anna.send("/queue/1", "/queue/1/address", **RIGHT).status_code == 302
    assert pages.desk.run(pages.now) == []
    (again,) = goes(pages)
    assert (again["To"], again["Cc"], kind(again)) == (str_of(again), None, "registered")
    assert again["Message-ID"] != returned["Message-ID"]
    for name in ("Subject", "In-Reply-To", "References"):
        assert again[name] == returned[name], name
    first = "We first sent this email on Monday 1 March 2027. It did not reach the address that"
    for part in ("plain", "html"):
        before, after = words(body(returned, part)), words(body(again, part))
        assert first not in before
        assert first in after
        assert after.endswith(before.partition("<h1")[2] if part == "html" else before)
    assert goes(pages) == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("say", {"word": "stop"}),
        ("reply", {"subject": "Hello", "text": "We write to you otherwise."}),
    ],
)
def test_while_the_address_gets_no_mail_its_item_stays(
    pages: Pages, anna: Browser, returned: EmailMessage, name: str, given: dict[str, str]
) -> None:
    assert anna.send("/queue/1", f"/queue/1/{name}", **given).status_code == 302
    assert goes(pages) == []
    assert pages.world.reasons() == ["bounced"]
    assert anna.send("/queue/1", "/queue/1/set-aside", why="it is right").status_code == 302
    assert pages.world.reasons() == []
    (letter,) = goes(pages)
    assert [a.addr_spec for a in letter["To"].addresses] == [LEAD.email]


def test_a_report_about_nothing_of_ours_is_answered_by_nobody(pages: Pages, anna: Browser) -> None:
    (ours,) = comes(pages, mail(text="A question", sender=OTHER))
    pages.desk.post(bounce(ours), pages.now)
    pages.desk.run(pages.now)
    number = max(item.id for item in pages.world.store.views.queue())
    fields = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/reply")
    fields |= {"subject": "Hello", "text": "Are you there?", "token": fields["token"][::-1]}
    answer = anna.post(f"/queue/{number}/reply", fields)
    assert "This is from a mail server: there is nobody to answer." in text(answer)
    assert goes(pages) == []


def str_of(again: EmailMessage) -> str:
    """The right address, under the name that its owner has in the register."""
    assert [a.addr_spec for a in again["To"].addresses] == [OTHER.email]
    return str(again["To"])


def words(written: str) -> str:
    return " ".join(written.split())


def body(ours: EmailMessage, kind_of: str) -> str:
    part = ours.get_body((kind_of,))
    assert part is not None
    return str(part.get_content())


def test_a_reply_to_what_went_to_the_right_address_is_known_by_its_thread(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    anna.send("/queue/1", "/queue/1/address", **RIGHT)
    (again,) = goes(pages)
    comes(pages, mail(sender=OTHER, answers=again, text="WITHDRAW"))
    assert pages.world.record()["status"] == "withdrawn"


def test_it_stays_where_it_is_if_nobody_wants_it_sent(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    wrong = anna.send("/queue/1", "/queue/1/address", why="she rang")
    assert wrong.status_code == 422
    assert 'name="send-on" value="yes" checked' in wrong.get_data(as_text=True)
    assert "Give the right address." in text(wrong)
    fields = {**RIGHT, "send-on": []}
    assert anna.send("/queue/1", "/queue/1/address", **fields).status_code == 302
    assert goes(pages) == []


def bounces(pages: Pages, ours: EmailMessage) -> None:
    pages.desk.post(bounce(ours), pages.now)
    pages.desk.run(pages.now)


def test_a_letter_that_a_later_one_overtook_is_not_sent_on(pages: Pages, anna: Browser) -> None:
    (asked,) = comes(pages, mail(form1_file(start_date=None)))
    bounces(pages, asked)
    assert asked["Subject"] in anna.shown("/queue/2")
    warned = f"Email to {LEAD.email} came back, so no letter reaches it"
    assert warned in anna.shown("/queue/1")
    assert warned not in anna.shown("/queue/2")  # there it is put right
    assert anna.send("/queue/1", "/queue/1/ask-again").status_code == 302
    done = anna.shown("/queue/1")
    assert "asked again as soon as the address that came back gets mail again. For a" in done
    assert "Its emails go out" not in done
    assert anna.send("/queue/1", "/queue/1/undo").status_code == 302
    dates = {"answer.start_date": "3 May 2027", "answer.end_date": "31 May 2027"}
    assert anna.send("/queue/1", "/queue/1/accept", **dates).status_code == 302
    page = anna.shown("/queue/2")
    assert f"what did not arrive {asked['Subject']}" not in page
    assert anna.send("/queue/2", "/queue/2/address", **RIGHT).status_code == 302
    (registered,) = goes(pages)
    assert kind(registered) == "registered"
    assert str_of(registered)
    assert pages.world.store.views.unsent() == ()


def test_what_is_held_for_an_address_that_nobody_asks_about_any_more_is_asked_about(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    assert anna.send("/queue/1", "/queue/1/address", **RIGHT).status_code == 302
    goes(pages)
    assert comes(pages, mail(form1_file(title="Wheels", start_date=None))) == []
    held = [item for item in pages.world.store.views.queue() if item.reason == "bounced"]
    (number,) = (item.id for item in held)
    shown = anna.shown(f"/queue/{number}")
    assert f"Came back from {LEAD.email}" in shown
    assert "a later email to an address that one came back from" in shown
    path = f"/queue/{number}"
    assert anna.send(path, f"{path}/set-aside", why="it works").status_code == 302
    (letter,) = goes(pages)
    assert [a.addr_spec for a in letter["To"].addresses] == [LEAD.email]
    assert pages.world.reasons() == ["incomplete"]


def test_who_takes_over_is_named_and_told(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    given = {**RIGHT, "name-0": "Omar Khan"}
    assert anna.send("/queue/1", "/queue/1/address", **given).status_code == 302
    went = {kind(one): one for one in goes(pages)}
    assert went.keys() == {"registered", "new_contact"}
    named = {(a.display_name, a.addr_spec) for one in went.values() for a in one["To"].addresses}
    assert named == {("Omar Khan", OTHER.email)}


def test_with_a_chaser_goes_the_form_that_it_asks_for(pages: Pages) -> None:
    comes(pages, mail(form1_file()))
    pages.now = datetime(2027, 4, 12, 10, tzinfo=UTC)
    (note,) = pages.desk.run(pages.now)
    bounces(pages, note)
    pages.now = datetime(2027, 5, 7, 10, tzinfo=UTC)
    assert pages.desk.run(pages.now) == []
    anna = pages.browser("anna")
    assert anna.send("/queue/1", "/queue/1/address", **RIGHT).status_code == 302
    went = goes(pages)
    assert [(kind(one), str_of(one)) for one in went] == [
        ("completion_note", str_of(went[0])),
        ("chaser", str_of(went[0])),
    ]
    assert any(part.get_filename() for part in went[0].iter_attachments())


def test_what_was_kept_from_it_meanwhile_goes_there_too(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    assert comes(pages, mail(form1_file(title="Skate parks"), answers=returned)) == []
    (held,) = pages.world.store.views.unsent()
    page = anna.shown("/queue/1")
    assert f"what did not arrive {returned['Subject']} {held.subject}" in page
    anna.send("/queue/1", "/queue/1/address", **RIGHT)
    assert [u.key for u in pages.world.store.views.unsent()] != [held.key]
    anna.send("/queue/1", "/queue/1/undo")
    assert [u.key for u in pages.world.store.views.unsent()] == [held.key]
    anna.send("/queue/1", "/queue/1/address", **RIGHT)
    trail = anna.shown(f"/register/{key(pages)}")
    assert f"An email was written again for the right address: {LETTERS[Letter.REVISED]}" in trail
    assert "was not needed any more" not in trail
    assert "overtaken by what happened since" not in trail
    assert f"{LETTERS[Letter.REVISED]} Sent on" in trail
    listed = anna.shown("/outgoing?show=unneeded")
    assert "Does not go: it was written again for the right address Sent on" in listed
    assert [(kind(m), str_of(m)) for m in goes(pages)] == [
        ("registered", str_of(returned_to(pages, -2))),
        ("revised", str_of(returned_to(pages, -1))),
    ]
    assert pages.world.store.views.unsent() == ()


def test_what_waits_for_a_blocked_address_says_so_before_it_is_tried(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    """The answer to a form that came again is written, and waits its minute."""
    assert act(anna, pages, "withdraw").status_code == 302
    (waits,) = pages.world.store.views.unsent()
    assert waits.state == "waiting"
    path = f"/outgoing/mail?key={waits.key}"
    why = f"Email to {LEAD.email} came back, so this does not go there."
    do = "Put the address right among the consultation’s people, or settle the item about it"
    number = pages.world.store.views.unsent()[0].id
    for page in ("/outgoing", path, f"/register/{key(pages)}"):
        shown = anna.shown(page)
        assert why in shown, page
        assert do in shown, page
        assert "It goes" not in shown, page
    for page in ("/outgoing?show=stuck", path, f"/mails/out/{number}"):
        assert "Held: its address gets no mail" in anna.shown(page), page
    assert f'href="/register/{key(pages)}/people"' in anna.get(path).get_data(as_text=True)
    assert "Goes " not in anna.shown(f"/mails/out/{number}")


def returned_to(pages: Pages, number: int) -> EmailMessage:
    return pages.desk.everything()[number]


def test_so_it_does_where_the_address_is_put_right_among_the_people(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    comes(pages, mail(form1_file(title="Skate parks"), answers=returned))
    path = f"/register/{key(pages)}/people"
    assert "what was kept from it since go there" in anna.shown(path)
    fields = {"person-0-email": OTHER.email, "why": "she rang", "tell": []}
    answer = anna.send(path, path, **fields)
    assert answer.status_code == 302
    assert pages.world.reasons() == []
    assert [kind(m) for m in goes(pages)] == ["registered", "revised"]
    assert pages.world.store.views.unsent() == ()


def test_an_address_is_put_right_in_the_place_it_was_typed_for(pages: Pages, anna: Browser) -> None:
    form = mail(form1_file())
    form["Cc"] = COLLEAGUE.email
    (ours,) = comes(pages, form)
    failed = b"Action: failed"
    as_well = failed + f"\r\n\r\nFinal-Recipient: rfc822; {COLLEAGUE.email}\r\n".encode() + failed
    pages.desk.post(bounce(ours).replace(failed, as_well, 1), pages.now)
    pages.desk.run(pages.now)
    typed = filled(anna.get("/queue/1").get_data(as_text=True), "/queue/1/address")
    typed |= {"address-0": "lena@new.example.org", "why": "she rang"}
    left = {"person-0-remove": "yes", "person-1-part": "first"}
    assert act(pages.browser("ben"), pages, "people", **left).status_code == 302
    refused = anna.post("/queue/1/address", typed)
    assert refused.status_code == 409
    assert "Its people were changed since you opened it" in text(refused)
    assert "lena@new.example.org" not in refused.get_data(as_text=True)


MORE_TIME = {"until-day": "28", "until-month": "5", "until-year": "2027"}


def test_what_was_held_waits_until_its_release_can_no_longer_be_taken_back(
    pages: Pages, anna: Browser, returned: EmailMessage
) -> None:
    act(anna, pages, "extend", **MORE_TIME)
    assert goes(pages) == []
    for _ in range(2):
        assert anna.send("/queue/1", "/queue/1/set-aside", why="she rang").status_code == 302
        pages.now += MINUTE / 2
        assert pages.desk.run(pages.now) == []
        assert anna.send("/queue/1", "/queue/1/undo").status_code == 302
    assert goes(pages) == []
    assert anna.send("/queue/1", "/queue/1/set-aside", why="she rang").status_code == 302
    assert [kind(m) for m in goes(pages)] == ["extended"]


def test_what_an_address_missed_is_known_though_its_release_was_taken_back(
    pages: Pages, anna: Browser
) -> None:
    form = mail(form1_file())
    form["Cc"] = COLLEAGUE.email
    (ours,) = comes(pages, form)
    bounces(pages, ours)
    act(anna, pages, "extend", **MORE_TIME)
    (extended,) = goes(pages)  # to who is in copy
    missed = f"what did not arrive {ours['Subject']} {extended['Subject']}"
    assert missed in anna.shown("/queue/1")
    anna.send("/queue/1", "/queue/1/set-aside", why="she rang")
    anna.send("/queue/1", "/queue/1/undo")
    assert missed in anna.shown("/queue/1")
