"""A council's own definitions: the worked example of docs/forms.md, from beginning to end."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import openpyxl
import pytest

import askonce
from model import FORM1, FORM2, Permanent
from parsers import adapted, spec
from parsers.face import Face
from parsers.reader import Reader
from parsers.spec import FOLDER, Column, FieldSpec, FormSpec, Type, forms
from tests.parsers.build import PAIRS, cell, check_box, p, row, run, table, two_columns, word

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/forms.md").read_text("utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

#: The same form as others send it, in the council's older words.
THEIRS = (
    *((k.replace("Lead worker", "Name of officer in charge"), v) for k, v in PAIRS if k != "Area"),
    ("District", "Docklands"),
    ("Electoral ward", "St Mary’s"),
    ("Cost centre", "CYP/4471"),
)


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    spec.use(None)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of the example's definitions, made as the page says: each block in its place."""
    folder = tmp_path / "forms"
    folder.mkdir()
    text = (FOLDER / "form1.toml").read_text("utf-8")
    first, *blocks = re.split(r"(?m)^(?=\[\[field\]\])", text)
    for block in EXAMPLE:
        key = _key(block)
        places = [n for n, b in enumerate(blocks) if _key(b) == key]
        if places:
            blocks[places[0]] = block
        else:
            section = re.search(r'section = "(.*)"', block)
            assert section
            last = max(n for n, b in enumerate(blocks) if section[0] in b)
            blocks.insert(last + 1, block)
    (folder / "form1.toml").write_text("\n".join([first, *blocks]), "utf-8")
    return folder


def _key(block: str) -> str:
    found = re.search(r'key = "(\w+)"', block)
    assert found
    return found[1]


class Council:
    """An office that goes by the example's definitions, worked from the command line."""

    def __init__(self, folder: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text(f'[forms]\nfolder = "{own.name}"\n', "utf-8")
        self._capsys = capsys

    def does(self, *words: str, status: int = 0) -> str:
        assert askonce.main([*words, "--config", str(self.config)]) == status
        return self._capsys.readouterr().out

    def gets(self, form: bytes) -> str:
        """A mail with this form; the text of the answer."""
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = "bronwen@example.org", f"<{len(form)}@example.org>"
        mail.set_content("Our form.")
        mail.add_attachment(
            form, maintype="application", subtype="octet-stream", filename="form.docx"
        )
        new = self.folder / "var/mail/inbox/new"
        new.mkdir(parents=True, exist_ok=True)
        (new / str(len(form))).write_bytes(mail.as_bytes())
        self.does("run", "--once", "--now", "2027-03-01T10:00")
        sent = (self.folder / "var/mail/sent/new").glob("*")
        latest = max(sent, key=lambda file: file.stat().st_mtime_ns).read_bytes()
        body = message_from_bytes(latest, policy=default).get_body(("plain",))
        assert body
        return str(body.get_content())


@pytest.fixture
def council(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> Council:
    return Council(tmp_path, own, capsys)


# --------------------------------------------------------------------------- the worked example


def test_the_made_forms_ask_the_new_questions(council: Council) -> None:
    written = council.does("forms", "--out", str(council.folder / "blank")).splitlines()
    word_form, excel_form = (
        next(Path(name) for name in written if "Form 1" in name and name.endswith(kind))
        for kind in ("docx", "xlsx")
    )
    with zipfile.ZipFile(word_form) as package:
        text = re.sub(r"<[^>]+>", "\n", package.read("word/document.xml").decode())
    sheet = openpyxl.load_workbook(excel_form).worksheets[0]
    cells = "\n".join(str(v) for line in sheet.iter_rows(values_only=True) for v in line if v)
    for asked in ("Responsible officer", "Which part of the borough?", "Ward", "Budget code"):
        assert re.search(rf"^{re.escape(asked)}$", text, re.MULTILINE)
        assert re.search(rf"^{re.escape(asked)}$", cells, re.MULTILINE)
    assert "British Sign Language" in text
    assert "British Sign Language" in cells
    assert "Lead worker" not in text


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_what_is_written_into_them_is_read_back(own: Path, kind: str) -> None:
    adapted.use(own)
    filled = forms()[FORM1].blank() | {
        "ward": "St Mary’s", "languages": ["Polish", "Other: Ukrainian"], "budget_code": "CYP/4471",
        "area": ["Harbour side"], "lead_worker": "Bronwen Tyrrell", "title": "A skate park",
    }  # fmt: skip
    with Reader() as reader:  # in its own process, which has to know the definitions too
        (read,) = reader.read("form", Face().write(FORM1, filled, kind)).submissions  # type: ignore[arg-type]
    assert dict(read.fields) == filled


def test_older_words_and_renamed_options_are_read(council: Council) -> None:
    ticked = cell(p(check_box(True), run(" BSL")), p(check_box(False), run(" Polish")))
    lines = [row(cell(k), cell(v)) for k, v in THEIRS] + [row("Languages offered", ticked)]
    file = council.folder / "theirs.docx"
    file.write_bytes(word(table(*lines)))
    read = json.loads(council.does("parse", "--json", str(file)))
    assert read["problems"] == []
    assert read["fields"]["lead_worker"] == "Bronwen Tyrrell"
    assert read["fields"]["area"] == ["Harbour side"]
    assert read["fields"]["ward"] == "St Mary’s"
    assert read["fields"]["languages"] == ["British Sign Language"]
    assert read["fields"]["budget_code"] == "CYP/4471"


def test_the_reply_reads_the_new_answers_back_and_the_export_carries_them(council: Council) -> None:
    answer = council.gets(two_columns(THEIRS))
    assert re.search(r"Ward\W+St Mary’s", answer)
    assert "Responsible officer" in answer
    (record,) = map(json.loads, council.does("export", "--json").splitlines())
    assert record["status"] == "registered"
    assert (record["form1"]["ward"], record["form1"]["budget_code"]) == ("St Mary’s", "CYP/4471")
    assert record["form1"]["languages"] == []


def test_a_required_answer_that_is_missing_is_asked_for(council: Council) -> None:
    answer = council.gets(two_columns(THEIRS[:-1]))
    assert "Budget code: this has no answer yet. Please fill this in." in " ".join(answer.split())
    (item,) = map(json.loads, council.does("queue", "list", "--json").splitlines())
    assert item["reason"] == "incomplete"
    shown = council.does("queue", "show", str(item["id"]))
    assert "Ward: St Mary’s  [table 1, row 15]" in shown


def test_the_same_old_form_is_still_the_same_when_more_is_asked(
    council: Council, own: Path
) -> None:
    old = [(label, answer.replace("Ipswich", "Countywide")) for label, answer in PAIRS]
    settings = council.config.read_text("utf-8")
    council.config.write_text("")
    council.gets(two_columns(old))
    asks = (own / "form1.toml").read_text("utf-8")
    asks = asks.replace('required = true\nsection = "After', 'section = "After')
    (own / "form1.toml").write_text(asks, "utf-8")
    council.config.write_text(settings)
    council.gets(word(*(p(f"{label.rstrip('?')}: {answer}") for label, answer in old)))
    (record,) = map(json.loads, council.does("export", "--json").splitlines())
    assert [mail["kind"] for mail in record["mails"]] == ["form", "form", "registered", "repeat"]


# --------------------------------------------------------------------------- faults


def changed(own: Path, old: str, new: str) -> str:
    """What is said of the example with this change."""
    file = own / "form1.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Permanent) as caught:
        adapted.use(own)
    assert spec.own_folder() is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "ward"', 'key = "languages"', "two fields have the same key: 'languages'"),
        ('key = "ward"', 'key = "Ward!"', "a key is small letters, digits and _"),
        ('key = "ward"', 'kye = "ward"', "has unknown settings: kye"),
        ('key = "purpose"', 'key = "why"', "the rules need a field 'purpose' of type 'long text'"),
        ('label = "Ward"', "label = 7", "label has to be a text"),
        ('label = "Ward"', 'label = "Budget code"', "two fields have the same label"),
        ('["Electoral ward", "Name of ward"]', '"Electoral ward"', "aliases has to be a list"),
        ('"Electoral ward"', '"Cost centre"', "two fields have the same alias: 'cost centre'"),
        ('["BSL", "sign language"]', '"BSL"', "'BSL' has to be a list"),
        ('"British Sign Language" =', '"Sign" =', "option_aliases of no option"),
        ('"Polish", "British', '"English", "British', "an option stands there twice"),
        ('options = ["English"', 'opts = ["English"', "has unknown settings: opts"),
        ('label = "Ward"\ntype = "text"', 'label = "Ward"\ntype = "choice"', "two or more options"),
        ('label = "Ward"\ntype = "text"', 'label = "Ward"\ntype = "txt"', "'txt' is not a valid"),
        ('bound = "start"', 'bound = "begin"', "bound is start or end"),
        ('not_before = "start_date"', 'not_before = "ward"', "names no date field: 'ward'"),
        ('key = "form1"', 'key = "form9"', "key must be 'form1'"),
        ("required = true", 'required = "yes"', "required has to be true or false"),
        ("[[field]]", "[[field]", "correct the definition"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_and_nothing_is_used(
    own: Path, old: str, new: str, said: str
) -> None:
    told = changed(own, old, new)
    assert said in told
    assert str(own / "form1.toml") in told


@pytest.mark.parametrize("name", ["form3.toml", "Form1.toml", "form1.txt"])
def test_a_folder_with_anything_but_form1_and_form2_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text((FOLDER / "form1.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(Permanent, match=r"form1\.toml or form2\.toml"):
        adapted.use(tmp_path)
    with pytest.raises(Permanent, match="cannot be read"):
        adapted.use(tmp_path / "elsewhere")


def test_check_says_whose_definitions_are_used_and_what_is_wrong(
    council: Council, own: Path
) -> None:
    assert f"as {own} has them" in council.does("check")
    (own / "form1.toml").write_text("nothing = 1")
    assert "FAULT  forms" in council.does("check", status=1)
    council.does("run", "--once", status=1)


def test_the_shipped_definitions_have_no_faults() -> None:
    for key, form in forms().items():
        assert list(adapted.faults(form, key)) == []


# --------------------------------------------------------------------------- the page


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Of a form:", {f.name for f in fields(FormSpec)} - {"fields"} | {"field"}),
        ("Of a field:", {f.name for f in fields(FieldSpec)}),
        ("Of a column:", {f.name for f in fields(Column)}),
        ("The types:", {kind.value for kind in Type}),
    ],
)
def test_the_page_explains_every_key_and_every_type(heading: str, names: set[str]) -> None:
    table_below = PAGE.split(heading)[1].split("\n\n")[1]
    assert set(re.findall(r"^\| `([^`]+)` \|", table_below, re.MULTILINE)) == names


def test_the_page_names_the_fields_that_the_rules_need() -> None:
    listed = PAGE.split("## What the rules go by")[1]
    for form, name in ((FORM1, "Form 1"), (FORM2, "Form 2")):
        entry = re.search(rf"- {name}: (.*?)\.\n", listed, re.DOTALL)
        assert entry
        assert set(re.findall(r"`(\w+)`", entry[1])) == set(adapted.NEEDED[form])
