"""Whom no mail may ever go to, and that there is no way past the gate."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from notifier.gate import may_go_to

ROOT = Path(__file__).parents[2]
OURS = frozenset({"consultations@example.org", "Register@Council.example"})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "<>",
        "somebody",
        "a b@example.net",
        "consultations@example.org",
        "Consultations@EXAMPLE.org",
        "consultations+form@example.org",
        "register@council.example.",
        "noreply@example.net",
        "no-reply@example.net",
        "No.Reply@example.net",
        "donotreply@example.net",
        "do-not-reply+123@example.net",
        "alerts-noreply@example.net",
        "noreply-forms@example.net",
        "mailer-daemon@example.net",
        "MAILER-DAEMON@example.net",
        "postmaster@example.net",
        "bounce@example.net",
        "bounces+17-anna=x.org@example.net",
        "news-bounces@example.net",
        "owner-news@example.net",
        "news-owner@example.net",
        "news-request@example.net",
        "listserv@example.net",
        "prvs=1234567890=anna@example.net",
        "SRS0=HHH=TT=example.com=anna@example.net",
    ],
)
def test_no_mail_goes_to(address: str) -> None:
    assert not may_go_to(address, OURS)


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.org",
        "anna+forms@example.net",
        "norah.eply@example.net",
        "no.repton@example.net",
        "anna.owner@example.net",
        "owner@example.net",
        "bouncer@example.net",
        "request@example.net",
        "postmasters@example.net",
        "consultations@council.example",
        "o'brien@example.net",
        "admin@xn--bcher-kva.example",
    ],
)
def test_mail_goes_to_people(address: str) -> None:
    assert may_go_to(address, OURS)


def test_only_delivering_takes_mails_out_of_the_outbox_and_hands_them_over() -> None:
    """The outbox's `claim` asks the gate; `send` is called with what it gave and nothing else."""
    calls = {"claim": set[str](), "send": set[str]()}
    for path in ROOT.rglob("*.py"):
        top = path.relative_to(ROOT).parts[0]
        if top.startswith(".") or top in {"tests", "benchmarks", "var"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            whose = ast.unparse(node.func.value)
            if (node.func.attr, whose) in {("claim", "outbox"), ("send", "sender")}:
                calls[node.func.attr].add(path.relative_to(ROOT).as_posix())
    assert calls == {"claim": {"notifier/deliver.py"}, "send": {"notifier/deliver.py"}}
