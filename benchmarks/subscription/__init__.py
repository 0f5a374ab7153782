"""What it costs to keep many screens up to date."""
