"""Each act on an exception, from the login page to the mail that arrives, also without scripts."""

from __future__ import annotations

import pytest

from tests.browser.office import Office, Person
from tests.intake.desk import form1_file, kind, mail
from tests.intake.world import LEAD

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def anna(office: Office, request: pytest.FixtureRequest) -> Person:
    return office.person("anna", scripts=request.param)


def test_a_form_is_accepted_with_an_answer_put_right(office: Office, anna: Person) -> None:
    office.comes(mail(form1_file(start_date=None)))
    anna.follow("Queue").follow("A form has")
    anna.fill("Start date", "in spring").press("Accept the form")
    anna.sees("There is a problem")
    anna.fill("Start date", "8 March 2027").press("Accept the form")
    anna.sees("For a minute you can take this back")
    (out,) = office.after_a_minute()
    assert (kind(out), LEAD.email in out["To"]) == ("registered", True)
