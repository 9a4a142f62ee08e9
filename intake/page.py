"""HTML -> plain text, as people see it.

What mail programs quote comes out marked with "> " and a signature opens with "-- ", as in plain
text, so that `intake.quoted` has one set of rules.
"""

from __future__ import annotations

import re

from lxml import etree, html

_LONGEST = 4_000_000  # characters
_DEEPEST = 5  # quotes in quotes that are told apart
_MOST = 250  # attributes of one tag: what is no tag, as in "a <b", may have many words after it
#: An attribute as browsers read it (HTML 13.2.5.32 to 13.2.5.39), of a long name a part.
_ATTRIBUTE = r"""[ \t\n\r\f/]*+[^ \t\n\r\f/>][^ \t\n\r\f/>=]{0,30}+
    (?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\r\f>"'][^ \t\n\r\f>]*+))?+"""
_OVERLOADED = re.compile(rf"<[a-zA-Z](?:{_ATTRIBUTE}){{{_MOST}}}", re.X)
_BLOCKS = frozenset(
    "address article aside blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5"
    " h6 header hr li main ol p pre section table tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_UNSHOWN = frozenset("head script style title noscript template".split())
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
#: How mail programs mark what they quote: the element itself, or all from it to the end.
_QUOTE = re.compile(r"\b(gmail_quote|yahoo_quoted|protonmail_quote|moz-forward-container)\b")
_REST = re.compile(r"\b(x_)?(appendonsend|divRplyFwdMsg|mail-editor-reference-message-container)\b")
_SIGNATURE = re.compile(r"\b(gmail_signature|moz-signature|(x_)?Signature|ms-outlook-mobile-sig)")
#: The indent button of several programs makes a blockquote as well.
_INDENT = re.compile(r"border(-left)?\s*:\s*(none|0)", re.I)


def from_html(source: str) -> str:
    """The text of a page; "" for what is no page at all, or overloaded. Never raises."""
    if overloaded(source):
        return ""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring(source[:_LONGEST].encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return ""
    return _Page().read(root)


def overloaded(source: str) -> bool:
    """Whether a tag has more attributes than anybody writes: parsers compare each with all before
    it, so that one mail would keep them busy for an hour.
    """
    return _OVERLOADED.search(source) is not None


class _Page:
    """Lines as they come out of a page, each with its depth of quoting."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0

    def read(self, root: html.HtmlElement) -> str:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if _is_unshown(element):
                    walk.skip_subtree()
                else:
                    self._enter(element)
            else:
                if event == "end" and not _is_unshown(element):
                    self._leave(element)
                self._say(element.tail)
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _enter(self, element: html.HtmlElement) -> None:
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if element.tag in _BLOCKS and element.tag != "br":
            self._break()
        if _is_quote(element, marks) or _REST.search(marks):
            self._break()
            self._depth += 1
        elif _SIGNATURE.search(marks):
            self._break()
            self._line = ["-- "]
            self._break()
        self._say(element.text)

    def _leave(self, element: html.HtmlElement) -> None:
        if element.tag in _BLOCKS:
            self._break(blank=element.tag == "br" and not self._line)
        elif element.tag in _CELLS:
            self._line.append(" ")
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if _is_quote(element, marks):
            self._break()
            self._depth -= 1

    def _say(self, text: str | None) -> None:
        if text:
            self._line.append(re.sub(r"\s+", " ", text))

    def _break(self, *, blank: bool = False) -> None:
        line = "".join(self._line)
        line = line if line == "-- " else re.sub(r" {2,}", " ", line).strip()
        if line or blank:
            self._lines.append("> " * min(self._depth, _DEEPEST) + line)
        self._line = []


def _is_unshown(element: html.HtmlElement) -> bool:
    return element.tag in _UNSHOWN or bool(_HIDDEN.search(element.get("style", "")))


def _is_quote(element: html.HtmlElement, marks: str) -> bool:
    if element.tag == "blockquote":
        return "cite" in element.get("type", "") or not _INDENT.search(element.get("style", ""))
    return bool(_QUOTE.search(marks))
