"""Logging in with a work account: the honest way, and every dishonest one that is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from werkzeug.test import TestResponse

from askonce import main
from pages.getting_in.provider import Directory, Provider
from store import Part
from tests.intake.world import World
from tests.pages.office import NOW, PEOPLE, Browser, Pages, text
from tests.servers.openid import CLIENT, SECRET, OpenId, directory, key, public, signed, visit

ADDRESS = "https://register.council.test"
PARTS = {"administrator": Part.ADMINISTRATOR, "reader": Part.READER}


def office(folder: Path, world: World, issuer: str, claim: str = "roles", **more: Any) -> Pages:
    ours = Directory(issuer=issuer, client_id=CLIENT, secret=SECRET, claim=claim, parts=PARTS)
    site = {"address": ADDRESS, "issuer": issuer, "provider": Provider(ours)}
    return Pages(root=folder, world=world, more={**site, **more})


@pytest.fixture(scope="module")
def server() -> Iterator[OpenId]:
    with directory() as made:
        yield made


@pytest.fixture(autouse=True)
def honest(server: OpenId) -> OpenId:
    """The server, as it is when nobody has told it to lie."""
    fresh = OpenId(url=server.url)
    vars(server).update(vars(fresh))
    server.person(roles=["administrator"])
    return server


@pytest.fixture
def pages(tmp_path: Path, honest: OpenId) -> Iterator[Pages]:
    with World.at(tmp_path, now=NOW) as world:
        yield office(tmp_path, world, honest.url)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, server: OpenId) -> Iterator[Pages]:
    """Pages for all the lies that leave no trace."""
    folder = tmp_path_factory.mktemp("shared")
    with World.at(folder, now=NOW) as world:
        yield office(folder, world, server.url)


def sent(browser: Browser, target: str = "/") -> str:
    """Where a browser is sent that is to log in."""
    answer = browser.get("/login/sso", query_string={"next": target})
    assert answer.status_code == 302
    return answer.location


def returned(browser: Browser, address: str) -> TestResponse:
    """What a browser sees that the directory sent back to that address."""
    assert address.startswith(f"{ADDRESS}/login/sso/back?")
    return browser.get(address.removeprefix(ADDRESS))


def log_in(browser: Browser, target: str = "/") -> TestResponse:
    return returned(browser, visit(sent(browser, target)))


def is_out(browser: Browser) -> bool:
    return browser.get("/").status_code == 302


# --------------------------------------------------------------------------- the honest way


def test_whoever_the_directory_vouches_for_comes_to_the_page_that_was_wanted(pages: Pages) -> None:
    anna = pages.browser()
    assert 'href="/login/sso?next=/queue"' in anna.get("/login?next=/queue").get_data(as_text=True)
    assert log_in(anna, "/queue").location == "/queue"
    assert "anna.smith@council.test (administrator)" in anna.shown("/")
    account = pages.world.store.accounts.find("anna.smith@council.test")
    assert account is not None
    assert (account.password, account.came_at) == (None, NOW)


def test_an_implementation_by_others_is_understood(tmp_path: Path) -> None:
    anna = oidc_provider_mock.User(sub="anna", claims={"email": "anna@x.test", "roles": "reader"})
    with (
        oidc_provider_mock.run_server_in_thread(user_claims=[anna], require_nonce=True) as there,
        World.at(tmp_path, now=NOW) as world,
    ):
        pages = office(tmp_path, world, f"http://localhost:{there.server_port}")
        browser = pages.browser()
        answer = requests.post(
            sent(browser), data={"sub": "anna"}, allow_redirects=False, timeout=5
        )
        assert returned(browser, answer.headers["Location"]).location == "/"
        assert "anna@x.test (reader)" in browser.shown("/")
        left = browser.send("/", "/logout")
        assert left.location == "/login?left=1"
        assert "log out of it, too" in browser.shown(left.location)
        away = browser.get("/login/sso/leave").location
        assert away.startswith(f"http://localhost:{there.server_port}/oauth2/end_session?")
        assert requests.get(away, timeout=5, allow_redirects=False).status_code < 400


def test_what_somebody_may_do_is_what_the_directory_says_today(
    pages: Pages, honest: OpenId
) -> None:
    for roles, seen in (
        (["reader"], "(reader)"),
        (["other", "reader", "administrator"], "(administrator)"),
        ("reader", "(reader)"),
    ):
        honest.person(roles=roles)
        anna = pages.browser()
        assert log_in(anna).status_code == 302
        assert f"anna.smith@council.test {seen}" in anna.shown("/")


@pytest.mark.parametrize(
    "roles", [None, [], ["Administrator"], ["administrators"], [["reader"]], {"reader": 1}, 7]
)
def test_whoever_has_no_part_is_told_so_and_not_let_in(
    pages: Pages, honest: OpenId, roles: Any
) -> None:
    honest.person(roles=roles)
    anna = pages.browser()
    answer = log_in(anna)
    assert answer.status_code == 403
    assert "nobody has said yet that it may see this register" in text(answer)
    assert is_out(anna)
    assert pages.world.store.accounts.find("anna.smith@council.test") is None


def test_somebody_else_of_the_same_name_is_somebody_else(pages: Pages, honest: OpenId) -> None:
    accounts = pages.world.store.accounts
    accounts.add("boss@council.test", Part.ADMINISTRATOR, "hash", NOW)
    names = []
    for subject in ("1", "2", "1"):
        honest.person(sub=subject, roles="reader", preferred_username="Boss@council.test")
        assert log_in(pages.browser()).status_code == 302
        names.append([a.name for a in accounts.all() if a.identity == f"{honest.url} {subject}"])
    assert names == [["boss@council.test (2)"], ["boss@council.test (3)"], names[0]]
    boss = accounts.find("boss@council.test")
    assert boss is not None
    assert boss.identity is None


def test_a_name_from_the_directory_is_none_that_this_program_gives(
    pages: Pages, honest: OpenId
) -> None:
    honest.person(roles="reader", preferred_username="clock")
    assert log_in(pages.browser()).status_code == 302
    assert pages.world.store.accounts.find("clock") is None
    assert pages.world.store.accounts.find("clock@127.0.0.1") is not None


@pytest.mark.parametrize(("verified", "status"), [(True, 302), (False, 403), (None, 403)])
def test_an_address_counts_only_if_it_is_verified(
    tmp_path: Path, honest: OpenId, verified: bool | None, status: int
) -> None:
    honest.person(email="Reader", email_verified=verified)
    with World.at(tmp_path, now=NOW) as world:
        pages = office(tmp_path, world, honest.url, claim="email")
        assert log_in(pages.browser()).status_code == status


def test_a_claim_may_lie_within_another(tmp_path: Path, honest: OpenId) -> None:
    honest.person(realm_access={"roles": ["reader"]})
    with World.at(tmp_path, now=NOW) as world:
        pages = office(tmp_path, world, honest.url, claim="realm_access.roles")
        assert log_in(pages.browser()).status_code == 302


def test_passwords_can_be_switched_off(tmp_path: Path, honest: OpenId) -> None:
    with World.at(tmp_path, now=NOW) as world:
        before = office(tmp_path, world, honest.url).browser("anna")
        cookie = before.client.get_cookie("askonce")
        assert cookie
        pages = office(tmp_path, world, honest.url, passwords=False)
        anna = pages.browser()
        assert "Password" not in anna.shown("/login")
        anna.client.set_cookie("askonce", str(cookie.value))
        assert is_out(anna)  # who came by a password before is out, too
        token = {"csrf_token": "", "name": "anna", "password": "correct horse battery"}
        assert anna.post("/login", token).status_code in (400, 404)
        assert log_in(anna).status_code == 302


def test_without_single_sign_on_its_people_and_its_pages_are_gone(
    tmp_path: Path, honest: OpenId
) -> None:
    with World.at(tmp_path, now=NOW) as world:
        anna = office(tmp_path, world, honest.url).browser()
        log_in(anna)
        cookie = anna.client.get_cookie("askonce")
        assert cookie
        without = office(tmp_path, world, "", provider=None).browser()
        without.client.set_cookie("askonce", str(cookie.value))
        assert is_out(without)
        for path in ("/login/sso", "/login/sso/back", "/login/sso/leave"):
            assert without.get(path).status_code == 404


# --------------------------------------------------------------------------- where things lead


def test_whoever_asks_cannot_say_where_the_directory_sends_people(pages: Pages) -> None:
    stranger = pages.browser()
    lies = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    location = stranger.get("/login/sso", headers=lies).location
    assert parse_qs(urlsplit(location).query)["redirect_uri"] == [f"{ADDRESS}/login/sso/back"]
    assert "evil" not in location


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "/\t/e"])
def test_logging_in_leads_nowhere_else(pages: Pages, target: str) -> None:
    assert log_in(pages.browser(), target).location == "/"


def test_whatever_a_browser_had_before_is_over(pages: Pages) -> None:
    browser = pages.browser("ben")
    with browser.client.session_transaction() as kept:
        before = str(kept["token"])
    assert log_in(browser).status_code == 302
    assert pages.world.store.accounts.whose(before, NOW) is None
    assert "anna.smith@council.test" in browser.shown("/")


def test_every_attempt_asks_anew(pages: Pages) -> None:
    asked = [parse_qs(urlsplit(sent(pages.browser())).query) for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({query[name][0] for query in asked}) == 3
        assert all(len(query[name][0]) >= 43 for query in asked)


# --------------------------------------------------------------------------- the directory is away


def test_a_directory_that_is_away_is_said_and_passwords_work(pages: Pages, honest: OpenId) -> None:
    honest.status = 500
    anna = pages.browser()
    for _ in range(3):
        answer = anna.get("/login/sso")
        assert answer.status_code == 503
        assert "Work accounts cannot be used just now" in text(answer)
    assert len(honest.asked) == 1  # nobody waits for it each time
    assert anna.log_in().status_code == 302
    honest.status = 200
    pages.now += timedelta(seconds=21)
    assert log_in(pages.browser()).status_code == 302


def test_a_directory_that_goes_away_half_way_is_said(pages: Pages, honest: OpenId) -> None:
    anna = pages.browser()
    address = visit(sent(anna))
    honest.status = 503
    assert returned(anna, address).status_code == 503
    assert is_out(anna)


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.test"},
        {"issuer": None},
        {"token_endpoint": "http://council.test/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": 7},
    ],
)
def test_a_directory_that_is_another_is_not_used(
    pages: Pages, honest: OpenId, lie: dict[str, Any]
) -> None:
    honest.discovery = lie
    assert pages.browser().get("/login/sso").status_code == 503


def test_keys_that_the_directory_changed_are_fetched(pages: Pages, honest: OpenId) -> None:
    assert log_in(pages.browser()).status_code == 302
    honest.keys, honest.forge = [public("new")], lambda claims: signed(claims, "new")
    pages.now += timedelta(hours=1)
    assert log_in(pages.browser()).status_code == 302


# --------------------------------------------------------------------------- lies


def by_secret(secret: str | bytes) -> Callable[[dict[str, Any]], str]:
    """A token by a secret that everybody has (HS256), PyJWT's own guard against it passed by."""
    from base64 import urlsafe_b64encode
    from hashlib import sha256
    from hmac import digest
    from json import dumps

    def forge(claims: dict[str, Any]) -> str:
        parts = [dumps({"alg": "HS256", "kid": "ours"}), dumps(claims)]
        plain = b".".join(urlsafe_b64encode(p.encode()).rstrip(b"=") for p in parts)
        secret_ = secret.encode() if isinstance(secret, str) else secret
        mac = urlsafe_b64encode(digest(secret_, plain, sha256)).rstrip(b"=")
        return (plain + b"." + mac).decode()

    return forge


def public_pem() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key("ours").public_key().public_bytes(serialization.Encoding.PEM, form)


def changed(claims: dict[str, Any]) -> str:
    """Another's claims under our signature."""
    mine, theirs = signed(claims).split("."), signed({**claims, "sub": "boss"}).split(".")
    return ".".join((mine[0], theirs[1], mine[2]))


NOW_ = int(time.time())
CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.test"},
    "an issuer nearly the same": {"iss": "http://127.0.0.1"},
    "no issuer": {"iss": None},
    "for another": {"aud": "another"},
    "for others too": {"aud": [CLIENT, "another"]},
    "for nobody": {"aud": None},
    "asked for by another": {"azp": "another"},
    "over": {"exp": NOW_ - 120},
    "without an end": {"exp": None},
    "an end that is no time": {"exp": "soon"},
    "not yet": {"nbf": NOW_ + 7200},
    "given in the future": {"iat": NOW_ + 7200},
    "given at no time": {"iat": None},
    "another nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": ["x"]},
    "nobody": {"sub": None},
    "an empty name": {"sub": " "},
    "a number": {"sub": 7},
}
FORGERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "unsigned": lambda claims: jwt.encode(claims, "", "none", headers={"kid": "ours"}),
    "signature left off": lambda claims: signed(claims).rpartition(".")[0] + ".",
    "by the public key as a secret": by_secret(public_pem()),
    "by our own secret": by_secret(SECRET),
    "by another key": lambda claims: signed(claims, "another", kid="ours"),
    "by a key of its own": lambda claims: jwt.encode(
        claims, key("another"), "RS256", headers={"kid": "another", "jwk": public("another")}
    ),
    "by a key from elsewhere": lambda claims: jwt.encode(
        claims, key("another"), "RS256", headers={"jku": "https://evil.test/keys"}
    ),
    "claims changed": changed,
    "by another key, which is not named": lambda claims: jwt.encode(
        claims, key("another"), "RS256"
    ),
    "no token": lambda _: "no.token",
    "nothing": lambda _: "",
    "not even text": lambda _: 7,  # type: ignore[dict-item, return-value]
}


def is_refused(pages: Pages, answer: TestResponse, browser: Browser) -> None:
    assert answer.status_code == 400
    assert "what came back proves nothing" in text(answer)
    assert is_out(browser)
    with browser.client.session_transaction() as kept:
        assert "token" not in kept
    names = {account.name for account in pages.world.store.accounts.all()}
    assert names - {"anna.smith@council.test"} == set(PEOPLE)


@pytest.mark.parametrize("lie", CLAIMS)
def test_a_token_that_says_something_else_is_refused(
    shared: Pages, honest: OpenId, lie: str
) -> None:
    honest.person(roles=["administrator"], **CLAIMS[lie])
    browser = shared.browser()
    is_refused(shared, log_in(browser), browser)


@pytest.mark.parametrize("lie", FORGERS)
def test_a_token_that_the_directory_did_not_sign_is_refused(
    shared: Pages, honest: OpenId, lie: str
) -> None:
    honest.forge = FORGERS[lie]
    browser = shared.browser()
    is_refused(shared, log_in(browser), browser)


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "<html>", '{"id_token": null}', '{"access_token": "x"}', '{"error": "x"}',
     ("", 302, {"Location": "http://127.0.0.1:1/"})],
)  # fmt: skip
def test_an_answer_without_a_token_is_refused(shared: Pages, honest: OpenId, answer: Any) -> None:
    honest.token = answer
    browser = shared.browser()
    is_refused(shared, log_in(browser), browser)


def test_a_code_is_good_once_and_for_the_browser_that_asked(shared: Pages) -> None:
    anna, thief = shared.browser(), shared.browser()
    brought = visit(sent(anna))
    sent(thief)
    is_refused(shared, returned(thief, brought), thief)  # anna's state is not the thief's
    assert returned(anna, brought).status_code == 302
    assert returned(anna, brought).status_code == 400  # nothing is asked any more
    assert returned(shared.browser(), brought).status_code == 400


def test_a_thiefs_code_cannot_be_slipped_to_somebody(shared: Pages) -> None:
    """Login CSRF and code injection: the code of one attempt with the state of another."""
    anna, thief = shared.browser(), shared.browser()
    hers, theirs = (parse_qs(urlsplit(visit(sent(browser))).query) for browser in (anna, thief))
    mixed = f"{ADDRESS}/login/sso/back?code={theirs['code'][0]}&state={hers['state'][0]}"
    is_refused(shared, returned(anna, mixed), anna)  # PKCE: that code was for another verifier


def test_an_attempt_does_not_wait_for_ever(pages: Pages) -> None:
    anna = pages.browser()
    brought = visit(sent(anna))
    pages.now += timedelta(minutes=16)
    assert returned(anna, brought).status_code == 400
    assert is_out(anna)


@pytest.mark.parametrize(
    "brought",
    [{"state": ""}, {"state": "x"}, {"state": "\u00e9"}, {"code": ""}, {"error": "access_denied"},
     {"iss": "https://evil.test"}, {"error": "<script>alert(1)</script>"}],
)  # fmt: skip
def test_what_the_browser_brings_has_to_fit(
    shared: Pages, honest: OpenId, brought: dict[str, str]
) -> None:
    honest.brought = brought
    browser = shared.browser()
    answer = log_in(browser)
    assert "<script>" not in answer.get_data(as_text=True)
    is_refused(shared, answer, browser)


def test_a_directory_that_says_whose_its_answers_are_always_has_to(
    pages: Pages, honest: OpenId
) -> None:
    honest.discovery = {"authorization_response_iss_parameter_supported": True}
    browser = pages.browser()
    is_refused(pages, log_in(browser), browser)
    honest.brought = {"iss": honest.url}
    assert log_in(browser).status_code == 302


def test_who_comes_back_without_having_asked_is_not_in(shared: Pages) -> None:
    assert shared.browser().get("/login/sso/back?code=x&state=y").status_code == 400


# --------------------------------------------------------------------------- told beforehand


@pytest.mark.parametrize("well", [True, False])
def test_the_check_asks_the_directory(
    tmp_path: Path, honest: OpenId, capsys: pytest.CaptureFixture[str], well: bool
) -> None:
    honest.discovery = {} if well else {"issuer": "https://evil.test"}
    (tmp_path / "secret").write_text(SECRET)
    file = tmp_path / "config.toml"
    file.write_text(
        f'[pages]\naddress = "{ADDRESS}"\n[sso]\nissuer = "{honest.url}"\n'
        f'client_id = "{CLIENT}"\nclient_secret_file = "secret"\n'
    )
    main(["check", "--config", str(file)])
    (line,) = [x for x in capsys.readouterr().out.splitlines() if "single sign-on" in x]
    if well:
        assert line.startswith("OK     single sign-on: 127.0.0.1 says who it is")
        assert line.endswith(f": {ADDRESS}/login/sso/back")
    else:
        assert line.startswith("FAULT  single sign-on: [sso] issuer is not what")
