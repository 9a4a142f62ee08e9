"""Getting in, and staying out."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from pages.entry import PUBLIC, within
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
    assert stranger.get("/metrics").status_code == 200
    assert stranger.get("/static/govuk-frontend.css").status_code == 200
    assert "#12436d" in stranger.shown("/colour.css")


def test_a_reader_changes_nothing(pages: Pages) -> None:
    rita = pages.browser("rita")
    for method, path in routes(pages):
        if method == "POST" and path != "/logout":
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


def test_an_account_is_tried_ten_times_in_a_quarter_of_an_hour(pages: Pages) -> None:
    for number in range(10):
        guesser = pages.browser()
        guesser.address = f"198.51.100.{number}"
        pages.now += timedelta(seconds=1)
        assert guesser.log_in("Anna", "wrong password").status_code == 401
    assert pages.browser().log_in().status_code == 429  # though it is right
    assert pages.browser().log_in("ben").status_code == 302
    pages.now += timedelta(minutes=15)
    assert pages.browser().log_in().status_code == 302


def test_an_address_tries_thirty_times_whatever_the_name(pages: Pages) -> None:
    for number in range(30):
        accounts = pages.world.store.accounts
        assert accounts.try_login((("address 192.0.2.1", 30), (f"account {number}", 10)), pages.now)
    assert pages.browser().log_in().status_code == 429


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
            pages = Pages(root=folder, world=world, proxies=proxies)
            cookie = pages.browser().get("/login", headers=said).headers["Set-Cookie"]
            assert ("Secure" in cookie) is bool(proxies)
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
