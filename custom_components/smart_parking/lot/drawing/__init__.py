"""A plan while somebody draws it: what is on it, and how it changes."""
