"""Paths, queries, headers and redirects that lead elsewhere; and more of it all than is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.pages.attack import ask, everything, leads_on, sent_away, token
from tests.pages.crawl import Found, kind
from tests.pages.hostile import NASTY, Office

PATHS = (
    "/queue/1/file/../../..", "/queue/1/file/..%2f..%2f..%2fetc%2fpasswd", "/static/../entry.py",
    "/static/%2e%2e/%2e%2e/config.toml", "/static/..%5c..%5cconfig.toml", "/static//etc/passwd",
    "/static/%2fetc%2fpasswd", "/static/.%00./x", "/static/" + "../" * 40 + "etc/passwd",
    "//queue", "//evil.test/%2e%2e", "/\\evil.test", "/%5cevil.test", "/queue//1", "/queue/1/",
    "/QUEUE", "/queue%2f1", "/queue/1%00", "/queue/1;x=y", "/queue/1?a=%00", "/./queue/1",
    "/%e2%80%8b/queue", "/queue/%ef%bc%91", "/.git/config", "/.env", "/config.toml", "/askonce.db",
    "/console", "/admin", "/wp-login.php", "/" + "a" * 8000, "/?" + "a" * 8000, "*", "/%", "/%zz",
)  # fmt: skip


def gaps(attacked: Office) -> Iterator[str]:
    """Every route that has a gap, with what does not belong there in one of them at a time."""
    for number, rule in enumerate(attacked.pages.app.url_map.iter_rules()):
        for gap in re.findall(r"<[^>]+>", rule.rule):
            for nasty in NASTY[number % 2 :: 2]:
                whole = rule.rule.replace(gap, quote(nasty, safe=""), 1)
                yield re.sub(r"<[^>]+>", "1", whole)


def test_no_path_leads_out_or_makes_a_page_fall_over(attacked: Office, found: Found) -> None:
    anna, stranger, tried = attacked.pages.browser("anna"), attacked.pages.browser(), 0
    for path in (*PATHS, *gaps(attacked)):
        answer = ask(anna, path, "GET")
        assert answer.status_code in (200, 302, 308, 400, 403, 404, 405), path[:200]
        body = answer.get_data()
        assert not re.search(rb"root:|\[pages\]|SQLite format|from __future__", body), path[:200]
        leads_on(answer)
        outside = ask(stranger, path, "GET")
        if outside.status_code == 200:
            shown = ("/login", "/health", "/static/", "/colour", "/favicon.ico")
            assert path.startswith(shown), path[:200]
        leads_on(outside)
        tried += 2
    assert tried > 800


def test_no_search_or_filter_falls_over(attacked: Office, found: Found) -> None:
    anna, before, tried = attacked.pages.browser("anna"), everything(attacked.pages), 0
    forms = [form for form in found.forms.values() if form.method == "get"]
    known = {k for p in found.pages for k, _ in parse_qsl(urlsplit(p).query)}
    known |= {name for form in forms for name in (*form.typed, *dict(form.ticks))}
    places = {kind(p): urlsplit(p).path for p in found.pages if "?" in p}.values()
    for number, place in enumerate(sorted(places)):
        for nasty in NASTY[number % 4 :: 4]:
            query = [(name, nasty) for name in sorted(known)]
            answer = ask(anna, f"{place}?{urlencode(query)}", "GET")
            assert answer.status_code in (200, 302, 400, 404, 409), (place, nasty[:50])
            leads_on(answer)
            tried += 1
    assert everything(attacked.pages) == before
    assert tried > 60


def test_no_header_turns_a_request_into_another(attacked: Office) -> None:
    stranger, tried = attacked.pages.browser(), 0
    evil = "evil.test"
    for name, value in (
        ("Host", evil), ("X-Forwarded-Host", evil), ("X-Forwarded-Server", evil),
        ("X-Host", evil), ("Forwarded", f"for=127.0.0.1;host={evil};proto=https"),
        ("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Original-URL", "/health"), ("X-Rewrite-URL", "/health"),
        ("X-Forwarded-Prefix", "//evil.test"),
        ("X-Script-Name", "//evil.test"), ("Referer", "https://evil.test/"), ("Origin", "null"),
        ("X-Remote-User", "anna"), ("Remote-User", "anna"), ("Authorization", "Basic YW5uYTp4"),
        ("Authorization", "Bearer x"), ("Range", "bytes=0-1"), ("Cookie", "session=anna"),
    ):  # fmt: skip
        for path in ("/", "/register", "/queue/1", "/metrics", "/nothing"):
            answer = ask(stranger, path, "GET", headers={name: value})
            sent_away(answer, name)
            assert evil not in str(answer.headers), name
            assert "Secure" not in str(answer.headers.get("Set-Cookie"))
            tried += 1
        page = ask(stranger, "/login", "GET", headers={name: value})
        assert evil not in page.get_data(as_text=True), name
    assert tried >= 100


def test_a_login_leads_to_no_other_place_however_it_is_written(attacked: Office) -> None:
    evil = "evil.test"
    targets = (
        f"//{evil}", f"///{evil}", f"https://{evil}", f"https:{evil}", f"http:/{evil}",
        f"/\\{evil}",
        f"\\/{evil}", f"/\t/{evil}", f"/%09/{evil}", f"/\r/{evil}", f"\x00//{evil}",
        f"//{evil}%2f..",
        f"/\u2028/{evil}", f" //{evil}", f"\ufeff//{evil}", f"javascript:alert('{evil}')",
        f"data:text/html,{evil}", f"//user@{evil}", f"/login/sso?next=//{evil}", f"@{evil}",
        f"/\r\nLocation: https://{evil}", f"/%0d%0aLocation:%20https://{evil}", f"?next=//{evil}",
        f"/.{evil}//{evil}", f"/;@{evil}", f"https://localhost@{evil}", f"//localhost\\@{evil}",
    )  # fmt: skip
    anna, stranger = attacked.pages.browser("anna"), attacked.pages.browser()
    for target in targets:
        leads_on(stranger.get("/login", query_string={"next": target}))
        within_here(anna.get("/login", query_string={"next": target}), target)
    for target in targets[:3]:
        within_here(attacked.pages.browser().log_in(next=target), target)


def within_here(answer: TestResponse, target: str) -> None:
    assert answer.status_code == 302
    assert re.match(r"/(?![/\\\s])[^\r\n\t]*$", answer.location), target
    assert urljoin("http://localhost", answer.location).startswith("http://localhost/")


# --------------------------------------------------------------------------- too much


def test_what_is_too_much_is_turned_away(attacked: Office) -> None:
    anna = attacked.pages.browser("anna")
    mine, before = token(anna), everything(attacked.pages)
    for form in ("/queue/1/set-aside", "/password"):
        for data, sent_as in (
            (b"why=" + b"x" * 2_100_000, "application/x-www-form-urlencoded"),
            (parts(1500), "multipart/form-data; boundary=b"),
        ):
            answer = ask(anna, form, "POST", data=data, content_type=sent_as)
            assert answer.status_code == 413, (form, sent_as)
        many = [("csrf_token", mine), *(("why", "x") for _ in range(20_000))]
        answer = ask(anna, form, "POST", data=urlencode(many) + "&token=x",
                     content_type="application/x-www-form-urlencoded")  # fmt: skip
        assert answer.status_code < 500
        half = "multipart/form-data; boundary=b"
        broken = ask(anna, form, "POST", data=b"--b\r\n", content_type=half)
        assert broken.status_code == 400
    assert everything(attacked.pages)["exceptions"] == before["exceptions"]


def parts(count: int) -> bytes:
    one = b'--b\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n'
    return b"".join(one % number for number in range(count)) + b"--b--\r\n"


def test_every_answer_closes_itself_and_none_is_packed(found: Found) -> None:
    for path, answer in found.pages.items():
        headers = answer.headers
        assert "Content-Encoding" not in headers, path  # BREACH: secrets beside what others wrote
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search("https?:|data:|\\*|allow-|unsafe-eval|script-src 'unsafe", policy)
        assert "unsafe" not in policy or policy.endswith("; sandbox"), path
        if not path.startswith("/static/"):
            assert headers["Cache-Control"] == "no-store", path
