"""Holds: which bay is promised to whom, for how long, and what becomes of it."""
