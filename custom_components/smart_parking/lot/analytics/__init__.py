"""What the record of a lot tells of its past, and what it lets one expect."""
