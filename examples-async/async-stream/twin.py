"""A list that comes in pages: an async generator."""

import asyncio


# ANCHOR: construct
async def items(page):
    while True:
        await asyncio.sleep(0)  # the request
        yield page
        yield page + 1
        page += 2


async def main():
    async for item in items(1):
        print(item)
        if item == 3:
            break  # the third page is never loaded


asyncio.run(main())
# ANCHOR_END: construct
