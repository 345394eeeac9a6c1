"""A blocking call on another thread: asyncio.to_thread."""

import asyncio
import time


def blocking_call():
    time.sleep(0.05)
    return "the call has returned"


# ANCHOR: construct
async def heartbeat():
    print("a task runs meanwhile")

async def both():
    call = asyncio.to_thread(blocking_call)
    result, _ = await asyncio.gather(
        call, heartbeat()
    )
    print(result)
# ANCHOR_END: construct


asyncio.run(both())
