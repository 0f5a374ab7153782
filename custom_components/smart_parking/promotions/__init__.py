"""Promotions at work: shown to drivers, counted, and reported to shops."""
