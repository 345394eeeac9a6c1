"""Stops at SIGTERM and finishes its request."""

import asyncio
import os
import signal


async def request():
    os.kill(os.getpid(), signal.SIGTERM)  # as `docker stop` does
    await asyncio.sleep(0.02)
    print("answered")


# ANCHOR: construct
async def serve():
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in signal.SIGINT, signal.SIGTERM:
        loop.add_signal_handler(number, stop.set)
    tasks = {asyncio.create_task(request())}
    await stop.wait()
    _, left = await asyncio.wait(tasks, timeout=10)
    print(f"Left({len(left)})" if left else "Clean")
# ANCHOR_END: construct


asyncio.run(serve())
