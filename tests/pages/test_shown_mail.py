"""A mail's HTML on a page: its words stay, and nothing in it acts, loads or disturbs."""

from __future__ import annotations

import pytest
from lxml.html import fragment_fromstring

from pages.queue.shown_mail import safe

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://x.org/1.gif onerror=alert(1)>",
    "<svg><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a><a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a><a href='/logout'>x</a>",
    "<a href='//evil.example.org/'>x</a><a href='file:///etc/passwd'>x</a>",
    "<form action=/logout method=post><input name=x><button>Press</button></form>",
    "<iframe src=https://x.org></iframe><object data=x></object><embed src=x>",
    "<base href=https://x.org><meta http-equiv=refresh content='0;url=https://x.org'>",
    "<link rel=stylesheet href=https://x.org><style>body{display:none}</style>",
    "<p style='position:fixed' class=govuk-button id=main-content onclick=alert(1)>x</p>",
    "<div hidden aria-hidden=true role=alert tabindex=0 contenteditable>x</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>x</noscript>",
    "<td background=https://x.org/1.gif>x</td><video poster=https://x.org><audio src=x>",
    "</div></main></body><h1>x</h1>",
    "<a href='https://x.org/\"><script>alert(1)</script>'>x</a>",
]
ALLOWED = {
    "a": {"href", "class", "rel"},
    "td": {"colspan", "rowspan"},
}


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_acts_loads_or_leads_elsewhere_in_secret(source: str) -> None:
    shown = fragment_fromstring(str(safe(f"<p>begin</p>{source}<p>end</p>")), create_parent="main")
    for element in shown.iterdescendants():
        assert element.tag in {"p", "a", "td", "tr", "tbody", "table", "div", "strong"}
        assert set(element.keys()) <= ALLOWED.get(str(element.tag), set())
        assert element.get("href", "https:").startswith(("https:", "http:", "mailto:"))
        assert element.get("class", "govuk-link") == "govuk-link"
    assert shown.text_content().startswith("begin")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<h1>Big</h1><h3>x</h3>", "<div><strong>Big</strong></div><div><strong>x</strong></div>"),
        ("<ul><ul><li>a</ul>b</ul>", "<ul><li><ul><li>a</li></ul>b</li></ul>"),
        ("<li>alone", "<ul><li>alone</li></ul>"),
        ("<table><tr><th colspan=3>a",
         '<table><tbody><tr><td colspan="3">a</td></tr></tbody></table>'),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
        ("   <p> </p><img src=x>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_written_keeps_its_shape(source: str, shown: str) -> None:
    assert safe(source) == shown


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<a href='https://evil.example.org/'>bank</a>", "bank [https://evil.example.org/]"),
        ("<a href='https://www.example.org/'>www.example.org</a>", "www.example.org"),
        ("<a href='https://example.org/a'>https://example.org/a</a>", "https://example.org/a"),
        ("<a href='mailto:jo@example.org'>jo@example.org</a>", "jo@example.org"),
        ("<a href='https://evil.example.org/'><b>good.example.org</b></a>",
         "good.example.org [https://evil.example.org/]"),
    ],
)  # fmt: skip
def test_a_link_says_where_it_leads(source: str, said: str) -> None:
    shown = fragment_fromstring(str(safe(source)), create_parent=True)
    assert shown.text_content() == said
    (link,) = shown.iter("a")
    assert link.get("rel") == "noopener noreferrer"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 100_000,
        "<ul><dd>" * 100 + "<dd><li>" * 20_000,
        "<p>" * 200_000,
        "<b a=1><i>" * 50_000,
        "<p>" + "".join(f"<b id={n}>" for n in range(200)) + "<p>x" * 1_000,
        "<p>" + "".join(f"<b id='>{n}'>" for n in range(200)) + "<p>x" * 1_000,
        "<!--<b id='--><p>" + "".join(f"<i id={n}>" for n in range(200)) + "<p>x" * 1_000,
    ],
    ids=lambda source: source[:12],
)
def test_what_would_take_minutes_to_clean_is_left_to_its_plain_text(source: str) -> None:
    assert safe(source + "words") == ""


def test_tables_as_deep_as_mail_programs_build_them_are_shown() -> None:
    assert "words" in safe("<table><tr><td>" * 80 + "words")


def test_a_long_page_with_bold_words_throughout_is_shown() -> None:
    line = '<p><b>Dear</b> <font color="red" size=2>all</font> words</p>'
    assert str(safe(line * 1_500)).count("words") == 1_500
