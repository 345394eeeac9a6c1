"""The same in Python: twelve requests share three permits of asyncio.Semaphore. Then: the queue."""

import asyncio
import contextlib

REQUESTS = 12
PERMITS = 3
ANSWER = 0.02


async def twelve(start):
    requests = most_requests = most_tasks = 0
    tasks = []

    async def request():
        nonlocal requests, most_requests
        requests += 1
        most_requests = max(most_requests, requests)
        await asyncio.sleep(ANSWER)
        requests -= 1

    for _ in range(REQUESTS):
        coroutine = await start(request())
        tasks.append(asyncio.create_task(coroutine))
        most_tasks = max(most_tasks, sum(not task.done() for task in tasks))
    await asyncio.gather(*tasks)
    return f"{most_requests} at a time, {most_tasks} tasks"


async def without_limit():
    async def start(request):
        return request

    return await twelve(start)


async def inside_each_task():
    semaphore = asyncio.Semaphore(PERMITS)

    async def limited(request):
        async with semaphore:
            await request

    async def start(request):
        return limited(request)

    return await twelve(start)


async def before_the_start():
    semaphore = asyncio.Semaphore(PERMITS)

    async def releases(request):
        try:
            await request
        finally:
            semaphore.release()  # there is no permit object to move into the task

    async def start(request):
        await semaphore.acquire()
        return releases(request)

    return await twelve(start)


async def order_of_the_queue():
    semaphore, order = asyncio.Semaphore(1), []

    async def task(name):
        async with semaphore:
            order.append(name)

    async with semaphore:
        tasks = [asyncio.create_task(task(name)) for name in "12345"]
        await asyncio.sleep(0)  # all of them are in the queue
    await asyncio.gather(*tasks)
    return " ".join(order)


async def free_after_a_cancelled_wait():
    semaphore = asyncio.Semaphore(1)
    await semaphore.acquire()
    waits = asyncio.create_task(semaphore.acquire())
    await asyncio.sleep(0)
    semaphore.release()  # hands the permit to the task that waits
    waits.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waits
    return 0 if semaphore.locked() else 1


# ANCHOR: construct
async def fetch(limit, page):
    async with limit:  # waits while 4 are inside
        await asyncio.sleep(0.01)
        return page


async def fetch_all(pages):
    limit = asyncio.Semaphore(4)
    tasks = (fetch(limit, page) for page in pages)
    return await asyncio.gather(*tasks)
# ANCHOR_END: construct


async def main():
    assert await fetch_all(range(20)) == list(range(20))
    print(f"{REQUESTS} requests share {PERMITS} permits.")
    print(f"  without a limit:             {await without_limit()}")
    print(f"  acquired inside each task:   {await inside_each_task()}")
    print(f"  acquired before spawn:       {await before_the_start()}")
    print("Five tasks ask for one permit, in the order 1 2 3 4 5. In which order is it granted?")
    print(f"  asyncio.Semaphore:           {await order_of_the_queue()}")
    print("The permit is handed to a task that was cancelled. Is it lost?")
    print(f"  asyncio.Semaphore, free:     {await free_after_a_cancelled_wait()}")


asyncio.run(main())
