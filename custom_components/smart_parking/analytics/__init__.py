"""The record of a lot, and what follows from it."""
