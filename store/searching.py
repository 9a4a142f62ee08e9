"""What the register is searched by: the words of each consultation, and its areas and the like.

Words are in one spelling, without accents, so that every database finds the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from model import TAKES_OUTCOMES, Address
from store.schema import consultations, people, searched, tags

#: Fields in whose words a consultation is found: few, as every search reads all of them.
_FIELDS = ("title", "organisation", "lead_worker", "partners", "purpose")
#: What a consultation may be filtered by besides its own columns: kind -> field of Form 1.
TAGS = {"area": "area", "audience": "audience", "theme": "themes"}
_BATCH = 500
#: Words that `most_words` passes over have no more letters than this.
_SHORT = 3
#: Words that it asks for, and letters of each: databases bound what they look for.
_ASKED, _LETTERS = 12, 50
#: Letters of a title that `same_title` asks for; it compares all of them.
_TITLE = 200
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


def same_title(connection: Connection, title: str, at_most: int = 10) -> tuple[str, ...]:
    """Keys of the consultations of the same title but for case, accents and punctuation, the
    latest first.
    """
    wanted = plain_words(title)
    # the title's words are the first that each is found by, once each
    begins = " ".join(dict.fromkeys(wanted.split()))[:_TITLE]
    query = (
        select(_read.key, _read.title)
        .join(searched, searched.c.consultation == _read.key)
        .where(searched.c.words.like(f"% {begins}%"), _read.status.in_(TAKES_OUTCOMES))
        .order_by(_read.end_date.desc(), _read.key)
    )
    rows = connection.execute(query) if wanted else ()
    return tuple(row.key for row in rows if plain_words(row.title) == wanted)[:at_most]


def most_words(
    connection: Connection, title: str, others: str = "", at_most: int = 20
) -> tuple[str, ...]:
    """Keys of the consultations found by most words of a title, and by most of it with the others.

    Short words, which most have, and whatever comes after the first dozen do not count.
    """
    words = [w for w in dict.fromkeys(plain_words(f"{title} {others}").split()) if len(w) > _SHORT]
    titled = set(plain_words(title).split())
    standing = select(_read.key).where(_read.status.in_(TAKES_OUTCOMES))
    scored = (
        select(
            searched.c.consultation,
            _hits([word for word in words[:_ASKED] if word in titled]).label("title"),
            _hits([word for word in words[:_ASKED] if word not in titled]).label("others"),
        )
        .where(searched.c.consultation.in_(standing))
        .cte("scored")
    )
    hits = scored.c.title + scored.c.others
    by_title = _most(scored, at_most, scored.c.title, hits)
    by_all = _most(scored, at_most, hits, scored.c.title)
    query = select(_read.key).where(or_(_read.key.in_(by_title), _read.key.in_(by_all)))
    return tuple(connection.scalars(query.order_by(_read.key))) if words else ()


def _hits(words: Iterable[str]) -> ColumnElement[int]:
    """How many of these words something is found by."""
    begins = (searched.c.words.like(f"% {word[:_LETTERS]}%") for word in words)
    return reduce(add, (case((found, 1), else_=0) for found in begins), literal(0))


def _most(
    scored: CTE, at_most: int, first: ColumnElement[int], then: ColumnElement[int]
) -> Select[Any]:
    """Those with most of the first; of equals, with most of the other."""
    order = (first.desc(), then.desc(), scored.c.consultation)
    return select(scored.c.consultation).where(first > 0).order_by(*order).limit(at_most)


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
