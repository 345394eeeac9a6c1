"""A coroutine runs when it is awaited, a task whenever the loop has its turn, and gather awaits many."""

import asyncio


async def length(word):
    print(f"  {word} begins")
    await asyncio.sleep(0)  # the others have their turn
    print("  ends")  # of which word: nobody promises who goes on first
    return len(word)


async def main():
    print("A coroutine is called, then awaited.")
    coroutine = length("coroutine")
    print("  called")
    print(f"  {await coroutine}")

    print("A task is created, then awaited.")
    task = asyncio.create_task(length("task"))
    print("  created")
    print(f"  {await task}")

    print("Three are gathered.")
    lengths = await asyncio.gather(length("one"), length("two"), length("three"))
    print(f"  {lengths}")


asyncio.run(main())
