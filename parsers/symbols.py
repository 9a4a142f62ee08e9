"""Ticks and boxes of symbol fonts.

They keep a tick under an ordinary letter or in Unicode's private use area; here each becomes the
Unicode glyph that it looks like, so that the rest of reading knows glyphs alone.
"""

from __future__ import annotations

#: Code points of Wingdings and Wingdings 2 that people tick with (low byte -> glyph).
WINGDINGS = {
    0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x6E: "■",
    0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗", 0x78: "☒", 0xA1: "○", 0xA4: "◉",
}  # fmt: skip
WINGDINGS2 = {
    0xA3: "☐", 0x2A: "☐", 0x30: "☐", 0x52: "☑", 0x51: "☒", 0x53: "☒", 0x54: "☒", 0x50: "✓",
    0x4F: "✗",
}  # fmt: skip


def symbol(code: int, font: str) -> str:
    """The glyph for a character of a symbol font; "" for one that means nothing here."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    table = WINGDINGS2 if "2" in font else WINGDINGS
    return table.get(low, "")


def in_symbol_font(text: str, font: str) -> str:
    """Text set in Wingdings, as the glyphs it shows."""
    return "".join(symbol(ord(c), font) or ("" if not c.isspace() else c) for c in text)


def without_private_use(text: str) -> str:
    """Private use characters as the Wingdings glyphs that Word means by them."""
    if text.isascii() or not any("\uf000" <= c <= "\uf0ff" for c in text):
        return text
    return "".join(symbol(ord(c), "") if "\uf000" <= c <= "\uf0ff" else c for c in text)
