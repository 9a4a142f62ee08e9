"""Calling a token server, and what may go wrong on the way, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from model import Permanent, Transient

TIMEOUT = 30.0  #: seconds for connecting, and for the answer


class Session(requests.Session):
    """A session that waits for no answer for ever. `ca_file`: trusted in place of requests' own."""

    def __init__(self, ca_file: Path | None) -> None:
        super().__init__()
        self._ca_file = ca_file

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """See `requests.Session.request`."""
        options["timeout"] = options.get("timeout") or TIMEOUT
        if self._ca_file is not None:
            options["verify"] = str(self._ca_file)  # wins over the environment, as here alone
        return super().request(*args, **options)


@contextmanager
def reaching(place: str) -> Iterator[None]:
    """Turns what calling `place` may raise into `Transient` and `Permanent`."""
    what = f"Could not fetch a token from {place}"
    try:
        yield
    except requests.exceptions.SSLError as fault:
        if "expired" in str(fault) or "not yet valid" in str(fault):
            raise Transient(
                f"{what}: its certificate is out of its time. It will be tried again; if this "
                "goes on, look at this machine's clock."
            ) from fault
        raise Permanent(
            f"{what}: its certificate is not to be trusted. Where a proxy looks into encrypted "
            "traffic, name its authority's certificates as oauth2.ca_file."
        ) from fault
    except requests.exceptions.HTTPError as fault:
        raise Transient(f"{what}: {fault}. It will be tried again.") from fault
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as fault:
        raise Permanent(f"{what}: that is no address. Look at oauth2.token_url.") from fault
    except requests.exceptions.RequestException as fault:
        raise Transient(
            f"{what}: it does not answer ({type(fault).__name__}). It will be tried again; if "
            "this goes on, check the network, the proxy and oauth2.token_url."
        ) from fault
    except OSError as fault:
        raise Permanent(
            f"{what}: the certificates that oauth2.ca_file names cannot be read."
        ) from fault
