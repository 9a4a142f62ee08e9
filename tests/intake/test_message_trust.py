"""Whether the From can be believed (process section "Verified")."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.message import read_mail

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=x.org; dkim=pass (signature was verified)\n"
    " header.d=x.org;dmarc=pass action=none\n header.from=x.org;compauth=pass reason=100"
)


def verified(
    *results: str,
    name: str = "mx.us.org",
    sender: str = "jo@x.org",
    internal: bool = False,
    more: str = "",
) -> bool:
    head = "".join(f"Authentication-Results: {r}\n" for r in results)
    raw = f"{head}{more}From: {sender}\n\nHi\n".encode()
    return read_mail(raw, NOON, authserv_id=name, trust_internal=internal).verified


def test_nothing_is_asked_where_no_server_is_named() -> None:
    assert verified(name="")
    assert verified("mx.us.org; dmarc=fail", name="")


@pytest.mark.parametrize(
    "result",
    [
        "dmarc=pass header.from=x.org",
        "dmarc=pass (p=none dis=none) header.from=X.ORG",
        "DMARC=Pass",
        "spf=pass smtp.mailfrom=jo@x.org",
        "spf=pass smtp.mailfrom=x.org",
        "spf=pass smtp.mail=jo@x.org",
        "spf=pass smtp.mailfrom=bounce.x.org",
        "dkim=pass header.d=x.org header.s=k1 header.b=abc",
        "dkim=pass header.i=@x.org",
        "spf=fail smtp.mailfrom=evil.net; dmarc=pass header.from=x.org",
        "dkim=fail header.d=x.org; dkim=pass header.d=x.org",
        "dkim=pass (2048-bit key; unprotected) header.d=x.org",
    ],
)
def test_our_servers_pass_for_the_froms_domain_is_believed(result: str) -> None:
    assert verified(f"mx.us.org; {result}")
    assert verified(f"MX.US.ORG 1;\n\t{result}")


@pytest.mark.parametrize(
    "result",
    [
        "none",
        "",
        "dmarc=fail header.from=x.org",
        "dmarc=none",
        "dmarc=bestguesspass header.from=x.org",
        "dmarc=pass header.from=evil.net",
        "spf=pass smtp.mailfrom=jo@evil.net",
        "spf=pass smtp.helo=x.org",
        "spf=pass",
        "spf=softfail smtp.mailfrom=x.org",
        "dkim=pass header.d=evil.net",
        "dkim=pass header.d=notx.org",
        "dkim=pass header.d=org",
        "dkim=pass",
        "dkim=fail header.d=x.org",
        "arc=pass header.d=x.org",
        "iprev=pass; x-dmarc=pass header.from=x.org",
        "spf=fail (dmarc=pass header.from=x.org) smtp.mailfrom=evil.net",
        "spf=fail (; dmarc=pass header.from=x.org) smtp.mailfrom=evil.net",
        'spf=fail reason="; dmarc=pass header.from=x.org" smtp.mailfrom=evil.net',
        'spf=fail (a ")" ; dmarc=pass header.from=x.org) smtp.mailfrom=evil.net',
        "spf=fail (a \\) ; dmarc=pass header.from=x.org) smtp.mailfrom=evil.net",
        "spf=pass smtp.mailfrom=evil.net x-header.from=x.org",
    ],
)
def test_anything_less_is_unverified(result: str) -> None:
    assert not verified(f"mx.us.org; {result}")


def test_no_result_is_unverified() -> None:
    assert not verified()
    assert not verified(name="topmost")


def test_only_the_topmost_result_of_our_servers_name_is_believed() -> None:
    good, bad = "mx.us.org; dmarc=pass", "mx.us.org; dmarc=fail"
    assert verified("mx.else.org; dmarc=fail", good, bad)
    assert not verified(bad, good)
    assert not verified("mx.evil.net; dmarc=pass", bad)
    assert not verified("mx.us.org.evil.net; dmarc=pass header.from=x.org")
    assert not verified("dmarc=pass; mx.us.org; dmarc=pass")


def test_topmost_believes_the_first_result_whatever_its_name() -> None:
    assert verified("anything; dmarc=pass", "mx.us.org; dmarc=fail", name="topmost")
    assert verified(EXCHANGE, name="Topmost")
    assert not verified("mx; dmarc=fail", EXCHANGE, name="topmost")
    assert not verified(EXCHANGE.replace("pass", "fail"), EXCHANGE, name="topmost")
    assert not verified(EXCHANGE)


@pytest.mark.parametrize("sender", ["jo@x.org, al@y.org", "jo@x.org\nFrom: al@y.org", "", "jo"])
def test_a_from_that_is_not_one_address_is_unverified(sender: str) -> None:
    assert not verified("mx.us.org; dmarc=pass", sender=sender)


MARK = "X-MS-Exchange-Organization-AuthAs: "


def test_exchanges_own_mark_counts_where_it_is_trusted() -> None:
    assert verified(internal=True, more=f"{MARK}Internal\n")
    assert verified(name="topmost", internal=True, more=f"{MARK}internal\n")
    assert not verified(more=f"{MARK}Internal\n")
    assert not verified(internal=True, more=f"{MARK}Anonymous\n")
    assert not verified(internal=True, more=f"{MARK}Anonymous\n{MARK}Internal\n")
