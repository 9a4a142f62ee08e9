"""Similar work: which earlier consultations asked the same young people the same thing.

Pure: values in, values out. `terms_of` turns a consultation into weighted terms once, when it is
kept; a `Ranker` compares terms; `find_similar` does both for a handful of records.
"""

from __future__ import annotations

from intake.similar.explain import explain
from intake.similar.places import Places
from intake.similar.rank import Found, Ranker
from intake.similar.rules import SimilarRules
from intake.similar.search import COUNTED, find_near, find_similar, form_places, matches, rank_near
from intake.similar.statistics import Statistics
from intake.similar.terms import VERSION, Terms, same_words, subject_of, terms_of
from intake.similar.work import Work, of_form1, of_row

__all__ = [
    "COUNTED",
    "VERSION",
    "Found",
    "Places",
    "Ranker",
    "SimilarRules",
    "Statistics",
    "Terms",
    "Work",
    "explain",
    "find_near",
    "find_similar",
    "form_places",
    "matches",
    "of_form1",
    "of_row",
    "rank_near",
    "same_words",
    "subject_of",
    "terms_of",
]
