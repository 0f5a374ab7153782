"""Long work in the event loop, in short slices with other work between them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
import time

# Home Assistant should answer within 50 ms, and other work waits as well.
SLICE_S = 0.01
# So many are told in no time.
FEW = 200


async def in_slices[T](items: Iterable[T], *, is_told: bool = False) -> AsyncIterator[T]:
    """Yield items, and give way to everything else whenever a slice of time is used up.

    Of many items of which browsers are told, these are given time to follow as well.
    """
    all_items = list(items)
    pause_s = SLICE_S if is_told and len(all_items) > FEW else 0.0
    began = time.perf_counter()
    for item in all_items:
        yield item
        if time.perf_counter() - began > SLICE_S:
            await asyncio.sleep(pause_s)
            began = time.perf_counter()
