"""The same in Python: a lock held across an await, by threading.Lock and by asyncio.Lock."""

import asyncio
import contextlib
import threading

TASKS = 10
ANSWER = 0.02


async def two_with_a_thread_lock():
    lock = threading.Lock()

    async def add():
        # Without the timeout: for ever. The holder is on this thread, which waits here.
        if not lock.acquire(timeout=0.2):
            return False
        await asyncio.sleep(0)  # the other one runs, and stops the thread
        lock.release()
        return True

    return "both done" if all(await asyncio.gather(add(), add())) else "hangs"


async def two_with_an_asyncio_lock():
    lock, number = asyncio.Lock(), 0

    async def add():
        nonlocal number
        async with lock:
            await asyncio.sleep(0)
            number += 1

    await asyncio.gather(add(), add())
    return "both done" if number == 2 else "lost"


async def ten_tasks(lock):
    asked = most = 0

    async def task():
        nonlocal asked, most
        async with lock:
            asked += 1
            most = max(most, asked)
            await asyncio.sleep(ANSWER)
            asked -= 1

    await asyncio.gather(*(task() for _ in range(TASKS)))
    return f"{most} at a time"


async def order_of_the_line():
    lock, order = asyncio.Lock(), []

    async def task(name):
        async with lock:
            order.append(name)

    async with lock:
        tasks = [asyncio.create_task(task(name)) for name in "12345"]
        await asyncio.sleep(0)  # all of them run, up to the lock
    await asyncio.gather(*tasks)
    return " ".join(order)


async def cancelled_half_way():
    lock, accounts = asyncio.Lock(), [100, 0]

    async def transfer():
        async with lock:
            accounts[0] -= 40
            await asyncio.sleep(ANSWER)
            accounts[1] += 40

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(transfer(), ANSWER / 2)
    return "locked" if lock.locked() else "free", sum(accounts)


async def next_answer_without_care():
    lock, questions, answers = asyncio.Lock(), asyncio.Queue(), asyncio.Queue()

    async def echo():
        while True:
            question = await questions.get()
            await asyncio.sleep(ANSWER)
            await answers.put(question)

    async def ask(question):
        async with lock:
            await questions.put(question)
            return await answers.get()

    server = asyncio.create_task(echo())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ask("one"), ANSWER / 2)
    answer = await ask("two")
    server.cancel()
    return f'the answer is "{answer}"'


async def main():
    print("Two tasks on one thread; each holds the lock across an await.")
    print(f"  threading.Lock:               {await two_with_a_thread_lock()}")
    print(f"  asyncio.Lock:                 {await two_with_an_asyncio_lock()}")
    print(f"{TASKS} tasks, and each waits for an answer.")
    print(f"  asyncio.Lock held meanwhile:  {await ten_tasks(asyncio.Lock())}")
    print(f"  no lock meanwhile:            {await ten_tasks(contextlib.nullcontext())}")
    print("Five tasks come for asyncio.Lock, in the order 1 2 3 4 5.")
    print(f"  they get it in the order:     {await order_of_the_line()}")
    print("Of 100 in one account, 40 go to another; cancelled between the steps.")
    locked, total = await cancelled_half_way()
    print(f"  asyncio.Lock:                 {locked}")
    print(f"  sum of both accounts:         {total}")
    print('"one" is asked and cancelled; then "two" is asked.')
    print(f"  a lock around the stream:     {await next_answer_without_care()}")


asyncio.run(main())
