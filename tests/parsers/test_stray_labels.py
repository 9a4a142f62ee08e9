"""Lines of a long answer that look like labels, titles or notices: never lost without a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.read import read
from parsers.spec import Type, forms

from .corpus.markup import paragraph
from .corpus.people import OFFICIAL1, OFFICIAL2, PERSON1, PERSON2
from .corpus.word import LAYOUTS, document

FLOWING = ("colon_lines", "below_lines", "headings", "tab_lines", "inside_same_line", "boxed_form")
TITLES = {"form1": "Consultation proposal", "form2": "Consultation outcomes and impact"}
FORMS = {"form1": (OFFICIAL1, PERSON1), "form2": (OFFICIAL2, PERSON2)}
STRAY = [
    "Name: Jo said this", "What changed?", "Area: which one matters most", "Start date",
    "You said, we did posters", "We did: lights", "Actions:", "Email: jo@example.org", "Summary",
    "Feedback: lots", "Data protection: none kept", "Signed: all of us", "Section 2",
    "Page 2 of 3", "Use form 2 later", "About you", "{b:Key points}", "{b:What changed?}",
    "{b:Name: Jo}", "Return to: Jo", "When: 3 May 2027", "2) Area: here", "Declaration",
]  # fmt: skip
ASKED_ELSEWHERE = frozenset({"lead_worker", "area", "start_date", "title", "email"})


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(FLOWING),
    st.sampled_from(["form1", "form2"]),
    st.sampled_from(STRAY),
    st.sampled_from([1, 2]),
    st.booleans(),
    st.data(),
)
def test_what_was_written_stays_in_its_answer_or_is_doubted(
    layout: str, form: str, stray: str, place: int, older: bool, data: st.DataObject
) -> None:
    labels, person = FORMS[form]
    long = [f.key for f in forms()[form].fields if f.type is Type.LONG_TEXT]
    key = data.draw(st.sampled_from(long))
    lines = ["First we asked them all.", "Then we listened well."]
    lines.insert(place, stray)
    keys = [k for k in labels if k in person and not (older and k in ASKED_ELSEWHERE)]
    rows = [(labels[k], "\n".join(lines) if k == key else person[k][0]) for k in keys]
    title = paragraph(TITLES[form], style="Title")
    (got,) = read("a form", document(title, LAYOUTS[layout](rows, None))).submissions
    meant = {k: person[k][1] for k in keys}
    meant[key] = "\n".join(lines).replace("{b:", "").replace("}", "")
    said = {p.field for p in got.problems}
    said |= {k for k, origin in got.origins.items() if origin.certainty < 1}
    different = {k for k in got.fields if got[k] != meant.get(k) and got[k] not in (None, [])}
    different |= {k for k in meant if got[k] != meant[k]}
    assert different <= said


@pytest.mark.parametrize("layout", FLOWING)
def test_what_stands_below_a_form_is_no_part_of_its_last_answer(layout: str) -> None:
    rows = [(label, PERSON1[key][0]) for key, label in OFFICIAL1.items()]
    after = "".join(map(paragraph, ("", "Signed: S. O’Connor-Jones", "Date: 2 February 2027")))
    title = paragraph(TITLES["form1"], style="Title")
    (got,) = read("a form", document(title, LAYOUTS[layout](rows, None), after)).submissions
    assert dict(got.fields) == {key: meant for key, (_, meant) in PERSON1.items()}
    assert all(origin.certainty == 1 for origin in got.origins.values())
