"""Long work in the event loop, in short slices with other work between them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
import time

# Home Assistant should answer within 50 ms, and other work waits as well.
SLICE_S = 0.01


async def in_slices[T](items: Iterable[T]) -> AsyncIterator[T]:
    """Yield items, and let other work run whenever a slice of time is used up."""
    began = time.perf_counter()
    for item in list(items):
        yield item
        if time.perf_counter() - began > SLICE_S:
            await asyncio.sleep(0)
            began = time.perf_counter()
