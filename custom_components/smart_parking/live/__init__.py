"""Live subscriptions to a lot: a snapshot first, then its changes."""
