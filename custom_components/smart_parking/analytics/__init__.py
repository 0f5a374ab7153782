"""The record of a lot: every stay written down, and what an owner asks of it."""
