"""What a busy office has on its pages: something of each kind."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.office import Office
from tests.intake.desk import File, form1_file, form2_file, mail
from tests.intake.world import OTHER, STRANGER


def at_work(office: Office) -> None:
    """Some weeks of an office's mail."""
    alike = form1_file("xlsx", title="A skate park for all", email=OTHER.email)
    office.comes(
        mail(form1_file(), subject="Skate park"),
        mail(form1_file(end_date="2027-04-16"), subject="Skate park, longer"),
        mail(alike, sender=OTHER, subject="Another skate park"),
        mail(form1_file(start_date=None, title="Buses at night"), subject="Buses"),
        mail(sender=STRANGER, subject="A question", text="May we come too?"),
        mail(File(name="plan.docx", content=b"no document"), subject="Our plan"),
        mail(form2_file(title="Nothing like it"), sender=STRANGER, subject="Outcomes"),
    )
    office.goes_out(after=timedelta(days=80))
    soon = form1_file(
        title="Benches by the sea",
        purpose="Where do grandparents like to rest on their walks?",
        area=["Babergh"],
        audience=["Early years"],
        start_date="2027-05-24",
        end_date="2027-06-04",
    )
    office.comes(mail(soon, subject="Benches"))
