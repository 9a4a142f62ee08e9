"""Every mail ends as a case, a reply, an ignored mail with its reason, or an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from model import Kind
from tests.intake.mails import broken, forms, machines, people
from tests.intake.mails.making import Made, ending, office
from tests.intake.world import LEAD

MAILS: list[Made] = [*forms.ALL, *machines.ALL, *people.ALL, *broken.ALL]

#: Nobody ever hears from us on one of these.
SILENT = {
    Kind.OUR_OWN,
    Kind.BOUNCE,
    Kind.DELAY_NOTICE,
    Kind.AUTOMATIC,
    Kind.UNVERIFIED,
    Kind.NOT_ALLOWED,
    Kind.NO_ADDRESS,
    Kind.DUPLICATE,
}


@pytest.mark.parametrize("made", MAILS, ids=lambda made: made.name)
def test_a_mail_ends_as_it_should(made: Made, tmp_path: Path) -> None:
    found = ending(made, tmp_path)
    email = found.email
    assert (found.decision.kind, found.decision.outcome) == (made.kind, made.outcome)
    assert found.reasons == made.holds
    if made.kind in SILENT:
        assert found.went == ()
    if made.files is not None:
        assert tuple(f.name for f in email.attachments) == made.files
    if made.sender is not None:
        assert (email.sender.email if email.sender else "") == made.sender
    if made.origin is not None:
        assert {f.forwarded_from.email for f in email.attachments if f.forwarded_from} == {
            made.origin
        }
        assert LEAD.email in found.went
    if made.says is not None:
        assert made.says in email.text
    if made.blocks is not None:
        assert found.decision.blocked == (made.blocks,)
    if made.status is not None:
        assert found.statuses[office().reference] == made.status


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len(MAILS) >= 150
    assert len({made.name for made in MAILS}) == len(MAILS)
