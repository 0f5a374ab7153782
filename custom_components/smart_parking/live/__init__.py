"""Subscriptions to a lot: a snapshot first, then what changes."""
