"""Occupancy of a bay: which state its sensor's readings show, and whether they are plausible."""
