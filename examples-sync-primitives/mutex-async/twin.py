"""The same in Python: threading.Lock and asyncio.Lock, kept locked across an await."""

import asyncio
import contextlib
import threading

TASKS = 10
ANSWER = 0.02


async def two_with_a_thread_lock():
    lock = threading.Lock()

    async def add():
        # Without the timeout it never returns: the task with the lock is on this thread.
        if not lock.acquire(timeout=0.2):
            return False
        await asyncio.sleep(0)  # the other task runs, and blocks the thread
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


async def order_of_the_queue():
    lock, order = asyncio.Lock(), []

    async def task(name):
        async with lock:
            order.append(name)

    async with lock:
        tasks = [asyncio.create_task(task(name)) for name in "12345"]
        await asyncio.sleep(0)  # all of them run up to the lock
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


# ANCHOR: construct
async def add(lock, account, amount):
    async with lock:
        before = account["balance"]
        await asyncio.sleep(0)  # asks the bank
        account["balance"] = before + amount


async def add_twice():
    lock, account = asyncio.Lock(), {"balance": 100}
    await asyncio.gather(
        add(lock, account, 20), add(lock, account, 30)
    )
    return account["balance"]
# ANCHOR_END: construct


async def main():
    assert await add_twice() == 150
    print("Two tasks on one thread. Each keeps its lock across an await.")
    print(f"  threading.Lock:               {await two_with_a_thread_lock()}")
    print(f"  asyncio.Lock:                 {await two_with_an_asyncio_lock()}")
    print(f"{TASKS} tasks each wait for an answer and add it to a sum.")
    print(f"  locked while waiting:         {await ten_tasks(asyncio.Lock())}")
    print(f"  not locked while waiting:     {await ten_tasks(contextlib.nullcontext())}")
    print("Five tasks acquire an asyncio.Lock, in the order 1 2 3 4 5.")
    print(f"  they get the lock in order:   {await order_of_the_queue()}")
    print("Two accounts have 100 and 0. Moving 40 is cancelled between its two steps.")
    locked, total = await cancelled_half_way()
    print(f"  the lock afterwards:          {locked}")
    print(f"  sum of both accounts:         {total}")
    print('A task asks "one" and is cancelled. The next task asks "two".')
    print(f"  a Lock around the stream:     {await next_answer_without_care()}")


asyncio.run(main())
