"""Files from outside, handed on to be kept and never to be opened by the browser."""

from __future__ import annotations

import re
from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

#: What no file's name may hold: it would end the header, lead elsewhere, or turn its letters round.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:"<>|?*\u202a-\u202e\u2066-\u2069]')
_LONGEST = 150  # characters, from the end: there it says what kind of file it is


def kept(name: str, content: bytes) -> Response:
    """A file as it came, under a name that is safe wherever it is kept."""
    answer = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=_UNSAFE.sub("_", name).strip(". ")[-_LONGEST:] or "file",
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
