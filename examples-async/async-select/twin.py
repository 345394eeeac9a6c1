"""Two tasks race. The one that loses runs on, and is awaited afterwards."""

import asyncio
from asyncio import FIRST_COMPLETED, create_task


async def slow(go):
    await go.wait()
    return "slow"


async def fast():
    return "fast"


async def main():
    # ANCHOR: construct
    go = asyncio.Event()
    tasks = [create_task(slow(go)),
             create_task(fast())]
    done, running = await asyncio.wait(
        tasks, return_when=FIRST_COMPLETED)
    print("first:", done.pop().result())
    go.set()
    print("then:", await running.pop())
    # ANCHOR_END: construct


asyncio.run(main())
