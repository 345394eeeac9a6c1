"""A loop with back-off and jitter. The package tenacity has the same as a decorator."""

import asyncio
import random


async def load(calls):
    if calls < 3:
        raise ConnectionError("busy")
    return "a page"


# ANCHOR: construct
async def load_patiently(attempts=5, base=0.01):
    for calls in range(1, attempts + 1):
        try:
            page = await load(calls)
            print(page)
            print("calls:", calls)
            return
        except ConnectionError:
            if calls == attempts:
                raise
        longest = base * 2 ** (calls - 1)
        await asyncio.sleep(random.uniform(0, longest))
# ANCHOR_END: construct


asyncio.run(load_patiently())
