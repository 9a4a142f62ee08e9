"""OLE compound files ([MS-CFB]): the names at their root, and the first bytes of a stream.

Only as much as tells an old Word file from an old workbook, and a password from none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER, _ENTRY, _HEADER_FAT = 512, 128, 109
_NONE = 0xFFFFFFFF
_LAST = 0xFFFFFFFA  #: sector numbers beyond it are marks


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    left: int
    right: int
    child: int
    start: int


@dataclass(slots=True)
class Compound:
    """A compound file. Damage never raises: what cannot be found is not there."""

    data: bytes
    streams: dict[str, int] = field(default_factory=dict)  #: at the root: name -> first sector

    def __post_init__(self) -> None:
        entries = list(self._entries())
        if entries:
            self.streams = {e.name: e.start for e in _children(entries, entries[0].child) if e.name}

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a stream of at least 4,096 bytes, at most one sector of them."""
        return self._sector(self.streams[name])[:size] if name in self.streams else b""

    @property
    def _size(self) -> int:
        return 4096 if self._number(30, 2) == 12 else 512

    def _number(self, at: int, size: int = 4) -> int:
        return int.from_bytes(self.data[at : at + size], "little")

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self.data[start : start + self._size]

    def _next(self, sector: int) -> int:
        """By the file allocation table, of which the header lists the first 109 sectors."""
        per = self._size // 4
        at = sector // per
        if at >= _HEADER_FAT:
            return _NONE
        table = self._sector(self._number(76 + 4 * at))
        offset = sector % per * 4
        return int.from_bytes(table[offset : offset + 4] or b"\xff" * 4, "little")

    def _entries(self) -> Iterator[_Entry]:
        sector, seen = self._number(48), set[int]()
        while sector < _LAST and sector not in seen and (data := self._sector(sector)):
            seen.add(sector)
            for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
                yield _entry(data[at : at + _ENTRY])
            sector = self._next(sector)


def _entry(raw: bytes) -> _Entry:
    length = max(0, int.from_bytes(raw[64:66], "little") - 2)
    left, right, child = (int.from_bytes(raw[at : at + 4], "little") for at in (68, 72, 76))
    name = raw[: min(length, 62)].decode("utf-16-le", "replace")
    return _Entry(name, left, right, child, int.from_bytes(raw[116:120], "little"))


def _children(entries: list[_Entry], root: int) -> Iterator[_Entry]:
    """Of one storage: a tree through its entries' left and right."""
    todo, seen = [root], set[int]()
    while todo:
        number = todo.pop()
        if number < len(entries) and number not in seen:
            seen.add(number)
            yield entries[number]
            todo += [entries[number].left, entries[number].right]
