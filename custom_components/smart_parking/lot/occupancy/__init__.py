"""Occupancy of a bay: what its sensor's readings say, and whether they can be believed."""
