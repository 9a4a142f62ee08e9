"""What the letters say: facts, and the same in plain text and HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from model import Letter, Part
from notifier.compose import compose
from parsers.face import Face
from tests.notifier.letters import CASES, COMPLETE, letter
from tests.notifier.samples import (
    ASHA,
    AWAITING,
    BEN,
    FIELDS2,
    FORM1_READ,
    FORM2_READ,
    MATCH,
    NOW,
    OFFICE,
    OTHER,
    REGISTERED,
    RULES,
    composed,
    draft,
    html_of,
    opened,
    text_of,
)

GOLDEN = Path(__file__).parent / "golden"


class Page(HTMLParser):
    """The tags of an HTML page and the words a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" not in self._inside:
            self.words += re.findall(r"\w+", data)

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.tags if name == tag)


def test_every_letter_has_a_sample_here() -> None:
    assert {parts[0].kind for parts, _ in CASES.values()} == set(Letter)


@pytest.mark.parametrize("name", CASES)
def test_text_and_html_say_the_same_words(name: str) -> None:
    mail = letter(name)
    assert Page(html_of(mail)).words == re.findall(r"\w+", text_of(mail))


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_left_unfilled_and_no_line_is_long(name: str) -> None:
    mail = letter(name)
    for shown in (mail.subject, text_of(mail), html_of(mail)):
        assert not re.search(r"[{}]|None|\bTrue\b|\bFalse\b|Undefined|<model", shown)
    for line in text_of(mail).splitlines():
        assert len(line) <= 76
        assert line == line.rstrip()


@pytest.mark.parametrize("name", CASES)
def test_the_html_can_be_read_by_everybody(name: str) -> None:
    page = Page(html_of(letter(name)))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("h1") == 1
    assert all(attrs["scope"] == "row" for tag, attrs in page.tags if tag == "th")
    assert not {"img", "link", "script", "iframe", "style"} & {tag for tag, _ in page.tags}
    assert not [a for _, attrs in page.tags for a in ("src", "href", "background") if a in attrs]


@pytest.mark.parametrize("name", CASES)
def test_the_reference_is_in_the_subject_of_every_mail_about_a_consultation(name: str) -> None:
    references = {p.consultation.reference for p in CASES[name][0] if p.consultation} - {None}
    assert all(f"[{r}]" in letter(name).subject for r in references if r)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("registered", ["CYP-2027-0042-1", "Friday 14 May 2027", "Friday 11 June 2027"]),
        ("registered", ["within four weeks", "Wednesday 3 March 2027", "POD administrator"]),
        ("registered", ["Email address: asha.patel@ipswich-youth.example", "Age range: 11 to 16"]),
        (
            "registered, not all certain",
            ["Please check", "May 2027", "“Ipswitch” (table 1, row 9; 80% sure) to mean"],
        ),
        (
            "similar",
            ["Wheels for all: skating in Ipswich (CYP-2026-0007-3)", "PROCEED", "WITHDRAW"],
        ),
        ("similar", ["Wednesday 1 April 2026 to Friday 29 May 2026", "both are about skating"]),
        ("similar", ["Jo Grant, Ipswich Borough Council, jo.grant@ibc.example"]),
        ("similar", ["You wanted lights and seats", "once you have told us to go ahead"]),
        ("incomplete", ["“Spring term”", "cannot register", "Please check", "May 2027"]),
        ("incomplete outcomes", ["cannot log the outcomes yet", "(We did)"]),
        ("revised", ["End date: Was: 7 May 2027 Is now: 14 May 2027"]),
        ("revised", ["Other organisations involved: Was: Girls’ Club Is now: (blank)"]),
        ("revised", ["new to you", "Friday 11 June 2027"]),
        ("revised, with the warning", ["not registered yet", "PROCEED", "WITHDRAW"]),
        ("repeat", ["already have", "nothing more for you to do"]),
        ("repeat, with the warning", ["PROCEED", "Wheels for all"]),
        ("confirmed", ["is registered", "Friday 11 June 2027", "POD administrator"]),
        ("withdrawn", ["is withdrawn"]),
        ("extended", ["by Friday 11 June 2027", "stays as it is, Friday 14 May 2027"]),
        ("stopped", ["will not remind you", "welcome whenever you have it"]),
        ("stopped, unconfirmed", ["not registered yet", "PROCEED"]),
        ("outcomes logged", ["Lights are ordered.", "can be published", "action tracker"]),
        ("outcomes revised", ["What has changed", "Nothing: the form does not say"]),
        ("outcomes unmatched", ["CYP-2027-0043-7", "not logged yet"]),
        ("unreadable", ["scan.pdf: This is a PDF, and we cannot read", "nothing is filled in"]),
        ("too large", ["32 MB", "25 MB"]),
        ("not understood", ["Form 1", "Form 2", "blank forms are attached"]),
        ("completion note", ["Friday 14 May 2027", "Friday 11 June 2027", "It is attached"]),
        ("chaser", ["due today, Friday 11 June 2027", "already know filled in"]),
        ("last chaser", ["28 days ago", "last reminder", "EXTEND", "STOP"]),
        (
            "confirm reminder",
            ["7 days ago", "Wheels for all", "PROCEED or WITHDRAW and nothing else"],
        ),
        ("pod request", ["Two workers for a Saturday", "01473 555012", "Asha Patel"]),
        ("digest", ["7. A reply that a person has to read", "for 7 days", "queue list"]),
        ("several forms", ["About your 2 forms", "PROCEED CYP-2027-0042-1"]),
    ],
)
def test_each_letter_says_what_the_process_asks_of_it(name: str, facts: list[str]) -> None:
    said = " ".join(text_of(letter(name)).split())
    assert [fact for fact in facts if fact not in said] == []


@pytest.mark.parametrize("name", ["registered", "similar", "chaser", "several forms"])
def test_the_letter_reads_as_it_was_approved(name: str) -> None:
    """Changed wording on purpose? Read it aloud, then write it to the file named here."""
    mail = letter(name)
    approved = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert f"Subject: {mail.subject}\n\n{text_of(mail)}" == approved


@pytest.mark.parametrize(
    ("now", "said", "unsaid"),
    [
        (datetime(2027, 5, 20, 9, tzinfo=UTC), "ended on Friday 14 May 2027", "has passed"),
        (datetime(2027, 6, 20, 9, tzinfo=UTC), "has passed, so as soon as you can", "ends on"),
    ],
)
def test_what_is_due_is_told_from_the_day_of_writing(now: datetime, said: str, unsaid: str) -> None:
    text = " ".join(text_of(letter("registered", now=now)).split())
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(("days", "said"), [(28, "four weeks"), (7, "one week"), (30, "30 days")])
def test_the_time_for_outcomes_is_the_office_s_own(days: int, said: str) -> None:
    part = Part(kind=Letter.CONFIRMED, consultation=REGISTERED)
    rules = replace(RULES, outcome_days=days)
    mail = compose(draft(Letter.CONFIRMED, part), OFFICE, Face(), rules, NOW)
    assert f"within {said} of that" in " ".join(text_of(mail).split())


def test_a_revision_that_registers_says_so_and_others_do_not() -> None:
    def said(at: datetime) -> str:
        c = replace(REGISTERED, registered_at=at)
        part = Part(kind=Letter.REVISED, consultation=c, submission=FORM1_READ)
        return text_of(composed(Letter.REVISED, part))

    assert "so your consultation is registered" in " ".join(said(NOW).split())
    assert "nothing similar is left" not in " ".join(said(NOW - timedelta(days=1)).split())


# --------------------------------------------------------------------------- what is not said


def similar(other_form2: dict[str, object] | None, show_contacts: bool = True) -> str:
    part = Part(
        kind=Letter.SIMILAR,
        consultation=AWAITING,
        submission=FORM1_READ,
        matches=((MATCH, replace(OTHER, form2=other_form2)),),
    )
    office = replace(OFFICE, show_contacts=show_contacts)
    return text_of(compose(draft(Letter.SIMILAR, part), office, Face(), RULES, NOW))


@pytest.mark.parametrize("publish", [None, False])
def test_findings_stay_private_unless_their_form_allows_publication(publish: bool | None) -> None:
    assert "More lights" in similar({**FIELDS2, "publish": True})
    said = similar({**FIELDS2, "publish": publish})
    assert "More lights" not in said
    assert "What was found" not in said


def test_a_contact_that_stands_whole_in_the_lead_worker_is_not_repeated() -> None:
    assert OTHER.form1 is not None
    whole = "Jo Grant, Ipswich Borough Council, jo.grant@ibc.example"
    form1 = {**OTHER.form1, "lead_worker": whole, "email": "JO.GRANT@ibc.example"}
    matches = ((MATCH, replace(OTHER, form1=form1)),)
    part = Part(kind=Letter.SIMILAR, consultation=AWAITING, submission=FORM1_READ, matches=matches)
    said = " ".join(text_of(composed(Letter.SIMILAR, part)).split())
    assert f"Who to contact: {whole} What to do now" in said.replace("=== ", "").replace("-", "")


def test_contacts_are_hidden_where_the_office_hides_them() -> None:
    said = similar(None, show_contacts=False)
    assert "Jo Grant" not in said
    assert "jo.grant@ibc.example" not in said
    assert "we will put you in touch" in said


def changed(was: str, this: str) -> tuple[str, str]:
    """What a letter says of a changed purpose: what it was before, and is now."""
    form = replace(FORM1_READ, fields={**FORM1_READ.fields, "purpose": this})
    part = Part(
        kind=Letter.REVISED,
        consultation=replace(REGISTERED, form1=form.fields),
        submission=form,
        changed=("purpose",),
        before={**FORM1_READ.fields, "purpose": was},
    )
    text = text_of(composed(Letter.REVISED, part))
    (told,) = [" ".join(one.split()) for one in text.split("\n\n") if "Was: " in one]
    before, _, after = told.partition("Was: ")[2].partition(" Is now: ")
    return before, after


def test_of_long_answers_before_and_after_begin_shortly_before_they_differ() -> None:
    long = "We want to hear it from everybody who lives nearby. " * 8
    assert changed("Who comes?", "Who stays away?") == ("Who comes?", "Who stays away?")
    was, now = changed(f"{long}And soon.", f"{long}But later, please.")
    assert (was, now) == (
        "… from everybody who lives nearby. And soon.",
        "… from everybody who lives nearby. But later, please.",
    )
    was, now = changed("Who comes?", f"Who stays away? {long}")
    assert was == "Who comes?"
    assert now.startswith("Who stays away? We want")
    assert now.endswith(" …")
    assert len(now) <= 245


def test_what_the_office_put_in_stands_between_sentences_that_say_what_it_is() -> None:
    text = " ".join(text_of(letter("registered by the office")).split())
    assert (
        "A person in our office did this for you, and put in this answer: Start date: 3 March 2027"
        " If anything is not right, please tell us."
    ) in text


def test_what_the_office_changed_is_told_once_as_changed() -> None:
    fields = {**FORM1_READ.fields, "participants_expected": 35}
    part = Part(
        kind=Letter.REVISED,
        consultation=replace(REGISTERED, form1=fields),
        submission=replace(FORM1_READ, fields=fields),
        changed=("participants_expected",),
        before=FORM1_READ.fields,
        notes=("by_office",),
        details={"put_in": ("participants_expected",)},
    )
    text = " ".join(text_of(composed(Letter.REVISED, part)).split())
    assert "Was: 120 Is now: 35" in text
    assert (
        "A person in our office did this for you. If anything is not right, please tell us." in text
    )
    told, _, read_back = text.partition("What we read in your form")
    assert told.count("take part") == 1
    assert read_back.count("take part") == 1


def test_of_a_title_that_is_one_long_word_the_subject_keeps_the_beginning() -> None:
    fields = {**FORM1_READ.fields, "title": "Skateparks" * 30}
    part = Part(
        kind=Letter.REGISTERED,
        consultation=replace(REGISTERED, form1=fields),
        submission=replace(FORM1_READ, fields=fields),
    )
    mail = composed(Letter.REGISTERED, part)
    assert mail.subject.startswith("Registered: SkateparksSkateparks")
    assert mail.subject.endswith("… [CYP-2027-0042-1]")
    assert len(mail.subject) < 170
    assert opened(mail)["Subject"] == mail.subject


def test_long_findings_are_shortened_at_a_word() -> None:
    said = " ".join(similar({**FIELDS2, "public_summary": "lights and seats " * 100}).split())
    found = said.partition("What was found: ")[2].partition(" Who to contact")[0]
    assert len(found) < 410
    assert found.endswith(("lights …", "and …", "seats …"))


@pytest.mark.parametrize(
    ("publish", "why"),
    [
        (False, "Nothing: you said that it should not be."),
        (None, "Nothing: the form does not say that it can be published."),
    ],
)
def test_outcomes_that_may_not_be_published_are_not_said_to_be(
    publish: bool | None, why: str
) -> None:
    private = replace(COMPLETE, form2={**FIELDS2, "publish": publish})
    part = Part(kind=Letter.OUTCOMES_LOGGED, consultation=private, submission=FORM2_READ)
    said = text_of(composed(Letter.OUTCOMES_LOGGED, part))
    assert why in " ".join(said.split())
    assert "public pages" not in said


def test_the_answer_to_an_answer_names_one_reference() -> None:
    details = {"subject": "Re: Similar work [CYP-2027-0007-9] [CYP-2027-0042-1]", "text": "Yes."}
    part = Part(kind=Letter.ANSWER, consultation=REGISTERED, details=details)
    assert composed(Letter.ANSWER, part).subject == "Re: Similar work [CYP-2027-0042-1]"


# --------------------------------------------------------------------------- greetings, markup


@pytest.mark.parametrize(
    ("to", "greeting"),
    [
        (ASHA, "Dear Asha Patel,"),
        (replace(ASHA, name=""), "Dear Asha Patel,"),  # the form names its own address
        (BEN, "Hello,"),  # "Cole, Ben (Youth)" is no way to greet anybody
        (replace(BEN, name="Ben Cole"), "Dear Ben Cole,"),
        (replace(BEN, name=""), "Hello,"),
    ],
)
def test_people_are_greeted_by_name_where_the_name_is_plain(to: object, greeting: str) -> None:
    part = Part(kind=Letter.REPEAT, consultation=REGISTERED)
    assert greeting in text_of(composed(Letter.REPEAT, part, to=(to,))).splitlines()


def test_what_people_wrote_stays_text_in_html() -> None:
    title = "<script>alert(1)</script> & <b>friends</b>"
    part = Part(
        kind=Letter.REPEAT,
        consultation=replace(REGISTERED, form1={**(REGISTERED.form1 or {}), "title": title}),
    )
    mail = composed(Letter.REPEAT, part)
    assert not {"script", "b"} & {tag for tag, _ in Page(html_of(mail)).tags}
    assert title in text_of(mail)


def test_line_breaks_in_long_answers_are_kept() -> None:
    mail = letter("registered")
    assert "    What would make the park welcoming?\n    We have £40,000" in text_of(mail)
    assert re.search(r"welcoming\?<br>\s*We have £40,000", html_of(mail))
