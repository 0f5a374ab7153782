"""Guidance: bays are held for drivers, and drivers are notified of their holds."""
