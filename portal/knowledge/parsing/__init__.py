"""Reads laws and official documents into trees of clauses. No Django here."""
