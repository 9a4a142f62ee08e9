"""Who gets in, how, and what they may do there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from askonce import main
from pages.getting_in.provider import Directory, Provider
from store import Part
from tests.browser.axe import found_wrong
from tests.browser.office import Office, Person, open_office
from tests.intake.desk import mail
from tests.intake.world import STRANGER
from tests.servers.openid import CLIENT, SECRET, directory
from tests.servers.ports import free_port

pytestmark = pytest.mark.needs("chromium")

ACCOUNT = "Log in with your work account"
NEW = "battery horse correct"
QUESTION = mail(sender=STRANGER, subject="A question", text="May we come too?")


def buttons(person: Person) -> list[str]:
    """What somebody can press."""
    found = person.page.get_by_role("button").all_inner_texts()
    return [one for one in map(str.strip, found) if one not in ("", "Menu")]


@pytest.mark.does("own change", "entry logout")
def test_a_password_is_changed_by_whose_it_is(office: Office, anna: Person) -> None:
    anna.log_in(to="/").follow("Change password")
    typed = {"The_password": "correct horse battery", "A_new": "short", "The_new": NEW}
    anna.do("Change it", **typed).sees("A password has 12")
    anna.do("Change it", **typed | {"A_new": NEW}).sees("Your password is changed")
    anna.press("Log out").log_in("anna").sees("do not fit together")
    anna.log_in("anna", NEW).sees("The queue is empty")


def test_whoever_types_for_long_is_asked_before_the_session_ends_and_stays(office: Office) -> None:
    anna = office.person("anna")
    anna.page.clock.install()
    anna.open("/password").fill("A new password", "half a password")
    for key in ("Enter", "Escape", "Enter"):
        office.now += timedelta(minutes=56)
        anna.page.clock.fast_forward("56:00")
        stay = anna.page.get_by_role("button", name="Stay logged in")
        expect(stay).to_be_focused()
        assert found_wrong(anna.page, contrast=True) == []
        with anna.page.expect_response(lambda answer: answer.request.method == "HEAD"):
            anna.page.keyboard.press(key)
        expect(stay).to_be_hidden()
    assert anna.page.get_by_label("A new password").input_value() == "half a password"
    anna.open("/queue").sees("The queue is empty")


def test_who_is_not_known_sees_nothing_and_a_role_says_what_one_may(office: Office) -> None:
    office.comes(QUESTION)
    cleo = office.person(scripts=False).open("/queue/1").sees("Log in")
    assert "A question" not in cleo.words
    cleo.log_in("cleo", NEW).sees("do not fit together")
    person(office, "add", "cleo", "--role", "reader", "--password-file", password(office))
    cleo.log_in("cleo", NEW).item("A question").sees("May we come too?")
    assert buttons(cleo) == ["Log out"]
    person(office, "role", "cleo", "administrator")
    cleo.page.reload()
    cleo.do("Set aside", Why="an advertisement").sees("The queue is empty")
    person(office, "remove", "cleo")
    cleo.menu("Register").sees("Password")


def person(office: Office, *words: str) -> None:
    """The command, on the office's register."""
    config = office.root / "config.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{office.root}/askonce.db"\n')
    assert main(["person", *words, "--config", str(config)]) == 0


def password(office: Office) -> str:
    """A file with one."""
    file = office.root / "password"
    file.write_text(NEW)
    return str(file)


def test_a_work_account_lets_in_whoever_its_directory_says(
    tmp_path: Path, chromium: Browser, scripts: bool
) -> None:
    port, parts = free_port(), {"administrator": Part.ADMINISTRATOR, "reader": Part.READER}
    with directory() as there:
        known = Directory(
            issuer=there.url, client_id=CLIENT, secret=SECRET, claim="roles", parts=parts
        )
        more = {"issuer": there.url, "provider": Provider(known)}
        address = f"http://127.0.0.1:{port}"
        with open_office(tmp_path, chromium, port, address=address, **more) as office:
            office.comes(QUESTION)
            somebody = office.person(scripts=scripts).open("/queue/1")
            there.person(roles=None)
            somebody.press(ACCOUNT).sees("You have no part here yet")
            there.person(roles=["reader"])
            somebody.open("/queue/1").press(ACCOUNT).sees("(reader)", "May we come too?")
            assert buttons(somebody) == ["Log out"]
            there.person(roles=["administrator"])
            somebody.press("Log out").sees("You have left the register")
            somebody.open("/queue/1").press(ACCOUNT).sees("(administrator)")
            somebody.do("Set aside", Why="spam").sees("The queue is empty")
            somebody.press("Log out").follow("log out of it, too")
            assert somebody.page.url.startswith(f"{there.url}/leave")
            assert [said for said in somebody.wrong if there.url not in said] == []
