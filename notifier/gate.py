"""Whom no mail may ever go to, whoever wrote it. Pure; `Outbox.claim` asks it of every recipient.

RFC 3834 section 4: never the null address, ourselves, or what mail systems and lists write from.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from model import mailbox_of

#: An address that any server takes as it stands (RFC 5321 4.1.2, without quoted local parts).
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9-]+"
_PLAIN = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")
#: A local part that nobody reads (RFC 2142, RFC 5321 4.5.1; practice of mail systems and lists).
_NOBODY = re.compile(
    r"(.*[-_.+])?(no|do[-_.]?not|dont)[-_.]?(reply|respond|answer)([-_.+=].*)?"  # no-reply
    r"|(mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|listserv|majordomo)([-+=.].*)?"
    r"|(.*[-_.+])?bounces?([-_.+=].*)?"  # what servers and lists want returned mail at
    r"|owner-.*|.*-(owner|request|admin-bounces|subscribe|unsubscribe)"  # of a list
    r"|(prvs|msprvs\d|srs[01]|btv\d)[-=+].*",  # an envelope address (BATV, SRS), nobody's own
    re.IGNORECASE | re.DOTALL,
)


def may_go_to(address: str, ours: Collection[str]) -> bool:
    """Whether a mail may go to this address; `ours` are the addresses that are we ourselves.

    Ours in any case, and with anything after a plus, are ours.
    """
    if not _PLAIN.fullmatch(address) or _NOBODY.fullmatch(address.rpartition("@")[0]):
        return False
    return mailbox_of(address) not in {mailbox_of(own) for own in ours}
