"""When what the program signs in with will be worth nothing any more. Pure, but for the file."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

from asn1crypto import pem, x509

from model import Permanent


def certificate_ends(file: Path) -> date:
    """The last day on which the certificate in a PEM file is good. Raises `Permanent`."""
    try:
        blocks = pem.unarmor(file.read_bytes(), multiple=True)
        der = next(data for kind, _, data in blocks if kind == "CERTIFICATE")
        ends = x509.Certificate.load(der).not_valid_after
    except (OSError, ValueError, StopIteration) as fault:
        raise Permanent(
            f"There is no certificate to be read in {file}: look at oauth2.certificate_file."
        ) from fault
    found: date = ends.astimezone(UTC).date()
    return found


def warning(ends: date | None, today: date, days: int) -> str:
    """What to say `today` of a credential that ends on a day; empty while there is time enough."""
    if ends is None or (left := (ends - today).days) > days:
        return ""
    when = f"{ends:%-d %B %Y}"
    if left < 0:
        return f"What the program signs in with ended on {when}: give it a new secret or key now."
    time = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days, on {when}"
    return (
        f"What the program signs in with ends {time}: no mail goes in or out then. Make a new "
        "secret or certificate before (docs/microsoft365.md)."
    )
