"""Queries as trees: read, taken apart, rewritten and printed again (SPARQL 1.1 Query, §19)."""
