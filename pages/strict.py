"""Requests that can be read in two ways are not read at all (RFC 9112, 3.2, 5.2 and 6.3).

A proxy that finds another end than we do would take what somebody hid behind it for the next
person's request.
"""

from __future__ import annotations

import re

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes one length, one host, and one line a header."""

    def parse_header(self, header_plus: bytes) -> None:
        """As it is, or `ParsingError`: then 400 is answered and the connection closed."""
        if re.search(rb"\r\n[ \t]", header_plus):
            raise ParsingError("A header has one line.")
        super().parse_header(header_plus)
        two = self.chunked and "CONTENT_LENGTH" in self.headers
        if two or "TRANSFER_ENCODING" in self.headers:  # which is HTTP/1.1's alone, and taken out
            raise ParsingError("A request has one length.")
        host = self.headers.get("HOST", "")
        if self.version == "1.1" and (not host or "," in host):
            raise ParsingError("A request is to one host.")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = _Parser
