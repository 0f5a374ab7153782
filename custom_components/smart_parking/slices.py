"""Long work in the event loop, in slices between which everything else has its turn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
import time

# Home Assistant should answer within 50 ms, and other work waits as well.
SLICE_S = 0.01


async def in_slices[T](items: Iterable[T], *, pause_s: float = 0.0) -> AsyncIterator[T]:
    """Yield items, and give way to everything else whenever a slice of time is used up.

    With a pause, also those have time who are told of it elsewhere, such as browsers.
    """
    began = time.perf_counter()
    for item in list(items):
        yield item
        if time.perf_counter() - began > SLICE_S:
            await asyncio.sleep(pause_s)
            began = time.perf_counter()
