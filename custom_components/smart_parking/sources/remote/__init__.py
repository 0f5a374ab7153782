"""Raspberry Pis elsewhere, as nodes of a lot."""

from .source import RemoteSource

__all__ = ["RemoteSource"]
