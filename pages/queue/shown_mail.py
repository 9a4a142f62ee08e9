"""A mail's HTML made safe to look at: its words and their order, and nothing that acts or loads."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from html.parser import HTMLParser

import nh3
from markupsafe import Markup

from model import as_it_stands

#: What stays of a mail's tags; of others, the words in them.
_TAGS = frozenset(
    "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i ins li ol p pre s small strong sub"
    " sup table tbody td tfoot th thead tr u ul".split()
)
#: Their words are none that anybody wrote.
_SILENT = frozenset("head script style title noscript template svg math".split())
_SCHEMES = frozenset({"http", "https", "mailto"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_EMPTY = frozenset({"br", "hr"})
_LISTS = frozenset({"ul", "ol"})
_SPANS = ("colspan", "rowspan")
_WIDEST = 50  #: columns or rows of one cell
_DEEPEST = 100  #: tags in tags; below that, words alone
#: Tags, and tags in tags, as they came. The time that cleaning takes can grow with their square.
_MOST, _MOST_OPEN = 10_000, 250
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: Tags that begin anew in each block until they are closed, of those alike three at most (HTML
#: 13.2.4.3): so many tags can come of it. One that is written oddly counts for itself.
_ANEW = re.compile(
    r"<(?=((?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])[^>]{0,500}>?))",
    re.I | re.A,
)
_PLAIN = re.compile(r"""\w+(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|[^\s"'`=>]+))?)*\s*/?>""", re.A)
_MOST_ALIKE, _MOST_ANEW = 3, 100_000
#: These need not be closed, so they tell nothing of how deep a page is.
_OFTEN_OPEN = frozenset(
    "area base br col colgroup dd dt hr img input li link meta option p param source tbody td tfoot"
    " th thead tr wbr html head body".split()
)


def safe(html: str) -> Markup:
    """What a mail says, in HTML of ours. "" where nothing of it can be shown."""
    if _too_much(html):
        return Markup()
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_SILENT),
        attributes={"a": {"href"}, "td": set(_SPANS), "th": set(_SPANS)},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel=None,
        strip_comments=True,
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    return writer.page() if writer.says_something else Markup()


def _too_much(html: str) -> bool:
    """Whether so many tags stand in each other, or there are so many, as hardly anybody writes."""
    depth = number = 0
    for number, found in enumerate(_TAG.finditer(html)):
        if number > _MOST:
            return True
        if found[2].lower() not in _OFTEN_OPEN:
            depth = max(0, depth - 1) if found[1] else depth + 1
            if depth > _MOST_OPEN:
                return True
    return number * _begun_anew(html) > _MOST_ANEW


def _begun_anew(html: str) -> int:
    """How many tags a block can begin with anew, at most."""
    tags = Counter(_ANEW.findall(html))
    return sum(min(n, _MOST_ALIKE) if _PLAIN.fullmatch(tag) else n for tag, n in tags.items())


class _Writer(HTMLParser):
    """Writes what is clean anew: headings become bold lines, and links say where they lead.

    Whatever it is fed, it can write nothing but the few tags and attributes that it knows.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._target = ""
        self._words = ""
        self.says_something = False

    def page(self) -> Markup:
        """All of it, every tag closed."""
        while self._open:
            self._end(self._open.pop())
        return Markup("".join(self._out))  # noqa: S704

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; a list holds nothing but its points."""
        if tag in _EMPTY:
            self._out.append(f"<{tag}>")
        elif tag in _TAGS and len(self._open) < _DEEPEST:
            self._set_right(tag)
            self._open.append(tag)
            self._begin(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, with what is open in it; one that was not opened is nothing."""
        if tag not in self._open:
            return
        while (last := self._open.pop()) != tag:
            self._end(last)
        self._end(tag)

    def handle_data(self, data: str) -> None:
        """Words."""
        if data.strip():
            self.says_something = True
            self._set_right("")
        self._words += data
        self._out.append(escape(as_it_stands(data)))

    def _set_right(self, tag: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside in _LISTS and tag != "li":
            self._open.append("li")
            self._begin("li", {})
        elif tag == "li" and inside == "li":
            self._end(self._open.pop())
        elif tag == "li" and inside not in _LISTS:
            self._open.append("ul")
            self._begin("ul", {})

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "a":
            self._target, self._words = given.get("href", ""), ""
            href = f' href="{escape(self._target)}"' if self._target else ""
            self._out.append(f'<a{href} class="govuk-link" rel="noopener noreferrer">')
        elif tag in _HEADINGS:
            self._out.append("<div><strong>")
        elif tag in ("td", "th"):
            self._out.append(f"<td{_spans(given)}>")
        else:
            self._out.append(f"<{tag}>")

    def _end(self, tag: str) -> None:
        if tag == "a":
            self._out.append("</a>")
            if self._target and not _says(self._words, self._target):
                self._out.append(f" [{escape(as_it_stands(self._target))}]")
            self._target = ""
        elif tag in _HEADINGS:
            self._out.append("</strong></div>")
        else:
            self._out.append(f"</{'td' if tag == 'th' else tag}>")


def _spans(given: dict[str, str]) -> str:
    known = {name: given[name] for name in _SPANS if given.get(name, "").isdecimal()}
    return "".join(f' {name}="{min(int(n), _WIDEST)}"' for name, n in known.items() if int(n) > 1)


def _says(words: str, target: str) -> bool:
    """Whether a link's words are its target already, but for what a reader would add."""
    said, leads = words.strip(), target.removeprefix("mailto:")
    return said.rstrip("/") in {leads.rstrip("/"), leads.partition("://")[2].rstrip("/")}
