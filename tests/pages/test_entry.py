"""Getting in, and staying out."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pages.getting_in.entry import PUBLIC
from pages.getting_in.targets import within
from tests.intake.world import World
from tests.pages.office import PASSWORD, Pages, filled, text


def routes(pages: Pages) -> list[tuple[str, str]]:
    """(method, path) of every route that is not public, with something in each gap."""
    found = []
    for rule in pages.app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        methods = (rule.methods or set()) & {"GET", "POST"}
        found += [(method, path) for method in methods if rule.endpoint not in PUBLIC]
    return sorted(found)


def test_nobody_sees_a_page_without_having_logged_in(pages: Pages) -> None:
    stranger = pages.browser()
    assert len(routes(pages)) >= 2
    for method, path in [*routes(pages), ("GET", "/no/such/page"), ("POST", "/no/such/page")]:
        answer = stranger.client.open(path, method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), path
        assert "Suffolk" not in text(answer)


def test_what_monitors_look_at_is_there_for_all(pages: Pages) -> None:
    stranger = pages.browser()
    assert stranger.get("/health").status_code == 503
    assert stranger.get("/static/govuk-frontend.css").status_code == 200
    assert "#12436d" in stranger.shown("/colour.css")
    icon = stranger.get("/favicon.ico")
    assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")


def test_figures_are_for_whoever_has_their_token_or_logged_in(tmp_path: Path) -> None:
    token = "a token of some length"
    with World.at(tmp_path) as world:
        pages = Pages(root=tmp_path, world=world, more={"metrics_token": token})
        for said, status in ((f"Bearer {token}", 200), (f"bearer {token}", 200),
                             ("Bearer x", 302), (f"Basic {token}", 302), ("Bearer", 302),
                             ("", 302), (f"Bearer {token}\u00e9", 302)):  # fmt: skip
            answer = pages.browser().get("/metrics", headers={"Authorization": said})
            assert answer.status_code == status, said
        assert pages.browser("rita").get("/metrics").status_code == 200
        without = Pages(root=tmp_path, world=world, more={"metrics_token": ""})
        for said in ("Bearer ", "Bearer", f"Bearer {token}"):
            answer = without.browser().get("/metrics", headers={"Authorization": said})
            assert answer.status_code == 302


def test_a_reader_changes_nothing(pages: Pages) -> None:
    rita = pages.browser("rita")
    for method, path in routes(pages):
        if method == "POST" and path not in ("/logout", "/password"):
            assert rita.post(path, {}).status_code == 403, path


def test_a_form_without_its_token_is_turned_away(pages: Pages) -> None:
    anna = pages.browser("anna")
    for method, path in routes(pages):
        if method == "POST":
            assert anna.post(path, {}).status_code == 400, path
            assert anna.post(path, {"csrf_token": "x"}).status_code == 400, path
    token = filled(pages.browser("anna").get("/").get_data(as_text=True), "/logout")
    assert anna.post("/logout", token).status_code == 400  # of another browser
    assert pages.browser().post("/login", {"name": "anna", "password": PASSWORD}).status_code == 400


def test_who_logged_in_comes_to_the_page_that_was_wanted_and_logs_out(pages: Pages) -> None:
    anna = pages.browser()
    assert anna.get("/?a=1").location == "/login?next=/?a%3D1"
    assert anna.log_in(next="/?a=1").location == "/?a=1"
    assert "anna (administrator)" in anna.shown("/")
    cookies = [str(c.value) for c in [anna.client.get_cookie("askonce")] if c]
    assert anna.send("/", "/logout").location == "/login"
    assert anna.get("/").status_code == 302
    anna.client.set_cookie("askonce", cookies[0])  # kept by somebody
    assert anna.get("/").status_code == 302


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_a_wrong_password_and_no_account_look_the_same(pages: Pages, name: str) -> None:
    answer = pages.browser().log_in(name, "wrong password")
    assert answer.status_code == 401
    assert "Name and password do not fit together" in text(answer)
    assert text(answer).startswith("Error: Log in")


def guess(pages: Pages, address: str, name: str = "anna", times: int = 1) -> int:
    """What a stranger at that address is answered the last time."""
    status = 0
    for _ in range(times):
        guesser = pages.browser()
        guesser.address = address
        pages.now += timedelta(milliseconds=1)
        status = guesser.log_in(name, "wrong password").status_code
    return status


def used_up(pages: Pages, counted: str, times: int) -> None:
    """Logins that failed, without the work of hashing so often."""
    for _ in range(times):
        assert pages.world.store.accounts.try_login(((counted, times),), pages.now)


def test_an_account_is_tried_ten_times_in_a_quarter_of_an_hour_from_one_address(
    pages: Pages,
) -> None:
    assert guess(pages, "192.0.2.1", "Anna", times=10) == 401
    assert pages.browser().log_in().status_code == 429  # though it is right
    assert pages.browser().log_in("ben").status_code == 302
    pages.now += timedelta(minutes=15)
    assert pages.browser().log_in().status_code == 302


def test_nobody_can_keep_somebody_out_who_has_been_here_before(pages: Pages) -> None:
    """An attacker with a thousand addresses uses up what strangers have, and no more."""
    anna, everywhere = pages.browser("anna"), pages.browser("anna")
    for browser in (anna, everywhere):
        browser.send("/", "/logout")
    everywhere.client.delete_cookie("askonce-known")
    used_up(pages, "account anna, of strangers", 100)
    assert guess(pages, "198.51.100.7") == 429
    assert everywhere.log_in().status_code == 429
    assert anna.log_in(password="wrong password").status_code == 401
    assert anna.log_in().status_code == 302
    assert pages.browser().log_in("ben").status_code == 302


def test_a_known_browser_is_known_for_its_own_accounts_alone(pages: Pages) -> None:
    rita = pages.browser("rita")
    rita.send("/", "/logout")
    used_up(pages, "account anna, of strangers", 100)
    assert rita.log_in("anna").status_code == 429
    mine = rita.client.get_cookie("askonce-known")
    assert mine
    for forged in (str(mine.value)[:-1], "x", "", str(mine.value).replace(".", "..")):
        rita.client.set_cookie("askonce-known", forged)
        assert rita.log_in("anna").status_code == 429


def test_a_known_browser_may_guess_ten_times_too(pages: Pages) -> None:
    anna = pages.browser("anna")
    anna.send("/", "/logout")
    for number in range(10):
        anna.address = f"198.51.100.{number}"
        pages.now += timedelta(milliseconds=1)
        assert anna.log_in(password="wrong password").status_code == 401
    assert anna.log_in().status_code == 429


def test_an_address_tries_thirty_times_whatever_the_name(pages: Pages) -> None:
    used_up(pages, "address 192.0.2.1", 30)
    assert pages.browser().log_in().status_code == 429
    used_up(pages, "address 2001:db8::/64", 30)
    assert guess(pages, "2001:db8::ffff:1") == 429  # one machine has all of these
    assert guess(pages, "2001:db8:0:1::1") == 401


def test_an_address_is_the_same_however_a_proxy_writes_it(pages: Pages) -> None:
    used_up(pages, "address 192.0.2.1", 30)
    assert guess(pages, "::ffff:192.0.2.1") == 429
    assert guess(pages, "::ffff:192.0.2.2") == 401


def test_where_the_register_lies_is_told_to_nobody_who_is_not_known(pages: Pages) -> None:
    anna = pages.browser("anna")
    with closing(sqlite3.connect(pages.root / "askonce.db")) as database:
        database.execute("DROP TABLE searched")
        assert "askonce.db: no such table" in anna.shown("/register?words=skate")
        database.execute("DROP TABLE accounts")
    refused = pages.browser().log_in()
    assert refused.status_code == 503
    assert "The register cannot be reached just now" in text(refused)
    assert "askonce.db" not in text(refused)


def test_a_login_that_was_right_is_not_counted(pages: Pages) -> None:
    for _ in range(12):
        pages.now += timedelta(seconds=1)
        assert pages.browser().log_in().status_code == 302


def test_a_session_ends_when_nobody_uses_it_and_in_any_case_after_half_a_day(pages: Pages) -> None:
    anna = pages.browser("anna")
    pages.now += timedelta(minutes=59)
    assert anna.get("/").status_code == 200
    pages.now += timedelta(minutes=59)
    assert anna.get("/").status_code == 200
    pages.now += timedelta(minutes=61)
    assert anna.get("/").status_code == 302
    ben = pages.browser("ben")
    for _ in range(24):
        assert ben.get("/").status_code == 200
        pages.now += timedelta(minutes=30)
    assert ben.get("/").status_code == 302


def test_who_loses_the_account_is_out_at_once(pages: Pages) -> None:
    ben = pages.browser("ben")
    assert pages.world.store.accounts.remove("Ben")
    assert ben.get("/").status_code == 302


def test_the_database_holds_neither_passwords_nor_what_browsers_keep(
    pages: Pages, tmp_path: Path
) -> None:
    anna = pages.browser("anna")
    with anna.client.session_transaction() as kept:
        token = str(kept["token"]).encode()
    everything = b"".join(p.read_bytes() for p in tmp_path.glob("askonce.db*"))
    assert b"$argon2id$" in everything
    assert token not in everything
    assert PASSWORD.encode() not in everything


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "", " /x", "///evil.example"],
)  # fmt: skip
def test_a_login_leads_nowhere_else(pages: Pages, target: str) -> None:
    assert within(target) == "/"
    assert pages.browser().log_in(next=target).location == "/"


def test_every_page_closes_itself_to_what_is_not_ours(pages: Pages) -> None:
    anna = pages.browser("anna")
    for path in ("/", "/login", "/health", "/nothing", "/static/start.js"):
        headers = anna.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        page = anna.get(path).get_data(as_text=True)
        assert not re.search(r"<script>|<style|style=| on\w+=\"", page), path
    assert anna.get("/").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_for_https_alone_where_a_trusted_proxy_says_that_it_is_used(
    tmp_path: Path,
) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for proxies in (0, 1):
        folder = tmp_path / str(proxies)
        folder.mkdir()
        with World.at(folder) as world:
            pages = Pages(root=folder, world=world, more={"proxies": proxies})
            answer = pages.browser().get("/login", headers=said)
            cookie = answer.headers["Set-Cookie"]
            assert ("Secure" in cookie) is bool(proxies)
            assert cookie.startswith("__Host-askonce=") is bool(proxies)
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
            assert ("Strict-Transport-Security" in answer.headers) is bool(proxies)


def test_one_can_work_by_https(tmp_path: Path) -> None:
    with World.at(tmp_path) as world:
        pages = Pages(root=tmp_path, world=world)
        client = pages.app.test_client()
        here = {"base_url": "https://register.council.test"}
        page = client.get("/login", **here).get_data(as_text=True)
        fields = {**filled(page, "/login"), "name": "anna", "password": PASSWORD}
        referer = {"Referer": "https://register.council.test/login"}
        answer = client.post("/login", data=fields, headers=referer, **here)
        assert answer.location == "/"
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        assert all(c.startswith("__Host-askonce") and "Secure" in c for c in cookies)
        assert client.get("/", **here).status_code == 200


def test_a_password_is_changed_by_whoever_knows_it_and_other_sessions_end(pages: Pages) -> None:
    rita, elsewhere = pages.browser("rita"), pages.browser("rita")
    new = "three words nothing alike"
    wrong: tuple[tuple[dict[str, str], str], ...] = (
        ({"old": "wrong password", "new": new, "once-more": new}, "This is not your password"),
        ({"old": PASSWORD, "new": "short", "once-more": "short"}, "has 12 to 500 characters"),
        ({"old": PASSWORD, "new": new, "once-more": new + "x"}, "are not the same"),
        ({}, "This is not your password"),
    )
    for fields, told in wrong:
        answer = rita.send("/password", "/password", **fields)
        assert (answer.status_code, told in text(answer)) == (422, True), told
        assert "Error: Change your password" in text(answer)
    good = {"old": PASSWORD, "new": new, "once-more": new}
    answer = rita.send("/password", "/password", **good)
    assert "Your password is changed" in rita.shown(answer.location)
    assert elsewhere.get("/").status_code == 302
    assert pages.browser().log_in("rita").status_code == 401
    assert pages.browser().log_in("rita", new).status_code == 302


def test_the_old_password_cannot_be_guessed_where_somebody_left_their_browser(
    pages: Pages,
) -> None:
    rita = pages.browser("rita")
    for number in range(11):
        pages.now += timedelta(milliseconds=1)
        answer = rita.send("/password", "/password", old=f"guess number {number}")
    assert answer.status_code == 429


def test_a_session_that_somebody_brings_along_is_not_taken_over(pages: Pages) -> None:
    """Session fixation: what was in the browser before is neither kept nor left alive."""
    thief = pages.browser("rita")
    page = thief.get("/").get_data(as_text=True)
    cookie = thief.client.get_cookie("askonce")
    assert cookie
    anna = pages.browser()
    anna.client.set_cookie("askonce", str(cookie.value))
    fields = {**filled(page, "/logout"), "name": "anna", "password": PASSWORD}
    assert anna.post("/login", fields).status_code == 302
    assert "anna (administrator)" in anna.shown("/")
    assert thief.get("/").status_code == 302
