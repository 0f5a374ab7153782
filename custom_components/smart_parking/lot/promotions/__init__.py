"""Promotions: which one is shown to whom, how often, and what is counted."""
