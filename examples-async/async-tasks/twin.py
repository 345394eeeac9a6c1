"""Tasks in a TaskGroup: the first error cancels the others and waits for them."""

import asyncio


async def load(page):
    await asyncio.sleep(0)  # the request
    if page == 2:
        raise ValueError(f"page {page} is missing")
    return page


# ANCHOR: construct
async def main():
    for last in [2, 3]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(load(page))
                    for page in range(last)
                ]
            print([task.result() for task in tasks])
        except* ValueError as failed:
            print(failed.exceptions[0])


asyncio.run(main())
# ANCHOR_END: construct
