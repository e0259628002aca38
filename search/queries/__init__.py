"""Reads of the search."""

from search.queries.answers import Answer, AnswerProblem, FacetValue, Group, Hit, Suggestion
from search.queries.saved import access_saved_searches_for
from search.queries.searching import DEEPEST, LONGEST_QUERY, search
from search.queries.suggestions import suggestions
from search.queries.words import forget_words, staff_words

__all__ = [
    "Answer",
    "DEEPEST",
    "FacetValue",
    "Group",
    "Hit",
    "LONGEST_QUERY",
    "AnswerProblem",
    "Suggestion",
    "access_saved_searches_for",
    "forget_words",
    "search",
    "staff_words",
    "suggestions",
]
