"""The same in Python, with asyncio and aiohttp: python3 twin.py URL [URL ...]"""

import asyncio
import sys
import time

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=10)


# ANCHOR: construct
async def fetch(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return response.status, await response.read()


async def fetch_all(urls):
    session = aiohttp.ClientSession(timeout=TIMEOUT)
    async with session:
        pages = (fetch(session, url) for url in urls)
        return await asyncio.gather(
            *pages, return_exceptions=True
        )
# ANCHOR_END: construct


def row(url, page):
    if isinstance(page, (aiohttp.ClientError, TimeoutError)):
        # Not repr: it prints each redirect on lines of its own.
        return f"failed {url}: {type(page).__name__} {page}"
    if isinstance(page, BaseException):
        raise page
    status, body = page
    return f"{status} {len(body)} {url}"


start = time.perf_counter()
# aiohttp has at most 100 connections open at the same time, however many calls are gathered.
urls = sys.argv[1:]
pages = asyncio.run(fetch_all(urls))
print(*map(row, urls, pages), sep="\n")
print(f"{len(urls)} pages in {time.perf_counter() - start:.2f} s")
