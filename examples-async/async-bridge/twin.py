"""Threads call a coroutine of an event loop that runs on another thread."""

import asyncio
import threading


async def load(page):
    await asyncio.sleep(0)  # the request
    return f"page {page}"


pages = []

# ANCHOR: construct
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever)
thread.start()

def call():
    page = asyncio.run_coroutine_threadsafe(
        load(7), loop
    )
    pages.append(page.result())  # blocks

callers = [threading.Thread(target=call)
           for _ in range(2)]
# ANCHOR_END: construct

for caller in callers:
    caller.start()
for caller in callers:
    caller.join()
for page in pages:
    print(page)
loop.call_soon_threadsafe(loop.stop)
thread.join()
loop.close()
