"""What it costs to keep many visitors' pages up to date, and how soon they know."""
