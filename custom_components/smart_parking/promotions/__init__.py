"""Promotions: shown to drivers, counted, and reported to shops."""
