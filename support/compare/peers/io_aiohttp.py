"""asyncio and aiohttp: N workers over one iterator and one session, as async-fetch has N in flight.

python3 io_aiohttp.py ORIGIN PAGES CONCURRENCY DELAY SIZE
"""

import asyncio
import sys

import aiohttp

import report


async def main(urls, concurrency):
    waiting = iter(urls)

    async def work(session):
        for url in waiting:
            try:
                async with session.get(url) as response:
                    response.raise_for_status()
                    await response.read()
                    tally.arrived()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                tally.failed(error)

    # aiohttp itself would keep to 100 connections at once.
    connector = aiohttp.TCPConnector(limit=concurrency)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await asyncio.gather(*(work(session) for _ in range(concurrency)))


urls, concurrency = report.urls(sys.argv[1:])
tally = report.Tally()
asyncio.run(main(urls, concurrency))
tally.tell()
