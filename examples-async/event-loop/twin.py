"""The same in Python: three tasks on asyncio's event loop. Then one of them blocks."""

import asyncio
import threading
import time

MOMENT = 0.02


async def order_of_steps(b):
    steps = []
    others_done = threading.Event()
    a = asyncio.create_task(waits("A", steps, others_done))
    b = asyncio.create_task(b("B", steps, others_done))
    c = asyncio.create_task(waits("C", steps, others_done))
    await asyncio.gather(a, c)
    others_done.set()
    await b
    return " ".join(steps)


async def waits(name, steps, _):
    steps.append(f"{name}1")
    await asyncio.sleep(MOMENT)
    steps.append(f"{name}2")
    await asyncio.sleep(MOMENT)
    steps.append(f"{name}3")


async def blocks(name, steps, _):
    steps.append(f"{name}1")
    time.sleep(MOMENT)  # no await: no other task can run
    steps.append(f"{name}2")
    time.sleep(MOMENT)
    steps.append(f"{name}3")


async def blocks_another_thread(name, steps, others_done):
    steps.append(f"{name}1")
    await asyncio.to_thread(others_done.wait)
    steps.append(f"{name}2")
    await asyncio.to_thread(time.sleep, MOMENT)
    steps.append(f"{name}3")


# ANCHOR: construct
async def greet(name):
    greetings.append(f"hello {name}")
    await asyncio.sleep(0.02)
    greetings.append(f"goodbye {name}")


async def main():
    async with asyncio.TaskGroup() as tasks:
        for name in ["A", "B"]:
            tasks.create_task(greet(name))


greetings = []
asyncio.run(main())
# ANCHOR_END: construct
assert greetings == ["hello A", "hello B", "goodbye A", "goodbye B"]

print("Tasks A, B and C on one thread. Each takes three steps and waits between them.")
print(f"  all three await:           {asyncio.run(order_of_steps(waits))}")
print(f"  B blocks the thread:       {asyncio.run(order_of_steps(blocks))}")
print(f"  B blocks another thread:   {asyncio.run(order_of_steps(blocks_another_thread))}")
