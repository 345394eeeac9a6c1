"""The same in Python, with asyncio and aiohttp: python3 twin.py URL [URL ...]"""

import asyncio
import sys
import time

import aiohttp


async def fetch(session, url):
    try:
        async with session.get(url) as response:
            response.raise_for_status()
            body = await response.read()
            return f"{response.status} {len(body)} {url}"
    except (aiohttp.ClientError, TimeoutError) as error:
        # Not repr: it tells each redirect on lines of its own.
        return f"failed {url}: {type(error).__name__} {error}"


async def main(urls):
    start = time.perf_counter()
    # aiohttp itself keeps to 100 connections at once, whatever is gathered.
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        rows = await asyncio.gather(*(fetch(session, url) for url in urls))
    print(*rows, sep="\n")
    print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")


asyncio.run(main(sys.argv[1:]))
