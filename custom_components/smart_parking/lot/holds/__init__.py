"""Holds: which bay is held for whom, for how long, and how a hold ends."""
