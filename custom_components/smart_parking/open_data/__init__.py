"""A lot as open data, as far as its owner publishes it."""
