"""What the register is searched by: the words of each consultation, and its areas and the like.

Words are in one spelling, without accents, so that every database finds the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from model import TAKES_OUTCOMES, Address
from store.schema import consultations, people, searched, tags

#: Fields in whose words a consultation is found: few, as every search reads all of them.
_FIELDS = ("title", "organisation", "lead_worker", "partners", "purpose")
#: What a consultation may be filtered by besides its own columns: kind -> field of Form 1.
TAGS = {"area": "area", "audience": "audience", "theme": "themes"}
_BATCH = 500
#: Words that `most_words` passes over have no more letters than this.
_SHORT = 3
#: Words that it asks for.
_ASKED = 12
_read = consultations.c
_CHANGED = update(searched).where(searched.c.consultation == bindparam("this"))
_PEOPLE = (
    select(people.c.consultation, people.c.email, people.c.name)
    .where(people.c.consultation.in_(bindparam("these", expanding=True)))
    .order_by(people.c.consultation, people.c.position)
)
_READ = select(_read.key, _read.reference, _read.form1, _read.form2)


def plain_words(text: str) -> str:
    """Small letters and digits without accents, anything else between them one space."""
    spelt = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in _bare(spelt)).split())


def _bare(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c))


def words_of(
    reference: str | None,
    form1: Mapping[str, Any] | None,
    form2: Mapping[str, Any] | None,
    people: Iterable[Address] = (),
) -> str:
    """Every word that a consultation is found by, each begun by a space.

    An address stays whole, so that it is found as it is written.
    """
    form, people = form1 or form2 or {}, tuple(people)
    texts = (str(form[field]) for field in _FIELDS if form.get(field))
    words = dict.fromkeys(plain_words(" ".join((*texts, *(p.name for p in people)))).split())
    addresses = (plain_words(p.email) for p in people)
    return " " + " ".join((plain_words(reference or ""), *words, *addresses))


def tags_of(form1: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """(kind, value) of what a consultation may be filtered by; whatever is "Other" is one."""
    for kind, field in TAGS.items():
        values = (form1 or {}).get(field) or []
        yield from dict.fromkeys((kind, str(v).partition(":")[0]) for v in values)


def write(
    connection: Connection, key: str, words: str, form1: Mapping[str, Any] | None, *, new: bool
) -> None:
    """Bring what one consultation is found by up to date. `words`: as `words_of` gives them."""
    row = {"consultation": key, "words": words}
    if new:
        connection.execute(insert(searched).inline(), row)
    else:
        connection.execute(_CHANGED, {"this": key, "words": row["words"]})
        connection.execute(delete(tags).where(tags.c.consultation == key))
    rows = [{"kind": k, "value": v, "consultation": key} for k, v in tags_of(form1)]
    if rows:
        connection.execute(insert(tags).inline(), rows)


def most_words(connection: Connection, text: str, at_most: int = 20) -> tuple[str, ...]:
    """Keys of the consultations that are found by most words of a text, the best first.

    Short words, which most have, and whatever comes after the first dozen do not count.
    """
    words = [word for word in dict.fromkeys(plain_words(text).split()) if len(word) > _SHORT]
    if not words:
        return ()
    hits = [case((searched.c.words.like(f"% {word}%"), 1), else_=0) for word in words[:_ASKED]]
    found = reduce(add, hits).label("hits")
    most = (
        select(searched.c.consultation, found)
        .order_by(found.desc(), searched.c.consultation)
        .limit(3 * at_most)  # some of them do not stand
        .subquery()
    )
    query = (
        select(most.c.consultation)
        .join(consultations, consultations.c.key == most.c.consultation)
        .where(most.c.hits > 0, consultations.c.status.in_(TAKES_OUTCOMES))
        .order_by(most.c.hits.desc(), consultations.c.end_date.desc(), most.c.consultation)
        .limit(at_most)
    )
    return tuple(connection.scalars(query))


def fill(connection: Connection) -> None:
    """Make all of it anew."""
    connection.execute(delete(tags))
    connection.execute(delete(searched))
    for batch in connection.execute(_READ).partitions(_BATCH):
        _fill(connection, batch)


def _fill(connection: Connection, rows: Sequence[Any]) -> None:
    theirs: dict[str, list[Address]] = {}
    for one in connection.execute(_PEOPLE, {"these": [row.key for row in rows]}):
        address = Address(email=one.email, name=one.name or "")
        theirs.setdefault(one.consultation, []).append(address)
    for row in rows:
        known = theirs.get(row.key, ())
        words = words_of(row.reference, row.form1, row.form2, known)
        write(connection, row.key, words, row.form1, new=True)
