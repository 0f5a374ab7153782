"""Holds at work: drivers are guided to a bay, and told what becomes of it."""
