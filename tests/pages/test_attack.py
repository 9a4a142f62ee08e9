"""A scripted attack on every page there is: without a session, with a reader's, with wrong tokens,
and with script in all that is kept. Each test says how much it tried at the least.

Routes are found by following every link as an administrator, and the application's own list says
whether one was missed: a page that is added later is attacked without a word here.
"""

from __future__ import annotations

from typing import Any

from lxml.html import document_fromstring
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pages.getting_in.entry import PUBLIC
from tests.pages.attack import ask, everything, rows, sent_away, token
from tests.pages.crawl import Found
from tests.pages.hostile import Office
from tests.pages.office import Pages

#: What no link leads to, and has a test of its own.
ELSEWHERE = {
    "/health", "/metrics", "/favicon.ico", "/login", "/static/<path:filename>",
    "/login/sso", "/login/sso/back", "/login/sso/leave",
}  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "EVIL")


def is_public(pages: Pages, path: str, method: str) -> bool:
    try:
        to = pages.app.url_map.bind("localhost")
        return to.match(path.partition("?")[0], method=method)[0] in PUBLIC
    except (HTTPException, RequestRedirect):
        return False


# --------------------------------------------------------------------------- nothing was missed


def test_every_route_there_is_is_attacked(attacked: Office, found: Found) -> None:
    assert found.without(attacked.pages, "GET") <= ELSEWHERE
    assert found.without(attacked.pages, "POST") <= ELSEWHERE
    assert len(found.pages) > 60
    assert len(found.posts) > 25
    assert {answer.status_code for answer in found.pages.values()} == {200}


def test_what_is_public_is_no_more_than_it_was_meant_to_be() -> None:
    assert sorted(PUBLIC) == [
        "entry.login",
        "entry.try_login",
        "health.health",
        "look.colour",
        "look.icon",
        "single_sign_on.back",
        "single_sign_on.leave",
        "single_sign_on.start",
        "static",
    ]


# --------------------------------------------------------------------------- who may not


def test_without_a_session_there_is_nothing_to_see_and_nothing_to_do(
    attacked: Office, found: Found
) -> None:
    before, tried, stranger = everything(attacked.pages), 0, attacked.pages.browser()
    places = {*found.pages, *(form.action for form in found.posts)}
    for path in sorted(places):
        for method in METHODS:
            if is_public(attacked.pages, path, method):
                continue
            answer = ask(stranger, path, method, data={"csrf_token": "x", "why": "x"})
            sent_away(answer, f"{method} {path}")
            tried += 1
    assert everything(attacked.pages) == before
    assert tried > 1000


def test_a_cookie_that_somebody_made_up_is_nobodys(attacked: Office, found: Found) -> None:
    anna = attacked.pages.browser("anna")
    mine = anna.client.get_cookie("askonce")
    assert mine
    with anna.client.session_transaction() as session:
        inside = str(session["token"])
    head, _, signature = str(mine.value).rpartition(".")
    forged = ("", "x", head, f"{head}.", f"{head}.{signature[::-1]}", f"{head}x.{signature}",
              inside, f"eyJ0b2tlbiI6IngifQ.x.{signature}", str(mine.value) * 2)  # fmt: skip
    for cookie in forged:
        thief = attacked.pages.browser()
        thief.client.set_cookie("askonce", cookie)
        sent_away(thief.get("/register"), cookie)
    digests = [row[0] for row in rows(attacked.pages, "SELECT digest FROM sessions")]
    assert digests
    for digest in digests:  # whoever reads the database does not get in by it
        thief = attacked.pages.browser()
        with thief.client.session_transaction() as session:
            session["token"] = digest
        sent_away(thief.get("/register"), "digest")


def test_a_reader_does_nothing_whatever_is_sent(attacked: Office, found: Found) -> None:
    rita, before, tried = attacked.pages.browser("rita"), everything(attacked.pages), 0
    good = token(rita)
    for form in found.posts:
        if form.action in ("/logout", "/password"):
            continue
        for fields in (dict(form.values), form.filled("hx9"), {}):
            answer = rita.post(form.action, {**fields, "csrf_token": good})
            assert answer.status_code == 403, form.action
            tried += 1
    assert everything(attacked.pages) == before
    assert tried > 60


def test_a_reader_is_offered_nothing_to_do(attacked: Office, found: Found) -> None:
    rita, before, seen = attacked.pages.browser("rita"), everything(attacked.pages), 0
    for path in found.pages:
        answer = rita.get(path)
        assert answer.status_code in (200, 403), path
        if answer.mimetype == "text/html":
            document: Any = document_fromstring(answer.get_data())
            acts = {f.action for f in document.forms if f.method == "POST"}
            assert acts <= {"/logout", "/password"}, path
            seen += 1
    assert everything(attacked.pages) == before
    assert seen > 50


def test_without_the_token_of_this_very_session_nothing_happens(
    attacked: Office, found: Found
) -> None:
    anna, before, tried = attacked.pages.browser("anna"), everything(attacked.pages), 0
    others = {
        "of another": token(attacked.pages.browser("anna")),
        "of a reader": token(attacked.pages.browser("rita")),
    }
    mine = token(anna)
    wrong = {**others, "none": "", "one": "x", "half": mine[: len(mine) // 2], "more": mine + "x",
             "turned": mine[::-1], "signature": mine.rpartition(".")[0]}  # fmt: skip
    for form in found.posts:
        fields = form.filled("hx9")
        del fields["csrf_token"]
        assert anna.post(form.action, fields).status_code == 400, form.action
        for name, bad in wrong.items():
            answer = anna.post(form.action, {**fields, "csrf_token": bad})
            assert answer.status_code == 400, (form.action, name)
            tried += 1
    assert everything(attacked.pages) == before
    assert tried > 200
    assert anna.get("/").status_code == 200  # and nobody was logged out


def test_no_other_way_of_sending_is_a_way_round_the_token(attacked: Office, found: Found) -> None:
    anna, before, tried = attacked.pages.browser("anna"), everything(attacked.pages), 0
    mine = token(anna)
    for form in found.posts:
        fields = dict(form.values) | {"csrf_token": ""}
        for answer in (
            ask(anna, form.action, "POST", json={**fields, "csrf_token": mine}),
            ask(anna, form.action, "POST", data="csrf_token=x", content_type="text/plain"),
            ask(anna, form.action, "POST", data=fields, content_type="multipart/form-data"),
            ask(anna, form.action, "POST", query_string={**fields, "csrf_token": mine}),
            ask(anna, form.action, "POST", data=b"\xff\xfe" * 50),
        ):
            assert answer.status_code == 400, form.action
            tried += 1
        said = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method"), "POST")
        query = {**fields, "csrf_token": mine, "_method": "POST"}
        answer = ask(anna, form.action, "GET", headers=said, query_string=query)
        assert answer.status_code in (200, 404, 405, 409), form.action
        tried += 1
    assert everything(attacked.pages) == before
    assert tried > 150
