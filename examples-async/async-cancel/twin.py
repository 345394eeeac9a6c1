"""A task is cancelled: CancelledError is raised at its await, and it may await to clean up."""

import asyncio
import contextlib


async def work():
    print("working")
    await asyncio.Event().wait()


async def clean_up():
    await asyncio.sleep(0)  # says goodbye to a server
    print("cleaned up")


# ANCHOR: construct
async def job():
    try:
        await work()
    except asyncio.CancelledError:
        print("cancelled")
        raise
    finally:
        await clean_up()

async def cancel_it():
    task = asyncio.create_task(job())
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
# ANCHOR_END: construct


asyncio.run(cancel_it())
