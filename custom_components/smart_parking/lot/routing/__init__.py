"""Routes through a lot: geometry, lanes, shortest paths, directions."""
