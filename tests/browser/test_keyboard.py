"""The whole queue worked by keyboard alone: what has the focus is always to be seen."""

from __future__ import annotations

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import form1_file, kind, mail
from tests.intake.world import STRANGER
from tests.pages.office import PASSWORD

pytestmark = pytest.mark.needs("chromium")

#: What has the focus: its words, whether that can be seen, and whether it is to be filled in. The
#: page scrolls there in its own time: it is given two seconds.
_FOCUS = """async () => {
    const it = document.activeElement, until = performance.now() + 2000
    const seen = () => {
        const box = it.getBoundingClientRect(), look = getComputedStyle(it)
        const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight
        return inside && (look.outlineStyle !== 'none' || look.boxShadow !== 'none')
    }
    do { await new Promise(requestAnimationFrame) } while (!seen() && performance.now() < until)
    const label = it.labels && it.labels.length ? it.labels[0].innerText : ''
    return [(label || it.innerText || it.value || '').trim(), seen(), label !== '']
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, person: Person) -> None:
        self.page = person.page

    def to(self, words: str, *, fill: bool = False) -> Keys:
        """Tab on until something of these words has the focus; `fill`: an input with this label."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            found, seen, is_input = self.page.evaluate(_FOCUS)
            assert seen or not found, f"the focus on {found!r} cannot be seen"
            if found.startswith(words) and (is_input or not fill):
                return self
        raise AssertionError(f"nothing of the words {words!r} gets the focus")

    def press(self, key: str = "Enter") -> Keys:
        """A key that changes nothing but this page."""
        self.page.keyboard.press(key)
        return self

    def enter(self) -> Keys:
        """The key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def fill(self, label: str, text: str) -> Keys:
        """Go to an input and type."""
        return self.to(label, fill=True).type(text)

    def type(self, text: str) -> Keys:
        """In place of what is there."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        return self


def test_the_whole_queue_is_worked_by_keyboard(office: Office) -> None:
    office.comes(
        mail(form1_file(start_date=None), subject="Skate park"),
        mail(sender=STRANGER, subject="A question", text="May we come too?"),
        mail(sender=STRANGER, subject="Nothing", text="Buy our shoes"),
    )
    person = office.person().open("/login")
    keys = Keys(person)
    keys.to("Skip to main content").press()
    keys.fill("Name", "anna").fill("Password", PASSWORD).enter()
    person.sees("Overview")
    keys.to("Start with the oldest").enter()
    keys.fill("Start date", "in spring").to("Accept the form").enter()
    person.sees("There is a problem")
    keys.to("Start date").press()  # in the summary, which has the focus: it leads to the input
    keys.type("8 March 2027").to("Accept the form").enter()
    person.sees("For a minute you can take")
    keys.to("An email with no form in it").enter().fill("What it says", "Yes, do.")
    keys.to("Send the answer").enter()
    person.sees("For a minute you can take")
    keys.to("An email with no form in it").enter()
    folded = person.page.locator("details:has(#why-aside) > summary")
    if folded.count():
        keys.to(folded.inner_text()).press("Space")
    keys.fill("Why nothing more", "an advertisement").enter()
    person.sees("The queue is empty")
    assert sorted(kind(m) for m in office.after_a_minute()) == ["answer", "registered"]
    office.all_leave()
