"""What a page really holds, as two parsers see it that share no line with the program's own.

`html.parser` reads the page as it was sent, tag by tag; html5ever (in nh3, without any cleaning)
builds the tree that browsers build, in which markup comes to life that looked like text.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

#: Elements that no page of ours has, wherever they come from. (A chart is an svg of shapes.)
FOREIGN = frozenset(
    {"applet", "audio", "base", "bgsound", "embed", "frame", "frameset", "iframe", "img", "marquee",
     "math", "noscript", "object", "picture", "source", "style", "template", "track", "video",
     "use", "foreignobject", "animate", "animatemotion", "animatetransform", "set",
     "image", "handler",  "portal", "xmp", "plaintext", "listing"}
)  # fmt: skip
#: Attributes that lead somewhere.
_LEADS = frozenset(
    {"href", "src", "action", "formaction", "srcset", "data", "poster", "background", "ping",
     "xlink:href", "srcdoc", "cite", "longdesc", "manifest", "codebase", "profile", "lowsrc"}
)  # fmt: skip
_SAFELY_AWAY = {"noopener", "noreferrer"}


class Seen(HTMLParser):
    """Every fault of a page, and how much was looked at."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.counted: Counter[str] = Counter()
        self.words: list[str] = []
        self._script = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counted["tags"] += 1
        given = {name: value or "" for name, value in attrs}
        self.faults += look_at(tag, given)
        self.counted["attributes"] += len(given)
        self.words += given.values()
        self._script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._script and data.strip():
            self.faults.append(f"a script within the page: {data[:60]}")


def look_at(tag: str, given: dict[str, str]) -> list[str]:
    """What is wrong with one element."""
    wrong = [f"<{tag}>"] if tag in FOREIGN else []
    wrong += [f"<{tag} {n}>" for n in given if n.startswith("on") or n in ("style", "is", "slot")]
    wrong += [f"<{tag} {n}={v[:60]!r}>" for n, v in given.items() if n in _LEADS and not
              _leads_within(tag, v, given)]  # fmt: skip
    if tag == "script" and not given.get("src", "").startswith("/static/"):
        wrong.append(f"<script src={given.get('src')!r}>")
    if tag == "link" and given.get("rel") not in ("stylesheet", "icon"):
        wrong.append(f"<link rel={given.get('rel')!r}>")
    if tag == "meta" and "http-equiv" in given:
        wrong.append(f"<meta http-equiv={given['http-equiv']!r}>")
    return wrong


def _leads_within(tag: str, address: str, given: dict[str, str]) -> bool:
    """Whether an address stays here; a link in a mail may lead away, and take nothing along."""
    if re.match(r"#|/(?![/\\])|\?", address) and not re.search(r"[\s\\]", address):
        return True
    away = urlsplit(address).scheme in ("https", "http", "mailto") and tag == "a"
    return away and set(given.get("rel", "").split()) >= _SAFELY_AWAY


def as_browsers_do(page: str) -> list[str]:
    """What is wrong with the tree that HTML5 makes of a page."""
    found: list[str] = []

    def look(tag: str, name: str, value: str) -> str:
        rel = {"rel": " ".join(_SAFELY_AWAY)}  # looked at above
        found.extend(f"<{tag} {name}>" for _ in look_at("span", {name: ""}) if name not in _LEADS)
        if name in _LEADS and not _leads_within(tag, value, rel):
            found.append(f"<{tag} {name}={value[:60]!r}>")
        return value

    names = FOREIGN | {
        "script",
        "a",
        "form",
        "input",
        "button",
        "link",
        "meta",
        "p",
        "div",
        "td",
        "svg",
    }
    attributes = {"*": _LEADS | {"style", "is", "slot"} | _EVENTS}
    built = nh3.clean(
        page,
        tags=set(names),
        clean_content_tags=set(),
        attributes={key: set(value) for key, value in attributes.items()},
        attribute_filter=look,
        link_rel=None,
        url_schemes={"javascript", "data", "vbscript", "http", "https", "mailto", "file"},
    )
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", built))
    found += [f"<{tag}>" for tag in tags & FOREIGN]
    found += [s for s in re.findall(r"<script[^>]*>[^<]*", built) if not _OURS.fullmatch(s)]
    return found


_OURS = re.compile(r'<script src="/static/[a-z.-]+">')
_EVENTS = frozenset(
    f"on{name}"
    for name in ("load", "error", "click", "focus", "blur", "mouseover", "toggle", "start", "input",
                 "begin", "animationstart", "pageshow", "submit", "change", "beforetoggle")
)  # fmt: skip
