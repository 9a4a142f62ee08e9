"""Where young people are asked: which areas lie within which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from rapidfuzz import fuzz, process, utils

#: What the area that holds all others is called where nothing else is said.
EVERYWHERE = "Countywide"
#: How alike a misspelt area must be to the one it is taken for, of 100.
_MISSPELT = 85


class Overlap(StrEnum):
    """How two places stand to each other."""

    NONE = "none"
    PERHAPS = "perhaps"  #: one of them is not on the list of areas
    SOME = "some"


class Places:
    """The areas there are. `parents`: each area's wider one; None for the widest."""

    def __init__(
        self, parents: Mapping[str, str | None] | None = None, everywhere: str = EVERYWHERE
    ) -> None:
        self.everywhere = everywhere
        self._parents = dict(parents or {})
        self._names = {_plain(name): name for name in self._parents}

    @property
    def parents(self) -> tuple[tuple[str, str | None], ...]:
        """Every area with its wider one."""
        return tuple(sorted(self._parents.items()))

    def named(self, given: str) -> str:
        """The area that was meant, spelt as on the list; as given where none is near."""
        plain = _plain(given)
        if plain in self._names or not self._names:
            return self._names.get(plain, given)
        near = process.extractOne(
            plain, list(self._names), scorer=fuzz.ratio, score_cutoff=_MISSPELT
        )
        return self._names[near[0]] if near else given

    def around(self, area: str) -> tuple[str, ...]:
        """An area and everything that it lies within, narrowest first."""
        found: list[str] = []
        here: str | None = self.named(area)
        while here is not None and here not in found:
            found.append(here)
            here = self._parents.get(here)
        return tuple(found)

    def knows(self, area: str) -> bool:
        """Whether an area is on the list, spelt so."""
        return area in self._parents

    def reached(self, areas: Iterable[str]) -> tuple[str, ...]:
        """Every area on the list that has young people in common with one of these."""
        given = tuple(areas)
        return tuple(a for a in self._parents if self.overlap([a], given) is Overlap.SOME)

    def overlap(self, one: Iterable[str], two: Iterable[str]) -> Overlap:
        """Whether two lists of areas have young people in common. An empty list is anywhere."""
        pairs = [self._pair(a, b) for a in one for b in two]
        if not pairs or Overlap.SOME in pairs:
            return Overlap.SOME
        return Overlap.PERHAPS if Overlap.PERHAPS in pairs else Overlap.NONE

    def _pair(self, one: str, two: str) -> Overlap:
        one, two = self.named(one), self.named(two)
        if self.everywhere in (one, two) or one in self.around(two) or two in self.around(one):
            return Overlap.SOME
        known = one in self._parents and two in self._parents
        return Overlap.NONE if known else Overlap.PERHAPS


def _plain(name: str) -> str:
    return str(utils.default_process(name))
