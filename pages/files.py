"""Files from outside, handed on to be kept and never to be opened by the browser."""

from __future__ import annotations

import re
from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from model import as_it_stands

#: What no file's name may hold: it would end the header, or lead elsewhere.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:"<>|?*]')
_LONGEST = 150  # characters, from the end: there it says what kind of file it is


def kept(name: str, content: bytes) -> Response:
    """A file as it came, under a name that is safe wherever it is kept."""
    answer = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=_UNSAFE.sub("_", as_it_stands(name)).strip(". ")[-_LONGEST:] or "file",
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
