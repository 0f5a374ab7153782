"""Open data of a lot, as far as its owner publishes it."""
