"""A question to a task, and its answer: a queue, and a future for each question."""

import asyncio


# ANCHOR: construct
async def service(requests):
    while True:
        question, answer = await requests.get()
        answer.set_result(2 * question)


async def main():
    requests = asyncio.Queue(16)
    task = asyncio.create_task(service(requests))
    answer = asyncio.get_running_loop().create_future()
    await requests.put((21, answer))
    print(await answer)
    task.cancel()


asyncio.run(main())
# ANCHOR_END: construct
