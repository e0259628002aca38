"""What the search keeps: entries and their outbox, the words of the staff, traces of searches, searches of readers."""

from search.models.entries import IndexChange, SearchEntry
from search.models.saved import SavedSearch
from search.models.traces import SearchTrace
from search.models.words import BestBet, Polyphone, Synonym

__all__ = ["BestBet", "IndexChange", "Polyphone", "SavedSearch", "SearchEntry", "SearchTrace", "Synonym"]
