"""Bays that have been drawn and have no sensor yet: nothing is known of them."""

from typing import ClassVar, override

from .base import Sink, Source


class UnequippedSource(Source):
    """A node that measures nothing, and whose bays wait for their sensors."""

    key = "unequipped"
    model = "Bays without sensors"
    measures: ClassVar[bool] = False

    @override
    async def async_start(self, sink: Sink) -> None:
        # It is as it should be, although nothing comes of it.
        sink.sweep(())

    @override
    async def async_stop(self) -> None:
        """Release nothing, for nothing was claimed."""
