"""Analytics of a lot: stays, their fees and durations, and a forecast."""
