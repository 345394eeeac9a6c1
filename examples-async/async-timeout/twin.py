"""Two steps share a deadline."""

import asyncio


async def connect():
    print("connected")


async def read():
    await asyncio.sleep(60)
    print("read")


# ANCHOR: construct
async def load():
    await connect()
    await read()

async def with_limit():
    try:
        async with asyncio.timeout(0.5):
            await load()
    except TimeoutError:
        print("too late")
# ANCHOR_END: construct


asyncio.run(with_limit())
