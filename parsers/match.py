"""From labels in reading order to forms: which labels make up one form, and which form it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from parsers.hits import Event, Hit, Part, Sign
from parsers.spec import FormSpec, Type

#: A form has at least this weight of labels; with its title, less. A label of one ordinary word
#: ("From", "Area") weighs half.
ENOUGH = 4.0
ENOUGH_WITH_TITLE = 2.5
#: Labels of fields that only a form has, such as a question or a list of options.
PARTICULAR = 2
#: So many other labels it takes to tell whether one stands in its place.
LANDMARKS = 6
AHEAD = 6

_ORDINARY = (Type.TEXT, Type.EMAIL, Type.DATE, Type.NUMBER)


@dataclass(slots=True)
class Found:
    """One form found in a document: its labels, in reading order."""

    form: str | None = None
    titled: bool = False
    hits: list[Hit] = field(default_factory=list)
    _best: dict[str, dict[str, float]] = field(default_factory=dict)  #: form -> field -> weight
    _own: Counter[str] = field(default_factory=Counter)  #: labels that only one form has

    def add(self, *hits: Hit) -> None:
        """Append labels."""
        self.hits += hits
        for match in (hit.label.match for hit in hits):
            weight = 1.0 if match.strong else 0.5
            for form in {form for form, _ in match.keys}:
                best, key = self._best.setdefault(form, {}), match.key(form)
                assert key
                best[key] = max(best.get(key, 0.0), weight * match.sure(form))
                self._own[form] += len(match.keys) == 1

    def keys(self, form: str) -> Set[str]:
        """The fields of `form` that have a label here."""
        return self._best.get(form, {}).keys()

    def weight(self, form: str) -> float:
        """How much of `form` is here."""
        return sum(self._best.get(form, {}).values())

    def strangeness(self, hit: Hit, order: Sequence[str]) -> int:
        """Of ten labels of other fields, how many are not on the side of it where `order`, the
        form's fields, has them (0..10)."""
        assert self.form
        keys = [h.label.match.key(self.form) for h in self.hits]
        at = next(n for n, h in enumerate(self.hits) if h is hit)
        others = [(n, order.index(k)) for n, k in enumerate(keys) if k and k != keys[at]]
        here = order.index(keys[at] or "")
        wrong = sum((n < at) != (place < here) for n, place in others)
        return round(10 * wrong / len(others)) if len(others) >= LANDMARKS else 0

    def rank(self, form: str) -> float:
        """How likely it is `form`: labels that only one form has count twice."""
        return self.weight(form) + self._own[form]


class Matcher:
    """Parts a document's labels into forms."""

    def __init__(self, specs: Iterable[FormSpec]) -> None:
        self._specs = {s.key: s for s in specs}

    def forms(self, events: Iterable[Event]) -> list[Found]:
        """The forms in a document, in order, each with its kind."""
        found = [f for f in self._parted(list(events)) if self._decide(f)]
        return self._merged(found)

    def _decide(self, found: Found) -> bool:
        """Settles which form it is; False if it is none."""
        if not found.titled or not found.form:
            ranked = sorted(self._specs, key=lambda f: -found.rank(f))
            found.form = ranked[0]
        self._give_back(found)
        return bool(found.hits)

    def _give_back(self, found: Found) -> None:
        """Lines of an answer that only look like labels go back to it."""
        assert found.form
        order = [f.key for f in self._specs[found.form].fields]
        last = max(
            (n for n, h in enumerate(found.hits) if h.label.match.key(found.form)), default=0
        )
        kept: list[Hit] = []
        owner: dict[int, Hit] = {}
        for n, hit in enumerate(found.hits):
            answer = owner.get(id(hit.follows), hit.follows)
            inside = n < last or hit.joins
            if inside and answer in kept and self._stray(hit, found, order):
                hit.give_back(answer)
                owner[id(hit)] = answer
            else:
                kept.append(hit)
                if hit.joins and hit.follows and self._again(hit, found, order):
                    hit.follows.doubtful = hit.doubtful = True
        found.hits = [h for n, h in enumerate(kept) if not self._odd_one(n, kept, found, order)]

    def _again(self, hit: Hit, found: Found, order: Sequence[str]) -> bool:
        """Whether a label is another form's, or stands in no better place than one like it."""
        assert found.form
        key = hit.label.match.key(found.form)
        alike = [h for h in found.hits if h is not hit and h.label.match.key(found.form) == key]
        here = found.strangeness(hit, order) if key and alike else 0
        return key is None or any(found.strangeness(h, order) <= here for h in alike)

    def _odd_one(self, n: int, hits: Sequence[Hit], found: Found, order: Sequence[str]) -> bool:
        """Whether a label in the midst of a long answer, where its field does not belong, is part
        of the answer: set in other type than labels are, it is; else nobody can know."""
        assert found.form
        if n == 0 or not hits[n].joins or hits[n].follows is not hits[n - 1]:
            return False
        keys = [h.label.match.key(found.form) for h in hits[n - 1 : n + 2]]
        before, here, *following = (order.index(k) if k else -1 for k in keys)
        after = following[0] if following else len(order)
        long = self._specs[found.form][keys[0] or order[0]].type is Type.LONG_TEXT
        placed = before < here < after or not before < after
        plainer = hits[n - 1].label.bold and not hits[n].label.bold
        if long and plainer and not placed:
            hits[n].give_back(hits[n - 1])
            return True
        alike = hits[n].label.bold and hits[n].label.match.official
        if long and (plainer or not (placed or alike)):
            hits[n].doubtful = hits[n - 1].doubtful = True
        return False

    def _stray(self, hit: Hit, found: Found, order: Sequence[str]) -> bool:
        """Whether a label is another form's, or stands again where its field belongs."""
        assert found.form
        key = hit.label.match.key(found.form)
        if key is None:
            return hit.answered or (hit.joins and not hit.label.bold)
        others = [h for h in found.hits if h is not hit and h.label.match.key(found.form) == key]
        here = found.strangeness(hit, order)
        return any(
            found.strangeness(h, order) < here or (h.label.bold and not hit.label.bold)
            for h in others
        )

    def is_form(self, found: Found) -> bool:
        """Whether there are enough labels, and labels enough that only a form has."""
        assert found.form
        spec = self._specs[found.form]
        particular = [k for k in found.keys(found.form) if spec[k].type not in _ORDINARY]
        enough = ENOUGH_WITH_TITLE if found.titled else ENOUGH
        return found.weight(found.form) >= enough and len(particular) >= PARTICULAR

    def _merged(self, found: list[Found]) -> list[Found]:
        """Forms, with what stands on a further sheet of the same form added."""
        out: list[Found] = []
        for f in found:
            last = out[-1] if out else None
            assert f.form
            same = last and last.form == f.form and not last.keys(f.form) & f.keys(f.form)
            if last and same and not f.titled:
                last.add(*f.hits)
            else:
                out.append(f)
        return [f for f in out if self.is_form(f)]

    # ------------------------------------------------------------------ parting

    def _parted(self, events: Sequence[Event]) -> Iterator[Found]:
        current = Found()
        for n, event in enumerate(events):
            if isinstance(event, Part):
                if current.hits:
                    yield current
                current = Found()
            elif isinstance(event, Sign):
                if current.hits and self._new_title(current, event, events[n + 1 :]):
                    yield current
                    current = Found()
                if not current.hits:
                    current.form, current.titled = event.form, True
            else:
                if self._begins(current, event, events[n:]):
                    yield current
                    current = Found()
                current.add(event)
        if current.hits:
            yield current

    def _new_title(self, current: Found, sign: Sign, ahead: Sequence[Event]) -> bool:
        """A title begins a form if labels follow that the form before it has, or cannot have."""
        hits = _next_hits(ahead)
        here = self._form_of(current)
        if sign.form != here:
            return any(h.label.match.key(sign.form) for h in hits)
        known = current.keys(here)
        return sum(h.label.match.key(here) in known for h in hits) * 2 > len(hits)

    def _begins(self, current: Found, hit: Hit, ahead: Sequence[Event]) -> bool:
        """Whether another form begins at a label: what follows repeats, or is another form's."""
        if len(current.hits) < 3:
            return False
        form = self._form_of(current)
        known = current.keys(form)
        if self._fits(hit, form, known):
            return False
        hits = _next_hits(ahead)
        strangers = sum(not self._fits(h, form, known) for h in hits)
        return len(hits) >= 3 and strangers * 3 >= len(hits) * 2

    def _form_of(self, current: Found) -> str:
        if current.titled and current.form:
            return current.form
        return max(self._specs, key=current.rank)

    def _fits(self, hit: Hit, form: str, known: Set[str]) -> bool:
        key = hit.label.match.key(form)
        return key is not None and key not in known


def _next_hits(events: Sequence[Event]) -> list[Hit]:
    hits: list[Hit] = []
    for event in events:
        if isinstance(event, Part) or len(hits) == AHEAD:
            break
        if isinstance(event, Hit):
            hits.append(event)
    return hits
